#include "executor/events.hpp"

namespace crun::executor {

std::string_view to_string(RunConclusion conclusion) {
  switch (conclusion) {
    case RunConclusion::success:
      return "success";
    case RunConclusion::failure:
      return "failure";
    case RunConclusion::cancelled:
      return "cancelled";
    case RunConclusion::not_triggered:
      return "not_triggered";
    case RunConclusion::invalid:
      return "invalid";
  }
  return "";
}

std::string_view to_string(PushedImage::State state) {
  switch (state) {
    case PushedImage::State::pushed:
      return "pushed";
    case PushedImage::State::missing:
      return "missing";
    case PushedImage::State::mismatch:
      return "mismatch";
  }
  return "";
}

}  // namespace crun::executor
