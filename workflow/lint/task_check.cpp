#include "workflow/lint/task_check.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workflow/lint/repository_path.hpp"
#include "workflow/lint/script.hpp"
#include "workflow/lint/taskfile.hpp"
#include "workflow/source/spelling.hpp"

namespace crun::workflow {

namespace {

/// One task named on a command line of go-task.
struct TaskCall {
  std::string task;
  std::size_t offset = 0;
};

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// Does a command begin here? At the start of a line, behind an operator, or behind a keyword.
bool at_command(std::string_view before) {
  while (!before.empty() && is_blank(before.back())) before.remove_suffix(1);
  if (before.empty() ||
      std::string_view("\n(|&;`!").find(before.back()) != std::string_view::npos) {
    return true;
  }
  constexpr std::array<std::string_view, 5> keywords = {"then", "else", "do", "if", "{"};
  return std::any_of(keywords.begin(), keywords.end(), [&](std::string_view word) {
    if (!before.ends_with(word)) return false;
    const auto rest = before.substr(0, before.size() - word.size());
    return rest.empty() || is_blank(rest.back()) || rest.back() == '\n' || rest.back() == ';';
  });
}

bool is_plain_flag(std::string_view word) {
  constexpr std::array<std::string_view, 12> flags = {
      "-s",
      "--silent",
      "-v",
      "--verbose",
      "-f",
      "--force",
      "-y",
      "--yes",
      "-x",
      "--exit-code",
      "-p",
      "--parallel"};
  return std::find(flags.begin(), flags.end(), word) != flags.end();
}

// The tasks behind `task` at this place; none if a flag moves the Taskfile, or a word is computed.
std::vector<TaskCall> tasks_of_call(std::string_view text, std::size_t at) {
  std::vector<TaskCall> calls;
  constexpr std::string_view ends = "\n|&;)`><#";
  while (at < text.size() && ends.find(text[at]) == std::string_view::npos) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    const auto end = text.find_first_of(" \t\n|&;)`><", at);
    const auto word = text.substr(at, end - at);
    if (word == "--") break;
    if (word.find_first_of("$'\"\\*{") != std::string_view::npos) return {};
    if (word.starts_with('-')) {
      if (!is_plain_flag(word)) return {};
    } else if (word.find('=') == std::string_view::npos) {
      calls.push_back({std::string(word), at});
    }
    if (end == std::string_view::npos) break;
    at = end;
  }
  return calls;
}

std::vector<TaskCall> find_calls(const Script& script) {
  constexpr std::string_view word = "task";
  const std::string_view text = script.text();
  std::vector<TaskCall> calls;
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const auto behind = at + word.size();
    const bool whole =
        behind < text.size() && is_blank(text[behind]) && at_command(text.substr(0, at));
    if (!whole || script.quoting_at(at) != Quoting::plain) continue;
    for (auto& call : tasks_of_call(text, behind)) calls.push_back(std::move(call));
  }
  return calls;
}

// "tools" of `echo "$GITHUB_WORKSPACE/tools" >> "$GITHUB_PATH"`.
std::vector<std::string> added_to_path(const Script& script) {
  std::vector<std::string> folders;
  const std::string_view text = script.text();
  for (auto at = text.find("GITHUB_PATH"); at != std::string_view::npos;
       at = text.find("GITHUB_PATH", at + 1)) {
    const auto line = script.line_at(at);
    for (const std::string_view root :
         {"$GITHUB_WORKSPACE/",
          "${GITHUB_WORKSPACE}/",
          "${{ github.workspace }}/",
          "$PWD/",
          "$(pwd)/"}) {
      const auto found = line.find(root);
      if (found == std::string_view::npos) continue;
      const auto rest = line.substr(found + root.size());
      folders.emplace_back(rest.substr(0, rest.find_first_of("\"' \t>")));
    }
  }
  return folders;
}

class TaskCheck {
 public:
  TaskCheck(const Survey& survey, const std::vector<FilterFlow>& flows)
      : survey_(survey), flows_(flows) {}

  void run() {
    if (!survey_.facts.read_file || has_own_task()) return;
    for (const auto& place : survey_.steps) {
      const Script script(place.step->run.get());
      const auto calls = find_calls(script);
      if (calls.empty()) continue;
      const auto taskfiles = read_taskfiles(place);
      if (taskfiles.empty()) continue;
      for (const auto& call : calls) check(place, script, call, taskfiles);
    }
  }

 private:
  // A program `task` of the repository itself knows its own tasks.
  bool has_own_task() const {
    return std::any_of(survey_.steps.begin(), survey_.steps.end(), [&](const SurveyedStep& place) {
      const auto folders = added_to_path(Script(place.step->run.get()));
      return std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) {
        const auto path = resolve_path("", join_path(folder, "task"));
        return path && survey_.read(*path);
      });
    });
  }

  std::vector<TaskNames> read_taskfiles(const SurveyedStep& place) const {
    std::vector<TaskNames> found;
    for (const auto& folder : working_directories(place)) {
      auto names = read_task_names(folder, survey_.facts.read_file);
      if (names) found.push_back(std::move(*names));
    }
    return found;
  }

  // Where the script may run: known folders only.
  std::vector<std::string> working_directories(const SurveyedStep& place) const {
    const auto* token = place.step->working_directory.get();
    if (!token && !place.action) {
      token = place.job->defaults.working_directory.get();
      if (!token) token = survey_.workflow.defaults.working_directory.get();
    }
    if (!token) return {""};
    const Script text(token);
    if (text.expressions().empty()) return existing({text.text()});
    if (text.expressions().size() != 1) return {};
    const auto& found = text.expressions().front();
    const auto paths = found.expression.paths();
    constexpr std::string_view matrix = "matrix.";
    if (paths.size() != 1 || !paths.front().starts_with(matrix)) return {};
    std::vector<std::string> folders;
    for (const auto& value : values_of(*place.job, paths.front().substr(matrix.size()))) {
      folders.push_back(
          text.text().substr(0, found.offset) + value +
          text.text().substr(found.offset + found.length));
    }
    return existing(folders);
  }

  // What a vector of the matrix may hold: its literals, or names of filters and the options of a
  // dispatch where it is computed.
  std::vector<std::string> values_of(const Job& job, const std::string& vector) const {
    std::vector<std::string> values;
    const auto* matrix = job.strategy ? job.strategy->matrix.get() : nullptr;
    const auto* token = matrix ? matrix->find(vector) : nullptr;
    if (!token) return values;
    for (const auto& item : token->items) {
      if (item->kind == Token::Kind::string) values.push_back(item->text);
    }
    if (!token->items.empty()) return values;
    for (const auto& flow : flows_) {
      for (const auto& filter : flow.filters) values.push_back(filter.name);
    }
    for (const auto& trigger : survey_.workflow.on.events) {
      for (const auto& input : trigger.inputs) {
        values.insert(values.end(), input.options.begin(), input.options.end());
      }
    }
    return values;
  }

  std::vector<std::string> existing(const std::vector<std::string>& folders) const {
    std::vector<std::string> found;
    for (const auto& folder : folders) {
      const auto path = resolve_path("", folder);
      if (!path || std::find(found.begin(), found.end(), *path) != found.end()) continue;
      if (!survey_.facts.is_directory || survey_.facts.is_directory(*path)) found.push_back(*path);
    }
    return found;
  }

  void check(
      const SurveyedStep& place,
      const Script& script,
      const TaskCall& call,
      const std::vector<TaskNames>& taskfiles) const {
    const bool there = std::any_of(taskfiles.begin(), taskfiles.end(), [&](const TaskNames& file) {
      return file.may_have(call.task);
    });
    if (there) return;
    std::vector<std::string> names;
    for (const auto& file : taskfiles) {
      for (const auto& name : file.names) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      }
    }
    auto& found = survey_.diagnostics.error(
        place.source,
        script.place(call.offset, call.task.size()),
        "unknown-task",
        fmt::format(
            "task \"{}\" does not exist: neither in {} nor in what it includes",
            call.task,
            taskfiles.front().source->path()));
    if (taskfiles.size() > 1) {
      found.notes.push_back(
          {nullptr,
           {},
           fmt::format("nor in {} other Taskfiles of the matrix", taskfiles.size() - 1)});
    }
    const auto near = nearest(call.task, names);
    const auto known = names.empty() ? std::string("there are no tasks")
                                     : fmt::format("there are {}", fmt::join(names, ", "));
    found.help = near ? fmt::format("did you mean {}? {}", *near, known) : known;
  }

  const Survey& survey_;
  const std::vector<FilterFlow>& flows_;
};

}  // namespace

void check_tasks(const Survey& survey, const std::vector<FilterFlow>& flows) {
  TaskCheck(survey, flows).run();
}

}  // namespace crun::workflow
