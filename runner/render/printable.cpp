#include "runner/render/printable.hpp"

#include <algorithm>

#include "executor/log/any_byte.hpp"

namespace crun::runner {

namespace {

/// The first byte of what Unicode has as control characters beside those of ASCII: U+0080 to
/// U+009F, by which terminals take commands as well.
constexpr unsigned char lead = 0xc2;

bool is_more_control(std::string_view text, std::size_t at) {
  if (static_cast<unsigned char>(text[at]) != lead || at + 1 == text.size()) return false;
  const auto next = static_cast<unsigned char>(text[at + 1]);
  return next >= 0x80 && next <= 0x9f;
}

}  // namespace

void append_printable(std::string_view text, std::string& out) {
  const auto is_control = [](unsigned char byte) {
    return ((byte < 0x20) & (byte != '\t')) | (byte == 0x7f) | (byte == lead);
  };
  if (!executor::any_byte(text, is_control)) {
    out += text;
    return;
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == 0x1b && at + 1 < text.size() && text[at + 1] == '[') {
      at += 2;
      while (at < text.size() && (text[at] < '@' || text[at] > '~')) ++at;
      continue;
    }
    if (is_more_control(text, at)) {
      out += ' ';
      ++at;
    } else if (byte == '\t' || byte >= 0x20) {
      if (byte != 0x7f) out += text[at];
    } else if (byte != '\r') {
      out += ' ';
    }
  }
}

std::string printable(std::string_view text) {
  std::string out;
  append_printable(text, out);
  return out;
}

void print(std::FILE* stream, std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    append_printable(text.substr(0, end), out);
    if (end < text.size()) out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  std::fputs(out.c_str(), stream);
}

}  // namespace crun::runner
