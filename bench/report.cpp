#include "bench/report.hpp"

#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/error.hpp"

namespace crun::bench {
namespace {

using nlohmann::json;

/// Four significant digits, no exponent: 0.0123, 1.234, 12340.
std::string short_number(double value) {
  const double size = value < 0 ? -value : value;
  if (size >= 1000) return fmt::format("{:.0f}", value);
  if (size >= 100) return fmt::format("{:.1f}", value);
  if (size >= 1) return fmt::format("{:.2f}", value);
  return fmt::format("{:.3f}", value);
}

std::string figure_text(const Row& row, const std::string& side) {
  const auto found = row.figures.find(side);
  return found == row.figures.end() ? "" : short_number(found->second.median);
}

std::string ratio_text(const Row& row, const std::string& side) {
  const auto found = row.ratios.find(side);
  if (found == row.ratios.end()) return "";
  const auto& ratio = found->second;
  return fmt::format(
      "{}x ({}-{})", short_number(ratio.median), short_number(ratio.low), short_number(ratio.high));
}

std::string verdict(const Row& row) {
  if (!row.figures.count("crun")) return "n/a";
  if (row.noisy) return "noisy";
  if (goal_text(row).empty()) return "";
  const auto answer = met(row);
  return !answer ? "open" : *answer ? "met" : "not met";
}

/// Why cells are empty, each reason once with its rows. The client has a part only in containers'
/// rows, which the page says at its top.
std::string reasons(const std::vector<Row>& rows) {
  std::map<std::pair<std::string, std::string>, std::string> found;
  for (const auto& row : rows) {
    if (!row.figures.count("crun")) continue;
    for (const auto* side : {"act", "limit"}) {
      if (row.figures.count(side)) continue;
      const auto why = row.absent.find(side);
      if (why == row.absent.end() && !row.note.empty()) continue;
      auto& ids = found[{side, why == row.absent.end() ? "nobody says why" : why->second}];
      ids += (ids.empty() ? "" : ", ") + row.id;
    }
  }
  std::string text;
  for (const auto& [why, ids] : found) {
    text += fmt::format("* No {}: {} ({})\n", why.first, why.second, ids);
  }
  return text;
}

json figure_json(const Row& row, const std::string& side) {
  const auto found = row.figures.find(side);
  if (found == row.figures.end()) return nullptr;
  return {{"median", found->second.median}, {"min", found->second.min}, {"p95", found->second.p95}};
}

json row_json(const Row& row) {
  json ratios = json::object();
  for (const auto& [side, ratio] : row.ratios) {
    ratios[side] = {{"median", ratio.median}, {"low", ratio.low}, {"high", ratio.high}};
  }
  const auto answer = met(row);
  return {
      {"id", row.id},
      {"what", row.what},
      {"unit", row.unit},
      {"crun", figure_json(row, "crun")},
      {"act", figure_json(row, "act")},
      {"cli", figure_json(row, "cli")},
      {"limit", figure_json(row, "limit")},
      {"ratio", ratios},
      {"goal", goal_text(row)},
      {"met", answer ? json(*answer) : json(nullptr)},
      {"noisy", row.noisy},
      {"absent", row.absent},
      {"note", row.note}};
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

std::string line_of(const Row& row) {
  std::string text = fmt::format(
      "{:16} {:>9} {:6}",
      row.id,
      figure_text(row, "crun"),
      row.figures.count("crun") ? row.unit : "");
  for (const auto* side : {"act", "cli", "limit"}) {
    if (row.ratios.count(side)) text += fmt::format("  {} {}", side, ratio_text(row, side));
  }
  text += "  " + verdict(row);
  if (!row.note.empty()) text += "  [" + first_line(row.note) + "]";
  return text;
}

std::string json_of(const Report& report) {
  json rows = json::array();
  for (const auto& row : report.rows) rows.push_back(row_json(row));
  return json{
      {"date", report.date},
      {"commit", report.commit},
      {"command", report.command},
      {"machine", report.machine},
      {"rows", rows}}
      .dump(2, ' ', false, json::error_handler_t::replace);
}

std::string page_of(const Report& report) {
  std::string text =
      "# Performance\n\n"
      "Written by the bench; a change by hand is lost. Each row measures its sides in turn in one "
      "run: crun, act, the same by the\n"
      "docker client (cli, only where a job is in a container), and the least the machine can do "
      "(limit). Ratios are paired medians\n"
      "with their 95 % interval: how many times better crun is than act or cli, and how many times "
      "of the limit crun costs. A row\n"
      "whose machine was busy, or whose interval is too wide, is called noisy and gets no verdict. "
      "Why a cell is empty is below.\n"
      "Programs find where things are in their environment (PATH, HOME) and nothing else of the "
      "caller's: no locale.\n\n";
  text += fmt::format("    {}\n\n", report.command);
  text += fmt::format("{}, commit {}", report.date, report.commit.empty() ? "?" : report.commit);
  for (const auto& [name, value] : report.machine) text += fmt::format("; {} {}", name, value);
  text +=
      "\n\n| row | what | unit | crun | act | cli | limit | act / crun | cli / crun | crun / limit "
      "| goal | verdict |\n";
  text += "|---|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (const auto& row : report.rows) {
    text += fmt::format(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
        row.id,
        row.what,
        row.unit,
        figure_text(row, "crun"),
        figure_text(row, "act"),
        figure_text(row, "cli"),
        figure_text(row, "limit"),
        ratio_text(row, "act"),
        ratio_text(row, "cli"),
        ratio_text(row, "limit"),
        goal_text(row),
        verdict(row));
  }
  auto notes = reasons(report.rows);
  for (const auto& row : report.rows) {
    if (!row.note.empty()) notes += fmt::format("* {}: {}\n", row.id, first_line(row.note));
  }
  if (!notes.empty()) text += "\n## Notes\n\n" + notes;
  return text;
}

void record(const Report& report, const std::filesystem::path& history) {
  json rows = json::object();
  for (const auto& row : report.rows) {
    const auto crun = row.figures.find("crun");
    if (crun == row.figures.end()) continue;
    json entry = {
        {"crun", crun->second.median},
        {"more_is_better", row.more_is_better},
        {"noisy", row.noisy}};
    for (const auto& [side, ratio] : row.ratios) entry[side] = ratio.median;
    rows[row.id] = entry;
  }
  std::ofstream(history, std::ios::app)
      << json{{"date", report.date}, {"commit", report.commit}, {"machine", report.machine}, {"rows", rows}}
             .dump()
      << '\n';
}

std::string slower_since(
    const Report& report, const std::filesystem::path& history, const std::string& commit) {
  json then;
  std::ifstream in(history);
  for (std::string line; std::getline(in, line);) {
    auto entry = json::parse(line, nullptr, false);
    if (entry.is_object() && entry.value("commit", "").starts_with(commit)) then = entry["rows"];
  }
  if (then.is_null()) {
    throw executor::Error(
        "the history holds no measurement of commit " + commit,
        "measure it first: check it out and run the bench with --record");
  }
  constexpr double tolerated = 1.1;
  std::string text;
  for (const auto& row : report.rows) {
    const auto crun = row.figures.find("crun");
    if (crun == row.figures.end() || !then.contains(row.id)) continue;
    const auto& before = then[row.id];
    // Against the limit of its own run where there is one: that does not move with the machine.
    const auto limit = row.ratios.find("limit");
    const bool relative = limit != row.ratios.end() && before.contains("limit");
    const double now = relative ? limit->second.median : crun->second.median;
    const double old = before[relative ? "limit" : "crun"].get<double>();
    const double worse = row.more_is_better && !relative ? old / now : now / old;
    if (worse > tolerated) {
      text += fmt::format(
          "{}: {:.2f} times slower than at {}{}\n",
          row.id,
          worse,
          commit,
          row.noisy ? " (noisy)" : "");
    }
  }
  return text;
}

}  // namespace crun::bench
