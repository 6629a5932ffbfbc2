#include "runner/engine/outcome.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "runner/config/exit_codes.hpp"

namespace crun::runner {

using executor::PushedImage;

void Outcome::on_event(const executor::Event& event) {
  if (const auto* pushed = std::get_if<executor::ImagePushed>(&event.body)) {
    pushes_.push_back({pushed->job, pushed->step, pushed->image.state});
    // The same tag pushed again by a later step: the last state counts.
    const auto known = std::find_if(images_.begin(), images_.end(), [&](const PushedImage& image) {
      return image.ref == pushed->image.ref;
    });
    if (known != images_.end()) {
      *known = pushed->image;
    } else {
      images_.push_back(pushed->image);
    }
  } else if (const auto* built = std::get_if<executor::ImageBuilt>(&event.body)) {
    built_.push_back(*built);
  }
}

bool Outcome::pushed_in_part() const {
  std::map<std::pair<std::string, int>, std::pair<bool, bool>> steps;  // published, not published
  for (const auto& push : pushes_) {
    auto& [some, missing] = steps[{push.job, push.step}];
    some = some || push.state != PushedImage::State::missing;
    missing = missing || push.state == PushedImage::State::missing;
  }
  return std::any_of(steps.begin(), steps.end(), [](const auto& step) {
    return step.second.first && step.second.second;
  });
}

int Outcome::exit_code(bool failed) const {
  const bool mismatch = std::any_of(images_.begin(), images_.end(), [](const PushedImage& image) {
    return image.state == PushedImage::State::mismatch;
  });
  if (mismatch) return exit_mismatch;
  if (pushed_in_part()) return exit_partial;
  return failed ? exit_failure : exit_success;
}

std::string Outcome::note(bool act) const {
  const auto published =
      std::count_if(images_.begin(), images_.end(), [](const PushedImage& image) {
        return image.state != PushedImage::State::missing;
      });
  const auto verified = std::count_if(
      images_.begin(), images_.end(), [](const PushedImage& image) { return image.verified; });
  if (published > 0) {
    auto note = fmt::format("PUSHED {} image{}", published, published == 1 ? "" : "s");
    const auto all = static_cast<std::ptrdiff_t>(images_.size());
    if (verified == all) return note + ", verified in the registry by digest";
    return note + fmt::format(" of {}, {} verified: see the states above", all, verified);
  }
  if (!images_.empty()) return "PUSHED 0 images (every push failed: see the states above)";
  if (built_.empty()) return {};
  auto note = fmt::format("PUSHED 0 images ({})", built_.front().reason);
  const auto others = std::count_if(built_.begin(), built_.end(), [&](const auto& built) {
    return built.reason != built_.front().reason;
  });
  if (others > 0) note += fmt::format(" and {} other builds likewise", others);
  if (act && built_.front().reason.find("ACT") != std::string::npos) {
    note += "\nrun with --no-act to push as GitHub would";
  }
  return note;
}

}  // namespace crun::runner
