// What a fuzzer says when something is not as it must be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crun::fuzz {

/// Ends the program, so that the fuzzer keeps the input, when `holds` is false.
void require(bool holds, std::string_view what, std::string_view detail = {});

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// The text between zero bytes: an input of several parts.
std::vector<std::string> parts_of(std::string_view text, std::size_t most);

}  // namespace crun::fuzz
