#include "executor/files/file_commands.hpp"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <span>
#include <stdexcept>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "executor/error.hpp"
#include "executor/files/remove_tree.hpp"
#include "executor/process/fd.hpp"

namespace crun::executor {

namespace {

struct FileRow {
  const char* variable;
  const char* command;  // as errors and the github context name it
  const char* name;     // of the file, before the prefix
};

// GitHub's names, which tools look for in vain but people recognize.
constexpr FileRow env_file{"GITHUB_ENV", "env", "set_env_"};
constexpr FileRow output_file{"GITHUB_OUTPUT", "output", "set_output_"};
constexpr FileRow state_file{"GITHUB_STATE", "state", "save_state_"};
constexpr FileRow path_file{"GITHUB_PATH", "path", "add_path_"};
constexpr FileRow summary_file{"GITHUB_STEP_SUMMARY", "step_summary", "step_summary_"};
constexpr FileRow report_file{"CRUN_REPORT", "report", "report_"};
constexpr FileRow files[] = {
    env_file, output_file, state_file, path_file, summary_file, report_file};

/// Those of any step; of a built-in action also the last.
std::span<const FileRow> rows(bool with_report) {
  return std::span(files).first(std::size(files) - (with_report ? 0 : 1));
}

constexpr std::size_t largest_file = 64u << 20;
constexpr std::size_t largest_summary = 1u << 20;

/// The file's bytes; nothing when it is not there. A step may have put anything in its place: what
/// is no plain file is not waited for.
std::string read_bytes(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || (S_ISREG(info.st_mode) && info.st_size == 0)) return {};
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
  if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return {};
  auto size = static_cast<std::size_t>(info.st_size);
  if (size > largest_file) {
    throw std::runtime_error("The file is larger than 64 MiB.");
  }
  return read_up_to(file.get(), size);
}

void append_utf8(std::string& text, char32_t point) {
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xC0 | point >> 6);
    text += static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    text += static_cast<char>(0xE0 | point >> 12);
    text += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (point & 0x3F));
  } else {
    text += static_cast<char>(0xF0 | point >> 18);
    text += static_cast<char>(0x80 | (point >> 12 & 0x3F));
    text += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (point & 0x3F));
  }
}

std::string from_utf16(std::string_view bytes, bool big_endian) {
  std::string text;
  char32_t high = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    auto first = static_cast<unsigned char>(bytes[i]),
         second = static_cast<unsigned char>(bytes[i + 1]);
    char32_t unit = big_endian ? first << 8 | second : second << 8 | first;
    if (unit >= 0xD800 && unit < 0xDC00) {
      high = unit;
    } else if (unit >= 0xDC00 && unit < 0xE000 && high != 0) {
      append_utf8(text, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
      high = 0;
    } else {
      append_utf8(text, unit >= 0xDC00 && unit < 0xE000 ? 0xFFFD : unit);
      high = 0;
    }
  }
  return text;
}

/// As .NET reads text: a byte order mark tells UTF-8 or UTF-16 (PowerShell 5 writes that).
std::string decode(std::string bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) return bytes.substr(3);
  if (bytes.starts_with("\xFF\xFE")) return from_utf16(std::string_view(bytes).substr(2), false);
  if (bytes.starts_with("\xFE\xFF")) return from_utf16(std::string_view(bytes).substr(2), true);
  return bytes;
}

/// Lines of a text, ended by LF; the last may have none.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  bool next(std::string_view& line) {
    if (at_ >= text_.size()) return false;
    auto end = text_.find('\n', at_);
    ended_ = end != std::string_view::npos;
    end = std::min(end, text_.size());
    line = text_.substr(at_, end - at_);
    at_ = end + 1;
    return true;
  }
  bool ended() const { return ended_; }
  std::size_t at() const { return at_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  bool ended_ = true;
};

/// The lines up to the delimiter, as they are, without the last line break.
std::string read_block(Lines& lines, std::string_view text, const std::string& delimiter) {
  std::size_t begin = lines.at(), end = begin;
  std::string_view line;
  while (true) {
    if (!lines.next(line)) {
      throw std::runtime_error("Invalid value. Matching delimiter not found '" + delimiter + "'");
    }
    if (line == delimiter) break;
    if (!lines.ended()) throw std::runtime_error("Invalid value. EOF marker missing new line.");
    end = lines.at() - 1;
  }
  return end > begin ? std::string(text.substr(begin, end - begin)) : std::string();
}

using TakePair = std::function<void(std::string, std::string)>;

/// Pair by pair: what stands before an error counts, as on GitHub.
void read_pairs(std::string_view text, const TakePair& take) {
  Lines lines(text);
  std::string_view line;
  while (lines.next(line)) {
    if (line.empty()) continue;
    auto equals = line.find('='), block = line.find("<<");
    if (equals < block) {  // GitHub lets an empty name pass here
      take(std::string(line.substr(0, equals)), std::string(line.substr(equals + 1)));
    } else if (block != std::string_view::npos) {
      std::string name(line.substr(0, block)), delimiter(line.substr(block + 2));
      if (name.empty() || delimiter.empty()) {
        throw std::runtime_error(
            "Invalid format '" + std::string(line) +
            "'. Name must not be empty and delimiter must not be empty");
      }
      take(std::move(name), read_block(lines, text, delimiter));
    } else {
      throw std::runtime_error("Invalid format '" + std::string(line) + "'");
    }
  }
}

bool is_blocked(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name == "NODE_OPTIONS";
}

std::vector<std::string> read_list(std::string_view text) {
  std::vector<std::string> entries;
  while (!text.empty()) {
    auto end = std::min(text.find_first_of("\r\n"), text.size());
    if (end > 0) entries.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return entries;
}

}  // namespace

NamedValues parse_key_values(std::string_view text) {
  NamedValues pairs;
  read_pairs(text, [&](std::string name, std::string value) {
    pairs.emplace_back(std::move(name), std::move(value));
  });
  return pairs;
}

FileCommands::FileCommands(
    const std::filesystem::path& folder, const std::string& prefix, bool shared)
    : folder_(folder), prefix_(prefix) {
  for (const FileRow& row : rows(false)) create(row.name, shared);
}

void FileCommands::create(const char* name, bool shared) {
  const auto path = this->path(name);
  const auto create = [&path] {
    return Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  };
  auto file = create();
  if (!file && errno == ENOENT) {
    std::error_code ignored;
    std::filesystem::create_directories(folder_, ignored);
    file = create();
  } else if (!file && errno == EEXIST) {
    // A container's steps may have put a link in its place, to a file of ours.
    ::unlink(path.c_str());
    file = create();
  }
  if (file && shared) ::fchmod(file.get(), 0666);
  if (!file) throw Error("cannot create " + path + ": " + system_error_text(errno));
}

void FileCommands::add_report() {
  create(report_file.name, false);
  has_report_ = true;
}

std::string FileCommands::path(const char* name) const {
  return folder_.native() + '/' + name + prefix_;
}

FileCommands::~FileCommands() {
  if (abandoned_) return;
  for (const FileRow& row : rows(has_report_)) {
    const auto path = this->path(row.name);
    // A step may have made a folder of it.
    if (::unlink(path.c_str()) != 0 && errno == EISDIR) remove_tree(path);
  }
}

void FileCommands::export_to(Environment& environment, const std::string& folder) const {
  const std::filesystem::path seen = folder.empty() ? folder_ : std::filesystem::path(folder);
  for (const FileRow& row : rows(has_report_)) {
    environment.set(row.variable, seen / (row.name + prefix_));
  }
}

NamedValues FileCommands::paths(const std::string& folder) const {
  NamedValues paths;
  for (const FileRow& row : rows(false)) {
    paths.emplace_back(row.command, folder + '/' + row.name + prefix_);
  }
  return paths;
}

FileCommandResults FileCommands::read() const {
  FileCommandResults results;
  // Each file on its own: an error in one leaves the others.
  auto read_one = [&](const FileRow& row, auto&& take) {
    try {
      take(decode(read_bytes(path(row.name))));
    } catch (const std::runtime_error& error) {
      results.errors.push_back({row.command, error.what()});
    }
  };
  auto pairs_into = [](NamedValues& list) {
    return [&list](std::string name, std::string value) {
      list.emplace_back(std::move(name), std::move(value));
    };
  };
  read_one(path_file, [&](const std::string& text) { results.paths = read_list(text); });
  read_one(env_file, [&](const std::string& text) {
    read_pairs(text, [&](std::string name, std::string value) {
      if (is_blocked(name)) {
        results.blocked.push_back(std::move(name));
      } else {
        results.environment.emplace_back(std::move(name), std::move(value));
      }
    });
  });
  read_one(
      output_file, [&](const std::string& text) { read_pairs(text, pairs_into(results.outputs)); });
  read_one(
      state_file, [&](const std::string& text) { read_pairs(text, pairs_into(results.state)); });
  read_one(summary_file, [&](std::string text) {
    if (text.size() <= largest_summary) {
      results.summary = std::move(text);
    } else {
      results.summary_error =
          "$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got " +
          std::to_string(text.size() / 1024) + "k.";
    }
  });
  return results;
}

std::vector<std::string> FileCommands::read_report() const {
  return read_list(read_bytes(path(report_file.name)));
}

std::unique_ptr<FileCommands> FileCommandStock::make() const {
  static int serial = 0;
  return std::make_unique<FileCommands>(folder_, std::to_string(++serial), shared_);
}

const FileCommands* FileCommandStock::next(
    const std::filesystem::path& folder, bool shared) noexcept {
  try {
    next_ = take(folder, shared);
  } catch (const std::exception&) {
    return nullptr;
  }
  return next_.get();
}

std::unique_ptr<FileCommands> FileCommandStock::take(
    const std::filesystem::path& folder, bool shared) {
  if (next_ && folder == folder_ && shared == shared_) return std::move(next_);
  next_.reset();
  folder_ = folder;
  shared_ = shared;
  return make();
}

void FileCommandStock::prepare(const std::filesystem::path& folder, bool shared) noexcept {
  folder_ = folder;
  shared_ = shared;
  tidy();
}

void FileCommandStock::abandon() {
  if (next_) next_->abandon();
  for (const auto& files : used_) files->abandon();
  next_.reset();
  used_.clear();
}

void FileCommandStock::tidy() noexcept {
  used_.clear();
  try {
    if (!next_ && !enough_) next_ = make();
  } catch (const std::exception&) {  // the step that needs them will say so
  }
}

}  // namespace crun::executor
