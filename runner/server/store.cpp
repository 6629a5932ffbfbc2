#include "runner/server/store.hpp"

#include <charconv>
#include <chrono>
#include <string_view>

namespace crun::runner {

using executor::git::RefMap;

namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t movements_kept_ms = 3 * day_ms;
constexpr std::int64_t deliveries_kept_ms = 30 * day_ms;

/// From index to index + 1; never changed once released.
const std::vector<std::string_view> migrations = {R"(
CREATE TABLE repositories(name TEXT PRIMARY KEY, url TEXT NOT NULL, looked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE positions(
  repository TEXT NOT NULL, ref TEXT NOT NULL, object TEXT NOT NULL, PRIMARY KEY(repository, ref));
CREATE TABLE movements(
  id INTEGER PRIMARY KEY, repository TEXT NOT NULL, ref TEXT NOT NULL, before TEXT NOT NULL,
  after TEXT NOT NULL, polled INTEGER NOT NULL, told TEXT NOT NULL, at_ms INTEGER NOT NULL);
CREATE INDEX movements_of_ref ON movements(repository, ref);
CREATE TABLE deliveries(
  id INTEGER PRIMARY KEY, repository TEXT NOT NULL, delivery TEXT NOT NULL, event TEXT NOT NULL,
  body TEXT NOT NULL, at_ms INTEGER NOT NULL, open INTEGER NOT NULL, UNIQUE(repository, delivery));
CREATE INDEX open_deliveries ON deliveries(id) WHERE open = 1;
CREATE TABLE runs(
  id INTEGER PRIMARY KEY AUTOINCREMENT, repository TEXT NOT NULL, workflow TEXT NOT NULL,
  event TEXT NOT NULL, ref TEXT NOT NULL, sha TEXT NOT NULL, state INTEGER NOT NULL,
  conclusion TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', created_ms INTEGER NOT NULL,
  started_ms INTEGER NOT NULL DEFAULT 0, ended_ms INTEGER NOT NULL DEFAULT 0,
  exit_code INTEGER NOT NULL DEFAULT 0, path TEXT NOT NULL, concurrency TEXT NOT NULL,
  cancel_in_progress INTEGER NOT NULL, cancel_reason TEXT NOT NULL DEFAULT '',
  interrupted INTEGER NOT NULL DEFAULT 0);
CREATE INDEX open_runs ON runs(id) WHERE state < 3;
CREATE TABLE payloads(run INTEGER PRIMARY KEY, json TEXT NOT NULL);
CREATE TABLE silent_events(
  id INTEGER PRIMARY KEY, repository TEXT NOT NULL, text TEXT NOT NULL, at_ms INTEGER NOT NULL);
)"};

constexpr std::string_view run_columns =
    "SELECT id, repository, workflow, event, ref, sha, state, conclusion, reason, created_ms, "
    "started_ms, ended_ms, exit_code, path, concurrency, cancel_in_progress, cancel_reason, "
    "interrupted FROM runs ";

StoredRun read_run(const Statement& row) {
  StoredRun run;
  run.id = row.text(0);
  run.repository = row.text(1);
  run.workflow = row.text(2);
  run.event = row.text(3);
  run.ref = row.text(4);
  run.sha = row.text(5);
  run.state = static_cast<RunState>(row.number(6));
  run.conclusion = row.text(7);
  run.reason = row.text(8);
  run.created_ms = row.number(9);
  run.started_ms = row.number(10);
  run.ended_ms = row.number(11);
  run.exit_code = static_cast<int>(row.number(12));
  run.path = row.text(13);
  run.group = row.text(14);
  run.cancel_in_progress = row.number(15) != 0;
  run.cancel_reason = row.text(16);
  run.interrupted = row.number(17) != 0;
  return run;
}

std::string select(std::string_view rest) {
  return std::string(run_columns) + std::string(rest);
}

std::int64_t number_of(const std::string& id) {
  std::int64_t number = 0;
  const auto* end = id.data() + id.size();
  const auto [rest, code] = std::from_chars(id.data(), end, number);
  // "01" and "+1" are no ids: one run has one address.
  const bool right = code == std::errc() && rest == end && number > 0 && id[0] != '0';
  return right ? number : 0;
}

}  // namespace

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

Store::Store(const std::filesystem::path& file) : database_(file, migrations) {}

void Store::know_repository(const std::string& name, const std::string& url) {
  Transaction all(database_);
  Statement known(database_, "SELECT url FROM repositories WHERE name = ?");
  known.bind(name);
  if (known.next() && known.text(0) == url) return;
  for (const auto* sql :
       {"DELETE FROM positions WHERE repository = ?",
        "DELETE FROM movements WHERE repository = ?"}) {
    Statement(database_, sql).bind(name).run();
  }
  Statement(database_, "INSERT OR REPLACE INTO repositories(name, url, looked) VALUES(?, ?, 0)")
      .bind(name)
      .bind(url)
      .run();
  all.commit();
}

bool Store::looked_at(const std::string& repository) const {
  Statement statement(database_, "SELECT looked FROM repositories WHERE name = ?");
  statement.bind(repository);
  return statement.next() && statement.number(0) != 0;
}

void Store::set_looked_at(const std::string& repository) {
  Statement(database_, "UPDATE repositories SET looked = 1 WHERE name = ?").bind(repository).run();
}

RefMap Store::positions(const std::string& repository) const {
  Statement statement(database_, "SELECT ref, object FROM positions WHERE repository = ?");
  statement.bind(repository);
  RefMap refs;
  while (statement.next()) refs[statement.text(0)] = statement.text(1);
  return refs;
}

void Store::set_position(
    const std::string& repository, const std::string& ref, const std::string& object) {
  if (object.empty()) {
    Statement(database_, "DELETE FROM positions WHERE repository = ? AND ref = ?")
        .bind(repository)
        .bind(ref)
        .run();
    return;
  }
  Statement(database_, "INSERT OR REPLACE INTO positions(repository, ref, object) VALUES(?, ?, ?)")
      .bind(repository)
      .bind(ref)
      .bind(object)
      .run();
}

std::vector<Movement> Store::movements(
    const std::string& repository, const std::string& ref) const {
  Statement statement(
      database_,
      "SELECT id, before, after, polled, told FROM movements "
      "WHERE repository = ? AND ref = ? AND at_ms > ? ORDER BY id");
  statement.bind(repository).bind(ref).bind(now_ms() - movements_kept_ms);
  std::vector<Movement> found;
  while (statement.next()) {
    found.push_back(
        {statement.number(0),
         statement.text(1),
         statement.text(2),
         statement.number(3) != 0,
         statement.text(4)});
  }
  return found;
}

void Store::add_movement(
    const std::string& repository, const std::string& ref, const Movement& made) {
  Statement(
      database_,
      "INSERT INTO movements(repository, ref, before, after, polled, told, at_ms) "
      "VALUES(?, ?, ?, ?, ?, ?, ?)")
      .bind(repository)
      .bind(ref)
      .bind(made.before)
      .bind(made.after)
      .bind(made.polled ? 1 : 0)
      .bind(made.told)
      .bind(now_ms())
      .run();
}

void Store::set_told(std::int64_t movement, const std::string& commit) {
  Statement(database_, "UPDATE movements SET told = ? WHERE id = ?")
      .bind(commit)
      .bind(movement)
      .run();
}

bool Store::has_delivery(const std::string& repository, const std::string& delivery) const {
  Statement statement(database_, "SELECT 1 FROM deliveries WHERE repository = ? AND delivery = ?");
  statement.bind(repository).bind(delivery);
  return statement.next();
}

std::int64_t Store::add_delivery(
    const std::string& repository,
    const std::string& delivery,
    const std::string& event,
    const std::string& body) {
  Statement(
      database_,
      "INSERT INTO deliveries(repository, delivery, event, body, at_ms, open) "
      "VALUES(?, ?, ?, ?, ?, ?)")
      .bind(repository)
      .bind(delivery)
      .bind(event)
      .bind(body)
      .bind(now_ms())
      .bind(body.empty() ? 0 : 1)
      .run();
  return database_.last_id();
}

std::vector<Delivery> Store::open_deliveries() const {
  Statement statement(
      database_, "SELECT id, repository FROM deliveries WHERE open = 1 ORDER BY id");
  std::vector<Delivery> found;
  while (statement.next()) {
    Delivery delivery;
    delivery.id = statement.number(0);
    delivery.repository = statement.text(1);
    found.push_back(std::move(delivery));
  }
  return found;
}

std::string Store::delivery_body(std::int64_t id) const {
  Statement statement(database_, "SELECT body FROM deliveries WHERE id = ?");
  statement.bind(id);
  return statement.next() ? statement.text(0) : std::string();
}

void Store::close_delivery(std::int64_t id) {
  Statement(database_, "UPDATE deliveries SET open = 0, body = '' WHERE id = ?").bind(id).run();
}

void Store::add_run(StoredRun& run, const std::string& payload) {
  run.created_ms = now_ms();
  Statement(
      database_,
      "INSERT INTO runs(repository, workflow, event, ref, sha, state, created_ms, path, "
      "concurrency, cancel_in_progress) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(run.repository)
      .bind(run.workflow)
      .bind(run.event)
      .bind(run.ref)
      .bind(run.sha)
      .bind(static_cast<int>(run.state))
      .bind(run.created_ms)
      .bind(run.path)
      .bind(run.group)
      .bind(run.cancel_in_progress ? 1 : 0)
      .run();
  run.id = std::to_string(database_.last_id());
  Statement(database_, "INSERT INTO payloads(run, json) VALUES(?, ?)")
      .bind(number_of(run.id))
      .bind(payload)
      .run();
}

std::string Store::payload(const std::string& run) const {
  Statement statement(database_, "SELECT json FROM payloads WHERE run = ?");
  statement.bind(number_of(run));
  return statement.next() ? statement.text(0) : "{}";
}

void Store::set_state(const std::string& run, RunState state, std::int64_t started_ms) {
  Statement(database_, "UPDATE runs SET state = ?, started_ms = ? WHERE id = ?")
      .bind(static_cast<int>(state))
      .bind(started_ms)
      .bind(number_of(run))
      .run();
}

void Store::set_cancel(const std::string& run, const std::string& reason) {
  Statement(database_, "UPDATE runs SET cancel_reason = ? WHERE id = ?")
      .bind(reason)
      .bind(number_of(run))
      .run();
}

void Store::set_interrupted(const std::string& run) {
  Statement(database_, "UPDATE runs SET interrupted = 1 WHERE id = ?").bind(number_of(run)).run();
}

void Store::end_run(const RunRecord& run) {
  Statement(
      database_,
      "UPDATE runs SET state = ?, conclusion = ?, reason = ?, started_ms = ?, ended_ms = ?, "
      "exit_code = ? WHERE id = ?")
      .bind(static_cast<int>(RunState::ended))
      .bind(run.conclusion)
      .bind(run.reason)
      .bind(run.started_ms)
      .bind(run.ended_ms)
      .bind(run.exit_code)
      .bind(number_of(run.id))
      .run();
  Statement(database_, "DELETE FROM payloads WHERE run = ?").bind(number_of(run.id)).run();
}

std::vector<StoredRun> Store::open_runs() const {
  Statement statement(database_, select("WHERE state < 3 ORDER BY id"));
  std::vector<StoredRun> found;
  while (statement.next()) found.push_back(read_run(statement));
  return found;
}

std::vector<RunRecord> Store::newest_runs(int limit) const {
  Statement statement(database_, select("ORDER BY id DESC LIMIT ?"));
  statement.bind(limit);
  std::vector<RunRecord> found;
  while (statement.next()) found.push_back(read_run(statement));
  return found;
}

std::optional<RunRecord> Store::run(const std::string& id) const {
  Statement statement(database_, select("WHERE id = ?"));
  statement.bind(number_of(id));
  return statement.next() ? std::optional<RunRecord>(read_run(statement)) : std::nullopt;
}

std::vector<std::string> Store::runs_ended_before(std::int64_t time_ms, int limit) const {
  Statement statement(
      database_, "SELECT id FROM runs WHERE state = ? AND ended_ms < ? ORDER BY id LIMIT ?");
  statement.bind(static_cast<int>(RunState::ended)).bind(time_ms).bind(limit);
  std::vector<std::string> found;
  while (statement.next()) found.push_back(statement.text(0));
  return found;
}

void Store::remove_run(const std::string& id) {
  Statement(database_, "DELETE FROM runs WHERE id = ?").bind(number_of(id)).run();
}

void Store::add_silent_event(const std::string& repository, const std::string& text) {
  Statement(database_, "INSERT INTO silent_events(repository, text, at_ms) VALUES(?, ?, ?)")
      .bind(repository)
      .bind(text)
      .bind(now_ms())
      .run();
}

std::vector<std::string> Store::silent_events(const std::string& repository, int limit) const {
  Statement statement(
      database_, "SELECT text FROM silent_events WHERE repository = ? ORDER BY id DESC LIMIT ?");
  statement.bind(repository).bind(limit);
  std::vector<std::string> found;
  while (statement.next()) found.push_back(statement.text(0));
  return found;
}

void Store::forget_old() {
  const auto now = now_ms();
  Statement(database_, "DELETE FROM movements WHERE at_ms < ?").bind(now - movements_kept_ms).run();
  Statement(database_, "DELETE FROM deliveries WHERE open = 0 AND at_ms < ?")
      .bind(now - deliveries_kept_ms)
      .run();
  Statement(database_, "DELETE FROM silent_events WHERE at_ms < ?")
      .bind(now - deliveries_kept_ms)
      .run();
}

}  // namespace crun::runner
