#include "executor/job/folders.hpp"

#include <filesystem>
#include <fstream>

#include <boost/asio/io_context.hpp>

#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

namespace crun::executor {
namespace {

namespace fs = std::filesystem;

RunFacts run_in(const fs::path& folder) {
  RunFacts run;
  run.checkout.name = "octo/app";
  run.event_json = "{}";
  run.work_folder = folder / "work";
  run.socket_folder = folder / "sockets";
  run.tool_cache = folder / "cache" / "tools";
  run.masker = std::make_shared<Masker>();
  return run;
}

}  // namespace

TEST_CASE("job ground: a job's folders and files, for it alone", "[job]") {
  const tests::ScratchFolder scratch;
  boost::asio::io_context loop;
  const auto run = run_in(scratch.path());
  const auto ground = lay_ground(loop.get_executor(), run, "build.1");
  const auto& folders = ground.folders;

  CHECK(folders.workspace == scratch.path() / "work/build.1/app/app");
  for (const auto& folder :
       {folders.workspace,
        folders.temp,
        folders.private_temp,
        folders.tool_cache,
        folders.file_commands,
        folders.docker_config}) {
    INFO(folder);
    CHECK(fs::status(folder).permissions() == fs::perms::owner_all);
  }
  CHECK(fs::file_size(folders.event_path) == 2);
  CHECK(fs::exists(folders.docker_config + "/config.json"));
  CHECK(fs::is_socket(folders.credentials));
  CHECK_FALSE(fs::is_empty(folders.file_commands));

  SECTION("what only containers see is made for them") {
    CHECK_FALSE(fs::exists(folders.home));
    make_container_folders(folders);
    CHECK(fs::is_directory(folders.home));
    CHECK(fs::is_directory(folders.actions));
    CHECK(fs::is_directory(folders.externals));
  }
}

TEST_CASE("job ground: where it cannot be, the error names the folder", "[job]") {
  const tests::ScratchFolder scratch;
  std::ofstream(scratch.path() / "work") << "a file";
  boost::asio::io_context loop;
  CHECK_THROWS_WITH(
      lay_ground(loop.get_executor(), run_in(scratch.path()), "a"),
      Catch::Matchers::ContainsSubstring((scratch.path() / "work/a").string()));
}

TEST_CASE("job ground: no name of a repository leads out of the job's folder", "[job]") {
  boost::asio::io_context loop;
  for (const char* name : {"octo/..", "octo/.", "octo/a,b", "octo/", ".."}) {
    INFO(name);
    const tests::ScratchFolder scratch;
    auto run = run_in(scratch.path());
    run.checkout.name = name;
    const auto ground = lay_ground(loop.get_executor(), run, "a");
    CHECK(ground.folders.workspace == scratch.path() / "work/a/workspace/workspace");
  }
}

}  // namespace crun::executor
