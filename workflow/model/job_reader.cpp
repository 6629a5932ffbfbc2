#include "workflow/model/job_reader.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "workflow/model/id_builder.hpp"
#include "workflow/model/settings_reader.hpp"
#include "workflow/model/step_reader.hpp"

namespace crun::workflow {

namespace {

/// What GitHub checks of values that hold no expression, long before they are wanted.
class ValueChecks {
 public:
  explicit ValueChecks(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void runs_on(const TokenPtr& token);
  void strategy(const TokenPtr& token);
  void container(const TokenPtr& token, bool service);
  void services(const TokenPtr& token);
  void snapshot(const TokenPtr& token);

 private:
  Diagnostic& error(const TokenPtr& token, std::string code, std::string message) {
    return diagnostics_.error(token->source, token->span, std::move(code), std::move(message));
  }

  void matrix(const TokenPtr& token);
  void matrix_filters(const Token& matrix);

  Diagnostics& diagnostics_;
};

void ValueChecks::runs_on(const TokenPtr& token) {
  for (const auto& [key, value] : token->entries) {
    if (text_of(key) != "group" || is_expression(value)) continue;
    const auto group = text_of(value);
    const auto slash = group.find('/');
    if (slash == std::string::npos) continue;
    const auto owner = group.substr(0, slash);
    const auto rest = group.substr(slash + 1);
    constexpr std::string_view owners[] = {"org", "organization", "ent", "enterprise"};
    if (rest.empty()) {
      error(value, "runs-on", fmt::format("Invalid runs-on group name '{}'.", group));
    } else if (
        rest.find('/') != std::string::npos ||
        std::find(std::begin(owners), std::end(owners), owner) == std::end(owners)) {
      error(
          value,
          "runs-on",
          fmt::format(
              "Invalid runs-on group name '{}'. Please use 'organization/' or 'enterprise/' prefix "
              "to target a single runner group.",
              group));
    }
  }
}

void ValueChecks::strategy(const TokenPtr& token) {
  for (const auto& [key, value] : token->entries) {
    if (text_of(key) != "matrix" || value->kind != Token::Kind::mapping) continue;
    matrix(value);
    if (!has_expressions(token)) matrix_filters(*value);
  }
}

void ValueChecks::matrix(const TokenPtr& token) {
  bool has_vector = false;
  for (const auto& [key, value] : token->entries) {
    const auto name = text_of(key);
    if (name == "exclude") continue;
    if (name == "include") {
      has_vector = has_vector || has_expressions(value) || !value->items.empty();
      continue;
    }
    has_vector = true;
    if (value->kind == Token::Kind::sequence && value->items.empty()) {
      error(value, "matrix", fmt::format("Matrix vector '{}' does not contain any values", name));
    }
  }
  if (!has_vector) error(token, "matrix", "Matrix must define at least one vector");
}

/// Includes and excludes of a matrix that holds no expression, which GitHub tries to expand.
void ValueChecks::matrix_filters(const Token& matrix) {
  const auto mappings = [&](std::string_view name) {
    std::vector<TokenPtr> found;
    for (const auto& [key, value] : matrix.entries) {
      if (text_of(key) == name) found = value->items;
    }
    return found;
  };
  for (const auto& include : mappings("include")) {
    if (!include->entries.empty()) continue;
    error(include, "matrix", "Matrix include mapping does not contain any values");
  }
  for (const auto& exclude : mappings("exclude")) {
    if (exclude->entries.empty()) {
      error(exclude, "matrix", "Matrix exclude filter must not be empty");
    }
    for (const auto& [key, value] : exclude->entries) {
      const auto name = text_of(key);
      if (name != "include" && name != "exclude" && matrix.find(name)) continue;
      error(
          key,
          "matrix",
          fmt::format("Matrix exclude key '{}' does not match any key within the matrix", name));
    }
  }
}

void ValueChecks::container(const TokenPtr& token, bool service) {
  if (has_expressions(token)) return;
  constexpr std::string_view prefix = "docker://";
  const auto* image = token.get();
  if (token->kind == Token::Kind::mapping) image = token->find("image");
  const auto name = image && image->kind == Token::Kind::string ? image->text : std::string();
  const bool empty = name.empty() || name == prefix;
  // `container: ''` is no container; a service, or a prefix without a name, makes no sense.
  if (image && image->raw.find("${{") != std::string::npos) return;  // `${{ '' }}`: none
  if (!empty || (!service && name.empty() && token->kind != Token::Kind::mapping)) return;
  if (!service && name.empty() && image) return;
  error(token, "container", "Container image cannot be empty");
}

void ValueChecks::services(const TokenPtr& token) {
  if (has_expressions(token)) return;
  for (const auto& [name, service] : token->entries) container(service, true);
}

void ValueChecks::snapshot(const TokenPtr& token) {
  const auto* version = token->find("version");
  if (!version || version->kind != Token::Kind::string) return;
  const auto dot = version->text.find('.');
  const auto major = version->text.substr(0, dot);
  const bool number =
      !major.empty() && major.size() < 10 &&
      std::all_of(major.begin(), major.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (number && dot != std::string::npos && version->text.substr(dot) == ".*") return;
  error(
      token,
      "snapshot",
      fmt::format("Expected format '{{major-version}}.*' Actual '{}'", version->text));
}

class JobReader {
 public:
  explicit JobReader(Diagnostics& diagnostics) : diagnostics_(diagnostics), checks_(diagnostics) {}

  Job read(const Token& id, const Token& definition);

 private:
  void read_value(Job& job, std::string_view name, const TokenPtr& value);
  void read_needs(Job& job, const TokenPtr& value);
  static void read_strategy(Job& job, const TokenPtr& value);

  Diagnostics& diagnostics_;
  ValueChecks checks_;
};

Job JobReader::read(const Token& id, const Token& definition) {
  Job job;
  job.id = id.text;
  job.span = id.span;
  IdBuilder ids;
  if (const auto message = ids.add(job.id); !message.empty() && !job.id.empty()) {
    diagnostics_.error(id.source, id.span, "id", message);
  }
  TokenPtr condition;
  for (const auto& [key, value] : definition.entries) {
    const auto name = text_of(key);
    if (name == "if") {
      job.condition = read_condition(value, schema::job_condition);
    } else {
      read_value(job, name, value);
    }
  }
  if (!job.condition) job.condition = read_condition({}, schema::job_condition);
  return job;
}

void JobReader::read_value(Job& job, std::string_view name, const TokenPtr& value) {
  const auto take = [&](std::string_view key, TokenPtr& member) {
    if (name != key) return false;
    member = value;
    return true;
  };
  if (take("name", job.name) || take("environment", job.environment) || take("env", job.env) ||
      take("outputs", job.outputs) || take("continue-on-error", job.continue_on_error) ||
      take("timeout-minutes", job.timeout_minutes) ||
      take("cancel-timeout-minutes", job.cancel_timeout_minutes) || take("with", job.with)) {
    return;
  }
  if (take("runs-on", job.runs_on)) return checks_.runs_on(value);
  if (take("container", job.container)) return checks_.container(value, false);
  if (take("services", job.services)) return checks_.services(value);
  if (take("snapshot", job.snapshot)) return checks_.snapshot(value);
  if (name == "needs") return read_needs(job, value);
  if (name == "strategy") {
    checks_.strategy(value);
    return read_strategy(job, value);
  }
  if (name == "concurrency") {
    job.concurrency = read_concurrency(value, diagnostics_);
  } else if (name == "permissions") {
    job.permissions = read_permissions(*value);
  } else if (name == "defaults") {
    job.defaults = read_run_defaults(value);
  } else if (name == "steps") {
    job.steps = read_steps(*value, schema::step_condition, diagnostics_);
  } else if (name == "uses") {
    job.uses = text_of(value);
    job.uses_span = value->span;
  } else if (name == "secrets") {
    job.inherit_secrets = text_of(value) == "inherit";
    if (!job.inherit_secrets) job.secrets = value;
  }
}

void JobReader::read_needs(Job& job, const TokenPtr& value) {
  if (value->kind == Token::Kind::string) job.needs.push_back({value->text, value->span});
  for (const auto& item : value->items) {
    if (item) job.needs.push_back({text_of(item), item->span});
  }
}

void JobReader::read_strategy(Job& job, const TokenPtr& value) {
  Strategy strategy;
  strategy.span = value->span;
  strategy.token = value;
  for (const auto& [key, member] : value->entries) {
    const auto name = text_of(key);
    if (name == "matrix") strategy.matrix = member;
    if (name == "fail-fast") strategy.fail_fast = member;
    if (name == "max-parallel") strategy.max_parallel = member;
  }
  job.strategy = std::move(strategy);
}

}  // namespace

std::vector<Job> read_jobs(const Token& jobs, const JobLimit& limit, Diagnostics& diagnostics) {
  std::vector<Job> read;
  JobReader reader(diagnostics);
  for (const auto& [id, definition] : jobs.entries) {
    if (id->kind != Token::Kind::string || definition->kind != Token::Kind::mapping) continue;
    if (++*limit.count == limit.most + 1 && limit.most > 0) {
      diagnostics.error(
          id->source,
          id->span,
          "limit",
          fmt::format(
              "Workflows may not contain more than {} jobs across all referenced files",
              limit.most));
    }
    read.push_back(reader.read(*id, *definition));
  }
  return read;
}

}  // namespace crun::workflow
