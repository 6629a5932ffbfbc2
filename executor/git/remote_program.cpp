#include "executor/git/remote_program.hpp"

#include <cerrno>
#include <csignal>
#include <iostream>
#include <iterator>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/error.hpp"
#include "executor/git/remote_url.hpp"
#include "executor/process/command.hpp"

namespace crun::executor::git {

using json = nlohmann::json;

namespace {

/// A line of the other side that says no more than that it has heard something.
constexpr char sign_of_life[] = ".\n";

std::string order_text(
    const std::string& verb, const std::filesystem::path& folder, const Remote& remote) {
  return json{
      {"verb", verb},
      {"folder", folder.string()},
      {"url", remote.url},
      {"token", remote.token},
      {"token_server", remote.token_server}}
      .dump();
}

json read_answer(const CommandResult& result, const std::string& whom) {
  auto text = std::string_view(result.out);
  while (text.starts_with(sign_of_life)) text.remove_prefix(2);
  auto answer = json::parse(text, nullptr, false);
  if (answer.is_object()) return answer;
  throw Error(fmt::format("asking {} broke off: {}", whom, result.status.text()));
}

json carry_out(const json& order) {
  const Remote remote{order.at("url"), order.at("token"), order.at("token_server")};
  // Objects come thousands a second.
  static constexpr auto pause = std::chrono::milliseconds(200);
  const auto tell = [told = std::chrono::steady_clock::time_point()]() mutable {
    const auto now = std::chrono::steady_clock::now();
    if (now - told < pause) return;
    told = now;
    write_all(STDOUT_FILENO, sign_of_life);
  };
  json answer = json::object();
  try {
    if (order.at("verb") == "look") {
      answer["refs"] = look(remote, tell);
    } else {
      fetch(order.at("folder").get<std::string>(), remote, tell);
    }
  } catch (const Error& error) {
    answer = {{"error", error.what()}, {"cure", error.cure()}};
  }
  return answer;
}

}  // namespace

RemoteProgram::RemoteProgram(std::string crun, std::chrono::milliseconds silence)
    : crun_(std::move(crun)), silence_(silence), stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!stop_) throw Error("cannot make an event: " + system_error_text(errno));
}

bool is_on_network(const std::string& url) {
  // "host:path" of ssh has no slash before its colon.
  const auto colon = url.find(':');
  if (colon == std::string::npos || url.find('/') < colon) return false;
  return !url.starts_with("file:");
}

bool RemoteProgram::is_apart(const std::string& url) const {
  return !crun_.empty() && is_on_network(url);
}

RefMap RemoteProgram::look(const Remote& remote) const {
  if (!is_apart(remote.url)) return git::look(remote);
  return ask(order_text("look", {}, remote), without_credentials(remote.url));
}

void RemoteProgram::fetch(const std::filesystem::path& folder, const Remote& remote) const {
  if (!is_apart(remote.url)) return git::fetch(folder, remote);
  ask(order_text("fetch", folder, remote), without_credentials(remote.url));
}

RefMap RemoteProgram::ask(const std::string& order, const std::string& whom) const {
  Command command;
  command.argv = {crun_, "remote"};
  command.input = order;
  command.silence = silence_;
  command.stop = stop_.get();
  const auto result = run_command(command);
  if (result.ended == CommandResult::Ended::stopped) {
    throw Error(fmt::format("asking {} was stopped", whom));
  }
  if (result.ended == CommandResult::Ended::silent) {
    throw Error(fmt::format(
        "{} said nothing for {} s", whom, std::chrono::duration<double>(silence_).count()));
  }
  const auto answer = read_answer(result, whom);
  if (answer.contains("error")) throw Error(answer.at("error"), answer.at("cure"));
  return answer.value("refs", RefMap());
}

void RemoteProgram::stop() const {
  ::eventfd_write(stop_.get(), 1);
}

bool RemoteProgram::stopped() const {
  pollfd event{stop_.get(), POLLIN, 0};
  return ::poll(&event, 1, 0) > 0;
}

int run_remote_order() {
  // Who asked decides when it is enough; without them there is nobody to ask for.
  std::signal(SIGINT, SIG_IGN);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  const auto order = json::parse(text, nullptr, false);
  if (!order.is_object()) {
    throw Error("`crun remote` is for crun itself: there is no order on its standard input");
  }
  const auto answer = carry_out(order).dump() + "\n";
  return write_all(STDOUT_FILENO, answer) ? 0 : 1;
}

}  // namespace crun::executor::git
