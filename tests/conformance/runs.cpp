// run: whole workflows, run by the built crun (beside this program) in a repository made for each.
// Their checks are in them: they end with another code than 0 when something is not right.
//
// Not obvious: images are not pulled. $CRUN_STAND_IN names a local image of a Debian with bash that
// takes the place of theirs; and what needs a network is run only with CRUN_ONLINE=1.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "executor/process/command.hpp"
#include "tests/conformance/category.hpp"
#include "tests/conformance/pack.hpp"
#include "tests/scratch_repository.hpp"

namespace crun::conformance {

namespace fs = std::filesystem;

namespace {

/// Any image with bash does what these do in the pack.
constexpr std::array replaceable = {"node:16-buster-slim", "catthehacker/ubuntu:runner-latest"};

/// What another program does and GitHub does not.
constexpr std::array<std::array<const char*, 2>, 2> unlike_github = {{
    {"local-action-docker-url", "on GitHub an entrypoint is a program, not split into words"},
    {"uses-workflow--pull_request uses-workflow/local-workflow.yml",
     "GitHub refuses a secret that the called workflow does not declare"},
}};

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// All text that a run of this workflow may read: not the other workflows of the case.
std::string texts_of(const fs::path& repository, const Json& meta, const std::string& workflow) {
  std::string all;
  for (const auto& entry : fs::recursive_directory_iterator(repository)) {
    const auto path = fs::relative(entry.path(), repository).string();
    const auto& workflows = meta.at("workflows");
    const bool another =
        path != workflow && std::find(workflows.begin(), workflows.end(), path) != workflows.end();
    if (entry.is_regular_file() && !another) all += read_file(entry.path());
  }
  return all;
}

/// The first action of another repository that crun does not have built in.
std::string to_fetch(const Json& meta, const std::string& texts) {
  for (const std::string name : meta.at("remote_actions")) {
    const bool here = name.starts_with("actions/checkout@") || name.starts_with("missing:");
    if (!here && texts.find(name) != std::string::npos) return name;
  }
  return {};
}

/// What this machine lacks for a case, or what makes it none; or nothing.
std::string why_not(const std::string& name, const Json& meta, const std::string& texts) {
  for (const auto& [other, reason] : unlike_github) {
    if (name == other) return reason;
  }
  const bool online = setting("CRUN_ONLINE") == "1";
  if (const auto action = to_fetch(meta, texts); !action.empty() && !online) {
    return fmt::format("fetches {} (CRUN_ONLINE=1)", action);
  }
  if (texts.find("shell: pwsh") != std::string::npos) return "needs PowerShell, also in an image";
  const bool installs =
      texts.find("apt-get") != std::string::npos || texts.find("apt install") != std::string::npos;
  if (installs && !online) {
    return "installs packages from the network (CRUN_ONLINE=1)";
  }
  for (const std::string image : replaceable) {
    if (texts.find(image) != std::string::npos && setting("CRUN_STAND_IN").empty()) {
      return fmt::format("needs {}: CRUN_STAND_IN names no image in its place", image);
    }
  }
  return {};
}

/// A repository of one commit with the case's files.
void make_repository(const fs::path& files, const fs::path& place) {
  fs::copy(files, place, fs::copy_options::recursive);
  for (const auto& entry : fs::recursive_directory_iterator(place)) {
    fs::permissions(entry, fs::perms::owner_all, fs::perm_options::add);
    if (!entry.is_regular_file()) continue;
    auto text = read_file(entry.path());
    const auto stand_in = setting("CRUN_STAND_IN");
    for (const std::string image : replaceable) {
      if (!stand_in.empty()) replace_all(text, image, stand_in);
    }
    std::ofstream(entry.path(), std::ios::binary) << text;
  }
  tests::shell(place, "git init -q . && git add -A && git commit -qm all");
}

executor::CommandResult run_crun(
    const Json& meta, const std::string& workflow, const fs::path& home, const fs::path& repo) {
  executor::Command command;
  command.argv = {
      "timeout",
      "120",
      (fs::read_symlink("/proc/self/exe").parent_path() / "crun").string(),
      "run",
      workflow,
      "--event",
      meta.at("event"),
      "--pull",
      setting("CRUN_ONLINE") == "1" ? "missing" : "never",
      "-P",
      "self-hosted=host"};
  if (meta.at("event_payload").is_string()) {
    command.argv.insert(
        command.argv.end(), {"-e", (repo / std::string(meta.at("event_payload"))).string()});
  }
  if (!meta.at("secrets").empty()) {
    const auto file = home / "secrets";
    std::ofstream lines(file);
    for (const auto& [name, value] : meta.at("secrets").items()) {
      lines << name << '=' << std::string(value) << '\n';
    }
    command.argv.insert(command.argv.end(), {"--secret-file", file.string()});
  }
  auto environment = executor::Environment::inherited();
  for (const char* name : {"HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"}) {
    const auto folder = home / name;
    fs::create_directories(folder);
    fs::permissions(folder, fs::perms::owner_all);
    environment.set(name, folder.string());
  }
  environment.unset("SHELL");  // cases look at it: nobody's login shell
  command.environment = std::move(environment);
  command.directory = repo;
  return run_command(command);
}

void run_case(const fs::path& test, Report& report) {
  const auto meta = Json::parse(read_file(test / "meta.json"));
  const std::string id = meta.at("id"), expected = meta.at("expect");
  for (const std::string workflow : meta.at("workflows")) {
    const auto name = meta.at("workflows").size() > 1 ? fmt::format("{} {}", id, workflow) : id;
    if (const auto reason = why_not(name, meta, texts_of(test / "repo", meta, workflow));
        !reason.empty()) {
      report.skip("run/" + name, reason);
      continue;
    }
    const tests::ScratchFolder place;
    make_repository(test / "repo", place.path() / "repo");
    const auto result = run_crun(meta, workflow, place.path(), place.path() / "repo");
    const auto got = result.status.success() ? "success" : "failure";
    if (got == expected) {
      report.pass();
    } else {
      report.fail("run/" + name, expected, fmt::format("{}\n{}{}", got, result.out, result.err));
    }
  }
}

void run(const fs::path& folder, Report& report) {
  if (!fs::exists(fs::read_symlink("/proc/self/exe").parent_path() / "crun")) {
    report.skip("run", "there is no crun beside this program");
    return;
  }
  each_folder(folder, report, [&](const fs::path& test) { run_case(test, report); });
}

const Registration registration{{"run", run}};

}  // namespace

}  // namespace crun::conformance
