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
  auto search = [&run] { return find_node(run.machine_environment, run.tool_cache); };
  const auto node = co_await offload(parts.pool, search);

  ProcessCall process;
  const auto& paths = parts.sources.place.paths;
  process.argv = {node, paths.inside(program.string())};
  process.directory = paths.inside(parts.sources.folders.workspace);
  process.extra = stage_variables(use);
  process.saved_state = &use.state;
  co_return co_await run_process(parts, call, std::move(process));
}

}  // namespace crun::executor
