// The containers of one job: its own, those of its services, and their network. Brought up before
// the first step, taken down after the last; all carry the label `crun.run=<run id>`.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "executor/context/contexts.hpp"
#include "executor/host/container_host.hpp"
#include "executor/host/docker_engine.hpp"
#include "executor/job/container_spec.hpp"

namespace crun::executor {

/// The engine's client for a job, with the job's own docker configuration.
EngineClient engine_client(const ContextSources& sources);

/// Makes the job's folders writable for any user of an image, and puts the agent where containers
/// mount it.
void prepare_container_folders(const ContextSources& sources);

class JobContainers {
 public:
  /// A line of the job, outside any step.
  using Say = std::function<void(LogLine::Kind, const std::string&)>;

  /// `idle_networks`: those of the run that jobs have left; one more is there after down().
  JobContainers(
      asio::any_io_executor executor,
      const ContextSources& sources,
      Host& machine,
      std::vector<std::string>& idle_networks,
      Say say);

  /// Reads what the job wants; false: no containers, and no engine is asked. Throws Error.
  bool wanted();
  /// Starts everything and fills the place. Throws Error.
  asio::awaitable<void> up(JobPlace& place, CancelSource& cancel);
  /// Removes everything. Never throws; empty when nothing is left, else what is.
  asio::awaitable<std::string> down();
  /// Where steps run; null: on the machine.
  Host* host() const { return host_.get(); }
  DockerEngine& engine() { return engine_; }

 private:
  struct Service {
    ServiceSpec spec;
    std::string container;  // its name in the engine
  };

  asio::awaitable<void> make_network(CancelSource& cancel);
  asio::awaitable<void> start_all(CancelSource& cancel);
  asio::awaitable<void> start_service(Service& service, CancelSource& cancel);
  asio::awaitable<void> start_job_container(CancelSource& cancel);
  void share_workspace();
  bool binds_work_folder(const ContainerSpec& spec) const;
  asio::awaitable<void> end_job_container();
  asio::awaitable<void> pull(const ContainerSpec& spec, CancelSource& cancel);
  asio::awaitable<void> await_health(CancelSource& cancel);
  asio::awaitable<std::string> show_logs(const Service& service);  // and what they are
  asio::awaitable<void> throw_if_foreign(const Service& service);
  asio::awaitable<std::vector<ContainerFacts>> inspect_services(CancelSource& cancel);
  ContainerSettings settings() const;
  void fill(JobPlace& place, const std::vector<ContainerFacts>& services) const;

  asio::any_io_executor executor_;
  std::vector<std::string>& idle_networks_;
  const ContextSources& sources_;
  Say say_;
  DockerEngine engine_;
  std::string label_, prefix_;  // crun.run=ID, and how our names begin
  std::optional<ContainerSpec> job_;
  std::vector<Service> services_;
  std::vector<std::string> started_;  // names of services
  std::string network_;
  bool shares_mounts_ = false;  // the job's container sees a workspace that is mounted later
  CancelSource start_cancel_;   // of all containers of the job
  std::unique_ptr<ContainerHost> host_;
};

}  // namespace crun::executor
