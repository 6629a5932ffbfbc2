// Whether a webhook comes from who knows the secret: GitHub's X-Hub-Signature-256.
#pragma once

#include <string>
#include <string_view>

namespace crun::runner {

/// `header` is "sha256=" and the HMAC-SHA-256 of the body in 64 lower-case digits. The comparison
/// takes as long for a wrong digest as for the right one. An empty secret matches nothing: a
/// repository without a secret takes no webhooks.
bool signature_matches(const std::string& secret, std::string_view body, std::string_view header);

}  // namespace crun::runner
