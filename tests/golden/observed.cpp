#include "tests/golden/observed.hpp"

#include <fstream>
#include <iterator>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace crun::tests::golden {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// NAME<<DELIMITER blocks, as the toolkit writes them. (A reader of its own: a judge must not
/// borrow from the judged.)
json key_values(const fs::path& path) {
  json values = json::object();
  std::istringstream text(read_file(path));
  for (std::string line; std::getline(text, line);) {
    const std::size_t mark = line.find("<<");
    if (mark == std::string::npos) {
      const std::size_t equals = line.find('=');
      if (equals != std::string::npos) values[line.substr(0, equals)] = line.substr(equals + 1);
      continue;
    }
    const std::string delimiter = line.substr(mark + 2);
    std::string value, row;
    for (bool first = true; std::getline(text, row) && row != delimiter; first = false) {
      value += (first ? "" : "\n") + row;
    }
    values[line.substr(0, mark)] = value;
  }
  return values;
}

std::string unescaped(std::string text) {
  for (const auto& [code, c] :
       {std::pair{"%0A", "\n"}, {"%0D", "\r"}, {"%3A", ":"}, {"%2C", ","}, {"%25", "%"}}) {
    for (std::size_t at = 0; (at = text.find(code, at)) != std::string::npos; ++at) {
      text.replace(at, 3, c);
    }
  }
  return text;
}

json properties(std::string_view text) {
  json found = json::object();
  std::istringstream parts{std::string(text)};
  for (std::string part; std::getline(parts, part, ',');) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos) continue;
    const std::size_t start = part.find_first_not_of(' ');
    found[part.substr(start, equals - start)] = unescaped(part.substr(equals + 1));
  }
  return found;
}

void read_commands(const std::string& log, json& observed) {
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("::")) continue;
    const std::size_t end = line.find("::", 2);
    if (end == std::string::npos) continue;
    const std::string head = line.substr(2, end - 2);
    const std::string message = unescaped(line.substr(end + 2));
    const std::string name = head.substr(0, head.find(' '));
    if (name == "add-mask") {
      observed["masks"].push_back(message);
    } else if (name == "error" || name == "warning" || name == "notice") {
      const json props = properties(std::string_view(head).substr(name.size()));
      observed["annotations"].push_back({{"level", name}, {"props", props}, {"message", message}});
    }
  }
}

}  // namespace

json observe(
    const fs::path& root, const std::string& stage, int exit_code, const std::string& log) {
  const auto file = [&](const char* name) { return root / (stage + "-" + name); };
  json observed = {{"exit", exit_code}, {"argv", json::array()}};
  observed["annotations"] = json::array();
  observed["masks"] = json::array();
  observed["outputs"] = key_values(file("OUTPUT"));
  observed["state"] = key_values(file("STATE"));
  observed["exported_env"] = key_values(file("ENV"));
  observed["summary"] = read_file(file("STEP_SUMMARY"));
  std::ifstream calls(file("argv"));
  for (std::string line; std::getline(calls, line);) observed["argv"].push_back(json::parse(line));
  std::istringstream paths(read_file(file("PATH")));
  for (std::string line; std::getline(paths, line);) observed["path"].push_back(line);
  for (const auto& [name, value] : observed["outputs"].items()) {
    if (name.starts_with("bake-file"))
      observed["bake_files"][name] = read_file(value.get<std::string>());
  }
  read_commands(log, observed);
  return observed;
}

}  // namespace crun::tests::golden
