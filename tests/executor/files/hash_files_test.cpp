#include "executor/files/hash_files.hpp"

#include <chrono>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include "executor/error.hpp"
#include "executor/files/glob_pattern.hpp"
#include "executor/files/sha256.hpp"
#include "tests/catch.hpp"

using namespace crun::executor;
namespace fs = std::filesystem;

namespace {

struct Workspace {
  Workspace() : path(fs::temp_directory_path() / ("crun-hash-" + std::to_string(::getpid()))) {
    fs::create_directories(path);
  }
  ~Workspace() { fs::remove_all(path); }

  void write(const std::string& name, const std::string& text = "x") {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name) << text;
  }
  /// The names in order, divided by spaces.
  std::string files(std::vector<std::string> arguments) {
    std::string names;
    for (const fs::path& file : files_to_hash(path, arguments)) {
      names += (names.empty() ? "" : " ") + file.lexically_relative(path).string();
    }
    return names;
  }

  fs::path path;
};

bool matches(const std::string& pattern, const std::string& path) {
  return GlobPattern(pattern, "/ws").match(path) != GlobKind::none;
}

}  // namespace

TEST_CASE("hashFiles: files come in the order of GitHub's walk", "[files]") {
  Workspace workspace;
  for (const char* name : {"b.txt", "a/z.txt", "a.txt", "a/b/c.txt", "B.txt", "a-b.txt"}) {
    workspace.write(name);
  }
  CHECK(workspace.files({"**/*.txt"}) == "B.txt a/b/c.txt a/z.txt a-b.txt a.txt b.txt");
  CHECK(workspace.files({"b.txt", "a"}) == "b.txt a/b/c.txt a/z.txt");
  CHECK(workspace.files({"a/b\na"}) == "a/b/c.txt a/z.txt");
  CHECK(workspace.files({"**", "!a/**"}) == "B.txt a-b.txt a.txt b.txt");
  CHECK(workspace.files({"**", "!a/**", "a/z*"}) == "B.txt a/z.txt a-b.txt a.txt b.txt");
  CHECK(workspace.files({"# nothing\n  a.txt  "}) == "a.txt");
  CHECK(workspace.files({"a.txt/"}).empty());
  CHECK(workspace.files({"nope/**"}).empty());
}

TEST_CASE("hashFiles: the hash is that of the hashes", "[files]") {
  Workspace workspace;
  workspace.write("test.txt", "test file content");
  CHECK(
      hash_files(workspace.path, {"*"}) ==
      "d8a411e8f8643821bed189e627ff57151918aa554c00c10b31c693ab2dded273");
  CHECK(hash_files(workspace.path, {"*.md"}).empty());
}

TEST_CASE("hashFiles: links are followed only when asked, and circles end", "[files]") {
  Workspace workspace;
  workspace.write("real/file", "test file content");
  fs::create_symlink("real", workspace.path / "link");
  fs::create_symlink("..", workspace.path / "real/up");
  fs::create_symlink("real/file", workspace.path / "file-link");
  CHECK(workspace.files({"link/**"}).empty());
  CHECK(workspace.files({"file-link"}) == "file-link");
  // link/up is the workspace again; link and real in it would be a circle.
  CHECK(workspace.files({"--follow-symbolic-links", "link/**"}) == "link/file link/up/file-link");
  CHECK_THROWS_AS(workspace.files({"--other", "x"}), Error);
}

TEST_CASE("hashFiles: only the workspace counts", "[files]") {
  Workspace workspace;
  workspace.write("a");
  CHECK(workspace.files({"/etc/**"}).empty());
  CHECK(workspace.files({(workspace.path / "*").string()}) == "a");
  CHECK_THROWS_AS(workspace.files({"../x"}), Error);
  CHECK_THROWS_AS(workspace.files({"a/./b"}), Error);
}

TEST_CASE("glob: wildcards of a segment", "[files]") {
  CHECK(matches("*.txt", "/ws/a.txt"));
  CHECK(matches("*.txt", "/ws/.hidden.txt"));
  CHECK_FALSE(matches("*.txt", "/ws/a/b.txt"));
  CHECK(matches("?[a-c]x", "/ws/zbx"));
  CHECK_FALSE(matches("?[!a-c]x", "/ws/zbx"));
  CHECK(matches("[]]x", "/ws/]x"));
  CHECK(matches("[x", "/ws/[x"));
  CHECK(matches("a\\*b", "/ws/a*b"));
  CHECK_FALSE(matches("a\\*b", "/ws/axb"));
  CHECK(matches("{a,b}", "/ws/{a,b}"));
  CHECK(matches("+(a)", "/ws/+(a)"));
  CHECK(matches("a**b", "/ws/axxb"));
  CHECK(matches("?", "/ws/\xC3\xA9"));
}

TEST_CASE("glob: two stars are any number of segments", "[files]") {
  CHECK(matches("**/x", "/ws/x"));
  CHECK(matches("**/x", "/ws/a/b/x"));
  CHECK(matches("a/**/b", "/ws/a/b"));
  CHECK(matches("a/**", "/ws/a"));
  CHECK(matches("a/**", "/ws/a/b/c"));
  CHECK_FALSE(matches("a/**", "/ws/ab"));
  GlobPattern deep("a/**/b/*.c", "/ws");
  CHECK(deep.search_path() == "/ws/a");
  CHECK(deep.leads_on("/ws"));
  CHECK(deep.leads_on("/ws/a/x/y"));
  CHECK_FALSE(deep.leads_on("/ws/b"));
}

TEST_CASE("hashFiles: a device or a pipe in a file's place does not keep it for ever", "[files]") {
  Workspace workspace;
  fs::create_symlink("/dev/zero", workspace.path / "zero");
  CHECK_THROWS_AS(hash_files(workspace.path, {"zero"}), Error);
  REQUIRE(::mkfifo((workspace.path / "pipe").c_str(), 0600) == 0);
  CHECK_THROWS_AS(hash_files(workspace.path, {"pipe"}), Error);
  // Larger than can be read in time: a hole takes no place on the disk.
  workspace.write("large");
  fs::resize_file(workspace.path / "large", std::uintmax_t{1} << 40);
  const auto now = std::chrono::steady_clock::now();
  CHECK_THROWS_AS(sha256_of_file(workspace.path / "large", now), Error);
}
