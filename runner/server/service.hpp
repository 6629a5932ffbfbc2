// The composition root of `crun serve`: state, repositories, runs, HTTP and the command line's
// socket around one loop.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "executor/process/offload.hpp"
#include "runner/server/control_server.hpp"
#include "runner/server/http_server.hpp"
#include "runner/server/repository_desk.hpp"
#include "runner/server/run_keeper.hpp"
#include "runner/server/serve_config.hpp"
#include "runner/server/service_view.hpp"
#include "runner/server/state_folder.hpp"
#include "runner/server/store.hpp"
#include "runner/server/webhook_intake.hpp"

namespace crun::runner {

struct ServeOptions {
  std::filesystem::path state;
  std::string listen;
  std::chrono::milliseconds drain_timeout{0};
};

class Service : public ServiceView, public ControlTarget {
 public:
  /// Takes the state directory and the port. Throws Error.
  Service(ServeConfig config, const ServeOptions& options);
  ~Service() override;

  /// Serves until INT or TERM; gives the exit code.
  int run();

  std::vector<RunRecord> runs(int limit) const override;
  std::optional<RunRecord> run(const std::string& id) const override;
  std::filesystem::path journal(const std::string& id) const override;
  std::vector<RepositoryStatus> repositories() const override;
  void webhook(WebhookRequest request, std::function<void(WebhookAnswer)> answer) override;
  std::size_t listen(Listener listener) override;
  void unlisten(std::size_t handle) override;

  void cancel(const std::string& id, const std::string& reason) override;
  void dispatch(
      const std::string& repository,
      const DispatchWish& wish,
      std::function<void(DispatchAnswer)> answer) override;

 private:
  void tell(const std::string& run);
  RepositoryDesk* desk(const std::string& name);
  void begin();
  void ready();
  void wait_for_signal();
  void end();

  ServeConfig config_;
  ServeOptions options_;
  StateFolder folder_;
  Store store_;
  boost::asio::io_context loop_{1};
  executor::BlockingPool pool_;
  std::map<std::size_t, Listener> listeners_;
  std::size_t last_listener_ = 0;
  RunKeeper keeper_;
  std::vector<std::unique_ptr<RepositoryDesk>> desks_;
  WebhookIntake intake_;
  HttpServer http_;
  ControlServer control_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer patience_;  // for the first looks, then for the drain
  std::size_t looks_left_ = 0;
  bool ready_ = false, ending_ = false;
};

}  // namespace crun::runner
