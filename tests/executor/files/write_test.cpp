#include "executor/files/write.hpp"

#include <fstream>
#include <iterator>

#include <sys/stat.h>

#include "executor/error.hpp"
#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

using namespace crun::executor;
using Catch::Matchers::ContainsSubstring;
using crun::tests::ScratchFolder;
namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

unsigned mode_of(const fs::path& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

/// While it lives, new files get their whole mode but this.
struct Umask {
  explicit Umask(mode_t mask) : before(::umask(mask)) {}
  ~Umask() { ::umask(before); }

  mode_t before;
};

}  // namespace

TEST_CASE("write: a file is written anew, or something is added to it", "[files]") {
  const ScratchFolder folder;
  write_file(folder.path() / "file", "a long text");
  write_file(folder.path() / "file", "short");
  CHECK(text_of(folder.path() / "file") == "short");
  write_file(folder.path() / "file", " and more", {.flags = O_APPEND});
  CHECK(text_of(folder.path() / "file") == "short and more");
}

TEST_CASE("write: the mode is the umask's to cut, unless it must be exact", "[files]") {
  const ScratchFolder folder;
  const Umask tight(077);
  write_file(folder.path() / "cut", "", {.mode = 0644});
  write_file(folder.path() / "exact", "", {.mode = 0644, .whatever_umask = true});
  CHECK(mode_of(folder.path() / "cut") == 0600);
  CHECK(mode_of(folder.path() / "exact") == 0644);
}

TEST_CASE("write: what is in the way is not written through", "[files]") {
  const ScratchFolder folder;
  fs::create_symlink(folder.path() / "elsewhere", folder.path() / "link");
  CHECK_THROWS_WITH(
      write_file(folder.path() / "link", "text", {.flags = O_EXCL | O_NOFOLLOW}),
      ContainsSubstring("cannot write " + (folder.path() / "link").string()));
  CHECK_FALSE(fs::exists(folder.path() / "elsewhere"));
  CHECK_THROWS_WITH(
      write_file(folder.path() / "none/file", "text"),
      ContainsSubstring("No such file or directory"));
}

TEST_CASE("write: a private folder is its owner's, those above it are made too", "[files]") {
  const ScratchFolder folder;
  const Umask usual(022);
  make_private_folder(folder.path() / "above" / "private");
  CHECK(mode_of(folder.path() / "above") == 0755);
  CHECK(mode_of(folder.path() / "above" / "private") == 0700);
}

TEST_CASE("write: a folder that is there stays as it is", "[files]") {
  const ScratchFolder folder;
  fs::create_directory(folder.path() / "open");
  fs::permissions(folder.path() / "open", fs::perms::all);
  make_private_folder(folder.path() / "open");
  CHECK(mode_of(folder.path() / "open") == 0777);
}

TEST_CASE("write: a folder that cannot be made is an error with a cure", "[files]") {
  const ScratchFolder folder;
  write_file(folder.path() / "file", "");
  CHECK_THROWS_WITH(make_private_folder(folder.path() / "file"), ContainsSubstring("File exists"));
  try {
    make_private_folder(folder.path() / "file" / "below", "make room");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK_THAT(error.what(), ContainsSubstring("Not a directory"));
    CHECK(error.cure() == "make room");
  }
}
