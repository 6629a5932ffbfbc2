// The masker against itself: a text masked as a whole, and the same text through a step's log in
// pieces of any size. However it is cut, the lines are those of the whole, and no secret is in any.
//
// Input: secrets, one a line, up to a zero byte; then the sizes of the pieces up to the next; then
// the text.
#include <string>
#include <vector>

#include "fuzz/oracle.hpp"

#include "executor/log/line_splitter.hpp"
#include "executor/log/problem_matcher.hpp"
#include "executor/log/step_log.hpp"

using namespace crun::executor;
using crun::fuzz::require;

namespace {

constexpr std::size_t most_secrets = 8;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  LineSplitter splitter(
      [&](std::string_view line) { lines.emplace_back(line); },
      [](std::string_view line) { return line.size(); });
  splitter.write(text);
  splitter.finish();
  return lines;
}

std::vector<std::string> logged(Masker& masker, std::string_view text, std::string_view sizes) {
  std::vector<std::string> lines;
  MatcherSet matchers;
  StepLog log(
      masker,
      matchers,
      [&](const Event::Body& body) {
        if (const auto* line = std::get_if<LogLine>(&body)) lines.push_back(line->line);
      },
      {});
  std::size_t turn = 0;
  while (!text.empty()) {
    const auto wanted =
        sizes.empty() ? text.size() : 1 + static_cast<unsigned char>(sizes[turn++ % sizes.size()]);
    const auto piece = text.substr(0, wanted);
    log.write(Stream::out, piece);
    text.remove_prefix(piece.size());
  }
  log.finish();
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parts = crun::fuzz::parts_of(crun::fuzz::text_of(data, size), 3);
  if (parts.size() < 3) return 0;
  // Commands would be taken out of the text, and could be secrets themselves.
  const auto& text = parts[2];
  if (text.find("::") != std::string::npos || text.find("##[") != std::string::npos ||
      text.find("[command]") != std::string::npos) {
    return 0;
  }
  Masker masker;
  std::size_t count = 0;
  std::vector<std::string> secrets;
  for (const auto& secret : lines_of(parts[0])) {
    if (count++ == most_secrets) break;
    masker.add(secret);
    secrets.push_back(secret);
  }
  const auto whole = masker.mask(text);
  require(masker.contains_secret(text) == (whole != text) || whole == text, "masking is told");
  std::vector<std::string> expected;
  for (const auto& line : lines_of(text)) expected.push_back(repair_utf8(masker.mask(line)));
  require(logged(masker, text, {}) == expected, "the log holds the masked lines");
  require(logged(masker, text, parts[1]) == expected, "pieces change nothing");
  // What was replaced can make a new find together with its neighbours only if it has stars.
  for (const auto& secret : secrets) {
    if (secret.find('*') != std::string::npos || secret.empty()) continue;
    if (secret.find_first_of(" \t\r\n\v\f") != std::string::npos) continue;
    require(whole.find(secret) == std::string::npos, "no secret is left", secret);
  }
  return 0;
}
