// SQLite by its own functions: a row that is on disk, and a database after a crash.
#include <chrono>

#include "bench/limits/limits.hpp"
#include <sqlite3.h>

#include "executor/error.hpp"

namespace crun::bench {
namespace {

using Connection = std::unique_ptr<sqlite3, decltype(&::sqlite3_close)>;
using Query = std::unique_ptr<sqlite3_stmt, decltype(&::sqlite3_finalize)>;

Connection open(const std::filesystem::path& database) {
  sqlite3* opened = nullptr;
  const int code = ::sqlite3_open(database.c_str(), &opened);
  Connection connection(opened, ::sqlite3_close);
  if (code != SQLITE_OK) throw executor::Error("cannot open " + database.string());
  return connection;
}

Query query(const Connection& connection, const std::string& sql) {
  sqlite3_stmt* made = nullptr;
  const int code = ::sqlite3_prepare_v2(connection.get(), sql.c_str(), -1, &made, nullptr);
  Query result(made, ::sqlite3_finalize);
  if (code != SQLITE_OK) throw executor::Error(::sqlite3_errmsg(connection.get()));
  return result;
}

/// One step of a query: whether there is a row.
bool step(const Connection& connection, const Query& query) {
  const int code = ::sqlite3_step(query.get());
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    throw executor::Error(::sqlite3_errmsg(connection.get()));
  }
  return code == SQLITE_ROW;
}

void execute(const Connection& connection, const std::string& sql) {
  const auto made = query(connection, sql);
  while (step(connection, made)) {
  }
}

std::string first_text(const Query& query) {
  return reinterpret_cast<const char*>(::sqlite3_column_text(query.get(), 0));
}

std::int64_t all_rows(const Connection& connection) {
  std::int64_t rows = 0;
  const auto tables = query(connection, "SELECT name FROM sqlite_master WHERE type = 'table'");
  while (step(connection, tables)) {
    const auto count = query(connection, "SELECT count(*) FROM \"" + first_text(tables) + '"');
    if (step(connection, count)) rows += ::sqlite3_column_int64(count.get(), 0);
  }
  return rows;
}

}  // namespace

Reopened reopened(const std::filesystem::path& database, const std::filesystem::path& folder) {
  // Without the index of the log (-shm): after a crash nobody may trust it.
  std::filesystem::create_directories(folder);
  const auto copy = folder / database.filename();
  for (const std::string part : {"", "-wal"}) {
    const auto from = database.string() + part;
    if (!std::filesystem::exists(from)) continue;
    std::filesystem::copy_file(
        from, copy.string() + part, std::filesystem::copy_options::overwrite_existing);
  }
  Reopened result;
  const auto begin = std::chrono::steady_clock::now();
  const auto connection = open(copy);
  result.rows = all_rows(connection);
  result.milliseconds =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

struct DurableRows::Parts {
  Connection connection;
  Query insert;
};

DurableRows::DurableRows(const std::filesystem::path& database) {
  auto connection = open(database);
  execute(connection, "PRAGMA journal_mode = WAL");
  execute(connection, "PRAGMA synchronous = FULL");
  execute(connection, "CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
  auto insert = query(connection, "INSERT INTO rows (text) VALUES (?)");
  parts_ = std::make_unique<Parts>(Parts{std::move(connection), std::move(insert)});
}

DurableRows::~DurableRows() = default;

std::int64_t DurableRows::add(std::string_view text) {
  auto* insert = parts_->insert.get();
  ::sqlite3_reset(insert);
  ::sqlite3_bind_text(insert, 1, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  step(parts_->connection, parts_->insert);
  return ::sqlite3_last_insert_rowid(parts_->connection.get());
}

}  // namespace crun::bench
