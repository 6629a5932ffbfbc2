// Renders parsed templates the way the original's compiled code does: a name without parameters may
// be a helper, a function of the context or a plain value; anything scoped (`this.x`, `../x`) is a
// value.

#include "executor/builtin/metadata/handlebars.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "executor/builtin/javascript_number.hpp"
#include "executor/builtin/metadata/handlebars_template.hpp"

namespace crun::executor::builtin::handlebars {

bool Value::truthy() const {
  if (is_nothing()) return false;
  if (const auto* flag = boolean()) return *flag;
  if (const auto* value = number()) return *value != 0 && !std::isnan(*value);
  if (const auto* text = string()) return !text->empty();
  return true;
}

std::string Value::text() const {
  if (const auto* flag = boolean()) return *flag ? "true" : "false";
  if (const auto* value = number()) return number_text(*value);
  if (const auto* text = string()) return *text;
  if (const auto* items = list()) {
    std::string joined;
    for (const auto& item : *items) {
      if (&item != &items->front()) joined += ',';
      joined += item.text();
    }
    return joined;
  }
  if (object()) return "[object Object]";
  if (function()) return "function () {}";
  return {};
}

Value Value::property(std::string_view name) const {
  if (const auto* entries = object()) {
    for (const auto& [key, value] : *entries) {
      if (key == name) return value;
    }
  } else if (const auto* items = list()) {
    if (name == "length") return static_cast<double>(items->size());
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (fmt::format_int(i).str() == name) return (*items)[i];
    }
  } else if (const auto* text = string(); text && name == "length") {
    return static_cast<double>(text->size());
  }
  return {};
}

std::string escape_html(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#x27;";
        break;
      case '`':
        result += "&#x60;";
        break;
      case '=':
        result += "&#x3D;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

namespace {

using Data = std::vector<std::pair<std::string, Value>>;

/// Where a statement stands: `this`, the values outside of it, @-data and block parameters.
struct Scope {
  Value self;
  const Scope* outer = nullptr;
  Data data;
  Data parameters;
};

bool is_empty(const Value& value) {
  const auto* number = value.number();
  if (!value.truthy() && !(number && *number == 0)) return true;
  return value.list() && value.list()->empty();
}

class Renderer {
 public:
  explicit Renderer(const Value& root) : root_(root) {}

  std::string render(const Program& program, const Scope& scope) {
    std::string result;
    for (const auto& statement : program.statements) {
      if (const auto* content = std::get_if<Content>(&statement)) {
        result += content->text;
      } else if (const auto* mustache = std::get_if<Mustache>(&statement)) {
        const std::string text = evaluate(mustache->call, scope).text();
        result += mustache->escaped ? escape_html(text) : text;
      } else {
        result += render_block(std::get<Block>(statement), scope);
      }
    }
    return result;
  }

 private:
  Value lookup(const Path& path, const Scope& scope) const {
    std::size_t next = 0;
    Value value;
    if (path.data) {
      if (path.parts.empty()) return {};
      value = data(path.parts[next++], scope);
    } else {
      const Scope* start = &scope;
      for (int i = 0; i < path.depth && start; ++i) start = start->outer;
      if (!start) return {};
      const Value* parameter =
          path.scoped || path.parts.empty() ? nullptr : block_parameter(path.parts[0], scope);
      value = parameter ? *parameter : start->self;
      if (parameter) ++next;
    }
    for (; next < path.parts.size(); ++next) value = value.property(path.parts[next]);
    return value;
  }

  Value data(const std::string& name, const Scope& scope) const {
    if (name == "root") return root_;
    for (const Scope* at = &scope; at; at = at->outer) {
      for (const auto& [key, value] : at->data) {
        if (key == name) return value;
      }
    }
    return {};
  }

  const Value* block_parameter(const std::string& name, const Scope& scope) const {
    for (const Scope* at = &scope; at; at = at->outer) {
      for (const auto& [key, value] : at->parameters) {
        if (key == name) return &value;
      }
    }
    return nullptr;
  }

  Value evaluate(const Operand& operand, const Scope& scope) {
    if (const auto* value = std::get_if<Value>(&operand.what)) return *value;
    if (const auto* path = std::get_if<Path>(&operand.what)) return lookup(*path, scope);
    return evaluate(*std::get<std::shared_ptr<const Call>>(operand.what), scope, true);
  }

  Arguments arguments(const Call& call, const Scope& scope) {
    Arguments result;
    for (const auto& parameter : call.parameters) {
      result.parameters.push_back(evaluate(parameter, scope));
    }
    for (const auto& [name, operand] : call.hash) {
      result.hash.emplace_back(name, evaluate(operand, scope));
    }
    return result;
  }

  Value evaluate(const Call& call, const Scope& scope, bool nested = false) {
    const Path& path = call.path;
    if (path.simple() && path.parts[0] == "lookup") return built_in_lookup(arguments(call, scope));
    if (path.simple() && path.parts[0] == "log") return {};
    if (path.simple() && is_block_helper(path.parts[0])) refuse_without_block(path.parts[0]);
    const Value callee = lookup(path, scope);
    if (const auto* function = callee.function()) return (*function)(arguments(call, scope));
    if (!nested && !call.is_helper_call()) return callee;
    if (callee.is_nothing()) {
      if (nested && !call.is_helper_call()) return {};
      throw TemplateError(fmt::format("Missing helper: \"{}\"", path.original));
    }
    throw TemplateError(fmt::format("\"{}\" is not a function", path.original));
  }

  static bool is_block_helper(const std::string& name) {
    return name == "if" || name == "unless" || name == "with" || name == "each";
  }

  [[noreturn]] static void refuse_without_block(const std::string& name) {
    throw TemplateError(
        name == "each" ? "Must pass iterator to #each"
                       : fmt::format("#{} requires exactly one argument", name));
  }

  static Value built_in_lookup(const Arguments& arguments) {
    if (arguments.parameters.size() < 2) return {};
    const Value& object = arguments.parameters[0];
    if (!object.truthy()) return object;
    return object.property(arguments.parameters[1].text());
  }

  std::string render_block(const Block& block, const Scope& scope) {
    const Path& path = block.call.path;
    if (path.simple() && is_block_helper(path.parts[0])) {
      return render_built_in(path.parts[0], block, scope);
    }
    // A name that is no helper: a section over its value.
    const Value value = evaluate(block.call, scope);
    const bool* flag = value.boolean();
    if (flag && *flag) return render_body(block.body, scope);
    if (flag || value.is_nothing()) return render_body(block.inverse, scope);
    if (value.list()) return render_each(value, block, scope);
    return render_with(value, block, scope);
  }

  std::string render_built_in(const std::string& name, const Block& block, const Scope& scope) {
    Arguments call = arguments(block.call, scope);
    if (call.parameters.size() != 1) {
      if (name != "each" || call.parameters.empty()) refuse_without_block(name);
    }
    Value value = call.parameters[0];
    if (const auto* function = value.function()) value = (*function)({});
    if (name == "each") return render_each(value, block, scope);
    if (name == "with") {
      return is_empty(value) ? render_body(block.inverse, scope) : render_with(value, block, scope);
    }
    const bool zero_counts = std::ranges::any_of(call.hash, [](const auto& row) {
      return row.first == "includeZero" && row.second.truthy();
    });
    const bool yes = (value.truthy() || zero_counts) && !is_empty(value);
    return render_body(yes == (name == "if") ? block.body : block.inverse, scope);
  }

  std::string render_body(const std::shared_ptr<const Program>& program, const Scope& scope) {
    return program ? render(*program, scope) : std::string();
  }

  std::string render_with(const Value& value, const Block& block, const Scope& scope) {
    if (!block.body) return {};
    if (value.same(scope.self)) return render(*block.body, scope);
    Scope inner{value, &scope, {}, {}};
    if (!block.body->parameters.empty()) inner.parameters = {{block.body->parameters[0], value}};
    return render(*block.body, inner);
  }

  std::string render_each(const Value& value, const Block& block, const Scope& scope) {
    std::vector<std::pair<Value, Value>> rows;  // key, item
    if (const auto* items = value.list()) {
      for (std::size_t i = 0; i < items->size(); ++i) {
        rows.emplace_back(static_cast<double>(i), (*items)[i]);
      }
    } else if (const auto* entries = value.object()) {
      for (const auto& [key, item] : *entries) rows.emplace_back(key, item);
    }
    if (rows.empty()) return render_body(block.inverse, scope);
    std::string result;
    for (std::size_t i = 0; block.body && i < rows.size(); ++i) {
      const auto& [key, item] = rows[i];
      Scope inner{item, &scope, {}, {}};
      inner.data = {
          {"key", key},
          {"index", static_cast<double>(i)},
          {"first", i == 0},
          {"last", i + 1 == rows.size()}};
      const auto& names = block.body->parameters;
      if (!names.empty()) inner.parameters.emplace_back(names[0], item);
      if (names.size() > 1) inner.parameters.emplace_back(names[1], key);
      result += render(*block.body, inner);
    }
    return result;
  }

  const Value& root_;
};

}  // namespace

std::string render(std::string_view text, const Value& context) {
  const Program program = parse_template(text);
  return Renderer(context).render(program, Scope{context, nullptr, {}, {}});
}

bool is_single_mustache(std::string_view text, std::string_view name) {
  try {
    const Program program = parse_template(text);
    if (program.statements.size() != 1) return false;
    const auto* mustache = std::get_if<Mustache>(&program.statements[0]);
    return mustache && !mustache->call.literal_path &&
           mustache->call.path.parts == std::vector<std::string>{std::string(name)};
  } catch (const TemplateError&) {
    return false;
  }
}

}  // namespace crun::executor::builtin::handlebars
