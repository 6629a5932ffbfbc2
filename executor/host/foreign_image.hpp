// Images for other processors. The agent needs nothing of an image but the kernel, so it runs in
// one of any architecture; the image's own programs need the kernel to know an emulator for them.
#pragma once

#include <string>

#include "executor/host/docker_engine.hpp"

namespace crun::executor {

/// Does this say that the kernel does not know how to run a program?
bool says_no_such_format(std::string_view trouble);

/// What an image for `platform` ("linux/arm64") cannot do on a machine of this name (uname -m), and
/// what helps; empty when the machine is of that architecture.
std::string foreign_image_text(
    const std::string& image, const std::string& platform, const std::string& machine);

/// That text for an image in the engine; empty also when the engine does not tell. Asks the engine,
/// so it is for images whose programs did not start. Never throws.
asio::awaitable<std::string> explain_foreign_image(DockerEngine& engine, std::string image);

}  // namespace crun::executor
