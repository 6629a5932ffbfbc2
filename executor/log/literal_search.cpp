#include "executor/log/literal_search.hpp"

#include <algorithm>
#include <unordered_set>

#include <hs.h>

namespace crun::executor {

namespace {

/// Longer ones Hyperscan refuses; there are few, and memmem is fast.
constexpr std::size_t longest_for_hyperscan = 4000;
/// So much may be searched literal by literal before the tables are worth building.
constexpr std::size_t patience_literals = 64;
constexpr std::size_t patience_bytes = 64 * 1024;

struct DatabaseDeleter {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
};

struct ScratchDeleter {
  void operator()(hs_scratch_t* scratch) const { hs_free_scratch(scratch); }
};

void find_each(std::string_view text, std::string_view literal, std::vector<Range>& found) {
  for (auto at = text.find(literal); at != std::string_view::npos;
       at = text.find(literal, at + 1)) {
    found.push_back({at, at + literal.size()});
  }
}

}  // namespace

struct LiteralSearch::Impl {
  void build();
  void find_built(std::string_view text, std::vector<Range>& found);

  std::unordered_set<std::string> literals;  // nodes stay where they are
  std::vector<const std::string*> built;     // by their Hyperscan id
  std::vector<const std::string*> waiting;   // for the next build
  std::vector<const std::string*> apart;     // too long
  std::size_t longest = 0;
  std::size_t searched = 0;  // bytes, since something waits
  bool usable = true;        // Hyperscan, until it says no
  std::unique_ptr<hs_database_t, DatabaseDeleter> database;
  std::unique_ptr<hs_scratch_t, ScratchDeleter> scratch;
};

void LiteralSearch::Impl::build() {
  built.insert(built.end(), waiting.begin(), waiting.end());
  std::vector<const char*> texts;
  std::vector<std::size_t> lengths;
  std::vector<unsigned> ids, flags(built.size(), 0);
  for (const std::string* literal : built) {
    ids.push_back(static_cast<unsigned>(texts.size()));
    texts.push_back(literal->data());
    lengths.push_back(literal->size());
  }
  hs_database_t* compiled = nullptr;
  hs_compile_error_t* error = nullptr;
  hs_scratch_t* space = scratch.release();
  usable = hs_valid_platform() == HS_SUCCESS &&
           hs_compile_lit_multi(
               texts.data(),
               flags.data(),
               ids.data(),
               lengths.data(),
               static_cast<unsigned>(texts.size()),
               HS_MODE_BLOCK,
               nullptr,
               &compiled,
               &error) == HS_SUCCESS &&
           hs_alloc_scratch(compiled, &space) == HS_SUCCESS;
  hs_free_compile_error(error);
  database.reset(compiled);
  scratch.reset(space);
  searched = 0;
  if (usable) {
    waiting.clear();
  } else {  // no secret goes unseen: everything is searched one by one
    waiting = std::move(built);
    built.clear();
  }
}

void LiteralSearch::Impl::find_built(std::string_view text, std::vector<Range>& found) {
  struct Search {
    const Impl& impl;
    std::vector<Range>& found;
  } search{*this, found};
  // Only ends are reported; the beginning follows from the length.
  auto on_match =
      [](unsigned id, unsigned long long, unsigned long long end, unsigned, void* context) {
        auto& to = *static_cast<Search*>(context);
        auto last = static_cast<std::size_t>(end);
        to.found.push_back({last - to.impl.built[id]->size(), last});
        return 0;
      };
  auto size = static_cast<unsigned>(text.size());
  if (hs_scan(database.get(), text.data(), size, 0, scratch.get(), on_match, &search) !=
      HS_SUCCESS) {
    for (const std::string* literal : built) find_each(text, *literal, found);
  }
}

LiteralSearch::LiteralSearch() : impl_(std::make_unique<Impl>()) {}
LiteralSearch::~LiteralSearch() = default;

bool LiteralSearch::add(std::string literal) {
  auto [place, is_new] = impl_->literals.insert(std::move(literal));
  if (!is_new) return false;
  bool too_long = place->size() > longest_for_hyperscan;
  (too_long ? impl_->apart : impl_->waiting).push_back(&*place);
  impl_->longest = std::max(impl_->longest, place->size());
  return true;
}

std::size_t LiteralSearch::size() const {
  return impl_->literals.size();
}

std::size_t LiteralSearch::longest() const {
  return impl_->longest;
}

void LiteralSearch::find(std::string_view text, std::vector<Range>& found) {
  Impl& impl = *impl_;
  if (!impl.waiting.empty() && impl.usable) {
    impl.searched += text.size() * (1 + impl.waiting.size() / patience_literals);
    if (impl.searched > patience_bytes) impl.build();
  }
  if (!impl.built.empty()) impl.find_built(text, found);
  for (const std::string* literal : impl.waiting) find_each(text, *literal, found);
  for (const std::string* literal : impl.apart) find_each(text, *literal, found);
}

}  // namespace crun::executor
