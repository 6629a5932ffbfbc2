#include "executor/step/shell.hpp"

#include <array>

#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/process/command.hpp"

namespace crun::executor {

namespace {

struct KnownShell {
  std::string_view name;
  std::string_view arguments;
  std::string_view extension;
  bool bourne;
};

// GitHub's table. The nameless default of a host is bash without pipefail, else sh.
constexpr std::array known_shells = {
    KnownShell{"bash", "--noprofile --norc -e -o pipefail {0}", ".sh", true},
    KnownShell{"sh", "-e {0}", ".sh", true},
    KnownShell{"python", "{0}", ".py", false},
    KnownShell{"pwsh", "-command . '{0}'", ".ps1", false},
    KnownShell{"powershell", "-command . '{0}'", ".ps1", false},
};

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false, any = false;
  for (const char byte : text) {
    if (byte == '"') {
      quoted = !quoted;
      any = true;
    } else if (byte == ' ' && !quoted) {
      if (any || !word.empty()) words.push_back(word);
      word.clear();
      any = false;
    } else {
      word += byte;
    }
  }
  if (any || !word.empty()) words.push_back(word);
  return words;
}

/// Absent: a place where nothing can be looked up from here.
using SearchPath = std::optional<std::string_view>;

std::string located(std::string_view program, SearchPath path) {
  if (!path) return std::string(program);
  const auto found = find_program(program, *path);
  if (!found) {
    throw Error(
        fmt::format("shell '{}' was not found on PATH", program),
        "install it on this machine, or name another shell with `shell:`");
  }
  return found->string();
}

Shell known(const KnownShell& shell, std::string_view arguments, std::string program) {
  Shell made;
  made.argv = {std::move(program)};
  if (shell.extension == ".ps1") {
    made.argv.insert(made.argv.end(), {"-command", ". '{0}'"});
    made.prepend = "$ErrorActionPreference = 'stop'\n";
    made.append =
        "\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }\n";
  } else {
    for (auto& word : split_words(arguments)) made.argv.push_back(std::move(word));
  }
  made.extension = shell.extension;
  made.bourne = shell.bourne;
  made.text = fmt::format("{} {}", made.argv.front(), arguments);
  return made;
}

Shell find(std::string_view name, SearchPath path);

}  // namespace

std::vector<std::string> Shell::command(const std::string& script) const {
  auto words = argv;
  for (auto& word : words) {
    for (auto at = word.find("{0}"); at != std::string::npos;
         at = word.find("{0}", at + script.size())) {
      word.replace(at, 3, script);
    }
  }
  return words;
}

Shell find_shell(std::string_view name, std::string_view path) {
  return find(name, path);
}

Shell find_shell_inside(std::string_view name) {
  return find(name, std::nullopt);
}

namespace {

Shell find(std::string_view name, SearchPath path) {
  if (name.empty()) {
    if (path) {
      if (const auto bash = find_program("bash", *path)) {
        return known(known_shells[0], "-e {0}", bash->string());
      }
    }
    return known(known_shells[1], "-e {0}", located("sh", path));
  }
  for (const auto& shell : known_shells) {
    if (name == shell.name) return known(shell, shell.arguments, located(name, path));
  }
  auto words = split_words(name);
  if (words.empty() || name.find("{0}") == std::string_view::npos) {
    throw Error(
        "Invalid shell option. Shell must be a valid built-in (bash, sh, cmd, powershell, pwsh) or "
        "a format string containing '{0}'",
        fmt::format("'{}' is neither; write for example `shell: perl {{0}}`", name));
  }
  Shell custom;
  const auto program = words.front();
  const auto slash = program.rfind('/');
  const auto base = slash == std::string::npos ? program : program.substr(slash + 1);
  for (const auto& shell : known_shells) {
    if (base == shell.name) {
      custom.extension = shell.extension;
      custom.bourne = shell.bourne;
    }
  }
  words.front() = located(program, path);
  custom.argv = std::move(words);
  custom.text = name;
  return custom;
}

}  // namespace

}  // namespace crun::executor
