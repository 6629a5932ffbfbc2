#include "executor/host/agent_image.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "executor/error.hpp"
#include "executor/files/write.hpp"

// CRUN_AGENT is the path of the built program; CMake makes this file depend on it.
asm(R"(
  .pushsection .rodata
  .balign 16
  crun_agent_begin:
  .incbin ")" CRUN_AGENT R"("
  crun_agent_end:
  .popsection
)");

extern "C" const char crun_agent_begin[], crun_agent_end[];

namespace crun::executor {

std::string_view agent_image() {
  return {crun_agent_begin, static_cast<size_t>(crun_agent_end - crun_agent_begin)};
}

void write_agent(const std::filesystem::path& path) {
  write_file(path, agent_image(), {.mode = S_IRWXU, .whatever_umask = true});
}

Fd agent_in_memory() {
  Fd file(::memfd_create("crun-agent", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file || !write_all(file.get(), agent_image())) {
    throw Error("cannot make the agent: " + system_error_text(errno));
  }
  // Nobody changes a program that runs.
  ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
  return file;
}

}  // namespace crun::executor
