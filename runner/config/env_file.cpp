#include "runner/config/env_file.hpp"

#include <fstream>
#include <sstream>
#include <string_view>

#include <fmt/format.h>

#include "runner/cli/usage_error.hpp"

namespace crun::runner {

namespace {

class EnvFile {
 public:
  EnvFile(std::string path, std::string text) : path_(std::move(path)), text_(std::move(text)) {}

  std::map<std::string, std::string> read() {
    std::map<std::string, std::string> values;
    while (at_ < text_.size()) {
      skip_blanks();
      if (at_ >= text_.size()) break;
      if (text_[at_] == '\n') {
        next_line();
      } else if (text_[at_] == '#') {
        rest_of_line();
      } else {
        const auto name = read_name();
        values[name] = read_value();
      }
    }
    return values;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw UsageError(
        fmt::format("{}:{}: {}", path_, line_, what),
        "write one NAME=VALUE a line; values of several lines go in double quotes");
  }

  void next_line() {
    ++at_;
    ++line_;
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r')) {
      ++at_;
    }
  }

  std::string rest_of_line() {
    const auto end = std::min(text_.find('\n', at_), text_.size());
    auto rest = text_.substr(at_, end - at_);
    at_ = end;
    if (at_ < text_.size()) next_line();
    while (!rest.empty() && (rest.back() == ' ' || rest.back() == '\t' || rest.back() == '\r')) {
      rest.pop_back();
    }
    return rest;
  }

  std::string read_name() {
    if (text_.compare(at_, 7, "export ") == 0) at_ += 7;
    const auto end = text_.find_first_of("=\n", at_);
    if (end == std::string::npos || text_[end] != '=') fail("there is no '=' in this line");
    auto name = text_.substr(at_, end - at_);
    while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.pop_back();
    if (name.empty() || name.find_first_of(" \t") != std::string::npos) fail("this is no name");
    at_ = end + 1;
    return name;
  }

  std::string read_value() {
    skip_blanks();
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) return read_quoted();
    return rest_of_line();
  }

  std::string read_quoted() {
    const char quote = text_[at_++];
    std::string value;
    const int first_line = line_;
    while (at_ < text_.size() && text_[at_] != quote) {
      char byte = text_[at_];
      if (byte == '\n') ++line_;
      if (quote == '"' && byte == '\\' && at_ + 1 < text_.size()) {
        byte = text_[++at_];
        if (byte == 'n')
          byte = '\n';
        else if (byte == 't')
          byte = '\t';
        else if (byte != '"' && byte != '\\' && byte != '$')
          value += '\\';
      }
      value += byte;
      ++at_;
    }
    if (at_ >= text_.size()) {
      line_ = first_line;
      fail("the quote is not closed");
    }
    ++at_;
    const auto rest = rest_of_line();
    if (!rest.empty() && rest.find_first_not_of(" \t") != std::string::npos && rest[0] != '#' &&
        rest.find(" #") == std::string::npos) {
      fail("there is text after the closing quote");
    }
    return value;
  }

  std::string path_, text_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

std::map<std::string, std::string> read_env_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw UsageError(fmt::format("cannot read {}", path.string()));
  std::ostringstream text;
  text << file.rdbuf();
  return EnvFile(path.string(), text.str()).read();
}

}  // namespace crun::runner
