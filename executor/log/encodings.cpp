#include "executor/log/encodings.hpp"

#include <cstdint>

namespace crun::executor {

namespace {

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_one_of(char c, std::string_view set) {
  return set.find(c) != std::string_view::npos;
}

/// Each character through a function that appends what stands for it.
template <typename Function>
std::string each(std::string_view text, Function&& append) {
  std::string result;
  result.reserve(text.size() + text.size() / 2);
  for (char c : text) append(result, c);
  return result;
}

std::string base64(std::string_view bytes, bool padded) {
  constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  std::uint32_t bits = 0;
  int count = 0;
  for (char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) result += digits[bits >> (count - 6) & 63];
  }
  if (padded && count > 0) {
    result += digits[bits << (6 - count) & 63];
    while (result.size() % 4 != 0) result += '=';
  }
  return result;
}

/// Within a longer text a value may begin at each place of a group of three bytes: GitHub leaves
/// out its first, its first two bytes. Without padding only those digits are taken that the value
/// alone decides (ADR 0297), so that what follows does not matter.
void add_base64(std::string_view secret, std::vector<std::string>& found) {
  constexpr std::size_t shortest = 6;  // digits; less is found in any text
  auto add = [&](std::string text) {
    std::string url = each(text, [](std::string& to, char c) {
      to += c == '+' ? '-' : c == '/' ? '_' : c;
    });
    if (url != text) found.push_back(std::move(url));
    found.push_back(std::move(text));
  };
  for (std::size_t skipped = 0; skipped < 3 && skipped < secret.size(); ++skipped) {
    add(base64(secret.substr(skipped), true));
    std::string open = base64(secret.substr(skipped), false);
    if (open.size() >= shortest) add(std::move(open));
  }
  // base64 and openssl break their output: each line is one to hide.
  std::string whole = base64(secret, true);
  for (std::size_t width : {std::size_t{76}, std::size_t{64}}) {
    for (std::size_t at = 0; whole.size() > width && at < whole.size(); at += width) {
      std::string line = whole.substr(at, width);
      if (line.size() >= shortest) add(std::move(line));
    }
  }
}

void add_hex(std::string_view secret, std::vector<std::string>& found) {
  if (secret.size() < 4) return;
  for (std::string_view digits : {"0123456789abcdef", "0123456789ABCDEF"}) {
    found.push_back(each(secret, [&](std::string& to, char c) {
      to += digits[static_cast<unsigned char>(c) >> 4];
      to += digits[static_cast<unsigned char>(c) & 15];
    }));
  }
}

std::string percent(std::string_view text, std::string_view kept, std::string_view digits) {
  return each(text, [&](std::string& to, char c) {
    if (is_alphanumeric(c) || is_one_of(c, kept)) {
      to += c;
    } else {
      to += '%';
      to += digits[static_cast<unsigned char>(c) >> 4];
      to += digits[static_cast<unsigned char>(c) & 15];
    }
  });
}

void add_url(std::string_view secret, std::vector<std::string>& found) {
  for (std::string_view digits : {"0123456789ABCDEF", "0123456789abcdef"}) {
    found.push_back(percent(secret, "-._~", digits));       // Uri.EscapeDataString
    found.push_back(percent(secret, "-._~!*'()", digits));  // encodeURIComponent
    std::string form = percent(secret, "-._~ ", digits);    // a form's: + for a space
    for (char& c : form) c = c == ' ' ? '+' : c;
    found.push_back(std::move(form));
  }
}

std::uint32_t decode(std::string_view text, std::size_t& at) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  std::uint32_t first = byte(at);
  std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  std::uint32_t point = length == 1 ? first : first & (0xFF >> (length + 1));
  for (std::size_t i = 1; i < length && at + i < text.size(); ++i) {
    point = point << 6 | (byte(at + i) & 0x3F);
  }
  at += length;
  return point;
}

std::string unicode_escape(std::uint32_t unit) {
  constexpr char digits[] = "0123456789abcdef";
  std::string result = "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) result += digits[unit >> shift & 15];
  return result;
}

/// As in a JSON string; `ascii`: everything else as \uXXXX, the way Python writes it.
std::string json(std::string_view text, bool ascii) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    char c = text[at];
    constexpr std::string_view plain = "\"\\\b\t\n\f\r", letters = "\"\\btnfr";
    if (auto found = plain.find(c); found != std::string_view::npos) {
      result += '\\';
      result += letters[found];
      ++at;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      result += unicode_escape(static_cast<unsigned char>(c));
      ++at;
    } else if (static_cast<unsigned char>(c) < 0x80 || !ascii) {
      result += c;
      ++at;
    } else {
      std::uint32_t point = decode(text, at);
      if (point >= 0x10000) {
        result += unicode_escape(0xD800 + ((point - 0x10000) >> 10));
        result += unicode_escape(0xDC00 + (point & 0x3FF));
      } else {
        result += unicode_escape(point);
      }
    }
  }
  return result;
}

std::string replaced(std::string_view text, char what, std::string_view by) {
  return each(text, [&](std::string& to, char c) {
    if (c == what) {
      to += by;
    } else {
      to += c;
    }
  });
}

std::string backslashed(std::string_view text, std::string_view which) {
  return each(text, [&](std::string& to, char c) {
    if (is_one_of(c, which)) to += '\\';
    to += c;
  });
}

std::string xml(std::string_view text, std::string_view apostrophe) {
  return each(text, [&](std::string& to, char c) {
    switch (c) {
      case '<':
        to += "&lt;";
        break;
      case '>':
        to += "&gt;";
        break;
      case '&':
        to += "&amp;";
        break;
      case '"':
        to += "&quot;";
        break;
      case '\'':
        to += apostrophe;
        break;
      default:
        to += c;
    }
  });
}

/// $'...', as bash writes what holds control characters.
std::string ansi_c(std::string_view text) {
  constexpr std::string_view plain = "\\'\a\b\t\n\v\f\r\x1b", letters = "\\'abtnvfrE";
  return each(text, [&](std::string& to, char c) {
    auto byte = static_cast<unsigned char>(c);
    if (auto found = plain.find(c); found != std::string_view::npos) {
      to += '\\';
      to += letters[found];
    } else if (byte < 0x20 || byte == 0x7F) {
      to += '\\';
      for (int shift : {6, 3, 0}) to += static_cast<char>('0' + (byte >> shift & 7));
    } else {
      to += c;
    }
  });
}

/// What `set -x`, `printf %q`, `declare -p` and double quotes make of a value.
void add_shell(std::string_view secret, std::vector<std::string>& found) {
  found.push_back(replaced(secret, '\'', "'\\''"));    // single quotes, bash
  found.push_back(replaced(secret, '\'', "'\"'\"'"));  // single quotes, dash
  found.push_back(backslashed(secret, "\"\\$`"));      // double quotes
  found.push_back(ansi_c(secret));
  std::string quoted = backslashed(secret, " \t!\"$&'()*,;<>?[\\]^`{|}");  // printf %q
  if (is_one_of(secret.front(), "#~")) quoted.insert(0, 1, '\\');
  found.push_back(std::move(quoted));
}

/// PowerShell colours the place of an error, which cuts a value in two at an ampersand. GitHub
/// hides both parts when they have six characters.
void add_power_shell(std::string_view secret, std::vector<std::string>& found) {
  constexpr std::size_t shortest = 6;
  std::size_t first = secret.find("&+");
  bool plus = first != std::string_view::npos;
  std::size_t ampersand = plus ? first : secret.rfind('&');
  if (ampersand == std::string_view::npos) return;
  std::string_view before = secret.substr(0, ampersand + (plus ? 2 : 1));
  std::size_t next = ampersand + (plus ? 3 : 1);  // after "&+" one letter stands alone in colour
  std::string_view after = next < secret.size() ? secret.substr(next) : std::string_view();
  if (before.size() >= shortest) found.emplace_back(before);
  if (after.size() >= shortest) found.emplace_back(after);
}

constexpr std::string_view white_space = " \t\r\n\v\f";

std::string_view trimmed(std::string_view text) {
  auto begin = text.find_first_not_of(white_space);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

/// Lines of JSON or of a key file that say nothing: "{", "},", "--", "1".
bool worth_hiding(std::string_view line) {
  bool has_word = false;
  for (char c : line) {
    has_word = has_word || is_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80;
  }
  return line.size() >= (has_word ? 3u : 4u);
}

}  // namespace

std::vector<std::string> encodings_of(std::string_view secret) {
  std::vector<std::string> found{std::string(secret)};
  add_base64(secret, found);
  add_url(secret, found);
  found.push_back(replaced(secret, '"', "\\\""));  // an argument
  found.push_back(replaced(secret, '\'', "''"));   // a string in an expression
  found.push_back(json(secret, false));
  found.push_back(json(secret, true));
  found.push_back(xml(secret, "&apos;"));
  found.push_back(xml(secret, "&#39;"));
  if (secret.size() > 8 && secret.front() == '"' && secret.back() == '"') {
    found.emplace_back(secret.substr(1, secret.size() - 2));
  }
  add_power_shell(secret, found);
  add_shell(secret, found);
  add_hex(secret, found);
  return found;
}

std::vector<std::string> parts_of(std::string_view secret) {
  std::vector<std::string> parts;
  if (trimmed(secret).empty()) return parts;
  parts.emplace_back(secret);
  parts.emplace_back(trimmed(secret));
  if (secret.find_first_of("\r\n") == std::string_view::npos) return parts;
  for (std::string_view rest = secret; !rest.empty();) {
    auto end = rest.find_first_of("\r\n");
    std::string_view line = trimmed(rest.substr(0, end));
    if (worth_hiding(line)) parts.emplace_back(line);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return parts;
}

}  // namespace crun::executor
