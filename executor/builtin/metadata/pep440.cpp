#include "executor/builtin/metadata/pep440.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "executor/builtin/javascript_number.hpp"

namespace crun::executor::builtin {

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string normal_number(std::string_view digits) {
  return number_text(number_of(digits));
}

/// Reads one text from left to right; each reader takes what it knows or nothing.
class Reader {
 public:
  explicit Reader(std::string text) : text_(std::move(text)) {}

  bool done() const { return at_ == text_.size(); }
  std::size_t place() const { return at_; }
  void go_back(std::size_t place) { at_ = place; }

  bool take(std::string_view what) {
    if (!std::string_view(text_).substr(at_).starts_with(what)) return false;
    at_ += what.size();
    return true;
  }

  std::string digits() {
    return run([](char c) { return c >= '0' && c <= '9'; });
  }

  std::string word() {
    return run([](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); });
  }

  bool separator() { return take(".") || take("-") || take("_"); }

  /// `.rc-2`: one of the words, its number behind it. Longer words come first.
  std::optional<std::pair<std::string_view, std::string>> labelled(
      std::initializer_list<std::string_view> words) {
    const std::size_t start = at_;
    separator();
    for (const std::string_view word : words) {
      if (!take(word)) continue;
      separator();
      const std::string number = digits();
      return std::pair(word, number.empty() ? "0" : normal_number(number));
    }
    at_ = start;
    return std::nullopt;
  }

 private:
  template <typename Accepts>
  std::string run(Accepts accepts) {
    const std::size_t start = at_;
    while (at_ < text_.size() && accepts(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }

  std::string text_;
  std::size_t at_ = 0;
};

std::string_view prerelease_letter(std::string_view word) {
  if (word == "alpha") return "a";
  if (word == "beta") return "b";
  if (word == "c" || word == "pre" || word == "preview") return "rc";
  return word;
}

bool read_release(Reader& reader, PythonVersion& version) {
  reader.take("v");
  std::string first = reader.digits();
  if (!first.empty() && reader.take("!")) {
    if (const std::string epoch = normal_number(first); epoch != "0") version.clean = epoch + "!";
    first = reader.digits();
  }
  if (first.empty()) return false;
  version.release.push_back(normal_number(first));
  for (std::size_t place = reader.place(); reader.take("."); place = reader.place()) {
    const std::string next = reader.digits();
    if (next.empty()) {
      reader.go_back(place);
      break;
    }
    version.release.push_back(normal_number(next));
  }
  version.clean += fmt::format("{}", fmt::join(version.release, "."));
  return true;
}

/// `-1`, or a word.
void read_postrelease(Reader& reader, PythonVersion& version) {
  const std::size_t start = reader.place();
  std::string number = reader.take("-") ? reader.digits() : "";
  if (number.empty()) {
    reader.go_back(start);
    const auto labelled = reader.labelled({"post", "rev", "r"});
    if (!labelled) return;
    number = labelled->second;
  }
  version.is_postrelease = true;
  version.clean += ".post" + normal_number(number);
}

bool read_local(Reader& reader, PythonVersion& version) {
  if (!reader.take("+")) return true;
  char joint = '+';
  do {
    const std::string part = reader.word();
    if (part.empty()) return false;
    const double number = number_of(part);
    version.clean += joint;
    version.clean += std::isnan(number) ? part : number_text(number);
    joint = ',';
  } while (reader.separator());
  return true;
}

}  // namespace

std::optional<PythonVersion> PythonVersion::parse(std::string_view text) {
  Reader reader(lower(text));
  PythonVersion version;
  if (!read_release(reader, version)) return std::nullopt;
  if (const auto pre = reader.labelled({"preview", "alpha", "beta", "pre", "rc", "a", "b", "c"})) {
    version.is_prerelease = true;
    version.clean += fmt::format("{}{}", prerelease_letter(pre->first), pre->second);
  }
  read_postrelease(reader, version);
  if (const auto dev = reader.labelled({"dev"})) {
    version.is_prerelease = version.is_devrelease = true;
    version.clean += ".dev" + dev->second;
  }
  if (!read_local(reader, version) || !reader.done()) return std::nullopt;
  return version;
}

}  // namespace crun::executor::builtin
