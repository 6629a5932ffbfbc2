#include "tests/golden/compare.hpp"

#include <algorithm>
#include <cctype>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace crun::tests::golden {
namespace {

using nlohmann::json;

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
}

/// Every `prefix` + word + `suffix` becomes prefix + `*` + suffix.
std::string starred(std::string text, std::string_view prefix, std::string_view suffix = {}) {
  for (std::size_t at = 0; (at = text.find(prefix, at)) != std::string::npos;) {
    at += prefix.size();
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    if (end > at && text.compare(end, suffix.size(), suffix) == 0) text.replace(at, end - at, "*");
  }
  return text;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

bool is_uuid(std::string_view text) {
  if (text.size() < 36) return false;
  for (std::size_t i = 0; i < 36; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !std::isxdigit(static_cast<unsigned char>(text[i]))) return false;
  }
  return true;
}

std::string without_uuids(std::string text) {
  for (std::size_t at = 0; at + 36 <= text.size(); ++at) {
    if (is_uuid(std::string_view(text).substr(at))) text.replace(at, 36, "<uuid>");
  }
  return replaced(text, "builder-<uuid>", "builder-*");
}

/// "lookup HOST on 10.0.0.1:53: ..." -> "lookup HOST: ..."
std::string without_name_server(std::string text) {
  constexpr std::string_view words = "lookup registry-1.docker.io";
  for (std::size_t at = 0; (at = text.find(words, at)) != std::string::npos;) {
    at += words.size();
    if (text.compare(at, 4, " on ") == 0) text.erase(at, text.find(": ", at) - at);
  }
  return text;
}

/// Names of temporary files: v4 and older put theirs elsewhere and named them differently.
std::string without_temporary_names(std::string text) {
  text = replaced(text, "/tmp/docker-actions-toolkit-", "$RUNNER_TEMP/docker-actions-toolkit-");
  text = replaced(text, "/tmp/docker-build-push-", "$RUNNER_TEMP/docker-actions-toolkit-");
  text = starred(text, "docker-actions-toolkit-");
  text = starred(text, "/tmp/docker-metadata-action-");
  text = starred(text, "docker-actions-toolkit-*/build-iidfile-", ".txt");
  text = starred(text, "docker-actions-toolkit-*/build-metadata-", ".json");
  text = starred(text, "docker-actions-toolkit-*/tmp-");
  text = replaced(
      text, "docker-actions-toolkit-*/iidfile", "docker-actions-toolkit-*/build-iidfile-*.txt");
  text = replaced(
      text,
      "docker-actions-toolkit-*/metadata-file",
      "docker-actions-toolkit-*/build-metadata-*.json");
  return without_name_server(without_uuids(text));
}

/// Keeps which of a real engine's digests and build ids are equal, and nothing else of them.
class Anonymizer {
 public:
  std::string operator()(std::string text) {
    text = named(text, "sha256:", 64, "sha256:");
    text = named(text, "default/default/", 25, "build:");
    text = named(text, "checksum of ref ", 25, "ref:");
    return starred(text, "::");
  }

 private:
  std::string named(std::string text, std::string_view prefix, std::size_t length, const char* as) {
    for (std::size_t at = 0; (at = text.find(prefix, at)) != std::string::npos;) {
      at += prefix.size();
      std::size_t end = at;
      while (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end]))) ++end;
      if (end - at != length) continue;
      const std::string id = as + text.substr(at, length);
      const auto place = names_.try_emplace(id, fmt::format("#{}", names_.size() + 1)).first;
      text.replace(at, length, place->second);
    }
    return text;
  }
  std::map<std::string, std::string> names_;
};

/// Commands whose only purpose is to find something out.
bool is_question(const std::vector<std::string>& argv) {
  const auto starts = [&argv](std::initializer_list<const char*> words) {
    return argv.size() >= words.size() && std::equal(words.begin(), words.end(), argv.begin());
  };
  if (starts({"buildx", "inspect", "--bootstrap"})) return false;
  if (argv.empty() || (starts({"buildx"}) && argv.size() == 1)) return true;
  return starts({"buildx", "inspect"}) || starts({"buildx", "version"}) || starts({"inspect"}) ||
         starts({"context", "inspect"}) || starts({"version"}) || starts({"info"}) ||
         starts({"image", "inspect"});
}

std::vector<json> deeds(const json& side) {
  std::vector<json> found;
  for (const json& call : side.value("argv", json::array())) {
    if (call["tool"] == "docker" && !is_question(call["argv"])) found.push_back(call);
  }
  return found;
}

class Comparison {
 public:
  explicit Comparison(bool real_engine) : real_engine_(real_engine) {}

  void compare(const std::string& where, const json& expected, const json& observed) {
    same(where + "exit code", expected.value("exit", 0), observed.value("exit", 0));
    compare_deeds(where, deeds(expected), deeds(observed));
    compare_outputs(where, expected, observed);
    same(where + "annotations", list(expected, "annotations"), list(observed, "annotations"));
    same(where + "masks", unique(list(expected, "masks")), unique(list(observed, "masks")));
    same(where + "state", object(expected, "state"), object(observed, "state"));
    for (const char* name : {"exported_env", "path", "bake_files"}) {
      if (expected.contains(name)) same(where + name, expected[name], observed.value(name, json()));
    }
    if (expected.contains("after")) {
      same(
          where + "state of the world after it",
          trimmed(expected["after"]),
          trimmed(observed.value("after", "")));
    }
    if (expected.contains("post")) compare(where + "post: ", expected["post"], observed["post"]);
  }

  std::vector<std::string> take() { return std::move(found_); }

 private:
  static json list(const json& side, const char* name) { return side.value(name, json::array()); }

  static json object(const json& side, const char* name) {
    return side.value(name, json::object());
  }

  static json unique(json values) {
    json once = json::array();
    for (const json& value : values) {
      if (std::find(once.begin(), once.end(), value) == once.end()) once.push_back(value);
    }
    return once;
  }

  static std::string trimmed(std::string text) {
    while (text.ends_with('\n') || text.ends_with(' ')) text.pop_back();
    return text;
  }

  void same(const std::string& what, const json& expected, const json& observed) {
    if (expected == observed) return;
    found_.push_back(fmt::format("{} is {}, expected {}", what, observed.dump(), expected.dump()));
  }

  void compare_outputs(const std::string& where, const json& expected, const json& observed) {
    const json theirs = expected.value("outputs", json::object());
    const json ours = observed.value("outputs", json::object());
    for (const auto& [name, value] : theirs.items()) {
      if (real_engine_ && name == "metadata" && ours.contains(name)) continue;
      same(where + "output " + name, value, ours.value(name, json()));
    }
    for (const auto& [name, value] : ours.items()) {
      if (!theirs.contains(name)) same(where + "output " + name, json(), value);
    }
  }

  void compare_deeds(
      const std::string& where,
      const std::vector<json>& expected,
      const std::vector<json>& observed) {
    for (std::size_t i = 0; i < std::max(expected.size(), observed.size()); ++i) {
      const json none;
      const json& theirs = i < expected.size() ? expected[i] : none;
      const json& ours = i < observed.size() ? observed[i] : none;
      const auto argv = [](const json& call) { return call.is_null() ? call : call["argv"]; };
      same(fmt::format("{}command {}", where, i + 1), argv(theirs), argv(ours));
      if (theirs.is_null() || ours.is_null()) return;
      for (const char* part : {"stdin", "secret_files", "config_file"}) {
        if (theirs.contains(part)) same(where + part, theirs[part], ours.value(part, json()));
      }
      const json environment = ours.value("env", json::object());
      const json wanted = theirs.value("env", json::object());
      for (const auto& [name, value] : wanted.items()) {
        same(where + name, value, environment.value(name, ""));
      }
    }
  }

  bool real_engine_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> differences(const json& recording, const json& observed) {
  const bool real_engine = !recording.contains("sim");
  std::string theirs = without_temporary_names(recording["expected"].dump());
  std::string ours = without_temporary_names(observed.dump());
  json expected_form = json::parse(theirs), observed_form = json::parse(ours);
  if (real_engine && std::string(recording["action_ref"]).starts_with("build-push")) {
    // Sizes and annotations of metadata vary; digests are numbered in order of appearance, so what
    // comes first must be the same on both sides.
    for (json* side : {&expected_form, &observed_form}) {
      json ordered = {{"a", side->value("outputs", json::object())}};
      ordered["a"].erase("metadata");
      ordered["b"] = *side;
      if (ordered["b"].contains("state")) ordered["b"]["state"].erase("buildRef");
      if (ordered["b"].contains("outputs")) ordered["b"]["outputs"].erase("metadata");
      const bool had = side->value("outputs", json::object()).contains("metadata");
      json renamed = json::parse(Anonymizer()(ordered.dump()));
      *side = renamed["b"];
      if (had) (*side)["outputs"]["metadata"] = "";
    }
  }
  Comparison comparison(real_engine);
  comparison.compare("", expected_form, observed_form);
  return comparison.take();
}

}  // namespace crun::tests::golden
