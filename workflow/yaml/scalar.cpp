#include "workflow/yaml/scalar.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "workflow/source/number.hpp"

namespace crun::workflow {

namespace {

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

bool is_null(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

std::optional<bool> as_boolean(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

// [-+]?[0-9]+, 0x[0-9a-fA-F]+ or 0o[0-7]+; the last two are 32 bits wide and signed in .NET.
std::optional<double> as_integer(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0o")) {
    const auto number = parse_number(text);
    return std::isnan(number) ? std::nullopt : std::optional(number);
  }
  auto digits = text;
  if (digits.starts_with('-') || digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  return parse_decimal(text);
}

std::optional<double> as_float(std::string_view text) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  auto unsigned_text = text;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) unsigned_text.remove_prefix(1);
  if (unsigned_text == ".inf" || unsigned_text == ".Inf" || unsigned_text == ".INF") {
    return negative ? -infinity : infinity;
  }
  if (text == ".nan" || text == ".NaN" || text == ".NAN") {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const auto number = parse_decimal(text);
  return std::isnan(number) ? std::nullopt : std::optional(number);
}

bool type_number(Node& node, std::optional<double> number) {
  if (!number) return false;
  node.kind = Node::Kind::number;
  node.number = *number;
  return true;
}

bool type_boolean(Node& node) {
  const auto boolean = as_boolean(node.text);
  if (!boolean) return false;
  node.kind = Node::Kind::boolean;
  node.boolean = *boolean;
  return true;
}

}  // namespace

void type_plain_scalar(Node& node) {
  node.kind = Node::Kind::string;
  if (is_null(node.text)) {
    node.kind = Node::Kind::null;
    return;
  }
  if (type_boolean(node)) return;
  const char first = node.text.front();
  if (!is_digit(first) && first != '-' && first != '+' && first != '.') return;
  if (!type_number(node, as_integer(node.text))) type_number(node, as_float(node.text));
}

std::string type_tagged_scalar(Node& node, std::string_view tag) {
  constexpr std::string_view prefix = "tag:yaml.org,2002:";
  node.kind = Node::Kind::string;
  if (!tag.starts_with(prefix)) return fmt::format("Unexpected tag '{}'", tag);
  const auto type = tag.substr(prefix.size());
  if (type == "str") return {};
  if (node.style != Node::Style::plain) {
    return fmt::format("A quoted or block scalar cannot have the tag '!!{}'", type);
  }
  bool typed = false;
  if (type == "null") {
    typed = is_null(node.text);
    if (typed) node.kind = Node::Kind::null;
  } else if (type == "bool") {
    typed = type_boolean(node);
  } else if (type == "int") {
    typed = type_number(node, as_integer(node.text));
  } else if (type == "float") {
    typed = type_number(node, as_float(node.text));
  } else {
    return fmt::format("Unexpected tag '!!{}'", type);
  }
  if (typed) return {};
  return fmt::format("The value '{}' is invalid for the type '!!{}'", node.text, type);
}

}  // namespace crun::workflow
