// SQLite, owned: a connection, statements whose parameters are bound in order, transactions that
// roll back when they are left early. Every failure is an Error.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace crun::runner {

class Database;

class Statement {
 public:
  Statement(const Database& database, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Binds the next parameter.
  Statement& bind(std::string_view text);
  Statement& bind(std::int64_t number);
  /// The next row; false: there is none.
  bool next();
  /// A statement without rows.
  void run();
  std::string text(int column) const;
  std::int64_t number(int column) const;

 private:
  void check(int code) const;

  sqlite3* connection_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

class Database {
 public:
  /// Opens or makes it (mode 0600), in WAL mode; what is committed survives a loss of power. Each
  /// migration brings the schema from its index to the next version. Throws Error, also for a
  /// database of a newer version.
  Database(const std::filesystem::path& path, const std::vector<std::string_view>& migrations);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void execute(std::string_view sql) const;
  std::int64_t last_id() const;
  /// Rows the last statement changed.
  int changed() const;
  sqlite3* get() const { return connection_; }

 private:
  void migrate(const std::vector<std::string_view>& migrations);

  std::filesystem::path path_;
  sqlite3* connection_ = nullptr;
};

class Transaction {
 public:
  explicit Transaction(const Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  const Database& database_;
  bool open_ = true;
};

}  // namespace crun::runner
