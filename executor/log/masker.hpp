// Hides secrets: every registered value and its encodings become ***. Sits where bytes enter.
// GitHub's eleven encodings (runner.md 1.8) plus unpadded base64 (ADR 0297) and what shells, URLs
// and hex dumps make of a value (encodings.hpp). Loop thread only.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace crun::executor {

class Masker {
 public:
  Masker();
  ~Masker();
  Masker(const Masker&) = delete;
  Masker& operator=(const Masker&) = delete;

  /// Registers a value, its trimmed form, each of its lines, and all encodings. Empty: ignored.
  void add(std::string_view secret);
  /// Registers a regular expression. Throws RegexError.
  void add_pattern(const std::string& pattern);
  /// Overlapping and adjacent finds become one ***.
  std::string mask(std::string_view text) const;
  /// Would mask() change it?
  bool contains_secret(std::string_view text) const;
  /// How much of the beginning of a longer text can be masked on its own: the cut goes through no
  /// secret, also through none that is not complete yet.
  std::size_t safe_prefix(std::string_view text) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crun::executor
