#include "executor/host/docker_engine.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/error.hpp"

namespace crun::executor {

using Json = nlohmann::json;
using std::chrono::seconds;

namespace {

constexpr int pull_tries = 3;
constexpr seconds pull_limit{24 * 3600};  // the job's own time limit comes first
constexpr seconds inspect_limit{20};
constexpr seconds remove_limit{30};
constexpr seconds patience_to_make{10};
constexpr std::chrono::milliseconds pause_to_remove{100};
constexpr std::size_t largest_answer = 16u << 20;

constexpr char engine_cure[] = "is the engine running, and may you use it? `docker version` tells";

std::string last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  const auto line = text.rfind('\n');
  if (line != std::string_view::npos) text.remove_prefix(line + 1);
  return std::string(text);
}

/// Trying again does not help when the registry's answer is no.
bool is_final(std::string_view trouble) {
  constexpr std::array words = {
      "denied",
      "unauthorized",
      "no basic auth",
      "not found",
      "manifest unknown",
      "invalid reference",
      "no such host",
      "connection refused",
      "Cannot connect to the Docker daemon"};
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return trouble.find(word) != std::string_view::npos;
  });
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::string> words_of(const Json& object, const char* key) {
  std::vector<std::string> words;
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) return words;
  for (const auto& word : *found) {
    if (word.is_string()) words.push_back(word.get<std::string>());
  }
  return words;
}

const Json& member(const Json& object, const char* key) {
  static const Json none = Json::object();
  if (!object.is_object()) return none;
  const auto found = object.find(key);
  return found != object.end() && found->is_object() ? *found : none;
}

Json parsed(const std::string& text) {
  auto document = Json::parse(text, nullptr, false);
  if (!document.is_array()) throw Error("the engine's answer is not what inspect gives");
  return document;
}

ContainerFacts container_facts(const Json& container) {
  ContainerFacts facts;
  facts.id = text_of(container, "Id");
  facts.name = text_of(container, "Name");
  if (facts.name.starts_with('/')) facts.name.erase(0, 1);
  facts.image = text_of(member(container, "Config"), "Image");
  const auto& state = member(container, "State");
  facts.status = text_of(state, "Status");
  facts.health = text_of(member(state, "Health"), "Status");
  if (facts.health == "none") facts.health.clear();
  facts.exit_code = state.value("ExitCode", 0);
  const auto& settings = member(container, "NetworkSettings");
  for (const auto& [name, network] : member(settings, "Networks").items()) facts.network = name;
  for (const auto& [port, bindings] : member(settings, "Ports").items()) {
    if (!bindings.is_array() || bindings.empty()) continue;  // exposed, but not published
    facts.ports.emplace_back(port.substr(0, port.find('/')), text_of(bindings[0], "HostPort"));
  }
  return facts;
}

bool is_being_removed(std::string_view trouble) {
  return trouble.find("is already in progress") != std::string_view::npos ||
         trouble.find("active endpoints") != std::string_view::npos ||
         trouble.find("being used") != std::string_view::npos;
}

}  // namespace

std::string EngineAnswer::trouble() const {
  // docker run ends with "Usage: ..." and "Run 'docker run --help' ..."; what matters is before.
  std::string_view text = err;
  for (const std::string_view help : {"See 'docker", "Run 'docker", "Usage:"}) {
    if (const auto at = text.rfind(help); at != std::string_view::npos) text = text.substr(0, at);
  }
  auto line = last_line(text);
  for (const std::string_view prefix : {"docker: ", "Error response from daemon: "}) {
    if (line.starts_with(prefix)) line.erase(0, prefix.size());
  }
  return line.empty() ? fmt::format("docker ended with {}", status.text()) : line;
}

bool is_podman(std::string_view program) {
  return program == "podman";
}

bool says_no_such_image(std::string_view trouble) {
  return trouble.find("No such image") != std::string_view::npos ||
         trouble.find("image not known") != std::string_view::npos;
}

DockerEngine::DockerEngine(Host& machine, EngineClient client)
    : machine_(machine), client_(std::move(client)) {}

asio::awaitable<EngineAnswer> DockerEngine::call(
    Arguments arguments, CancelSource& cancel, seconds limit, OutputHandler on_output) {
  EngineCall what;
  what.arguments = std::move(arguments);
  what.environment = client_.environment;
  what.limit = limit;
  what.on_output = std::move(on_output);
  co_return co_await call(std::move(what), cancel);
}

asio::awaitable<EngineAnswer> DockerEngine::call(EngineCall what, CancelSource& cancel) {
  const auto name = fmt::format(
      "{} {}", client_.program, what.arguments.empty() ? std::string() : what.arguments.front());
  SpawnRequest request;
  request.argv = std::move(what.arguments);
  request.argv.insert(request.argv.begin(), client_.program);
  request.environment = std::move(what.environment);
  request.script = std::move(what.script);

  CancelSource stop;  // of this call: by the caller, or by time
  bool late = false;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  const auto arm = [&](seconds limit) {
    timer.expires_after(limit);
    timer.async_wait([&stop, &late](const boost::system::error_code& error) {
      if (error) return;
      late = true;
      stop.request("the engine did not answer in time");
    });
  };
  arm(what.limit);
  auto by_caller = cancel.on_request([&] {
    if (what.makes) return arm(std::min(what.limit, patience_to_make));
    stop.request(cancel.reason());
  });
  EngineAnswer answer;
  OutputHandler collect = [&answer, &what](Stream stream, std::string_view bytes) {
    auto& text = stream == Stream::out ? answer.out : answer.err;
    if (text.size() < largest_answer) text.append(bytes);
    if (what.on_output) what.on_output(stream, bytes);
  };
  const auto result = co_await machine_.run(std::move(request), collect, stop);
  timer.cancel();
  if (!result.start_error.empty()) {
    throw Error(
        fmt::format("cannot start {}: {}", client_.program, result.start_error),
        "install it: containers need an engine and its command line");
  }
  if (late) {
    throw Error(
        fmt::format(
            "the engine does not answer: {} took longer than {} s", name, what.limit.count()),
        engine_cure);
  }
  if (result.cancelled || cancel.requested()) {
    throw Error(fmt::format("{} was cancelled: {}", name, cancel.reason()));
  }
  answer.status = result.status;
  co_return answer;
}

asio::awaitable<void> DockerEngine::pull(
    std::string image, Environment environment, CancelSource& cancel, OutputHandler on_output) {
  asio::steady_timer pause(co_await asio::this_coro::executor);
  std::string trouble;
  for (int attempt = 1; attempt <= pull_tries; ++attempt) {
    EngineCall what;
    what.arguments = {"pull", image};
    what.environment = environment;
    what.limit = pull_limit;
    what.on_output = on_output;
    const auto answer = co_await call(std::move(what), cancel);
    if (answer.success()) co_return;
    trouble = answer.trouble();
    if (is_final(trouble) || attempt == pull_tries) break;
    pause.expires_after(seconds(attempt));
    boost::system::error_code ignored;
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  throw Error(
      fmt::format("cannot pull the image {}: {}", image, trouble),
      "are its name and tag right, its registry reachable, and `credentials` needed and correct?");
}

asio::awaitable<ImageFacts> DockerEngine::inspect_image(std::string image, CancelSource& cancel) {
  Arguments arguments = {"image", "inspect", image};
  const auto answer = co_await call(std::move(arguments), cancel, inspect_limit);
  if (!answer.success()) throw Error(fmt::format("{}: {}", image, answer.trouble()));
  const auto document = parsed(answer.out);
  ImageFacts facts;
  if (document.empty()) co_return facts;
  facts.id = text_of(document[0], "Id");
  const auto& config = member(document[0], "Config");
  facts.entrypoint = words_of(config, "Entrypoint");
  facts.command = words_of(config, "Cmd");
  facts.directory = text_of(config, "WorkingDir");
  facts.user = text_of(config, "User");
  co_return facts;
}

asio::awaitable<std::vector<ContainerFacts>> DockerEngine::inspect_containers(
    std::vector<std::string> names, CancelSource& cancel) {
  Arguments arguments = {"container", "inspect"};
  arguments.insert(arguments.end(), names.begin(), names.end());
  const auto answer = co_await call(std::move(arguments), cancel, inspect_limit);
  if (!answer.success()) throw Error(answer.trouble(), engine_cure);
  std::vector<ContainerFacts> facts;
  for (const auto& container : parsed(answer.out)) facts.push_back(container_facts(container));
  co_return facts;
}

asio::awaitable<std::string> DockerEngine::remove(Arguments arguments, seconds patience) {
  CancelSource never;
  asio::steady_timer pause(co_await asio::this_coro::executor);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::string trouble;
  try {
    for (;;) {
      // The client ends with a line of its own: the engine's words are somewhere before it.
      const auto answer = co_await call(arguments, never, remove_limit);
      const bool gone = answer.err.find("No such container") != std::string::npos;
      if (answer.success() || gone) co_return std::string();
      trouble = answer.trouble();
      if (!is_being_removed(answer.err)) break;
      if (std::chrono::steady_clock::now() >= deadline) break;
      pause.expires_after(pause_to_remove);
      co_await pause.async_wait(asio::use_awaitable);
    }
  } catch (const std::exception& error) {
    trouble = error.what();
  }
  co_return trouble;
}

asio::awaitable<std::string> DockerEngine::remove_labelled(std::string label) {
  CancelSource never;
  const auto filter = "label=" + label;
  std::string trouble;
  try {
    // Networks last: they cannot go while a container is in them.
    Arguments list = {"ps", "--all", "--quiet", "--no-trunc", "--filter", filter};
    Arguments remove = {"rm", "--force", "--volumes"};
    trouble = co_await remove_kind(label, std::move(list), std::move(remove), never);
    list = {"network", "ls", "--quiet", "--filter", filter};
    remove = {"network", "rm"};
    auto more = co_await remove_kind(label, std::move(list), std::move(remove), never);
    if (trouble.empty()) trouble = std::move(more);
    list = {"volume", "ls", "--quiet", "--filter", filter};
    remove = {"volume", "rm", "--force"};
    more = co_await remove_kind(label, std::move(list), std::move(remove), never);
    if (trouble.empty()) trouble = std::move(more);
  } catch (const Error& error) {
    trouble = error.what();
  }
  co_return trouble;
}

/// What is being removed by the engine itself (--rm) errs at first: looked at a few times.
asio::awaitable<std::string> DockerEngine::remove_kind(
    std::string label, Arguments list, Arguments remove, CancelSource& cancel) {
  asio::steady_timer pause(co_await asio::this_coro::executor);
  std::string trouble;
  for (int attempt = 0; attempt < 5; ++attempt) {
    const auto answer = co_await call(list, cancel, remove_limit);
    if (!answer.success()) co_return answer.trouble();
    Arguments arguments = remove;
    std::string_view rest = answer.out;
    while (!rest.empty()) {
      const auto end = std::min(rest.find('\n'), rest.size());
      if (end > 0) arguments.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (arguments.size() == remove.size()) co_return std::string();
    if (attempt > 0) {
      pause.expires_after(std::chrono::milliseconds(200 * attempt));
      boost::system::error_code ignored;
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    const auto removed = co_await call(std::move(arguments), cancel, remove_limit);
    if (removed.success()) co_return std::string();
    trouble = removed.trouble();
  }
  co_return fmt::format("{}: {}", label, trouble);
}

}  // namespace crun::executor
