#include "executor/builtin/metadata/attributes.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/javascript_text.hpp"

namespace crun::executor::builtin {

namespace {

/// Reads all records, as an error in any of them counts, and keeps the first.
class AttributeReader {
 public:
  explicit AttributeReader(std::string_view text) : text_(text) {}

  std::optional<std::vector<std::string>> first_record() {
    while (at_ < text_.size()) {
      if (quoted_) {
        in_quotes();
      } else {
        outside();
      }
    }
    if (quoted_) {
      throw Failed(fmt::format(
          "Quote Not Closed: the parsing is finished with an opening quote at line {}", line_));
    }
    end_record();
    return first_;
  }

 private:
  void in_quotes() {
    const char c = text_[at_++];
    if (c == '\n') ++line_;
    if (c != '"') {
      field_ += c;
    } else if (at_ < text_.size() && text_[at_] == '"') {
      field_ += text_[at_++];
    } else {
      quoted_ = false;
      closed_ = true;
      check_closing();
    }
  }

  void check_closing() const {
    if (at_ == text_.size() || text_[at_] == ',' || text_[at_] == '\n' || text_[at_] == '\r')
      return;
    throw Failed(fmt::format(
        "Invalid Closing Quote: got \"{}\" at line {} instead of delimiter, record delimiter, "
        "trimable character (if activated) or comment",
        text_[at_],
        line_));
  }

  void outside() {
    const char c = text_[at_++];
    if (c == '"') {
      if (!field_.empty()) {
        throw Failed(fmt::format(
            "Invalid Opening Quote: a quote is found on field {} at line {}, value is {}",
            record_.size(),
            line_,
            nlohmann::json(field_).dump()));
      }
      quoted_ = true;
    } else if (c == ',') {
      end_field();
    } else if (c == '\n' || c == '\r') {
      if (c == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
      ++line_;
      end_record();
    } else {
      field_ += c;
    }
  }

  void end_field() {
    record_.push_back(std::move(field_));
    field_.clear();
    closed_ = false;
  }

  void end_record() {
    const bool empty = record_.empty() && field_.empty() && !closed_;
    if (!empty) {
      end_field();
      if (!first_) first_ = record_;
    }
    record_.clear();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  bool quoted_ = false;
  bool closed_ = false;
  std::string field_;
  std::vector<std::string> record_;
  std::optional<std::vector<std::string>> first_;
};

}  // namespace

std::vector<std::string> parse_attributes(std::string_view line, std::string_view variable) {
  auto record = AttributeReader(line).first_record();
  if (!record) throw Failed(fmt::format("{} is not iterable", variable));
  return *record;
}

Attribute split_attribute(std::string_view field, Equals equals) {
  std::size_t split = field.find('=');
  if (split == 0 && equals == Equals::first_splits) split = std::string_view::npos;
  if (split == std::string_view::npos) {
    return {std::nullopt, std::string(trim_javascript(field))};
  }
  std::string key(trim_javascript(field.substr(0, split)));
  for (char& c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  std::string_view value = field.substr(split + 1);
  if (equals == Equals::all_split) value = value.substr(0, value.find('='));
  return {std::move(key), std::string(trim_javascript(value))};
}

}  // namespace crun::executor::builtin
