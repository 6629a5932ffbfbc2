// Where the steps of a job run, as its contexts and its environment tell it: on this machine, or in
// a container. Filled while the job is set up, constant while its steps run.
#pragma once

#include "executor/host/path_map.hpp"
#include "executor/process/environment.hpp"
#include "workflow/expression/value.hpp"

namespace crun::executor {

struct JobPlace {
  bool in_container = false;
  PathMap paths;
  /// What steps in a container find before the job adds to it: the image's own, container.env,
  /// HOME.
  Environment environment;
  std::string home;            // of steps on this machine; empty: the user's own
  std::string docker_config;   // of steps in a sandbox; empty: the job's
  workflow::Object container;  // job.container: id, network
  workflow::Object services;   // job.services: id, network, ports of each
  /// What is mounted on the workspace while the job runs is seen wherever the workspace is.
  bool sees_mounts = true;
};

}  // namespace crun::executor
