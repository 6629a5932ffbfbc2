// `shell:` of a run step: which program gets the script, how, and under which file name
// (runner.md 1.4).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crun::executor {

struct Shell {
  /// Program and arguments; `{0}` stands for the script's path.
  std::vector<std::string> argv;
  std::string extension;  // ".sh", ".py"
  std::string text;       // as the log shows it: "/usr/bin/bash -e {0}"
  /// A Bourne-like shell: secrets in the script can become references to variables.
  bool bourne = false;
  std::string prepend, append;  // what the shell needs around the script (PowerShell)

  /// `{0}` replaced.
  std::vector<std::string> command(const std::string& script) const;
};

/// The shell of that name; empty: bash if it is on PATH, else sh, without pipefail, as on GitHub.
/// A custom one must hold `{0}`. Throws Error with GitHub's text for an invalid one, and for one
/// whose program is not there.
Shell find_shell(std::string_view name, std::string_view path);
/// The same in a container, whose programs are found when they are started; the default is sh.
Shell find_shell_inside(std::string_view name);

}  // namespace crun::executor
