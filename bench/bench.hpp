// What all questions of the bench share, and the list of them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/comparison.hpp"
#include "bench/process.hpp"
#include "bench/row.hpp"

namespace crun::bench {

struct Bench {
  std::filesystem::path crun;
  std::filesystem::path act;     // empty: not there
  std::filesystem::path folder;  // in memory, for everything that is written
  std::filesystem::path shared;  // the external packs; may be absent
  std::string image;             // a container image with sh; empty: there is no engine
  Settings settings;
};

/// Why a side has no figure in several rows (Row::absent).
inline constexpr auto no_such_command = "it has no command that does only this";  // act
inline constexpr auto no_least = "there is no least that a machine needs for this";

/// What is measured together. `measure` gives the rows of all its quantities.
struct Question {
  std::vector<std::string> quantities;  // "Q2"; the first gives the question its name
  std::string title;
  Rows (*measure)(const Bench& bench);

  const std::string& name() const { return quantities.front(); }
};

const std::vector<Question>& questions();

/// The environment of a peer ("crun", "act"): all that it writes is in memory, apart from others'.
std::vector<std::string> places(const Bench& bench, const std::string& of);
/// `crun run WORKFLOW` in a repository of the bench, with state in memory.
Program crun_run(
    const Bench& bench,
    const std::filesystem::path& repository,
    const std::string& workflow,
    const std::vector<std::string>& more = {});
/// The same workflow by act: on the machine, or in the image.
Program act_run(
    const Bench& bench,
    const std::filesystem::path& repository,
    const std::string& workflow,
    bool in_container = false);
/// A side that runs a program and gives its wall time in milliseconds.
Side timed(const std::string& name, Program program, int rounds = 0);
/// Whether act is there; else the row says how to get it.
bool has_act(const Bench& bench, Row& row);

Rows measure_start(const Bench& bench);           // Q1
Rows measure_host_step(const Bench& bench);       // Q2
Rows measure_container_step(const Bench& bench);  // Q3
Rows measure_container_job(const Bench& bench);   // Q4
Rows measure_log(const Bench& bench);             // Q5
Rows measure_expressions(const Bench& bench);     // Q7
Rows measure_planning(const Bench& bench);        // Q8
Rows measure_checkout(const Bench& bench);        // Q9
Rows measure_service(const Bench& bench);         // Q6, Q12, Q13, Q14
Rows measure_later(const Bench& bench);           // Q10, Q11: what they wait for

}  // namespace crun::bench
