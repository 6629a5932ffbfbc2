#include "bench/layout/called.hpp"

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <unordered_map>
#include <unordered_set>

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <elf.h>
#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/process/fd.hpp"

namespace crun::bench {
namespace {

constexpr char breakpoint = '\xcc';  // int3
constexpr auto instruction_pointer = offsetof(user_regs_struct, rip);
/// Of a child that has its memory with the program; one with a memory of its own would end at the
/// first breakpoint, but nothing in crun forks.
constexpr long options =
    PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC;

/// The first byte of each function, by its address. Only what the symbols call a function: between
/// them may lie constants.
using Functions = std::unordered_map<std::uint64_t, char>;

Functions functions_of(const std::string& program) {
  std::ifstream file(program, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!bytes.starts_with(ELFMAG)) throw executor::Error(program + " is not an ELF file");
  const auto* header = reinterpret_cast<const Elf64_Ehdr*>(bytes.data());
  const auto* sections = reinterpret_cast<const Elf64_Shdr*>(bytes.data() + header->e_shoff);
  Functions functions;
  for (const auto* section = sections; section < sections + header->e_shnum; ++section) {
    if (section->sh_type != SHT_SYMTAB) continue;
    const auto* symbol = reinterpret_cast<const Elf64_Sym*>(bytes.data() + section->sh_offset);
    const auto* end = symbol + section->sh_size / sizeof *symbol;
    for (; symbol < end; ++symbol) {
      const auto type = ELF64_ST_TYPE(symbol->st_info);
      if ((type != STT_FUNC && type != STT_GNU_IFUNC) || symbol->st_shndx >= header->e_shnum) {
        continue;
      }
      const auto& text = sections[symbol->st_shndx];
      functions[symbol->st_value] = bytes[symbol->st_value - text.sh_addr + text.sh_offset];
    }
  }
  if (functions.empty()) throw executor::Error(program + " has no symbols");
  return functions;
}

class Traced {
 public:
  explicit Traced(const std::vector<std::string>& arguments)
      : functions_(functions_of(arguments[0])), process_(start(arguments)) {
    std::ifstream maps(fmt::format("/proc/{}/maps", process_));
    maps >> std::hex >> base_;  // the lowest mapping is the first one
    // Now: crun soon takes its files in /proc away from its user.
    memory_ =
        executor::Fd(::open(fmt::format("/proc/{}/mem", process_).c_str(), O_RDWR | O_CLOEXEC));
    for (const auto& function : functions_) put(function.first, breakpoint);
    ::ptrace(PTRACE_SETOPTIONS, process_, nullptr, options);
    ::ptrace(PTRACE_CONT, process_, nullptr, nullptr);
  }

  std::vector<std::uint64_t> follow() {
    for (;;) {
      int status = 0;
      const pid_t thread = ::waitpid(-1, &status, __WALL);
      if (thread < 0 && errno == EINTR) continue;
      if (thread < 0) throw executor::Error("what was traced is gone");
      if (WIFSTOPPED(status)) {
        go_on(thread, status);
      } else if (thread == process_) {
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::move(order_);
        throw executor::Error(fmt::format("the program failed, status {:#x}", status));
      }
    }
  }

 private:
  static pid_t start(const std::vector<std::string>& arguments) {
    std::vector<char*> words;
    for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    const pid_t process = ::fork();
    if (process == 0) {
      ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
      ::dup2(STDERR_FILENO, STDOUT_FILENO);
      ::execv(words[0], words.data());
      ::_exit(127);
    }
    int status = 0;
    if (process < 0 || ::waitpid(process, &status, 0) != process || !WIFSTOPPED(status)) {
      throw executor::Error(fmt::format("cannot trace {}", arguments[0]));
    }
    return process;
  }

  void put(std::uint64_t address, char byte) const {
    if (::pwrite(memory_.get(), &byte, 1, static_cast<off_t>(base_ + address)) != 1) {
      throw executor::Error(fmt::format("cannot write into the program at {:#x}", address));
    }
  }

  void go_on(pid_t thread, int status) {
    const int event = status >> 16;
    long signal = WSTOPSIG(status);
    if (event == PTRACE_EVENT_EXEC) {
      ::ptrace(PTRACE_DETACH, thread, nullptr, nullptr);
      return;
    }
    // A stop of the tracing's own: an event, a new thread, or a breakpoint.
    if (event != 0 || signal == SIGSTOP || (signal == SIGTRAP && leave_breakpoint(thread))) {
      signal = 0;
    }
    ::ptrace(PTRACE_CONT, thread, nullptr, signal);
  }

  /// Puts back what was there.
  bool leave_breakpoint(pid_t thread) {
    const auto after = ::ptrace(PTRACE_PEEKUSER, thread, instruction_pointer, nullptr);
    const auto address = static_cast<std::uint64_t>(after) - 1 - base_;
    const auto function = functions_.find(address);
    if (function == functions_.end()) return false;
    put(address, function->second);
    ::ptrace(PTRACE_POKEUSER, thread, instruction_pointer, after - 1);
    if (seen_.insert(address).second) order_.push_back(address);
    return true;
  }

  Functions functions_;
  pid_t process_;
  std::uint64_t base_ = 0;
  executor::Fd memory_;
  std::vector<std::uint64_t> order_;
  std::unordered_set<std::uint64_t> seen_;
};

}  // namespace

std::vector<std::uint64_t> called_functions(const std::vector<std::string>& arguments) {
  return Traced(arguments).follow();
}

}  // namespace crun::bench
