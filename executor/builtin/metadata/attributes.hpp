// One line of comma-separated attributes, such as `type=raw,value=x` (docker-actions.md 1.3): CSV
// with strict quotes, unlike the lists the lines come from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crun::executor::builtin {

/// The fields of the first record. Throws Failed with the text of the original's CSV parser, or,
/// for an empty line, with JavaScript's, which holds the name of a variable there.
std::vector<std::string> parse_attributes(std::string_view line, std::string_view variable = "e");

struct Attribute {
  std::optional<std::string> key;  // in small letters; none: a bare value
  std::string value;
};

/// `key=value`, both trimmed. The value reaches up to the end of the field, or up to the next `=`,
/// and a field that begins with `=` is a bare value or one without a name.
enum class Equals { first_splits, all_split };
Attribute split_attribute(std::string_view field, Equals equals);

}  // namespace crun::executor::builtin
