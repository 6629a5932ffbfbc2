#include "workflow/model/expression_mistakes.hpp"

#include "workflow/yaml/scalar_place.hpp"

namespace crun::workflow {

namespace {

constexpr std::string_view open_mark = "${{";
constexpr std::string_view close_mark = "}}";
constexpr std::size_t most_mistakes = 20;  // of one scalar: finding a place costs its length

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

/// The first }} outside a string literal.
std::size_t find_close(std::string_view text, std::size_t at) {
  for (bool in_string = false; at < text.size(); ++at) {
    if (text[at] == '\'') in_string = !in_string;
    if (!in_string && text.substr(at).starts_with(close_mark)) return at;
  }
  return std::string_view::npos;
}

/// What is wrong with an expression, or nothing.
std::string mistake(std::string_view expression, const ExpressionNames& names) {
  if (expression.empty()) return "An expression was expected";
  if (expression == "insert") return {};
  try {
    Expression::parse(expression, names);
    return {};
  } catch (const ExpressionError& error) {
    return error.what();
  }
}

}  // namespace

std::vector<ExpressionMistake> expression_mistakes(
    const SourceFile& source, Position begin, std::string_view text, const ExpressionNames& names) {
  std::vector<ExpressionMistake> mistakes;
  for (auto open = text.find(open_mark); open != std::string_view::npos;) {
    const auto inside = open + open_mark.size();
    const auto close = find_close(text, inside);
    const auto message =
        close == std::string_view::npos
            ? "The expression is not closed. An unescaped ${{ sequence was found, but the closing "
              "}} sequence was not found."
            : mistake(trimmed(text.substr(inside, close - inside)), names);
    if (!message.empty()) {
      mistakes.push_back({place_in_scalar(source, begin, text, open), message});
    }
    if (close == std::string_view::npos || mistakes.size() == most_mistakes) break;
    open = text.find(open_mark, close);
  }
  return mistakes;
}

}  // namespace crun::workflow
