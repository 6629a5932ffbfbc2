// The helper's side of credentials.hpp: what docker starts, and what built-in actions ask.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/error.hpp"
#include "executor/files/write.hpp"
#include "executor/net/credentials.hpp"
#include "executor/net/unix_socket.hpp"

namespace crun::executor {

using nlohmann::json;

namespace {

constexpr char podman_file[] = "auth.json";

struct HelperAnswer {
  int code = 1;
  std::string output;
};

HelperAnswer ask_store(const std::string& socket, std::string_view verb, std::string_view payload) {
  const Fd fd = connect_to_unix_socket(socket);
  const std::string request = fmt::format("{}\n{}", verb, payload);
  for (std::size_t sent = 0; sent < request.size();) {
    const ssize_t n = ::send(fd.get(), request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (n < 0) throw Error("the credential store does not listen: " + system_error_text(errno));
    sent += static_cast<std::size_t>(n);
  }
  ::shutdown(fd.get(), SHUT_WR);
  std::string text;
  char chunk[4096];
  for (;;) {
    const ssize_t n = ::recv(fd.get(), chunk, sizeof chunk, 0);
    if (n < 0) throw Error("the credential store does not answer: " + system_error_text(errno));
    if (n == 0) break;
    text.append(chunk, static_cast<std::size_t>(n));
  }
  if (text.size() < 2) throw Error("the credential store broke off");
  return {text[0] == '0' ? 0 : 1, text.substr(2)};
}

json read_json(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return json::object();
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const json value = json::parse(text, nullptr, false);
  return value.is_object() ? value : json::object();
}

}  // namespace

std::optional<Credentials> stored_credentials(const std::string& registry) {
  const char* socket = std::getenv("CRUN_CREDENTIALS");
  if (!socket || !*socket) return std::nullopt;
  HelperAnswer answer;
  try {
    answer = ask_store(socket, "get", credential_server_name(registry));
  } catch (const Error&) {
    return std::nullopt;  // anonymous then; the registry will say what it thinks of that
  }
  const json entry = json::parse(answer.output, nullptr, false);
  if (answer.code != 0 || !entry.is_object()) return std::nullopt;
  return Credentials{entry.value("Username", ""), entry.value("Secret", "")};
}

int run_credential_helper(std::string_view verb) {
  std::string payload;
  char chunk[4096];
  for (std::size_t n; (n = std::fread(chunk, 1, sizeof chunk, stdin)) > 0;)
    payload.append(chunk, n);
  HelperAnswer answer;
  const char* socket = std::getenv("CRUN_CREDENTIALS");
  try {
    if (!socket || !*socket) throw Error("CRUN_CREDENTIALS is not set: this is no step of crun");
    answer = ask_store(socket, verb, payload);
  } catch (const Error& error) {
    answer.output = error.what();
  }
  fmt::print("{}\n", answer.output);
  return answer.code;
}

std::filesystem::path add_podman_registry(
    const std::filesystem::path& folder, const std::string& registry) {
  const auto path = folder / podman_file, fresh = folder / fmt::format(".auth-{}", ::getpid());
  json file = read_json(path);
  file["credHelpers"][registry] = "crun";
  write_file(fresh, file.dump() + '\n');
  std::error_code error;
  std::filesystem::rename(fresh, path, error);  // whole, for who reads it meanwhile
  if (error) throw Error(fmt::format("cannot write {}: {}", path.string(), error.message()));
  return path;
}

std::filesystem::path podman_registries(const std::filesystem::path& folder) {
  std::error_code error;
  const auto path = folder / podman_file;
  return std::filesystem::exists(path, error) ? path : std::filesystem::path();
}

DockerConfig read_docker_config(const std::filesystem::path& user_folder) {
  const json user = read_json(user_folder / "config.json");
  json ours = {{"credsStore", "crun"}};
  for (const char* name : {"proxies", "currentContext"}) {
    if (user.contains(name)) ours[name] = user[name];
  }
  json plugin_folders = json::array({(user_folder / "cli-plugins").string()});
  if (user.contains("cliPluginsExtraDirs") && user["cliPluginsExtraDirs"].is_array()) {
    for (const json& extra : user["cliPluginsExtraDirs"]) plugin_folders.push_back(extra);
  }
  ours["cliPluginsExtraDirs"] = plugin_folders;

  DockerConfig config;
  config.text = ours.dump(2) + '\n';
  std::error_code ignored;
  const auto contexts = user_folder / "contexts";
  if (std::filesystem::is_directory(contexts, ignored)) config.contexts = contexts;
  return config;
}

void write_docker_config(const std::filesystem::path& folder, const DockerConfig& config) {
  make_private_folder(folder);
  if (!config.contexts.empty()) {
    std::error_code ignored;
    std::filesystem::create_directory_symlink(config.contexts, folder / "contexts", ignored);
  }
  write_file(folder.native() + "/config.json", config.text);
}

}  // namespace crun::executor
