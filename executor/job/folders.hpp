// What a job finds when its turn comes, made fresh for each leg.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "executor/context/job_request.hpp"
#include "executor/context/job_state.hpp"
#include "executor/files/file_commands.hpp"
#include "executor/net/credentials.hpp"

namespace crun::executor {

/// The job's folders with their files, and the socket its credentials are asked for at. It depends
/// on nothing that other jobs do: it can be made ahead, while they still run. Loop thread only.
struct JobGround {
  JobFolders folders;
  std::unique_ptr<CredentialStore> credentials;
  FileCommandStock files;
};

/// Makes the folders below those of the run (mode 0700) and what lies in them. Throws Error.
JobGround lay_ground(
    boost::asio::any_io_executor executor, const RunFacts& run, const std::string& job_id);

/// Those that only steps apart from the machine have: in a container, in the sandbox. Throws Error.
void make_container_folders(const JobFolders& folders);

/// A file-system friendly form of a leg's id.
std::string folder_name(const std::string& job_id);

}  // namespace crun::executor
