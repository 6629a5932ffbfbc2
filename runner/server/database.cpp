#include "runner/server/database.hpp"

#include <cerrno>

#include <fcntl.h>

#include <fmt/format.h>
#include <sqlite3.h>

#include "executor/error.hpp"
#include "executor/process/fd.hpp"

namespace crun::runner {

using executor::Error;

namespace {

[[noreturn]] void fail(sqlite3* connection) {
  throw Error(fmt::format("the service's database: {}", sqlite3_errmsg(connection)));
}

}  // namespace

Statement::Statement(const Database& database, std::string_view sql) : connection_(database.get()) {
  check(sqlite3_prepare_v2(
      connection_, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr));
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) fail(connection_);
}

Statement& Statement::bind(std::string_view text) {
  // An empty view may have no address, which would be NULL.
  const char* data = text.empty() ? "" : text.data();
  check(
      sqlite3_bind_text64(statement_, ++bound_, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind(std::int64_t number) {
  check(sqlite3_bind_int64(statement_, ++bound_, number));
  return *this;
}

bool Statement::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail(connection_);
  return false;
}

void Statement::run() {
  while (next()) {
  }
}

std::string Statement::text(int column) const {
  const auto* data = sqlite3_column_text(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(data), size);
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_, column);
}

Database::Database(
    const std::filesystem::path& path, const std::vector<std::string_view>& migrations)
    : path_(path) {
  // Made before SQLite would, with a mode of our own; its other files take it over.
  const executor::Fd made(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!made) {
    throw Error(
        fmt::format("cannot open {}: {}", path.string(), executor::system_error_text(errno)));
  }
  if (sqlite3_open_v2(path.c_str(), &connection_, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK) {
    const auto error =
        Error(fmt::format("cannot open {}: {}", path.string(), sqlite3_errmsg(connection_)));
    sqlite3_close(connection_);
    throw error;
  }
  try {
    sqlite3_busy_timeout(connection_, 5000);
    execute("PRAGMA journal_mode = WAL");
    execute("PRAGMA synchronous = FULL");
    execute("PRAGMA cache_size = -512");
    migrate(migrations);
  } catch (...) {
    sqlite3_close(connection_);
    throw;
  }
}

Database::~Database() {
  sqlite3_close(connection_);
}

void Database::migrate(const std::vector<std::string_view>& migrations) {
  std::int64_t version = 0;
  {
    Statement statement(*this, "PRAGMA user_version");
    if (statement.next()) version = statement.number(0);
  }
  const auto newest = static_cast<std::int64_t>(migrations.size());
  if (version > newest) {
    throw Error(
        fmt::format(
            "{} is of a newer crun (version {} of its schema, this one knows {})",
            path_.string(),
            version,
            newest),
        "use the newer crun, or another --state");
  }
  for (; version < newest; ++version) {
    Transaction transaction(*this);
    execute(migrations[static_cast<std::size_t>(version)]);
    execute(fmt::format("PRAGMA user_version = {}", version + 1));
    transaction.commit();
  }
}

void Database::execute(std::string_view sql) const {
  const std::string text(sql);
  if (sqlite3_exec(connection_, text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail(connection_);
  }
}

std::int64_t Database::last_id() const {
  return sqlite3_last_insert_rowid(connection_);
}

int Database::changed() const {
  return sqlite3_changes(connection_);
}

Transaction::Transaction(const Database& database) : database_(database) {
  database.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  // After some errors (a full disk) SQLite has rolled back already, which makes this one fail.
  if (open_) sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace crun::runner
