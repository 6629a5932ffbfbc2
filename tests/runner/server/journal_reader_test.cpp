#include "runner/server/journal_reader.hpp"

#include "tests/catch.hpp"
#include "tests/runner/server/fake_service.hpp"

using namespace crun::runner;
using crun::runner::test::FakeService;

namespace {

std::vector<std::string> all(JournalReader& reader) {
  std::vector<std::string> lines;
  while (const auto line = reader.next()) lines.emplace_back(*line);
  return lines;
}

}  // namespace

TEST_CASE("journal reader: a line comes when its break has come", "[server]") {
  FakeService files;
  JournalReader reader(files.journal("a"), 0);
  CHECK(all(reader).empty());
  files.write("a", "one\ntw");
  CHECK(all(reader) == std::vector<std::string>{"one"});
  CHECK(reader.offset() == 4);
  files.write("a", "o");
  CHECK(all(reader).empty());
  files.write("a", "\n\nlast\n");
  CHECK(all(reader) == std::vector<std::string>{"two", "", "last"});
  CHECK(reader.offset() == 14);
}

TEST_CASE(
    "journal reader: begins at any line, and at the first for an offset within one", "[server]") {
  FakeService files;
  files.write("a", "one\ntwo\n");
  for (const auto& [offset, lines] : std::map<std::uint64_t, std::vector<std::string>>{
           {0, {"one", "two"}}, {4, {"two"}}, {8, {}}, {2, {"one", "two"}}, {9, {"one", "two"}}}) {
    INFO(offset);
    JournalReader reader(files.journal("a"), offset);
    CHECK(all(reader) == lines);
  }
}

TEST_CASE("journal reader: lines longer than what is read at once are whole", "[server]") {
  FakeService files;
  const std::string large(200'000, 'x'), small = "small";
  files.write("a", small + "\n" + large + "\n" + small + "\n");
  JournalReader reader(files.journal("a"), 0);
  CHECK(all(reader) == std::vector<std::string>{small, large, small});
  CHECK(line_before(files.journal("a"), 6 + 200'001) == large);
  CHECK(line_before(files.journal("a"), 6) == small);
  CHECK(line_before(files.journal("a"), 5).empty());
  CHECK(line_before(files.journal("a"), 0).empty());
}
