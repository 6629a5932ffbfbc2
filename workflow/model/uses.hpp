// What `uses:` may say: an action or a reusable workflow, here or elsewhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace crun::workflow {

struct UsesReference {
  enum class Kind {
    local,   // ./path, of the checked-out tree
    self,    // $/path, of the repository that the file with this `uses` comes from
    remote,  // owner/repository[/path]@version
    docker,  // docker://image
  };

  Kind kind = Kind::local;
  std::string owner;
  std::string repository;
  std::string path;  // without the leading "./" and "$/"; empty for the root
  std::string version;
  std::string image;

  /// "owner/repository"
  std::string full_name() const { return owner + "/" + repository; }
};

/// Nothing if the text is none of these forms.
std::optional<UsesReference> parse_uses(std::string_view text);

/// The text after `#` on the line of a `uses`: "v4.2.2" of `uses: a/b@1234 # v4.2.2`. `column` is
/// the 1-based byte column at which the value begins.
std::string uses_comment(std::string_view line, std::size_t column);

}  // namespace crun::workflow
