#include "executor/step/report.hpp"

#include <nlohmann/json.hpp>

namespace crun::executor {

namespace {

using nlohmann::json;

template <class T>
T member(const json& object, const char* name, T otherwise) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return otherwise;
  return found->get<T>();
}

PushedImage pushed_image(const json& object) {
  PushedImage image;
  image.ref = member(object, "ref", std::string());
  image.digest = member(object, "digest", std::string());
  image.registry_digest = member(object, "registry_digest", std::string());
  image.verified = member(object, "verified", false);
  image.mapped_from = member(object, "mapped_from", std::string());
  image.size = member(object, "size", std::uint64_t{0});
  image.platforms = member(object, "platforms", std::vector<std::string>());
  image.cached_steps = member(object, "cached", 0);
  image.total_steps = member(object, "total", 0);
  image.detail = member(object, "detail", std::string());
  const auto state = member(object, "state", std::string("missing"));
  image.state = state == "pushed"     ? PushedImage::State::pushed
                : state == "mismatch" ? PushedImage::State::mismatch
                                      : PushedImage::State::missing;
  return image;
}

}  // namespace

std::optional<std::variant<PushedImage, ImageBuilt>> read_report_line(std::string_view line) {
  const auto object = json::parse(line, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  try {
    const auto event = member(object, "event", std::string());
    if (event == "image.pushed") return pushed_image(object);
    if (event == "image.built") {
      ImageBuilt built;
      built.refs = member(object, "refs", std::vector<std::string>());
      built.digest = member(object, "digest", std::string());
      return built;
    }
  } catch (const json::exception&) {  // a member of the wrong type: not a line of ours
  }
  return std::nullopt;
}

}  // namespace crun::executor
