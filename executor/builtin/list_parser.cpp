// A state machine over bytes with csv-parse's rules (relaxed quotes, any number of columns, empty
// lines skipped). The line break in use is the first one found outside quotes; others are data.
#include "executor/builtin/list_parser.hpp"

#include <fmt/format.h>

#include "executor/builtin/javascript_text.hpp"

namespace crun::executor::builtin {
namespace {

class RecordReader {
 public:
  RecordReader(std::string_view text, const ListOptions& options)
      : text_(text), options_(options) {}

  std::vector<std::vector<std::string>> read() {
    for (at_ = 0; at_ < text_.size(); ++at_) {
      if (quoting_) {
        inside_quotes();
      } else {
        outside_quotes();
      }
    }
    if (quoting_) {
      throw ListSyntaxError(fmt::format(
          "Quote Not Closed: the parsing is finished with an opening quote at line {}", line_));
    }
    if (!line_is_empty()) end_record();
    return std::move(records_);
  }

 private:
  void inside_quotes() {
    const char c = text_[at_];
    if (c == '\n' || c == '\r') ++line_;
    if (c != '"') {
      field_ += c;
      return;
    }
    if (starts_at(at_ + 1, '"')) {
      field_ += '"';
      ++at_;
      return;
    }
    quoting_ = false;
    was_quoted_ = true;
    // Text after the closing quote: the quotes were data after all.
    if (!ends_field(at_ + 1)) field_ = fmt::format("\"{}\"", field_);
  }

  void outside_quotes() {
    const char c = text_[at_];
    if (const std::size_t length = line_break_at(at_)) {
      ++line_;
      if (!line_is_empty()) end_record();
      commenting_ = false;
      at_ += length - 1;
    } else if (commenting_) {
      return;
    } else if (c == '"' && options_.quote && field_.empty()) {
      quoting_ = true;
    } else if (begins_comment(c)) {
      commenting_ = true;
    } else if (c == ',') {
      end_field();
    } else {
      field_ += c;
    }
  }

  bool starts_at(std::size_t at, char c) const { return at < text_.size() && text_[at] == c; }

  /// Length of the line break there, or 0. The first one decides what a line break is.
  std::size_t line_break_at(std::size_t at) {
    if (at >= text_.size()) return 0;
    if (line_break_.empty()) {
      if (text_[at] == '\n') line_break_ = "\n";
      if (text_[at] == '\r') line_break_ = starts_at(at + 1, '\n') ? "\r\n" : "\r";
    }
    const bool here = !line_break_.empty() && text_.substr(at).starts_with(line_break_);
    return here ? line_break_.size() : 0;
  }

  bool ends_field(std::size_t at) {
    return at >= text_.size() || text_[at] == ',' || line_break_at(at) ||
           (text_[at] == '#' && options_.comments != ListOptions::Comments::none);
  }

  bool begins_comment(char c) const {
    if (c != '#' || options_.comments == ListOptions::Comments::none) return false;
    return options_.comments == ListOptions::Comments::anywhere || line_is_empty();
  }

  bool line_is_empty() const { return field_.empty() && record_.empty() && !was_quoted_; }

  void end_field() {
    record_.push_back(std::move(field_));
    field_.clear();
    was_quoted_ = false;
  }

  void end_record() {
    end_field();
    records_.push_back(std::move(record_));
    record_.clear();
  }

  std::string_view text_;
  const ListOptions& options_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::string line_break_;
  bool quoting_ = false, was_quoted_ = false, commenting_ = false;
  std::string field_;
  std::vector<std::string> record_;
  std::vector<std::vector<std::string>> records_;
};

void append_split(std::vector<std::string>& items, std::string_view text) {
  for (;;) {
    const std::size_t comma = text.find(',');
    items.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

std::vector<std::string> parse_list(std::string_view text, const ListOptions& options) {
  std::vector<std::string> items;
  for (std::vector<std::string>& record : RecordReader(text, options).read()) {
    if (options.ignore_comma) {
      items.push_back(fmt::format("{}", fmt::join(record, ",")));
    } else if (record.size() == 1) {
      append_split(items, record.front());
    } else {
      items.insert(items.end(), record.begin(), record.end());
    }
  }
  std::erase(items, std::string());
  if (options.trim) {
    for (std::string& item : items) item = std::string(trim_javascript(item));
  }
  return items;
}

}  // namespace crun::executor::builtin
