#include "executor/job/folders.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "executor/files/write.hpp"

namespace crun::executor {

namespace fs = std::filesystem;

namespace {

std::string make_folder(const fs::path& path) {
  make_private_folder(path);
  return path.string();
}

bool is_plain(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' || byte == '.';
}

/// Of "owner/repo" the part that the workspace is called by. It may come from the payload of an
/// event: what is no name on GitHub could lead to the folders of other runs.
std::string repository_folder(const std::string& full_name) {
  const auto name = full_name.substr(full_name.rfind('/') + 1);
  const bool is_name = std::all_of(name.begin(), name.end(), is_plain) &&
                       name.find_first_not_of('.') != std::string::npos;
  return is_name ? name : "workspace";
}

}  // namespace

std::string folder_name(const std::string& job_id) {
  std::string name;
  for (const char byte : job_id) name += is_plain(byte) ? byte : '_';
  // Long names of called workflows' jobs differ at their ends.
  constexpr std::size_t longest = 60, kept = 40;
  if (name.size() <= longest) return name;
  return fmt::format("{}-{:016x}", name.substr(0, kept), std::hash<std::string>()(job_id));
}

namespace {

JobFolders make_folders(const RunFacts& run, const std::string& job_id) {
  const auto root = run.work_folder / folder_name(job_id);
  const auto sockets = run.socket_folder / folder_name(job_id);
  const auto repository = repository_folder(run.checkout.name);

  JobFolders folders;
  make_folder(root);
  make_folder(sockets);
  folders.runner_folder = make_folder(root / repository);
  folders.workspace = make_folder(root / repository / repository);
  if (run.live_workspace) folders.workspace = run.checkout.repository.string();
  folders.temp = make_folder(root / "_temp");
  folders.private_temp = make_folder(root / "_tmp");
  folders.tool_cache = make_folder(run.tool_cache);
  folders.externals = (run.tool_cache.parent_path() / "externals").string();
  folders.file_commands = make_folder(root / "_runner_file_commands");
  folders.event_folder = make_folder(root / "_github_workflow");
  folders.home = (root / "_github_home").string();
  folders.actions = (root / "_actions").string();
  folders.docker_config = (sockets / "docker").string();
  folders.credentials = (sockets / "credentials").string();
  folders.programs = (run.socket_folder / "bin").string();

  folders.event_path = folders.event_folder + "/event.json";
  write_file(folders.event_path, run.event_json);
  return folders;
}

}  // namespace

void make_container_folders(const JobFolders& folders) {
  for (const auto& folder : {folders.home, folders.actions, folders.externals}) make_folder(folder);
}

JobGround lay_ground(
    boost::asio::any_io_executor executor, const RunFacts& run, const std::string& job_id) {
  JobGround ground;
  ground.folders = make_folders(run, job_id);
  write_docker_config(ground.folders.docker_config, run.docker_config);
  ground.credentials = std::make_unique<CredentialStore>(
      std::move(executor),
      ground.folders.credentials,
      [masker = run.masker](std::string_view secret) { masker->add(secret); });
  ground.files.prepare(ground.folders.file_commands, false);
  return ground;
}

}  // namespace crun::executor
