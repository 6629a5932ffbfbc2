#include "executor/log/masker.hpp"

#include <algorithm>

#include "executor/log/encodings.hpp"
#include "executor/log/literal_search.hpp"
#include "executor/log/regex.hpp"

namespace crun::executor {

struct Masker::Impl {
  std::vector<Range> find(std::string_view text);

  LiteralSearch literals;
  std::vector<Regex> patterns;
};

namespace {

/// In order, with those that overlap or touch made one.
void merge(std::vector<Range>& ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) {
    return a.begin < b.begin;
  });
  std::size_t last = 0;
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i].begin <= ranges[last].end) {
      ranges[last].end = std::max(ranges[last].end, ranges[i].end);
    } else {
      ranges[++last] = ranges[i];
    }
  }
  if (!ranges.empty()) ranges.resize(last + 1);
}

}  // namespace

std::vector<Range> Masker::Impl::find(std::string_view text) {
  std::vector<Range> found;
  if (text.empty()) return found;
  if (literals.size() > 0) literals.find(text, found);
  std::vector<std::string_view> groups;
  for (const Regex& pattern : patterns) {
    std::size_t from = 0;
    while (from <= text.size() && pattern.match(text, groups, from) == Regex::Outcome::match) {
      auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
      if (!groups[0].empty()) found.push_back({begin, begin + groups[0].size()});
      from = begin + std::max<std::size_t>(groups[0].size(), 1);
    }
  }
  merge(found);
  return found;
}

Masker::Masker() : impl_(std::make_unique<Impl>()) {}
Masker::~Masker() = default;

void Masker::add(std::string_view secret) {
  for (const std::string& part : parts_of(secret)) {
    for (std::string& encoding : encodings_of(part)) {
      if (!encoding.empty()) impl_->literals.add(std::move(encoding));
    }
  }
}

void Masker::add_pattern(const std::string& pattern) {
  impl_->patterns.emplace_back(pattern);
}

std::string Masker::mask(std::string_view text) const {
  std::vector<Range> ranges = impl_->find(text);
  std::string result;
  result.reserve(text.size());
  std::size_t done = 0;
  for (const Range& range : ranges) {
    result += text.substr(done, range.begin - done);
    result += "***";
    done = range.end;
  }
  result += text.substr(done);
  return result;
}

bool Masker::contains_secret(std::string_view text) const {
  return !impl_->find(text).empty();
}

std::size_t Masker::safe_prefix(std::string_view text) const {
  std::size_t longest = impl_->literals.longest();
  std::size_t undecided = longest > 0 ? longest - 1 : 0;
  if (text.size() <= undecided) return 0;
  std::size_t cut = text.size() - undecided;
  for (const Range& range : impl_->find(text)) {
    if (range.begin < cut && cut < range.end) return range.begin;
  }
  return cut;
}

}  // namespace crun::executor
