#include "bench/inputs.hpp"

#include <fstream>
#include <random>

#include "bench/process.hpp"
#include <fmt/format.h>

namespace crun::bench {
namespace {

constexpr std::uint32_t seed = 20260131;
constexpr std::size_t mean_file = 15'000;  // 5,133 of them are 77 MB

void write(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

std::string noise(std::mt19937& random, std::size_t bytes) {
  static constexpr char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789 \n";
  std::string text(bytes, ' ');
  for (auto& letter : text) letter = letters[random() % (sizeof letters - 1)];
  return text;
}

}  // namespace

std::filesystem::path make_repository(
    const std::filesystem::path& folder,
    const std::string& name,
    const std::vector<std::pair<std::string, std::string>>& workflows,
    std::size_t files) {
  const auto path = folder / name;
  std::filesystem::create_directories(path);
  write(path / "README.md", "hello\n");
  for (const auto& [file, text] : workflows) write(path / ".github/workflows" / file, text);
  std::mt19937 random(seed);
  for (std::size_t i = 0; i < files; ++i) {
    write(
        path / fmt::format("source/{:02}/{:02}/file{}.txt", i % 40, i / 40 % 12, i),
        noise(random, mean_file / 2 + random() % mean_file));
  }
  run_well(
      {.arguments =
           {"sh",
            "-ec",
            "git init -q -b main; git add -A; git -c user.name=bench -c user.email=bench@localhost "
            "-c gc.auto=0 commit -q -m start"},
       .folder = path});
  return path;
}

std::string steps_workflow(int steps, const std::string& shell, const std::string& job) {
  std::string text =
      "on: push\njobs:\n  bench:\n    runs-on: ubuntu-latest\n" + job + "    steps:\n";
  for (int i = 0; i < steps; ++i) {
    text += "      - run: ':'\n";
    if (!shell.empty()) text += "        shell: " + shell + "\n";
  }
  return text;
}

std::string graph_workflow(int jobs) {
  std::mt19937 random(seed);
  std::string text = "on: push\njobs:\n";
  for (int i = 0; i < jobs; ++i) {
    text += fmt::format("  job{}:\n    runs-on: ubuntu-latest\n", i);
    std::string needs;
    for (int needed = std::min(i, 3), k = 0; k < needed; ++k) {
      const int reach = std::min(i, 50);
      needs += fmt::format("{}job{}", k ? ", " : "", i - 1 - static_cast<int>(random() % reach));
    }
    if (!needs.empty()) text += "    needs: [" + needs + "]\n";
    text += "    steps:\n      - run: ':'\n";
  }
  return text;
}

std::string log_text(std::size_t bytes) {
  std::mt19937 random(seed);
  std::string text;
  text.reserve(bytes + 128);
  while (text.size() < bytes) {
    auto line = fmt::format(
        "src/module{:04}/part{:03}.cpp:{}:{}: note: candidate {:08x} expects {} arguments, ",
        random() % 10'000,
        random() % 1000,
        random() % 5000,
        random() % 120,
        random(),
        random() % 9);
    while (line.size() < 120) line += static_cast<char>('a' + random() % 26);
    line.resize(120);
    text += line + '\n';
  }
  return text;
}

std::vector<std::pair<std::string, std::string>> secrets(int count) {
  std::mt19937 random(seed + 1);
  std::vector<std::pair<std::string, std::string>> result;
  for (int i = 0; i < count; ++i) {
    result.emplace_back(
        fmt::format("SECRET_{}", i), fmt::format("S{:08X}-{:08X}z{}", random(), random(), i));
  }
  return result;
}

}  // namespace crun::bench
