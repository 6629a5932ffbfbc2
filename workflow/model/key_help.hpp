// The cure for a key that is unknown, missing or there twice: what the reader says besides GitHub's
// own words.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/model/schema.hpp"
#include "workflow/source/source_file.hpp"
#include "workflow/yaml/node.hpp"

namespace crun::workflow {

/// "did you mean `run`?", or the keys that are possible.
std::string unknown_key_help(
    std::string_view key,
    std::span<const schema::Shape> shapes,
    const std::vector<std::string>& present);

/// "did you mean `pull_request`?", or what is possible: "`service` takes a list, such as [5]". The
/// key is empty for the items of a list.
std::string unknown_value_help(
    std::string_view key, std::string_view value, const schema::Place& place);

/// "add `runs-on: ubuntu-latest`"
std::string missing_key_help(std::string_view key);

/// Can two values of one key be joined to one? Mappings can if they share no key.
bool joinable(const Node& first, const Node& second);

/// One key with both values, as a block of YAML that can take the place of both; empty if they
/// cannot be joined.
std::string joined_block(const SourceFile& source, const NodeEntry& first, const NodeEntry& second);

/// What a place knows, if it does not know a context or a function, and where a known context can
/// be used: "`env` can be used in jobs.<job_id>.steps[*] (if, run, ...), ...".
std::string unknown_name_help(std::string_view message, schema::Names allowed);

}  // namespace crun::workflow
