// How the agent stands to the programs it starts when there are fewer processors than work.
//
// While steps run it only carries what they say and waits for their end. As a batch process it does
// so on another processor, or when they pause; otherwise it would take theirs at each line they
// write and three times as they end. Without steps it is what it was started as: who asks for the
// next one does not wait.
#pragma once

namespace crun::executor::agent {

class Scheduling {
 public:
  /// Of a process that was started with another policy than the usual one nothing is changed.
  Scheduling();

  /// Where the system does not let us, all stays as it is.
  void give_way(bool wanted);
  /// Now: then what is started would inherit it.
  bool gives_way() const { return gives_way_; }

 private:
  bool ours_ = false;
  bool gives_way_ = false;
};

/// In a child of an agent that gives way, before it becomes the program.
void stop_giving_way();

}  // namespace crun::executor::agent
