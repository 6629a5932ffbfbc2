#include "workflow/lint/image_check.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "workflow/lint/script.hpp"
#include "workflow/plan/graph.hpp"

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

// Surely publishes an image: what bake or another action does is not known here.
bool is_push(const Step& step) {
  if (step.uses.starts_with(build_push)) return may_push(step);
  return written(step.run.get()).find("docker push ") != std::string::npos;
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

// "unit-tests", "scan", but not "push-latest".
bool is_gate(const Job& job) {
  const auto is_word = [](std::string_view word) {
    return word == "test" || word == "tests" || word == "scan";
  };
  std::string word;
  for (const char c : job.id) {
    const bool letter = std::isalpha(static_cast<unsigned char>(c));
    if (!letter && is_word(word)) return true;
    if (!letter) word.clear();
    if (letter) word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return is_word(word);
}

// A job that pushes next to jobs that test, neither before nor after them: what fails is out
// already.
void check_gates(const Survey& survey) {
  Diagnostics ignored;  // the reader tells what is wrong with the graph
  const auto& jobs = survey.workflow.jobs;
  constexpr std::size_t most_jobs =
      200;  // more are not written by hand, and all pairs are compared
  const bool any_gate = std::any_of(jobs.begin(), jobs.end(), is_gate);
  if (!any_gate || jobs.size() > most_jobs) return;
  const auto graph = make_graph(survey.workflow, ignored);
  const auto needs = [&](std::size_t job, std::size_t other) {
    const auto ancestors = graph.ancestors(static_cast<int>(job));
    return std::binary_search(ancestors.begin(), ancestors.end(), static_cast<int>(other));
  };
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    const auto push = std::find_if(jobs[job].steps.begin(), jobs[job].steps.end(), is_push);
    if (push == jobs[job].steps.end() || is_gate(jobs[job])) continue;
    for (std::size_t gate = 0; gate < jobs.size(); ++gate) {
      if (gate == job || !is_gate(jobs[gate]) || needs(job, gate) || needs(gate, job)) continue;
      survey.diagnostics
          .warning(
              survey.workflow.source,
              push->run ? push->run->span : push->uses_span,
              "ungated-push",
              fmt::format(
                  "job '{}' pushes images without waiting for '{}'", jobs[job].id, jobs[gate].id))
          .help = fmt::format("needs: {}", jobs[gate].id);
      break;
    }
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
  check_gates(survey);
  check_cache_scope(survey);
  check_logins(survey);
}

}  // namespace crun::workflow
