// The functions every expression knows. They get their arguments unevaluated: GitHub does not look
// at what it does not need.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crun::workflow {

class Arguments;
class Operand;

enum class BuiltinFunction : std::uint8_t {
  none,
  case_,
  contains,
  ends_with,
  format,
  from_json,
  join,
  starts_with,
  to_json,
};

struct BuiltinSignature {
  BuiltinFunction function;
  std::string_view name;
  std::size_t min_arguments;
  std::size_t max_arguments;
};

/// The signature of a built-in function (name ignoring case), or null.
const BuiltinSignature* find_builtin(std::string_view name);
const BuiltinSignature& signature_of(BuiltinFunction function);

Operand call_builtin(BuiltinFunction function, const Arguments& arguments);

}  // namespace crun::workflow
