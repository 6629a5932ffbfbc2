// The language between crun and its agent: frames on two byte streams.
//
//   frame = size (4 bytes, of what follows), type (1), step (4), body; numbers are little-endian
//
// Both sides include this file, the agent without exceptions: a reader that runs out of bytes is
// marked broken and yields zeroes, and whoever reads asks once, at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace crun::executor::agent {

constexpr std::uint32_t protocol_version = 4;
constexpr std::uint32_t max_frame = 64u << 20;
constexpr std::size_t frame_head = 9;

enum class FrameType : std::uint8_t {
  // From crun.
  spawn = 1,  // texts argv, texts environment ("NAME=value"), text directory, text script
  signal,     // u32 number: to the step's process group
  kill_step,  // KILL for everything that belongs to the step, also what left its group
  discard,    // nobody listens any more: output is read and dropped from now on
  kill_all,   // KILL for everything below the agent
  // From the agent.
  hello = 64,   // u32 protocol version, u32 pid, texts environment of the agent itself
  start_error,  // u8 StartStage, u32 errno: the program never ran
  output,       // u8 stream (0 out, 1 err), bytes to the end of the frame
  exited,       // u32 wait status, u64 CPU microseconds, u64 peak memory in bytes
  closed,       // it has exited, and out and err are at their end
  group_gone,   // no process of the step's group is left; u32: the newest step that was asked for
                // when nothing at all is left below the agent, else 0
  all_gone,     // u32 how many processes kill_all ended, u32 how many would not go
};

enum class StartStage : std::uint8_t { prepare, directory, program };

using Bytes = std::vector<char>;

inline void put_number(Bytes& bytes, std::uint64_t number, int size) {
  for (int i = 0; i < size; ++i) bytes.push_back(static_cast<char>(number >> (8 * i)));
}

inline std::uint64_t get_number(const char* bytes, int size) {
  std::uint64_t number = 0;
  for (int i = size; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

/// Appends one frame to a buffer; complete when the writer goes.
class FrameWriter {
 public:
  FrameWriter(Bytes& bytes, FrameType type, std::uint32_t step)
      : bytes_(bytes), begin_(bytes.size()) {
    put_number(bytes_, 0, 4);
    put_number(bytes_, static_cast<std::uint8_t>(type), 1);
    put_number(bytes_, step, 4);
  }
  ~FrameWriter() {
    std::uint64_t size = bytes_.size() - begin_ - 4;
    for (int i = 0; i < 4; ++i) bytes_[begin_ + i] = static_cast<char>(size >> (8 * i));
  }
  FrameWriter(const FrameWriter&) = delete;
  FrameWriter& operator=(const FrameWriter&) = delete;

  void u8(std::uint8_t number) { put_number(bytes_, number, 1); }
  void u32(std::uint32_t number) { put_number(bytes_, number, 4); }
  void u64(std::uint64_t number) { put_number(bytes_, number, 8); }
  void rest(std::string_view text) { bytes_.insert(bytes_.end(), text.begin(), text.end()); }
  void text(std::string_view text) {
    u32(static_cast<std::uint32_t>(text.size()));
    rest(text);
  }
  template <typename Texts>
  void texts(const Texts& list) {
    u32(static_cast<std::uint32_t>(list.size()));
    for (const auto& entry : list) text(entry);
  }

 private:
  Bytes& bytes_;
  std::size_t begin_;
};

/// Reads the body of one frame.
class FrameReader {
 public:
  explicit FrameReader(std::string_view frame)  // without its size
      : at_(frame.data()), end_(frame.data() + frame.size()) {
    type_ = static_cast<FrameType>(u8());
    step_ = u32();
  }

  FrameType type() const { return type_; }
  std::uint32_t step() const { return step_; }
  bool broken() const { return broken_; }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  std::string_view text() { return take(u32()); }
  std::string_view rest() { return take(static_cast<std::size_t>(end_ - at_)); }

 private:
  std::uint64_t number(int size) {
    std::string_view bytes = take(static_cast<std::size_t>(size));
    return bytes.empty() ? 0 : get_number(bytes.data(), size);
  }
  std::string_view take(std::size_t size) {
    if (size > static_cast<std::size_t>(end_ - at_)) {
      broken_ = true;
      at_ = end_;
      return {};
    }
    std::string_view bytes(at_, size);
    at_ += size;
    return bytes;
  }

  const char* at_;
  const char* end_;
  FrameType type_;
  std::uint32_t step_;
  bool broken_ = false;
};

/// Cuts a stream of bytes into frames.
class FrameBuffer {
 public:
  FrameBuffer() = default;
  ~FrameBuffer() { ::operator delete(bytes_); }
  FrameBuffer(const FrameBuffer&) = delete;
  FrameBuffer& operator=(const FrameBuffer&) = delete;

  /// Where the next bytes go; call added() with how many came.
  char* room(std::size_t size) {
    if (read_ > 0) {  // what is left of earlier bytes moves to the front: half a frame at most
      std::memmove(bytes_, bytes_ + read_, filled_ - read_);
      filled_ -= read_;
      read_ = 0;
    }
    if (size_ < filled_ + size) {
      // Not a vector: it would touch every page of a buffer of which most is seldom needed.
      size_ = filled_ + size > 2 * size_ ? filled_ + size : 2 * size_;
      auto* larger = static_cast<char*>(::operator new(size_));
      if (filled_ > 0) std::memcpy(larger, bytes_, filled_);
      ::operator delete(bytes_);
      bytes_ = larger;
    }
    return bytes_ + filled_;
  }
  void added(std::size_t size) { filled_ += size; }

  enum class Next { frame, incomplete, too_large };

  /// The next whole frame, without its size; valid until room() is called.
  Next next(std::string_view& frame) {
    if (filled_ - read_ < 4) return Next::incomplete;
    std::uint64_t size = get_number(bytes_ + read_, 4);
    if (size > max_frame) return Next::too_large;
    if (filled_ - read_ - 4 < size) return Next::incomplete;
    frame = std::string_view(bytes_ + read_ + 4, size);
    read_ += 4 + size;
    return Next::frame;
  }

 private:
  char* bytes_ = nullptr;
  std::size_t size_ = 0, read_ = 0, filled_ = 0;
};

}  // namespace crun::executor::agent
