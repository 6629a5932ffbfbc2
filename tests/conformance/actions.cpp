// actions/manifest: action.yml as the runner reads it. actions/parser: as GitHub's editor does.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/conformance/category.hpp"
#include "tests/conformance/pack.hpp"
#include "tests/conformance/workflow_findings.hpp"
#include "workflow/model/action.hpp"

namespace crun::conformance {

namespace {

namespace fs = std::filesystem;
using workflow::Action;
using workflow::Token;

struct Reading {
  workflow::ActionPtr action;
  std::vector<Finding> findings;
};

Reading read(const fs::path& folder, bool strict) {
  Reading reading;
  workflow::Diagnostics diagnostics;
  workflow::ActionReaderOptions options;
  options.strict = strict;
  const auto source =
      std::make_shared<workflow::SourceFile>("action.yml", read_file(folder / "action.yml"));
  reading.action = workflow::read_action(source, diagnostics, options);
  reading.findings = as_github_tells(diagnostics);
  return reading;
}

std::string messages(const std::vector<Finding>& findings) {
  std::vector<std::string> told;
  for (const auto& finding : findings) told.push_back(finding.message);
  return fmt::format("{}", fmt::join(told, "\n"));
}

Json text(const workflow::TokenPtr& token) {
  if (!token) return "";
  return token->kind == Token::Kind::expression ? "${{ " + token->text + " }}" : token->text;
}

/// What the runner's loader makes of an action, in the names of the cases.
Json loaded(const Action& action) {
  static constexpr const char* kinds[] = {"Composite", "NodeJS", "Container"};
  Json json = {{"valid", true}, {"name", action.name}, {"description", action.description}};
  json["input_count"] = action.inputs.size();
  json["inputs_list"] = Json::array();
  for (const auto& input : action.inputs) {
    json["inputs_list"].push_back({{"name", input.name}, {"default", text(input.default_value)}});
  }
  json["execution_type"] = kinds[static_cast<int>(action.kind)];
  json["using"] = action.using_;
  json["main"] = action.main;
  const bool docker = action.kind == Action::Kind::docker;
  json["image"] = action.image;
  json["entrypoint"] = action.entrypoint;
  json["pre"] = docker ? action.pre_entrypoint : action.pre;
  json["post"] = docker ? action.post_entrypoint : action.post;
  if (action.pre_if) json["pre-if"] = action.pre_if->expression.text();
  if (action.post_if) json["post-if"] = action.post_if->expression.text();
  json["args"] = Json::array();
  if (action.args) {
    for (const auto& argument : action.args->items) json["args"].push_back(text(argument));
  }
  json["env_list"] = Json::array();
  if (action.env) {
    for (const auto& [key, value] : action.env->entries) {
      json["env_list"].push_back({{"key", key->text}, {"value", text(value)}});
    }
  }
  json["steps_count"] = action.steps.size();
  return json;
}

// Members in any order are one object.
std::string sorted(const Json& json) {
  return nlohmann::json::parse(to_json(to_value(json)).dump()).dump();
}

/// The first member of `expected` that `got` does not have as it is there; empty if there is none.
/// Lists of objects may say less of each object, and fewer objects.
std::string difference(const Json& expected, const Json& got) {
  for (const auto& [name, value] : expected.items()) {
    if (!got.contains(name)) return fmt::format("{}: {}", name, "nothing");
    const auto& here = got.at(name);
    if (value.is_array() && !value.empty() && value.front().is_object()) {
      for (const auto& item : value) {
        const bool found = std::any_of(here.begin(), here.end(), [&](const Json& other) {
          return difference(item, other).empty();
        });
        if (!found) return fmt::format("{}: {}", name, here.dump());
      }
    } else if (sorted(value) != sorted(here)) {
      return fmt::format("{}: {}", name, here.dump());
    }
  }
  return {};
}

void run_manifest(const fs::path& folder, Report& report) {
  each_folder(folder, report, [&](const fs::path& test) {
    const auto id = test.filename().string();
    const auto expected = Json::parse(read_file(test / "expected.json"));
    const auto reading = read(test, false);
    const auto told = messages(reading.findings);
    if (!expected.value("valid", true)) {
      const auto part = expected.value("error_contains", std::string());
      const bool refused = !reading.action && told.find(part) != std::string::npos;
      refused ? report.pass() : report.fail(id, "an error with " + part, told);
      return;
    }
    if (!reading.action) {
      report.fail(id, "an action", told);
      return;
    }
    const auto differs = difference(expected, loaded(*reading.action));
    differs.empty() ? report.pass() : report.fail(id, expected.dump(), differs);
  });
}

Json step_json(const workflow::Step& step) {
  Json json = {{"id", step.has_author_id() ? step.id : ""}};
  if (step.condition) json["if"] = {{"type", 3}, {"expr", step.condition->expression.text()}};
  if (step.name) json["name"] = text(step.name);
  if (step.run) json["run"] = text(step.run);
  if (!step.uses.empty()) json["uses"] = step.uses;
  return json;
}

/// What GitHub's editor makes of `runs`.
Json template_of(const Action& action) {
  Json runs = {{"using", action.using_}};
  const auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) runs[name] = value;
  };
  put("main", action.main);
  put("image", action.image);
  put("pre", action.pre);
  put("post", action.post);
  put("entrypoint", action.entrypoint);
  put("preEntrypoint", action.pre_entrypoint);
  put("postEntrypoint", action.post_entrypoint);
  put("preIf", action.pre_if ? action.pre_if->text : "");
  put("postIf", action.post_if ? action.post_if->text : "");
  for (const auto& step : action.steps) runs["steps"].push_back(step_json(step));
  return {{"name", action.name}, {"description", action.description}, {"runs", runs}};
}

void run_parser(const fs::path& folder, Report& report) {
  each_folder(folder, report, [&](const fs::path& test) {
    const auto id = test.filename().string();
    const auto expected = Json::parse(read_file(test / "expected.json"));
    const auto reading = read(test, true);
    std::vector<std::string> wanted;
    for (const auto& error : expected.at("errors")) wanted.push_back(error.at("message"));
    const auto errors = fmt::format("{}", fmt::join(wanted, "\n"));
    if (errors != messages(reading.findings) || !expected.contains("template") || !reading.action) {
      report.check(id, errors, messages(reading.findings));
      return;
    }
    const auto differs = difference(expected["template"], template_of(*reading.action));
    differs.empty() ? report.pass() : report.fail(id, expected["template"].dump(), differs);
  });
}

const Registration manifest{{"actions/manifest", run_manifest}};
const Registration parser{{"actions/parser", run_parser}};

}  // namespace

}  // namespace crun::conformance
