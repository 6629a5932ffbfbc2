// Finds any of a set of texts in another, all at once: Hyperscan (Vectorscan) for the bulk, plain
// search for what was added last and for what Hyperscan does not take. Building its tables takes
// milliseconds, so that is put off until there is enough to search. Loop thread only.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crun::executor {

struct Range {
  std::size_t begin, end;
};

class LiteralSearch {
 public:
  LiteralSearch();
  ~LiteralSearch();
  LiteralSearch(const LiteralSearch&) = delete;
  LiteralSearch& operator=(const LiteralSearch&) = delete;

  /// False: it is there already. Not empty.
  bool add(std::string literal);
  std::size_t size() const;
  std::size_t longest() const;
  /// Appends every occurrence, in no order.
  void find(std::string_view text, std::vector<Range>& found);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crun::executor
