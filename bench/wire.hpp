// A connection to a service on this machine, read line by line: what is measured is not a client.
#pragma once

#include <string>
#include <string_view>

#include "executor/process/fd.hpp"

namespace crun::bench {

class Wire {
 public:
  /// Throws executor::Error if nobody listens.
  explicit Wire(int port);
  void send(std::string_view text);
  /// The next line without its end; false: the other side has closed. Throws executor::Error when
  /// nothing comes for half a minute.
  bool next(std::string& line);

 private:
  executor::Fd socket_;
  std::string read_;  // and not yet given away
  std::size_t at_ = 0;
};

}  // namespace crun::bench
