// The only owner of a file descriptor. Every descriptor of ours is born close-on-exec.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace crun::executor {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset();
      number_ = other.release();
    }
    return *this;
  }
  ~Fd() { reset(); }

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  int release() { return std::exchange(number_, -1); }
  void reset() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_ = -1;
};

struct Pipe {
  Fd read, write;
};

/// Throws Error, as do the others.
Pipe make_pipe();
/// Two ends of one local stream socket.
std::pair<Fd, Fd> make_socket_pair();
/// /dev/null, for reading and writing.
Fd open_null();

/// However many pieces the kernel takes it in. False: errno tells why.
bool write_all(int descriptor, std::string_view bytes);
/// What is there, up to its end, an error or that many bytes.
std::string read_up_to(int descriptor, std::size_t limit);

}  // namespace crun::executor
