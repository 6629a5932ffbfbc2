// Removes from the engine what a run left that was killed, or whose engine went away.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "executor/host/docker_engine.hpp"

namespace crun::executor {

/// The label of everything that a run makes in an engine.
std::string run_label(const std::string& run);

/// Removes networks that no container is to be in any more. Blocks. Empty when they are gone, else
/// why not. Never throws.
std::string remove_networks(const EngineClient& client, const std::vector<std::string>& names);

/// Writes down which engine a run is about to use, and an image whose containers may have written
/// files (empty: none yet). To be called before there is anything in the engine.
void note_engine(
    const std::filesystem::path& work_folder, const EngineClient& client, const std::string& image);
/// Something is still in the engine: the note must outlive the run.
void note_left_in_engine(const std::filesystem::path& work_folder, const std::string& what);
bool is_left_in_engine(const std::filesystem::path& work_folder);
/// One of these notes?
bool is_engine_note(const std::filesystem::path& path);

/// Removes what a dead run has in the engine of its note, and what its containers wrote as users
/// whose files we may not remove. Blocks. Empty when all is gone, also when it never used an
/// engine; else why not. Never throws.
std::string sweep_engine(const std::filesystem::path& work_folder, const std::string& run);

}  // namespace crun::executor
