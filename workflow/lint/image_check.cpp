#include "workflow/lint/image_check.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "workflow/lint/script.hpp"

namespace crun::workflow {

namespace {

constexpr std::string_view build_push = "docker/build-push-action@";

std::string written(const Token* token) {
  if (!token) return {};
  if (!token->raw.empty()) return token->raw;
  if (token->kind == Token::Kind::boolean) return token->boolean ? "true" : "false";
  return token->text;
}

std::string input(const Step& step, std::string_view name) {
  return written(step.with ? step.with->find(name) : nullptr);
}

// Where the finding is about an input, its place; else that of the step's `uses`.
Span place_of(const Step& step, std::string_view name) {
  const auto* token = step.with ? step.with->find(name) : nullptr;
  return token ? token->span : step.uses_span;
}

bool may_push(const Step& step) {
  if (step.uses.starts_with(build_push)) {
    const auto push = input(step, "push");
    const auto outputs = input(step, "outputs");
    return (!push.empty() && push != "false") || outputs.find("push=true") != std::string::npos ||
           outputs.find("type=registry") != std::string::npos ||
           outputs.find("${{") != std::string::npos;
  }
  // bake, and whatever else knows how to publish: cannot be told from here.
  if (!step.uses.empty())
    return step.uses.find("push") != std::string::npos ||
           step.uses.starts_with("docker/bake-action@");
  const auto script = written(step.run.get());
  return script.find("push") != std::string::npos;
}

// An image that is neither pushed nor loaded nor written anywhere stays in the build cache.
void check_pushes(const Survey& survey) {
  const bool pushes = std::any_of(survey.steps.begin(), survey.steps.end(), [](const auto& place) {
    return may_push(*place.step);
  });
  const bool for_publishing = survey.workflow.on.find("push") || survey.workflow.on.find("release");
  if (pushes || !for_publishing) return;
  for (const auto& place : survey.steps) {
    const auto& step = *place.step;
    const bool goes_nowhere = step.uses.starts_with(build_push) && !input(step, "tags").empty() &&
                              input(step, "load").empty() && input(step, "outputs").empty();
    if (!goes_nowhere) continue;
    survey.diagnostics
        .warning(
            place.source,
            place_of(step, "push"),
            "never-pushed",
            "this image is built and goes nowhere: no step of the workflow pushes")
        .help = "push: true, or load: true if a later step only tests it";
  }
}

// What tells the legs apart, as an expression.
std::string name_of_leg(const Job& job) {
  for (const auto& [key, value] : job.strategy->matrix->entries) {
    const bool vector =
        key->kind == Token::Kind::string && key->text != "include" && key->text != "exclude";
    if (vector) return "matrix." + key->text;
  }
  return "strategy.job-index";
}

// Each leg exports its cache under the one name that the type has by default, over the others'.
void check_cache_scope(const Survey& survey) {
  for (const auto& place : survey.steps) {
    const auto& step = *place.step;
    const bool leg = place.job->strategy && place.job->strategy->matrix;
    if (!leg || !step.uses.starts_with(build_push)) continue;
    const auto cache = input(step, "cache-to");
    const bool shared =
        cache.find("type=gha") != std::string::npos && cache.find("scope=") == std::string::npos;
    if (!shared) continue;
    survey.diagnostics
        .warning(
            place.source,
            place_of(step, "cache-to"),
            "cache-scope",
            "the legs of the matrix share one cache scope: each overwrites what the others stored")
        .help = fmt::format(
        "give each leg a scope of its own, in cache-to and cache-from: {},scope=${{{{ {} }}}}",
        cache,
        name_of_leg(*place.job));
  }
}

// The rest of the command that begins here, over lines that are continued.
std::string_view command_at(const Script& script, std::size_t offset) {
  const std::string_view text = script.text();
  auto end = text.find_first_of("|;&\n", offset);
  while (end != std::string_view::npos && text[end] == '\n' && text[end - 1] == '\\') {
    end = text.find_first_of("|;&\n", end + 1);
  }
  return text.substr(offset, end - offset);
}

bool has_flag(std::string_view command, std::string_view flag) {
  for (auto at = command.find(flag); at != std::string_view::npos;
       at = command.find(flag, at + 1)) {
    const auto behind = at + flag.size();
    const bool begins = at > 0 && command[at - 1] == ' ';
    const bool ends = behind >= command.size() || command[behind] == ' ' || command[behind] == '=';
    if (begins && ends) return true;
  }
  return false;
}

void check_logins(const Survey& survey) {
  constexpr std::string_view login = "docker login";
  for (const auto& place : survey.steps) {
    const Script script(place.step->run.get());
    const std::string_view text = script.text();
    for (auto at = text.find(login); at != std::string_view::npos; at = text.find(login, at + 1)) {
      const auto quoting = script.quoting_at(at);
      if (quoting != Quoting::plain) continue;
      const auto command = command_at(script, at);
      const auto span = script.place(at, login.size());
      if (has_flag(command, "-p") || has_flag(command, "--password")) {
        survey.diagnostics
            .warning(
                place.source,
                span,
                "password-argument",
                "the password is an argument: every process of the machine can read it")
            .help = "echo \"$PASSWORD\" | docker login --username NAME --password-stdin";
      } else if (!has_flag(command, "--password-stdin")) {
        survey.diagnostics
            .warning(
                place.source,
                span,
                "interactive-login",
                "docker login asks for a password, and a step has no terminal to ask at")
            .help = "hand the password over with --password-stdin, or use docker/login-action";
      }
    }
  }
}

}  // namespace

void check_images(const Survey& survey) {
  check_pushes(survey);
  check_cache_scope(survey);
  check_logins(survey);
}

}  // namespace crun::workflow
