#include "workflow/yaml/read_ahead.hpp"

#include <algorithm>
#include <utility>

#include "workflow/yaml/written_scalar.hpp"

namespace crun::workflow {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view brackets_and_commas = ",[]{}";
constexpr std::size_t block = 256;

bool is_one_of(std::string_view characters, std::string_view text, std::size_t at) {
  return at < text.size() && characters.find(text[at]) != npos;
}

// Also the end of the text. To the library a carriage return alone is a letter.
bool is_blank(std::string_view text, std::size_t at) {
  return at >= text.size() || is_one_of(" \t\n", text, at) || text.substr(at, 2) == "\r\n";
}

std::size_t next_line(std::string_view text, std::size_t at) {
  return std::min(text.find('\n', at), text.size());
}

}  // namespace

bool ReadAhead::exceeds(const Told& told, std::size_t end) {
  if (told.end != told_.end || told.brackets != told_.brackets || at_ == 0) begin(told);
  while (at_ < end && !too_much()) {
    if (brackets_ > 0) {
      look_between_brackets();
    } else {
      look_outside();
    }
  }
  return too_much();
}

void ReadAhead::begin(const Told& told) {
  told_ = told;
  at_ = told.end;
  brackets_ = told.brackets;
  commas_ = indicators_ = 0;
  after_closed_ = false;
}

// A text with n nodes between brackets has at most n commas, and a question mark and a colon for
// every two of them.
bool ReadAhead::too_much() const {
  return brackets_ > depth_ || commas_ > nodes_ || commas_ + indicators_ > 2 * nodes_ + 2;
}

void ReadAhead::look_outside() {
  if (is_one_of("#%", text_, at_)) {
    at_ = next_line(text_, at_);
  } else if (is_one_of("&!", text_, at_)) {
    skip_property();
  } else if (is_one_of("[{", text_, at_)) {
    ++brackets_;
    ++at_;
  } else if (text_.substr(at_).starts_with("---") && is_blank(text_, at_ + 3)) {
    at_ += 3;
  } else if (
      is_blank(text_, at_) || is_one_of(",]}", text_, at_) ||
      (is_one_of("-?:", text_, at_) && is_blank(text_, at_ + 1))) {
    ++at_;
  } else {
    at_ = npos;  // a text, in which brackets are no more than that
  }
}

void ReadAhead::look_between_brackets() {
  const bool closed = std::exchange(after_closed_, false);
  const char next = text_[at_];
  if (is_blank(text_, at_)) {
    after_closed_ = closed;
    ++at_;
  } else if (next == ',') {
    ++commas_;
    ++at_;
  } else if (
      (next == ':' && (closed || begins_value())) || (next == '?' && is_blank(text_, at_ + 1))) {
    ++indicators_;
    ++at_;
  } else if (next == '[' || next == '{') {
    ++brackets_;
    ++at_;
  } else if (next == ']' || next == '}') {
    --brackets_;
    ++at_;
    after_closed_ = true;
  } else if (next == '"' || next == '\'') {
    at_ = std::min(quoted_end(text_, at_), text_.size());
    after_closed_ = true;
  } else if (next == '#') {
    at_ = next_line(text_, at_);
  } else if (next == '&' || next == '!' || next == '*') {
    skip_property();
  } else {
    skip_plain();
  }
}

// Is this colon one?
bool ReadAhead::begins_value() const {
  return is_blank(text_, at_ + 1) || is_one_of(brackets_and_commas, text_, at_ + 1);
}

void ReadAhead::skip_plain() {
  ++at_;
  while (at_ < text_.size() && !is_one_of(brackets_and_commas, text_, at_)) {
    if (text_[at_] == ':' && begins_value()) return;
    if (text_[at_] == '#' && is_blank(text_, at_ - 1)) return;
    ++at_;
  }
}

// An anchor, an alias or a tag.
void ReadAhead::skip_property() {
  const bool verbatim = text_.substr(at_).starts_with("!<");
  if (verbatim) at_ = std::min(text_.find('>', at_), text_.size());
  while (!is_blank(text_, at_) && !is_one_of(brackets_and_commas, text_, at_)) ++at_;
}

GatedText::int_type GatedText::underflow() {
  if (given_ == text_.size()) return traits_type::eof();
  if (given_ > 0 && !may_go_on_(given_)) {
    cut_ = true;
    return traits_type::eof();
  }
  // A stream that is only read does not write what it was given.
  auto* begin = const_cast<char*>(text_.data()) + given_;
  const auto size = std::min(block, text_.size() - given_);
  given_ += size;
  setg(begin, begin, begin + size);
  return traits_type::to_int_type(*begin);
}

}  // namespace crun::workflow
