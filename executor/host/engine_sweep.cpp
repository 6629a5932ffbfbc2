#include "executor/host/engine_sweep.hpp"

#include <fstream>
#include <functional>
#include <optional>
#include <system_error>

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/files/remove_tree.hpp"
#include "executor/files/write.hpp"

namespace crun::executor {

namespace fs = std::filesystem;

namespace {

constexpr char note_name[] = ".engine";
constexpr char left_name[] = ".left-in-engine";
constexpr std::chrono::seconds limit_to_empty{60};

struct Note {
  std::string program, address, image;  // address: DOCKER_HOST; empty: the client's own
};

std::optional<Note> read_note(const fs::path& work_folder) {
  std::ifstream file(work_folder / note_name);
  Note note;
  if (!std::getline(file, note.program)) return std::nullopt;
  std::getline(file, note.address);
  std::getline(file, note.image);
  return note;
}

/// What is wanted of an engine; tells why it cannot be, or nothing.
using Wish = std::function<asio::awaitable<std::string>(DockerEngine&)>;

asio::awaitable<void> grant(
    asio::io_context& loop, EngineClient client, Wish wish, std::string& trouble) {
  const auto machine = make_local_host(loop.get_executor(), {});
  try {
    co_await machine->up();
    DockerEngine engine(*machine, std::move(client));
    trouble = co_await wish(engine);
  } catch (const Error& error) {
    trouble = error.what();
  }
  co_await machine->down();
}

std::string grant_now(const EngineClient& client, Wish wish) {
  asio::io_context loop;
  std::string trouble = "the engine was not asked";
  asio::co_spawn(
      loop, grant(loop, client, std::move(wish), trouble), [&trouble](std::exception_ptr error) {
        if (error) trouble = "the engine could not be asked";
      });
  loop.run();
  return trouble;
}

asio::awaitable<std::string> call(DockerEngine& engine, std::vector<std::string> arguments) {
  CancelSource never;
  const auto answer = co_await engine.call(std::move(arguments), never, limit_to_empty);
  co_return answer.success() ? std::string() : answer.trouble();
}

/// A socket that is not there any more will not come back with our things behind it.
bool is_gone(const std::string& address) {
  constexpr std::string_view scheme = "unix://";
  std::error_code error;
  return address.starts_with(scheme) && !fs::exists(address.substr(scheme.size()), error);
}

std::string remove_from_engine(EngineClient& client, const Note& note, const std::string& run) {
  const Wish wish = [label = run_label(run)](DockerEngine& engine) {
    return engine.remove_labelled(label);
  };
  const auto address = client.environment.get("DOCKER_HOST");
  if (address == note.address) return grant_now(client, wish);
  // The same engine may have another address today: behind a proxy, a tunnel, a moved socket.
  auto trouble = grant_now(client, wish);
  if (trouble.empty() && is_gone(note.address)) return {};
  if (note.address.empty()) {
    client.environment.unset("DOCKER_HOST");
  } else {
    client.environment.set("DOCKER_HOST", note.address);
  }
  return grant_now(client, wish);
}

/// What we may not remove ourselves, the root of a container may: files of the engine's root, or
/// with a podman of our own those of the further users that we have.
std::string remove_foreign_files(
    const EngineClient& client,
    const Note& note,
    const fs::path& work_folder,
    const std::string& label) {
  std::vector<std::string> arguments = {
      "run", "--rm", "--pull=never", "--label", label, "--user", "0", "--network", "none"};
  const auto mount = fmt::format("type=bind,\"source={}\",target=/work", work_folder.string());
  arguments.insert(
      arguments.end(),
      {"--workdir",
       "/",
       "--mount",
       mount,
       "--entrypoint",
       "/work/.crun/agent",
       note.image,
       "empty"});
  std::error_code error;
  bool stays = false;
  for (const auto& entry : fs::directory_iterator(work_folder, error)) {
    if (!entry.is_directory(error) || entry.path().filename() == ".crun") continue;
    if (remove_tree(entry.path()).empty()) continue;
    arguments.push_back("/work/" + entry.path().filename().string());
    stays = true;
  }
  if (!stays) return {};
  return grant_now(client, [&arguments](DockerEngine& engine) { return call(engine, arguments); });
}

}  // namespace

std::string remove_networks(const EngineClient& client, const std::vector<std::string>& names) {
  std::vector<std::string> arguments = {"network", "rm", "--force"};
  arguments.insert(arguments.end(), names.begin(), names.end());
  return grant_now(client, [&arguments](DockerEngine& engine) {
    return engine.remove(arguments, patience_with_network);
  });
}

std::string run_label(const std::string& run) {
  return "crun.run=" + run;
}

void note_engine(
    const fs::path& work_folder, const EngineClient& client, const std::string& image) {
  const auto known = read_note(work_folder);
  const auto noted = image.empty() && known ? known->image : image;
  write_file(
      work_folder / note_name,
      client.program + '\n' + client.environment.get("DOCKER_HOST") + '\n' + noted + '\n');
}

void note_left_in_engine(const fs::path& work_folder, const std::string& what) {
  std::ofstream(work_folder / left_name) << what << '\n';
}

bool is_left_in_engine(const fs::path& work_folder) {
  std::error_code error;
  return fs::exists(work_folder / left_name, error);
}

bool is_engine_note(const fs::path& path) {
  return path.filename() == note_name || path.filename() == left_name;
}

std::string sweep_engine(const fs::path& work_folder, const std::string& run) {
  const auto note = read_note(work_folder);
  if (!note) return {};
  EngineClient client;
  client.program = note->program;
  client.environment = Environment::inherited();
  auto trouble = remove_from_engine(client, *note, run);
  if (!trouble.empty() || note->image.empty() || ::geteuid() == 0) return trouble;
  return remove_foreign_files(client, *note, work_folder, run_label(run));
}

}  // namespace crun::executor
