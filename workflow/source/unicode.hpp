// Text as GitHub's services see it: UTF-8 taken apart, and compared as .NET's OrdinalIgnoreCase
// does, each character upper-cased by Unicode's simple mapping, one to one, whatever the locale.
// Two letters are left alone there and here: the dotless 'ı' and the long 'ſ' would otherwise equal
// 'I' and 'S'.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crun::workflow {

/// A code point and how many bytes of UTF-8 it took. Bytes that are no UTF-8 come one by one, as
/// values above U+10FFFF, so that they equal only themselves.
struct CodePoint {
  char32_t value = 0;
  int bytes = 1;
};
CodePoint code_point(std::string_view text, std::size_t at);
void append_code_point(std::string& text, char32_t value);

/// White space as .NET's Char.IsWhiteSpace knows it.
bool is_space(char32_t value);
std::string_view trim(std::string_view text);
/// How many UTF-16 code units the text has: what GitHub counts in limits and positions.
std::size_t utf16_length(std::string_view text);

/// The text, or as much of it as `bytes` hold without a broken character, and then the mark.
std::string shortened(std::string_view text, std::size_t bytes, std::string_view mark = "...");

/// The text with each character upper-cased: equal texts ignoring case have equal folds.
std::string fold(std::string_view text);
/// ASCII only, for names that cannot hold anything else.
std::string lower(std::string_view text);

/// Ordinal comparison ignoring case: <0, 0, >0.
int compare_ignoring_case(std::string_view left, std::string_view right);
bool equal_ignoring_case(std::string_view left, std::string_view right);
bool contains_ignoring_case(std::string_view text, std::string_view part);
bool starts_ignoring_case(std::string_view text, std::string_view part);
bool ends_ignoring_case(std::string_view text, std::string_view part);

}  // namespace crun::workflow
