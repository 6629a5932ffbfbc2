#include "executor/process/command.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "executor/error.hpp"
#include "tests/catch.hpp"

using namespace crun::executor;

namespace {

CommandResult shell(std::string script) {
  Command command;
  command.argv = {"sh", "-c", std::move(script)};
  return run_command(command);
}

size_t open_descriptors() {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    count += entry.is_symlink();
  }
  return count;
}

}  // namespace

TEST_CASE("command: output, errors and exit code come back apart", "[process]") {
  auto result = shell("echo out; echo err >&2; exit 3");
  CHECK(result.out == "out\n");
  CHECK(result.err == "err\n");
  CHECK(result.status.code() == 3);
}

TEST_CASE("command: what is silent for too long is killed, what speaks is not", "[process]") {
  Command command;
  command.silence = std::chrono::milliseconds(300);
  command.argv = {"sh", "-c", "for i in 1 2 3 4 5 6; do sleep 0.1; echo $i; done"};
  CHECK(run_command(command).ended == CommandResult::Ended::itself);
  command.argv = {"sh", "-c", "echo once; exec sleep 60"};
  const auto result = run_command(command);
  CHECK(result.ended == CommandResult::Ended::silent);
  CHECK(result.out == "once\n");
  CHECK(result.status.signal() == SIGKILL);
}

TEST_CASE("command: it is killed when its stop becomes readable", "[process]") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  Command command;
  command.stop = ends[0];
  command.argv = {"sleep", "60"};
  REQUIRE(::write(ends[1], "x", 1) == 1);
  CHECK(run_command(command).ended == CommandResult::Ended::stopped);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("command: the handler sees the bytes as they come", "[process]") {
  std::string seen;
  Command command;
  command.argv = {"sh", "-c", "echo one; echo two >&2"};
  run_command(command, [&](Stream stream, std::string_view bytes) {
    seen += stream == Stream::out ? "out:" : "err:";
    seen += bytes;
  });
  CHECK_THAT(seen, Catch::Matchers::ContainsSubstring("out:one\n"));
  CHECK_THAT(seen, Catch::Matchers::ContainsSubstring("err:two\n"));
}

TEST_CASE("command: input larger than a pipe, environment and directory arrive", "[process]") {
  Command command;
  command.argv = {"sh", "-c", "wc -c; echo $COLOUR; pwd; env | wc -l"};
  command.environment = Environment{{"PATH", "/usr/bin:/bin"}, {"COLOUR", "blue"}};
  command.directory = "/usr";
  command.input = std::string(300'000, 'x');
  CHECK(run_command(command).out == "300000\nblue\n/usr\n3\n");  // the shell adds PWD
}

TEST_CASE("command: a program that ignores its input ends well", "[process]") {
  Command command;
  command.argv = {"true"};
  command.input = std::string(300'000, 'x');
  auto before = std::signal(SIGPIPE, SIG_IGN);
  CHECK(run_command(command).status.success());
  std::signal(SIGPIPE, before);
}

TEST_CASE("command: a missing program is an error that names it", "[process]") {
  Command command;
  command.argv = {"no-such-program-here"};
  CHECK_THROWS_WITH(
      run_command(command), "cannot start no-such-program-here: No such file or directory");
  command.argv = {"/etc/passwd"};
  CHECK_THROWS_WITH(run_command(command), "cannot start /etc/passwd: Permission denied");
}

TEST_CASE("command: nothing but 0, 1 and 2 is inherited, signals are reset", "[process]") {
  auto before = std::signal(SIGPIPE, SIG_IGN);
  int leaky = ::dup(1);  // without close-on-exec
  auto files = shell("ls /proc/self/fd");
  auto ignored = shell("sed -n 's/^SigIgn:.//p' /proc/self/status");
  ::close(leaky);
  std::signal(SIGPIPE, before);
  CHECK(files.out == "0\n1\n2\n3\n");  // 3 is the folder, of ls itself
  // glibc's posix_spawn leaves its own signals 32 and 33 ignored.
  CHECK((std::stoull(ignored.out, nullptr, 16) & 0x7fffffff) == 0);
}

TEST_CASE(
    "command: a background process that holds the pipes delays by the drain time", "[process]") {
  auto begin = std::chrono::steady_clock::now();
  Command command;
  command.argv = {"sh", "-c", "sleep 30 & echo $!"};
  command.drain = std::chrono::milliseconds(100);
  auto result = run_command(command);
  auto took = std::chrono::steady_clock::now() - begin;
  CHECK(took < std::chrono::seconds(3));
  ::kill(std::stoi(result.out), SIGKILL);
}

TEST_CASE("command: two hundred runs leave no descriptor and no zombie", "[process]") {
  auto before = open_descriptors();
  for (int i = 0; i < 200; ++i) REQUIRE(shell("exit 0").status.success());
  CHECK(open_descriptors() == before);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE(
    "find program: folders in order, empty entries and non-programs passed over", "[process]") {
  CHECK(find_program("sh", "/nowhere::/bin:/usr/bin") == "/bin/sh");
  CHECK(find_program("/bin/sh", "") == "/bin/sh");
  CHECK_FALSE(find_program("passwd", "/etc").has_value());
  CHECK_FALSE(find_program("", "/bin").has_value());
}
