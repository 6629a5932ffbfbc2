#include "runner/server/store.hpp"

#include <filesystem>
#include <string>

#include <sys/stat.h>

#include "executor/error.hpp"
#include "tests/catch.hpp"

using namespace crun::runner;

namespace {

namespace fs = std::filesystem;

struct Folder {
  Folder() : path(fs::temp_directory_path() / ("crun-store-" + std::to_string(::rand()))) {
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  fs::path file() const { return path / "crun.db"; }

  fs::path path;
};

StoredRun demo_run() {
  StoredRun run;
  run.repository = "demo";
  run.workflow = "Push";
  run.path = ".github/workflows/push.yml";
  run.event = "push";
  run.ref = "refs/heads/main";
  run.sha = std::string(40, 'a');
  return run;
}

}  // namespace

TEST_CASE("store: what was stored is there when it is opened again", "[server]") {
  Folder folder;
  std::string id;
  {
    Store store(folder.file());
    store.know_repository("demo", "file:///demo");
    store.set_position("demo", "refs/heads/main", std::string(40, 'b'));
    auto run = demo_run();
    store.add_run(run, R"({"a":1})");
    id = run.id;
    store.set_state(id, RunState::starting, 1234);
  }
  const Store store(folder.file());
  const auto open = store.open_runs();
  REQUIRE(open.size() == 1);
  CHECK(open[0].id == id);
  CHECK(open[0].state == RunState::starting);
  CHECK(open[0].started_ms == 1234);
  CHECK(open[0].path == ".github/workflows/push.yml");
  CHECK(store.payload(id) == R"({"a":1})");
  CHECK(store.positions("demo").at("refs/heads/main") == std::string(40, 'b'));
}

TEST_CASE("store: its files are the owner's alone", "[server]") {
  Folder folder;
  Store store(folder.file());
  auto run = demo_run();
  store.add_run(run, "{}");
  for (const auto& entry : fs::directory_iterator(folder.path)) {
    struct stat facts {};
    REQUIRE(::stat(entry.path().c_str(), &facts) == 0);
    INFO(entry.path());
    CHECK((facts.st_mode & 0077) == 0);
  }
}

TEST_CASE("store: a transaction that is left early has changed nothing", "[server]") {
  Folder folder;
  Store store(folder.file());
  {
    const Transaction all(store.database());
    auto run = demo_run();
    store.add_run(run, "{}");
  }
  CHECK(store.open_runs().empty());
}

TEST_CASE("store: a delivery is known from then on, and open until it is decided", "[server]") {
  Folder folder;
  Store store(folder.file());
  const auto id = store.add_delivery("demo", "id-1", "push", "{}");
  store.add_delivery("demo", "id-2", "ping", "");
  CHECK(store.has_delivery("demo", "id-1"));
  CHECK(store.has_delivery("demo", "id-2"));
  CHECK_FALSE(store.has_delivery("other", "id-1"));
  REQUIRE(store.open_deliveries().size() == 1);
  CHECK(store.open_deliveries()[0].id == id);
  CHECK(store.delivery_body(id) == "{}");
  store.close_delivery(id);
  CHECK(store.delivery_body(id).empty());
  CHECK(store.open_deliveries().empty());
  CHECK(store.has_delivery("demo", "id-1"));
}

TEST_CASE("store: ids that are none find nothing", "[server]") {
  Folder folder;
  Store store(folder.file());
  auto run = demo_run();
  store.add_run(run, "{}");
  CHECK(store.run("1"));
  for (const char* id : {"0", "-1", "01", "1 or 1=1", "", "99999999999999999999", "+1"}) {
    INFO(id);
    CHECK_FALSE(store.run(id));
  }
}

TEST_CASE("store: another URL makes another repository of a name", "[server]") {
  Folder folder;
  Store store(folder.file());
  store.know_repository("demo", "file:///a");
  store.set_looked_at("demo");
  store.set_position("demo", "refs/heads/main", "x");
  store.know_repository("demo", "file:///a");
  CHECK(store.looked_at("demo"));
  store.know_repository("demo", "file:///b");
  CHECK_FALSE(store.looked_at("demo"));
  CHECK(store.positions("demo").empty());
}

TEST_CASE("store: a database of a newer version is refused", "[server]") {
  Folder folder;
  { const Store store(folder.file()); }
  {
    const Database database(folder.file(), std::vector<std::string_view>(1));
    database.execute("PRAGMA user_version = 99");
  }
  CHECK_THROWS_AS(Store(folder.file()), crun::executor::Error);
}

TEST_CASE(
    "store: runs that ended before a time are found and removed, open ones are not", "[server]") {
  Folder folder;
  Store store(folder.file());
  for (const std::int64_t ended : {100, 200, 300, 0}) {
    auto run = demo_run();
    store.add_run(run, "{}");
    if (ended == 0) continue;
    run.ended_ms = ended;
    run.conclusion = "success";
    store.end_run(run);
  }
  CHECK(store.runs_ended_before(300, 10) == std::vector<std::string>{"1", "2"});
  CHECK(store.runs_ended_before(300, 1) == std::vector<std::string>{"1"});
  store.remove_run("1");
  CHECK_FALSE(store.run("1"));
  CHECK(store.runs_ended_before(1000, 10) == std::vector<std::string>{"2", "3"});
  CHECK(store.open_runs().size() == 1);
}
