// A parsed Handlebars template: what the parser hands to the renderer.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "executor/builtin/metadata/handlebars.hpp"

namespace crun::executor::builtin::handlebars {

/// `../a.[b]`, `this.x`, `@index`.
struct Path {
  bool data = false;    // begins with @
  bool scoped = false;  // begins with this, . or ..: never a helper
  int depth = 0;
  std::vector<std::string> parts;
  std::string original;

  bool simple() const { return !data && !scoped && depth == 0 && parts.size() == 1; }
};

struct Call;

/// A literal, a path, or a call in parentheses.
struct Operand {
  std::variant<Value, Path, std::shared_ptr<const Call>> what;
};

struct Call {
  /// A literal here is the name of a property.
  Path path;
  bool literal_path = false;
  std::vector<Operand> parameters;
  std::vector<std::pair<std::string, Operand>> hash;

  bool is_helper_call() const { return !parameters.empty() || !hash.empty(); }
};

struct Program;

struct Content {
  std::string text;
};
struct Mustache {
  Call call;
  bool escaped = true;
};
struct Block {
  Call call;
  std::shared_ptr<const Program> body;
  std::shared_ptr<const Program> inverse;  // may be null
};

struct Program {
  std::vector<std::variant<Content, Mustache, Block>> statements;
  std::vector<std::string> parameters;  // as |a b|
};

/// Throws TemplateError.
Program parse_template(std::string_view text);

}  // namespace crun::executor::builtin::handlebars
