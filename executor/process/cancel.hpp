// A wish to stop, shared between those who wish and those who wait. Loop thread only.
#pragma once

#include <functional>
#include <list>
#include <string>

namespace crun::executor {

/// One per run, job or step. Requesting twice is harmless; listeners are told once, in order.
class CancelSource {
 public:
  using Listener = std::function<void()>;

  /// Removes its listener when it goes.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(CancelSource* source, std::list<Listener>::iterator place)
        : source_(source), place_(place) {}
    Subscription(Subscription&& other) noexcept;
    Subscription& operator=(Subscription&& other) noexcept;
    ~Subscription() { reset(); }
    void reset();

   private:
    CancelSource* source_ = nullptr;
    std::list<Listener>::iterator place_;
  };

  CancelSource() = default;
  CancelSource(const CancelSource&) = delete;  // subscriptions point to it
  CancelSource& operator=(const CancelSource&) = delete;

  void request(std::string reason);
  bool requested() const { return requested_; }
  const std::string& reason() const { return reason_; }
  /// Called at once when already requested.
  [[nodiscard]] Subscription on_request(Listener listener);

 private:
  void remove(std::list<Listener>::iterator place);

  bool requested_ = false;
  std::string reason_;
  std::list<Listener> listeners_;
  std::list<Listener>::iterator next_ = listeners_.end();  // of the walk that tells them
};

}  // namespace crun::executor
