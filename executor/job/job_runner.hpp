// One job from start to end: folders, agent, steps in order, post steps in reverse, outputs, and
// nothing left behind. Read job_runner.cpp from JobRunner::run() on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "executor/context/job_request.hpp"
#include "executor/host/agent_stock.hpp"
#include "executor/job/folders.hpp"
#include "executor/process/cancel.hpp"
#include "executor/process/offload.hpp"

namespace crun::executor {

/// The two ways to stop a job. `cancel`: the running step is ended unless its condition still
/// holds, steps with always() or cancelled() and post steps run. `force`: everything ends now.
struct JobCancel {
  CancelSource cancel;
  CancelSource force;
};

/// What the jobs of a run run on. All of it stays until the last job has ended.
struct RunLoop {
  boost::asio::any_io_executor executor;
  BlockingPool& pool;
  AgentStock& agents;
  /// Names of networks that the last job in them has left: the next one with services takes one,
  /// who ends the run removes them.
  std::vector<std::string>& idle_networks;
};

/// Never throws: what goes wrong is a failed job with a reason. `ground`: if it was laid ahead.
boost::asio::awaitable<JobResult> run_job(
    RunLoop loop,
    const RunFacts& run,
    JobRequest request,
    Emit emit,
    JobCancel& cancel,
    std::optional<JobGround> ground = {});

}  // namespace crun::executor
