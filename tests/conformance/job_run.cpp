#include "tests/conformance/job_run.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "executor/job/job_runner.hpp"
#include "tests/scratch_repository.hpp"
#include "workflow/model/workflow_reader.hpp"

namespace crun::conformance {

namespace asio = boost::asio;
using executor::StepFinished;

namespace {

workflow::WorkflowPtr read_steps(const std::string& steps) {
  workflow::Diagnostics diagnostics;
  auto workflow = workflow::read_workflow(
      std::make_shared<workflow::SourceFile>(
          "case.yml", "on: push\njobs:\n  job:\n    runs-on: here\n    steps:\n" + steps),
      diagnostics);
  if (!workflow) throw std::runtime_error(render(diagnostics));
  return workflow;
}

executor::RunFacts facts_of(workflow::WorkflowPtr workflow, const std::filesystem::path& folder) {
  executor::RunFacts facts;
  facts.run_id = "1";
  facts.workflow = std::move(workflow);
  facts.event_json = "{}";
  facts.machine_environment.set("PATH", "/usr/local/bin:/usr/bin:/bin");
  facts.work_folder = folder / "work";
  facts.socket_folder = folder / "sockets";
  facts.tool_cache = folder / "tools";
  facts.masker = std::make_shared<executor::Masker>();
  return facts;
}

}  // namespace

JobRun run_job_of(const std::string& steps, std::optional<int> cancel_at) {
  const tests::ScratchFolder folder;
  const auto facts = facts_of(read_steps(steps), folder.path());
  executor::JobRequest request;
  request.id = request.name = "job";
  request.job = &facts.workflow->jobs.front();
  request.needs = workflow::Object();

  JobRun run;
  executor::JobCancel cancel;
  const auto emit = [&](executor::Event::Body body) {
    if (auto* finished = std::get_if<StepFinished>(&body)) run.steps.push_back(*finished);
    const auto* started = std::get_if<executor::StepStarted>(&body);
    if (started && cancel_at == started->step) cancel.cancel.request("the case wants it");
  };
  asio::io_context loop{1};
  executor::BlockingPool pool{1};
  executor::AgentStock agents(loop.get_executor(), facts.agent_program);
  std::vector<std::string> networks;  // none of these jobs has services
  asio::co_spawn(
      loop,
      run_job(
          {loop.get_executor(), pool, agents, networks}, facts, std::move(request), emit, cancel),
      [&](const std::exception_ptr& error, const executor::JobResult& result) {
        if (error) std::rethrow_exception(error);
        run.conclusion = result.conclusion;
        run.reason = result.reason;
        agents.dismiss();
      });
  loop.run();
  std::stable_sort(run.steps.begin(), run.steps.end(), [](const auto& a, const auto& b) {
    return a.step < b.step;
  });
  return run;
}

}  // namespace crun::conformance
