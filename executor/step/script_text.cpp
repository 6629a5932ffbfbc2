// The reader follows just enough of the shell's grammar to know the quotes around a place: quotes,
// substitutions, comments, here-documents. What it cannot follow it calls plain, and then a
// reference is still right, for the shell parses `${NAME}` wherever it parses words.

#include "executor/step/script_text.hpp"

#include <fmt/format.h>

namespace crun::executor {

namespace {

bool ends_word(char byte) {
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == ';' || byte == '&' || byte == '|' ||
         byte == '(' || byte == ')' || byte == '<' || byte == '>';
}

// As the secret would be split by GitHub's plain substitution, it is split here; line breaks and
// patterns are kept whole, since there they would only break the script.
bool may_be_split(const std::string& value) {
  return value.find_first_of(" \t") != std::string::npos &&
         value.find_first_of("\n*?[\\\"'`$") == std::string::npos;
}

}  // namespace

bool ShellReader::opens_substitution(char byte) {
  const char before = recent_.back();
  if (before == '$' && byte == '(') {
    frames_.push_back({Frame::Kind::command, 1});
  } else if (before == '$' && byte == '{') {
    frames_.push_back({Frame::Kind::braces, 0});
  } else if (byte == '`') {
    if (frames_.back().kind == Frame::Kind::backtick) {
      frames_.pop_back();
    } else {
      frames_.push_back({Frame::Kind::backtick, 0});
    }
  } else {
    return false;
  }
  return true;
}

void ShellReader::step_double_quoted(char byte) {
  if (byte == '\\') {
    escaped_ = true;
  } else if (byte == '"') {
    frames_.pop_back();
  } else {
    opens_substitution(byte);
  }
}

void ShellReader::step_plain(char byte) {
  auto& frame = frames_.back();
  const char before = recent_.back();
  if (byte == '\\') {
    escaped_ = true;
  } else if (byte == '\'') {
    frames_.push_back({before == '$' ? Frame::Kind::ansi_quoted : Frame::Kind::single_quoted, 0});
  } else if (byte == '"') {
    frames_.push_back({Frame::Kind::double_quoted, 0});
  } else if (opens_substitution(byte)) {
  } else if (frame.kind == Frame::Kind::braces && byte == '}') {
    frames_.pop_back();
  } else if (frame.kind == Frame::Kind::command && byte == '(') {
    ++frame.parentheses;
  } else if (frame.kind == Frame::Kind::command && byte == ')') {
    if (--frame.parentheses == 0) frames_.pop_back();
  } else if (byte == '#' && ends_word(before) && frame.kind != Frame::Kind::braces) {
    comment_ = true;
  } else if (byte == '<' && before == '<' && recent_.front() != '<') {
    reading_delimiter_ = true;
    delimiter_.clear();
    delimiter_quoted_ = delimiter_strips_ = false;
    delimiter_quote_ = 0;
  } else if (byte == '\n') {
    line_ended();
  }
}

void ShellReader::step_delimiter(char byte) {
  if (delimiter_quote_ != 0) {
    if (byte == delimiter_quote_) {
      delimiter_quote_ = 0;
    } else {
      delimiter_ += byte;
    }
    return;
  }
  if (delimiter_.empty() && !delimiter_quoted_) {
    if (byte == '-' && !delimiter_strips_) {
      delimiter_strips_ = true;
      return;
    }
    if (byte == ' ' || byte == '\t') return;
    if (byte == '<') {  // a here-string: no document
      reading_delimiter_ = false;
      return;
    }
  }
  if (byte == '\'' || byte == '"') {
    delimiter_quote_ = byte;
    delimiter_quoted_ = true;
  } else if (byte == '\\') {
    delimiter_quoted_ = true;
  } else if (ends_word(byte)) {
    reading_delimiter_ = false;
    if (!delimiter_.empty()) {
      pending_.push_back({delimiter_, delimiter_quoted_, delimiter_strips_});
    }
    step_plain(byte);
  } else {
    delimiter_ += byte;
  }
}

void ShellReader::line_ended() {
  comment_ = false;
  open_ = std::move(pending_);
  pending_.clear();
  line_.clear();
}

void ShellReader::step_heredoc(char byte) {
  if (byte != '\n') {
    line_ += byte;
    return;
  }
  const auto& document = open_.front();
  std::string_view line = line_;
  while (document.strip_tabs && line.starts_with('\t')) line.remove_prefix(1);
  const bool ended = line == document.delimiter;
  line_.clear();
  if (ended) open_.erase(open_.begin());
}

void ShellReader::step(char byte) {
  if (!open_.empty()) {
    step_heredoc(byte);
    return;
  }
  if (reading_delimiter_) {
    step_delimiter(byte);
  } else if (comment_) {
    if (byte == '\n') line_ended();
  } else if (escaped_) {
    escaped_ = false;
  } else {
    switch (frames_.back().kind) {
      case Frame::Kind::single_quoted:
        if (byte == '\'') frames_.pop_back();
        break;
      case Frame::Kind::ansi_quoted:
        if (byte == '\\') escaped_ = true;
        if (byte == '\'') frames_.pop_back();
        break;
      case Frame::Kind::double_quoted:
        step_double_quoted(byte);
        break;
      default:
        step_plain(byte);
    }
  }
  recent_ = {recent_.back(), byte};
}

void ShellReader::read(std::string_view text) {
  for (const char byte : text) step(byte);
}

ShellPlace ShellReader::place() const {
  if (!open_.empty()) {
    return open_.front().literal ? ShellPlace::literal_heredoc : ShellPlace::double_quoted;
  }
  if (reading_delimiter_) return ShellPlace::literal_heredoc;
  if (comment_) return ShellPlace::comment;
  switch (frames_.back().kind) {
    case Frame::Kind::single_quoted:
      return ShellPlace::single_quoted;
    case Frame::Kind::ansi_quoted:
      return ShellPlace::ansi_quoted;
    case Frame::Kind::double_quoted:
      return ShellPlace::double_quoted;
    default:
      return ShellPlace::plain;
  }
}

ScriptText fill_script(
    const std::vector<workflow::TextPiece>& pieces,
    const std::vector<std::string>& values,
    bool bourne,
    const IsSecret& is_secret) {
  ScriptText script;
  ShellReader reader;
  std::size_t next = 0;
  for (const auto& piece : pieces) {
    if (!piece.expression) {
      script.text += piece.literal;
      script.shown += piece.literal;
      reader.read(piece.literal);
      continue;
    }
    const auto& value = values.at(next++);
    script.shown += value;
    const auto place = reader.place();
    if (!is_secret(value)) {
      script.text += value;
      if (place != ShellPlace::comment) reader.read(value);
      continue;
    }
    if (place == ShellPlace::comment) {
      script.text += "***";
      continue;
    }
    if (!bourne || place == ShellPlace::literal_heredoc) {
      script.text += value;
      script.holds_secret = true;
      continue;
    }
    const auto name = fmt::format("CRUN_SECRET_{}", next);
    script.variables.set(name, value);
    const auto reference = "${" + name + "}";
    switch (place) {
      case ShellPlace::single_quoted:
        script.text += "'\"" + reference + "\"'";
        break;
      case ShellPlace::ansi_quoted:
        script.text += "'\"" + reference + "\"$'";
        break;
      case ShellPlace::double_quoted:
        script.text += reference;
        break;
      default:
        script.text += may_be_split(value) ? reference : "\"" + reference + "\"";
    }
  }
  return script;
}

}  // namespace crun::executor
