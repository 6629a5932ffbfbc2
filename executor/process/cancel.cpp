#include "executor/process/cancel.hpp"

#include <utility>

namespace crun::executor {

CancelSource::Subscription::Subscription(Subscription&& other) noexcept
    : source_(std::exchange(other.source_, nullptr)), place_(other.place_) {}

CancelSource::Subscription& CancelSource::Subscription::operator=(Subscription&& other) noexcept {
  if (this != &other) {
    reset();
    source_ = std::exchange(other.source_, nullptr);
    place_ = other.place_;
  }
  return *this;
}

void CancelSource::Subscription::reset() {
  if (CancelSource* source = std::exchange(source_, nullptr)) source->remove(place_);
}

void CancelSource::remove(std::list<Listener>::iterator place) {
  // A listener may end its own subscription or another's while it is told: the walk in request()
  // must not stand on the entry that goes.
  if (next_ == place) ++next_;
  listeners_.erase(place);
}

void CancelSource::request(std::string reason) {
  if (requested_) return;
  requested_ = true;
  reason_ = std::move(reason);
  next_ = listeners_.begin();
  while (next_ != listeners_.end()) {
    Listener listener = *next_;
    ++next_;
    listener();
  }
}

CancelSource::Subscription CancelSource::on_request(Listener listener) {
  if (requested_) {
    listener();
    return {};
  }
  return {this, listeners_.insert(listeners_.end(), std::move(listener))};
}

}  // namespace crun::executor
