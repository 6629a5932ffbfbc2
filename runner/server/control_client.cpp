#include "runner/server/control_client.hpp"

#include <array>
#include <cerrno>

#include <sys/socket.h>
#include <sys/time.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/error.hpp"
#include "executor/net/unix_socket.hpp"
#include "runner/cli/usage_error.hpp"
#include "runner/config/exit_codes.hpp"

namespace crun::runner {

using executor::Error;
using Json = nlohmann::ordered_json;

namespace {

executor::Fd connect(const std::filesystem::path& state) {
  try {
    auto socket = executor::connect_to_unix_socket(state / "crun.sock");
    const timeval without_limit{0, 0};  // a run may be silent for hours
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &without_limit, sizeof without_limit);
    return socket;
  } catch (const Error&) {
    throw Error(
        fmt::format("no daemon serves the state directory {}", state.string()),
        "start one with `crun serve`, or name its directory with --state or $CRUN_STATE");
  }
}

}  // namespace

ControlClient::ControlClient(const std::filesystem::path& state)
    : state_(state), socket_(connect(state)) {}

void ControlClient::ask(const Json& request) {
  const auto text = request.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) throw Error(fmt::format("the daemon of {} is gone", state_.string()));
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
}

Json ControlClient::answer() {
  std::array<char, 65536> piece{};
  std::size_t end = buffer_.find('\n');
  while (end == std::string::npos) {
    const auto size = ::recv(socket_.get(), piece.data(), piece.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) throw Error(fmt::format("the daemon of {} is gone", state_.string()));
    const auto searched = buffer_.size();
    buffer_.append(piece.data(), static_cast<std::size_t>(size));
    end = buffer_.find('\n', searched);
  }
  const auto answer = Json::parse(buffer_.substr(0, end), nullptr, false);
  buffer_.erase(0, end + 1);
  if (!answer.is_object()) throw Error("the daemon's answer cannot be read");
  const auto error = answer.value("error", "");
  if (error.empty()) return answer;
  const auto help = answer.value("help", "");
  if (answer.value("exit", 0) == exit_invalid) throw UsageError(error, help);
  throw Error(error, help);
}

RunRecord run_of(const Json& answer) {
  const auto text = [&](const char* key) {
    const auto found = answer["run"].find(key);
    return found != answer["run"].end() && found->is_string() ? found->get<std::string>()
                                                              : std::string();
  };
  RunRecord run;
  if (!answer.contains("run") || !answer["run"].is_object()) return run;
  run.id = text("id");
  run.conclusion = text("conclusion");
  run.reason = text("reason");
  if (text("state") == "ended") run.state = RunState::ended;
  run.exit_code = answer["run"].value("exit_code", 0);
  run.ended_ms = answer["run"].value("ended_ms", std::int64_t{0});
  return run;
}

}  // namespace crun::runner
