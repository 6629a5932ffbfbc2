// A job in an image for another processor: runs where the kernel has an emulator, and says what is
// missing where it has none. The image's only program is made here, byte by byte.
#include <array>
#include <cstdint>
#include <cstring>

#include <sys/utsname.h>

#include <elf.h>

#include "tests/catch.hpp"
#include "tests/runner/engine/container_world.hpp"

using crun::tests::CalledProgram;
using crun::tests::ContainerWorld;
using crun::tests::ScratchFolder;
using crun::tests::shell;

namespace {

constexpr char message[] = "spoken by arm64";

/// A program for arm64 that writes the message, whatever its arguments are.
std::string arm64_program() {
  constexpr std::uint32_t length = sizeof message;  // with the end of the line
  constexpr std::array<std::uint32_t, 8> code = {
      0xD2800020,                // mov x0, #1
      0x100000E1,                // adr x1, the end of this code
      0xD2800002 | length << 5,  // mov x2, #length
      0xD2800808,                // mov x8, #64 (write)
      0xD4000001,                // svc #0
      0xD2800000,                // mov x0, #0
      0xD2800BA8,                // mov x8, #93 (exit)
      0xD4000001};               // svc #0
  constexpr std::uint64_t address = 0x400000, head = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr);
  Elf64_Ehdr file{};
  std::memcpy(file.e_ident, ELFMAG, SELFMAG);
  file.e_ident[EI_CLASS] = ELFCLASS64;
  file.e_ident[EI_DATA] = ELFDATA2LSB;
  file.e_ident[EI_VERSION] = EV_CURRENT;
  file.e_type = ET_EXEC;
  file.e_machine = EM_AARCH64;
  file.e_version = EV_CURRENT;
  file.e_entry = address + head;
  file.e_phoff = sizeof file;
  file.e_ehsize = sizeof file;
  file.e_phentsize = sizeof(Elf64_Phdr);
  file.e_phnum = 1;
  Elf64_Phdr segment{};
  segment.p_type = PT_LOAD;
  segment.p_flags = PF_R | PF_X;
  segment.p_vaddr = segment.p_paddr = address;
  segment.p_filesz = segment.p_memsz = head + sizeof code + length;
  segment.p_align = 0x1000;
  std::string bytes(reinterpret_cast<const char*>(&file), sizeof file);
  bytes.append(reinterpret_cast<const char*>(&segment), sizeof segment);
  bytes.append(reinterpret_cast<const char*>(code.data()), sizeof code);
  return bytes + message + '\n';
}

class ForeignImage {
 public:
  explicit ForeignImage(const ContainerWorld& world) : world_(world) {
    const ScratchFolder folder;
    std::filesystem::create_directories(folder.path() / "root/bin");
    std::filesystem::create_directories(folder.path() / "root/tmp");
    std::ofstream(folder.path() / "root/bin/sh", std::ios::binary) << arm64_program();
    const auto made = shell(
        folder.path(),
        "chmod 755 root/bin/sh\ntar -C root -c . | " +
            world.docker("import --platform linux/arm64 --change 'ENV PATH=/bin' - " + name()));
    if (made.code != 0) missing_ = "the engine does not take an image for arm64";
  }
  ~ForeignImage() {
    shell(".", world_.docker("rmi --force " + name() + " >/dev/null 2>&1 || true"));
  }
  ForeignImage(const ForeignImage&) = delete;
  ForeignImage& operator=(const ForeignImage&) = delete;

  const std::string& missing() const { return missing_; }
  std::string name() const { return fmt::format("crun-test-arm64-{}:1", ::getpid()); }
  /// Without crun.
  bool runs() const {
    return shell(".", world_.docker("run --rm " + name() + " /bin/sh 2>/dev/null")).out == message;
  }

 private:
  const ContainerWorld& world_;
  std::string missing_;
};

std::string workflow(const std::string& image) {
  return "on: push\njobs:\n"
         "  boxed:\n    runs-on: ubuntu-latest\n    container: " +
         image +
         "\n    steps: [{run: any}]\n"
         "  action:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker://" +
         image +
         "\n        with: {entrypoint: /bin/sh}\n"
         "  beside:\n    runs-on: ubuntu-latest\n    services:\n      web:\n        image: " +
         image +
         "\n        command: /bin/sh\n        options: --health-cmd /bin/sh --health-interval 1s\n"
         "    steps: [{run: echo never}]\n";
}

}  // namespace

TEST_CASE(
    "an image for another processor runs by an emulator, or it is said what is missing",
    "[containers]") {
  const ContainerWorld world;
  utsname machine{};
  ::uname(&machine);
  if (!world.missing().empty() || std::string(machine.machine) != "x86_64") {
    WARN("skipped: " << (world.missing().empty() ? "not on amd64" : world.missing()));
    return;
  }
  const ForeignImage image(world);
  if (!image.missing().empty()) {
    WARN("skipped: " << image.missing());
    return;
  }
  const CalledProgram crun(workflow(image.name()));
  const auto called = crun.run({"--pull", "never"}, world.environment());
  INFO(called.out << called.err);
  CHECK(world.left_of(called.events.at(0)["run"]) == "");
  CHECK(crun.leftovers() == "");
  const auto lines = called.lines();
  if (image.runs()) {
    CHECK(called.conclusion("boxed") == "success");
    CHECK(called.conclusion("action") == "success");
    CHECK(std::count(lines.begin(), lines.end(), message) >= 2);
    return;
  }
  WARN("skipped: with an emulator: the kernel has no handler for arm64 (qemu-user-static)");
  CHECK(called.code == 1);
  for (const char* job : {"boxed", "action", "beside"}) {
    std::string reason;
    for (const auto& event : called.events) {
      if (event["event"] == "job.finished" && event["name"] == job)
        reason = event.value("reason", "");
    }
    INFO(job << ": " << reason);
    CHECK(
        reason.find(
            "the image " + image.name() +
            " is linux/arm64, this machine linux/amd64, and its "
            "kernel has no handler for such programs (install qemu-user-static") !=
        std::string::npos);
  }
}
