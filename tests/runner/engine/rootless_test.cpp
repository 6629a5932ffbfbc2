// Podman of a user who is not root, where the machine has one with further user ids (/etc/subuid):
// what containers write as another user belongs to those ids, and goes all the same.
#include <pwd.h>
#include <unistd.h>

#include "tests/catch.hpp"
#include "tests/runner/cli/called_program.hpp"

using crun::tests::Called;
using crun::tests::CalledProgram;
using crun::tests::shell;

namespace {

constexpr const char* workflow = R"(on: push
jobs:
  box:
    runs-on: ubuntu-latest
    container: crun-test:1
    services:
      idle: {image: "crun-test:1", command: sleep 300}
    steps:
      - shell: sh
        run: |
          mkdir deep && echo x > deep/file && busybox chown 77:77 deep/file deep && busybox chmod 700 deep
          echo wrote-as $(busybox stat -c %u deep)
          SLEEP
  action:
    runs-on: ubuntu-latest
    steps:
      - uses: docker://crun-test:1
        with: {entrypoint: /bin/sh, args: '-c "mkdir own; busybox chown 55 own; busybox chmod 700 own; echo acted"'}
)";

std::string workflow_that(const std::string& sleeps) {
  std::string text = workflow;
  return text.replace(text.find("SLEEP"), 5, sleeps);
}

/// crun and podman as that user, with a home of the test's own.
class RootlessPodman {
 public:
  explicit RootlessPodman(const CalledProgram& crun)
      : crun_(crun), folder_(crun.repository.beside(".").lexically_normal()) {
    find_user();
    if (!missing_.empty()) return;
    const auto made = shell(
        folder_,
        std::string("cp '") + CRUN_PROGRAM +
            "' program\n"
            "mkdir -p root/bin root/tmp\n"
            "cp \"$(command -v busybox)\" root/bin/busybox\n"
            "for name in sh sleep echo mkdir; do ln -s busybox root/bin/$name; done\n"
            "tar -C root -cf root.tar .\n"
            "chown -R " +
            user_ + ": .");
    const auto imported =
        podman({"import", "--change", "ENV PATH=/bin", "root.tar", "crun-test:1"});
    const auto ran = podman({"run", "--rm", "--init", "--pull=never", "crun-test:1", "/bin/echo"});
    if (made.code != 0 || imported.code != 0 || ran.code != 0) {
      missing_ =
          "podman cannot run a container as " + user_ + ": " + made.out + imported.err + ran.err;
    }
  }
  ~RootlessPodman() {
    if (user_.empty()) return;
    podman({"rm", "--all", "--force"});
    podman({"system", "migrate"});  // ends the process that keeps podman's namespace
  }
  RootlessPodman(const RootlessPodman&) = delete;
  RootlessPodman& operator=(const RootlessPodman&) = delete;

  const std::string& missing() const { return missing_; }
  Called call(std::vector<std::string> arguments) const {
    std::vector<std::string> all = {
        "setpriv", "--reuid=" + user_, "--regid=" + group_, "--init-groups"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return crun_.call(std::move(all), {{"USER", user_}});
  }
  Called podman(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"env", "-C", folder_.string(), "podman"});
    return call(std::move(arguments));
  }
  std::string program() const { return (folder_ / "program").string(); }
  /// Containers, networks but podman's own, and files of runs.
  std::string left() const {
    return podman({"ps", "--all", "--quiet"}).out +
           podman({"network", "ls", "--quiet", "--filter", "label=crun.run"}).out +
           shell(
               folder_, "find runtime/crun tmp/crun* cache/crun/work -mindepth 1 2>/dev/null; true")
               .out;
  }

 private:
  void find_user() {
    if (::geteuid() != 0) {
      missing_ = "only root can play another user";
      return;
    }
    std::ifstream file("/etc/subuid");
    for (std::string line; std::getline(file, line);) {
      const auto name = line.substr(0, line.find(':'));
      const auto* user = ::getpwnam(name.c_str());
      if (user == nullptr || user->pw_uid == 0) continue;
      user_ = name;
      group_ = std::to_string(user->pw_gid);
      return;
    }
    missing_ = "no user but root has further user ids (/etc/subuid)";
  }

  const CalledProgram& crun_;
  std::filesystem::path folder_;
  std::string user_, group_, missing_;
};

}  // namespace

TEST_CASE("podman of a user who is not root runs jobs, and their files go", "[containers]") {
  const CalledProgram crun(workflow_that("true"));
  const RootlessPodman user(crun);
  if (!user.missing().empty()) {
    WARN("skipped: " << user.missing());
    return;
  }
  const auto called = user.call({user.program(), "run", "--engine", "podman", "--pull", "never"});
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.out.find("| wrote-as 77") != std::string::npos);
  CHECK(called.out.find("| acted") != std::string::npos);
  CHECK(called.out.find("cannot be removed") == std::string::npos);
  CHECK(user.left() == "");
}

TEST_CASE("what a killed run of such a user left is removed by crun cleanup", "[containers]") {
  const CalledProgram crun(workflow_that("sleep 300"));
  const RootlessPodman user(crun);
  if (!user.missing().empty()) {
    WARN("skipped: " << user.missing());
    return;
  }
  const auto killed = user.call(
      {"timeout",
       "-s",
       "KILL",
       "8",
       user.program(),
       "run",
       "--engine",
       "podman",
       "--pull",
       "never"});
  INFO(killed.out << killed.err);
  CHECK(killed.out.find("| wrote-as 77") != std::string::npos);
  CHECK(user.left() != "");
  const auto cleaned = user.call({user.program(), "cleanup"});
  INFO(cleaned.out << cleaned.err);
  CHECK(cleaned.code == 0);
  CHECK(user.left() == "");
}
