// The text of a run script with its expressions filled in, and without a secret in it wherever the
// shell allows that: `${{ secrets.X }}` becomes a reference to a variable that holds the value,
// quoted as its place needs. Where a shell cannot do that (a quoted here-document, another
// language) the text holds the secret and must never touch a disk.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "executor/process/environment.hpp"
#include "workflow/expression/token.hpp"

namespace crun::executor {

struct ScriptText {
  std::string text;
  Environment variables;      // CRUN_SECRET_1=..., for the step's environment
  bool holds_secret = false;  // text substitution was needed: keep it off the disk
  std::string shown;          // what the log shows: the plain substitution (masked later)
};

using IsSecret = std::function<bool(const std::string&)>;

/// `pieces` are those of the script, `values` the texts of its expression pieces in order.
ScriptText fill_script(
    const std::vector<workflow::TextPiece>& pieces,
    const std::vector<std::string>& values,
    bool bourne,
    const IsSecret& is_secret);

/// Where a place in a Bourne shell script stands. Exposed for its tests.
enum class ShellPlace {
  plain,          // outside all quotes: word splitting applies
  double_quoted,  // "...", or an unquoted here-document
  single_quoted,  // '...'
  ansi_quoted,    // $'...'
  comment,
  literal_heredoc,  // <<'END'
};

/// Reads a script piece by piece and says where its end stands.
class ShellReader {
 public:
  void read(std::string_view text);
  ShellPlace place() const;

 private:
  struct Frame {
    enum class Kind { plain, command, backtick, double_quoted, single_quoted, ansi_quoted, braces };
    Kind kind = Kind::plain;
    int parentheses = 0;  // open ones of a command substitution
  };
  struct HereDocument {
    std::string delimiter;
    bool literal = false;
    bool strip_tabs = false;
  };

  void step(char byte);
  void step_plain(char byte);
  void step_double_quoted(char byte);
  void step_heredoc(char byte);
  void step_delimiter(char byte);
  void line_ended();
  bool opens_substitution(char byte);

  std::vector<Frame> frames_{Frame{}};
  std::vector<HereDocument> pending_;  // announced on this line, begin after it
  std::vector<HereDocument> open_;     // the first is being read
  std::string line_;                   // of the here-document, so far
  std::string delimiter_;              // being read after <<
  bool reading_delimiter_ = false;
  bool delimiter_quoted_ = false, delimiter_strips_ = false;
  char delimiter_quote_ = 0;
  bool comment_ = false;
  bool escaped_ = false;
  std::string recent_ = "\n";  // the last two bytes read in plain text
};

}  // namespace crun::executor
