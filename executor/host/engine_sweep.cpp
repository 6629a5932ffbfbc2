#include "executor/host/engine_sweep.hpp"

#include <fstream>
#include <optional>
#include <system_error>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "executor/error.hpp"

namespace crun::executor {

namespace fs = std::filesystem;

namespace {

constexpr char note_name[] = ".engine";
constexpr char left_name[] = ".left-in-engine";

struct Note {
  std::string program, address;  // address: DOCKER_HOST; empty: the client's own
};

std::optional<Note> read_note(const fs::path& work_folder) {
  std::ifstream file(work_folder / note_name);
  Note note;
  if (!std::getline(file, note.program)) return std::nullopt;
  std::getline(file, note.address);
  return note;
}

asio::awaitable<void> remove(
    asio::io_context& loop, EngineClient client, std::string label, std::string& trouble) {
  const auto machine = make_local_host(loop.get_executor(), {});
  try {
    co_await machine->up();
    DockerEngine engine(*machine, std::move(client));
    trouble = co_await engine.remove_labelled(std::move(label));
  } catch (const Error& error) {
    trouble = error.what();
  }
  co_await machine->down();
}

std::string remove_now(EngineClient client, const std::string& run) {
  asio::io_context loop;
  std::string trouble = "the engine was not asked";
  asio::co_spawn(
      loop,
      remove(loop, std::move(client), run_label(run), trouble),
      [&trouble](std::exception_ptr error) {
        if (error) trouble = "the engine could not be asked";
      });
  loop.run();
  return trouble;
}

/// A socket that is not there any more will not come back with our things behind it.
bool is_gone(const std::string& address) {
  constexpr std::string_view scheme = "unix://";
  std::error_code error;
  return address.starts_with(scheme) && !fs::exists(address.substr(scheme.size()), error);
}

}  // namespace

std::string run_label(const std::string& run) {
  return "crun.run=" + run;
}

void note_engine(const fs::path& work_folder, const EngineClient& client) {
  std::ofstream(work_folder / note_name) << client.program << '\n'
                                         << client.environment.get("DOCKER_HOST") << '\n';
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
  const auto address = client.environment.get("DOCKER_HOST");
  if (address == note->address) return remove_now(std::move(client), run);
  // The same engine may have another address today: behind a proxy, a tunnel, a moved socket.
  auto trouble = remove_now(client, run);
  if (trouble.empty() && is_gone(note->address)) return {};
  if (note->address.empty()) {
    client.environment.unset("DOCKER_HOST");
  } else {
    client.environment.set("DOCKER_HOST", note->address);
  }
  return remove_now(std::move(client), run);
}

}  // namespace crun::executor
