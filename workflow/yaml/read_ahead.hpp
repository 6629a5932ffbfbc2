// What the YAML library has read and not told of yet. It keeps all that stands between brackets
// until they are closed, because all of it may turn out to be a key: of a text of nothing but
// brackets that is two hundred times the text. So the text ends for it where no document that we
// read has so many levels or items; what it tells then of the beginning exceeds the limits.
//
// Not obvious: nothing is guessed from the middle of a text. A look begins where the library's last
// event ended, and where it then is not surely between brackets, nothing is counted.
#pragma once

#include <cstddef>
#include <functional>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>

namespace crun::workflow {

/// The library's last event: where what it told of ends, and how many brackets are open there.
struct Told {
  std::size_t end = 0;
  int brackets = 0;
};

class ReadAhead {
 public:
  /// Brackets within each other, and nodes, that a document may have.
  ReadAhead(std::string_view text, int depth, std::size_t nodes)
      : text_(text), depth_(depth), nodes_(nodes) {}

  /// Does what stands between the event and this place exceed what a document may have?
  bool exceeds(const Told& told, std::size_t end);

 private:
  void begin(const Told& told);
  void look_outside();
  void look_between_brackets();
  void skip_plain();
  void skip_property();
  bool begins_value() const;
  bool too_much() const;

  std::string_view text_;
  int depth_;
  std::size_t nodes_;
  Told told_;
  std::size_t at_ = 0;  // npos: what follows cannot be told from here
  int brackets_ = 0;
  std::size_t commas_ = 0;
  std::size_t indicators_ = 0;  // colons and question marks
  bool after_closed_ = false;   // a quote or a bracket, behind which a colon needs no space
};

/// A text given out in blocks, as long as `may_go_on` says so of the place reached.
class GatedText : public std::streambuf {
 public:
  GatedText(const std::string& text, std::function<bool(std::size_t)> may_go_on)
      : text_(text), may_go_on_(std::move(may_go_on)) {}

  /// Was the end not given out?
  bool is_cut() const { return cut_; }

 protected:
  int_type underflow() override;

 private:
  const std::string& text_;
  std::function<bool(std::size_t)> may_go_on_;
  std::size_t given_ = 0;
  bool cut_ = false;
};

}  // namespace crun::workflow
