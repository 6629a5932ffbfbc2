// A JavaScript action: its files run by the machine's node, each stage a process
// (runner.md 1.15.2).

#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "executor/action/node.hpp"
#include "executor/error.hpp"
#include "executor/process/offload.hpp"
#include "executor/step/action_stages.hpp"

namespace crun::executor {

namespace fs = std::filesystem;

asio::awaitable<StepOutcome> run_node_stage(
    JobParts& parts, StepCall& call, ActionUse& use, const std::string& file) {
  const auto program = (use.action->folder / file).lexically_normal();
  std::error_code ignored;
  // node itself also takes a folder or a name without its ending.
  const bool there = fs::exists(program, ignored) || fs::exists(program.string() + ".js", ignored);
  if (!there) {
    throw Error(
        fmt::format("{}: its file {} does not exist", use.action->uses, file),
        "an action must come with the files that action.yml names: are they built and committed?");
  }
  const auto& run = parts.sources.run;
  const auto& place = parts.sources.place;
  const auto& externals = parts.sources.folders.externals;
  auto search = [&run, &place, &externals]() -> std::vector<std::string> {
    const auto node = find_node(run.machine_environment, run.tool_cache);
    if (!place.in_container) return {node};
    return node_for_containers(node, externals, place.paths.inside(externals));
  };
  auto command = co_await offload(parts.pool, search);

  ProcessCall process;
  process.argv = std::move(command);
  process.argv.push_back(place.paths.inside(program.string()));
  process.directory = place.paths.inside(parts.sources.folders.workspace);
  process.extra = stage_variables(use);
  process.saved_state = &use.state;
  co_return co_await run_process(parts, call, std::move(process));
}

}  // namespace crun::executor
