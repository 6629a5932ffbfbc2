#include "executor/builtin/checkout.hpp"

#include <cctype>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "executor/builtin/builtin.hpp"
#include "executor/error.hpp"
#include "executor/files/remove_tree.hpp"
#include "tests/catch.hpp"
#include "tests/executor/mounts.hpp"
#include "tests/scratch_repository.hpp"

namespace fs = std::filesystem;

using crun::executor::builtin::ActionRuntime;
using crun::executor::builtin::Failed;
using crun::executor::builtin::run_checkout;
using crun::executor::builtin::Stage;
using crun::executor::builtin::Version;
using crun::tests::can_lay_over;
using crun::tests::listing;
using crun::tests::read_text;
using crun::tests::ScratchRepository;
using crun::tests::shell;

namespace {

using Variables = std::map<std::string, std::string>;

/// Sets variables of this process for as long as it lives.
class Setting {
 public:
  explicit Setting(const Variables& variables) {
    for (const auto& [name, value] : variables) {
      const char* old = std::getenv(name.c_str());
      if (old) {
        before_[name] = old;
      } else {
        absent_.push_back(name);
      }
      ::setenv(name.c_str(), value.c_str(), 1);
    }
  }
  ~Setting() {
    for (const auto& [name, value] : before_) ::setenv(name.c_str(), value.c_str(), 1);
    for (const auto& name : absent_) ::unsetenv(name.c_str());
  }
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

 private:
  Variables before_;
  std::vector<std::string> absent_;
};

/// A step with actions/checkout of a local run, with a workspace beside the repository.
class Step {
 public:
  explicit Step(const ScratchRepository& scratch) : scratch_(scratch) {
    fs::create_directories(workspace());
    fs::create_directories(scratch.beside("temp"));
  }

  fs::path workspace() const { return live ? scratch_.path() : scratch_.beside("workspace"); }
  bool live = false;
  bool working_tree = false;
  bool strict_depth = false;
  std::string ref = "refs/heads/main";

  /// The failure's text, or '' when it went well.
  std::string run(Variables inputs = {}, Stage stage = Stage::main) {
    const auto output = scratch_.beside("output");
    const auto state = scratch_.beside("state");
    std::ofstream(output, std::ios::trunc);
    std::ofstream(state, std::ios::trunc);
    Variables variables = {
        {"GITHUB_WORKSPACE", workspace()},
        {"GITHUB_REPOSITORY", "octocat/hello"},
        {"GITHUB_REF", ref},
        {"GITHUB_SHA", scratch_.id(ref)},
        {"GITHUB_OUTPUT", output},
        {"GITHUB_STATE", state},
        {"GITHUB_SERVER_URL", "https://github.com"},
        {"RUNNER_TEMP", scratch_.beside("temp")},
        {"HOME", scratch_.beside("temp")},
        {"XDG_CONFIG_HOME", scratch_.beside("temp")},
        {"GIT_CONFIG_NOSYSTEM", "1"},
        {"CRUN_STRICT_DEPTH", strict_depth ? "1" : ""},
        {"CRUN_CHECKOUT",
         "{\"repository\": \"" + scratch_.path().string() +
             "\", \"name\": \"octocat/hello\", \"ref\": \"" + ref + "\", \"commit\": \"" +
             scratch_.id(ref) + "\", \"working_tree\": " + (working_tree ? "true" : "false") +
             (laid_ ? store() : "") + "}"}};
    for (const auto& input : crun::executor::builtin::find_builtin("actions/checkout")->inputs) {
      const bool expression = input.default_value.starts_with("${{");
      inputs.try_emplace(
          std::string(input.name), expression ? "" : std::string(input.default_value));
    }
    for (const auto& [input, value] : inputs) {
      auto name = input;
      for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      variables["INPUT_" + name] = value;
    }
    const Setting setting(variables);
    ActionRuntime runtime(stage, Version::parse("v4.2.2"));
    try {
      run_checkout(runtime);
      return "";
    } catch (const Failed& failure) {
      return failure.what();
    } catch (const crun::executor::Error& error) {
      return error.what();
    }
  }

  std::string outputs() const { return read_text(scratch_.beside("output")); }
  std::string text(const std::string& name) const { return read_text(workspace() / name); }
  std::string git(const std::string& arguments, const std::string& below = "") const {
    return shell(workspace() / below, "git " + arguments + " 2>&1").out;
  }

 private:
  std::string store() const {
    fs::create_directories(scratch_.beside("run"));
    return ", \"trees\": \"" + scratch_.beside("trees").string() + "\", \"run\": \"" +
           scratch_.beside("run").string() + "\"";
  }

  const ScratchRepository& scratch_;
  /// What each test finds is the same of a workspace that is copied, and one that is a mount.
  const bool laid_ = can_lay_over() && GENERATE(false, true);
};

constexpr const char* project =
    "mkdir -p a/deep b; echo 1 > a/deep/file; echo 2 > b/file; echo 3 > top; "
    "printf 'ignored\\n' > .gitignore; git add -A; git commit -qm one; git tag v1; "
    "echo 4 > top; git commit -qam two; git branch dev HEAD~1";

}  // namespace

TEST_CASE("checkout: the commit of the event, with full history", "[builtin]") {
  const ScratchRepository scratch(project);
  scratch.run("echo dirty > top; echo new > new");
  Step step(scratch);
  const auto before = listing(scratch.path());
  REQUIRE(step.run() == "");
  CHECK(listing(scratch.path()) == before);
  CHECK(step.text("top") == "4\n");
  CHECK_FALSE(fs::exists(step.workspace() / "new"));
  CHECK(step.git("status -sb") == "## main...origin/main");
  CHECK(step.git("describe --tags") == "v1-1-g" + scratch.git("rev-parse --short HEAD"));
  CHECK(step.outputs().find(scratch.id()) != std::string::npos);
  CHECK(step.outputs().find("refs/heads/main") != std::string::npos);
}

TEST_CASE("checkout: the working tree as it is in act mode", "[builtin]") {
  const ScratchRepository scratch(project);
  scratch.run("echo dirty > top; echo new > new; echo i > ignored");
  Step step(scratch);
  step.working_tree = true;
  const auto id = scratch.id();
  for (const auto& ref : {std::string(), std::string("main"), std::string("refs/heads/main"), id}) {
    INFO("ref: " << ref);
    REQUIRE(step.run({{"ref", ref}}) == "");
    CHECK(step.text("top") == "dirty\n");
    CHECK(step.text("new") == "new\n");
    CHECK_FALSE(fs::exists(step.workspace() / "ignored"));
  }
  REQUIRE(step.run({{"ref", "dev"}}) == "");
  CHECK(step.text("top") == "3\n");
  CHECK(step.git("status -sb") == "## dev...origin/dev");
}

TEST_CASE("checkout: ref takes a branch, a tag or a commit", "[builtin]") {
  const ScratchRepository scratch(project);
  Step step(scratch);
  REQUIRE(step.run({{"ref", "v1"}}) == "");
  CHECK(step.text("top") == "3\n");
  CHECK(step.git("status -sb") == "## HEAD (no branch)");
  CHECK(step.outputs().find("\nv1\n") != std::string::npos);
  REQUIRE(step.run({{"ref", scratch.id("dev")}}) == "");
  CHECK(step.text("top") == "3\n");
  CHECK(
      step.run({{"ref", "deve"}}) ==
      "A branch or tag with the name 'deve' could not be found; did you mean dev?");
}

TEST_CASE("checkout: path stays below the workspace, links followed", "[builtin]") {
  const ScratchRepository scratch(project);
  Step step(scratch);
  REQUIRE(step.run({{"path", "sub/dir"}}) == "");
  CHECK(step.text("sub/dir/top") == "4\n");
  CHECK(
      step.run({{"path", "../elsewhere"}}) ==
      "Repository path '" + scratch.beside("elsewhere").string() + "' is not under '" +
          step.workspace().string() + "'");
  CHECK(step.run({{"path", scratch.path().string()}}).find("is not under") != std::string::npos);
  fs::create_directory_symlink(scratch.path(), step.workspace() / "link");
  CHECK(step.run({{"path", "link"}}).find("is not under") != std::string::npos);
  CHECK(step.run({{"path", "link/below"}}).find("is not under") != std::string::npos);
  CHECK(scratch.git("status --porcelain") == "");
}

TEST_CASE("checkout: a workspace that is the repository itself is left alone", "[builtin]") {
  const ScratchRepository scratch(project);
  Step step(scratch);
  fs::remove(step.workspace());
  fs::create_directory_symlink(scratch.path(), step.workspace());
  CHECK(step.run() == "");
  CHECK(step.run({{"ref", "dev"}}).find("is the repository being run") != std::string::npos);
  CHECK(scratch.git("status --porcelain") == "");
  CHECK(fs::exists(scratch.path() / "top"));
}

TEST_CASE("checkout: what was there before is deleted, or stays with clean: false", "[builtin]") {
  const ScratchRepository scratch(project);
  Step step(scratch);
  shell(step.workspace(), "echo junk > junk; mkdir -p d; echo x > d/x");
  REQUIRE(step.run({{"ref", "dev"}}) == "");
  CHECK_FALSE(fs::exists(step.workspace() / "junk"));
  shell(
      step.workspace(), "echo built > a/deep/built; echo edited > top; git rm -q --cached b/file");
  REQUIRE(step.run({{"clean", "false"}}) == "");
  CHECK(step.text("a/deep/built") == "built\n");
  CHECK(step.text("top") == "4\n");
  CHECK(step.git("status --porcelain") == "?? a/deep/built");
  REQUIRE(step.run() == "");
  CHECK_FALSE(fs::exists(step.workspace() / "a/deep/built"));
  CHECK_FALSE(fs::exists(step.workspace() / ".crun-checkout"));
}

TEST_CASE(
    "checkout: files that another commit does not have go, also with clean: false", "[builtin]") {
  const ScratchRepository scratch(project);
  scratch.run(
      "git checkout -q dev; echo only > only-dev; git add -A; git commit -qm d; git checkout -q "
      "main");
  Step step(scratch);
  REQUIRE(step.run({{"ref", "dev"}}) == "");
  REQUIRE(step.run({{"clean", "false"}}) == "");
  CHECK_FALSE(fs::exists(step.workspace() / "only-dev"));
  CHECK(step.git("status --porcelain") == "");
}

TEST_CASE("checkout: sparse checkouts and depth on demand", "[builtin]") {
  const ScratchRepository scratch(project);
  Step step(scratch);
  REQUIRE(step.run({{"sparse-checkout", "a\n"}}) == "");
  CHECK(step.text("a/deep/file") == "1\n");
  CHECK(step.text("top") == "4\n");
  CHECK_FALSE(fs::exists(step.workspace() / "b"));
  CHECK(step.git("status --porcelain") == "");
  REQUIRE(step.run({{"sparse-checkout", "/b/*\n"}, {"sparse-checkout-cone-mode", "false"}}) == "");
  CHECK(step.text("b/file") == "2\n");
  CHECK_FALSE(fs::exists(step.workspace() / "top"));
  step.strict_depth = true;
  REQUIRE(step.run() == "");
  CHECK(step.git("log --format=%s") == "two");
  CHECK(step.git("tag") == "");
  REQUIRE(step.run({{"fetch-depth", "0"}}) == "");
  CHECK(step.git("log --format=%s") == "two\none");
}

TEST_CASE(
    "checkout: another repository comes through git, its token only in a private file",
    "[builtin]") {
  const ScratchRepository scratch(project);
  const ScratchRepository other("echo other > file; git add -A; git commit -qm other; git tag t1");
  Step step(scratch);
  std::ofstream(scratch.beside("temp") / ".gitconfig")
      << "[url \"file://" << other.path().string()
      << "\"]\n  insteadOf = https://github.com/some/other\n"
      << "[url \"file:///nonexistent\"]\n  insteadOf = https://github.com/some/none\n"
      << "[protocol \"file\"]\n  allow = always\n";
  REQUIRE(step.run({{"repository", "some/other"}, {"path", "other"}, {"token", "tok-123"}}) == "");
  CHECK(step.text("other/file") == "other\n");
  CHECK(step.outputs().find("refs/heads/main") != std::string::npos);
  CHECK(step.git("remote get-url origin", "other") == "https://github.com/some/other");
  const auto config = step.workspace() / "other" / ".git" / "config";
  CHECK(read_text(config).find("AUTHORIZATION: basic ") != std::string::npos);
  CHECK(
      (fs::status(config).permissions() & (fs::perms::group_all | fs::perms::others_all)) ==
      fs::perms::none);
  CHECK(read_text(scratch.beside("state")).find("repositoryPath") != std::string::npos);
  {
    const Setting state(Variables{{"STATE_repositoryPath", step.workspace() / "other"}});
    REQUIRE(step.run({}, Stage::post) == "");
  }
  CHECK(read_text(config).find("AUTHORIZATION") == std::string::npos);
  REQUIRE(
      step.run(
          {{"repository", "some/other"},
           {"path", "other"},
           {"ref", "t1"},
           {"token", "t"},
           {"persist-credentials", "false"}}) == "");
  CHECK(read_text(config).find("AUTHORIZATION") == std::string::npos);
  const auto missing = step.run({{"repository", "some/none"}, {"path", "none"}, {"ref", "x"}});
  CHECK(missing.find("failed with exit code 128") != std::string::npos);
}

TEST_CASE("checkout: inputs that make no sense", "[builtin]") {
  const ScratchRepository scratch(project);
  Step step(scratch);
  CHECK(
      step.run({{"repository", "nope"}}) ==
      "Invalid repository 'nope'. Expected format {owner}/{repo}.");
  CHECK(step.run({{"repository", "OCTOCAT/Hello"}}) == "");  // the one being run
  REQUIRE(crun::executor::remove_tree(step.workspace()) == "");
  CHECK(step.run() == "Directory '" + step.workspace().string() + "' does not exist");
}

TEST_CASE("checkout: a live workspace is left as it is", "[builtin]") {
  const ScratchRepository scratch(project);
  scratch.run("echo dirty > top; echo new > new");
  Step step(scratch);
  step.live = step.working_tree = true;
  const auto before = listing(scratch.path());
  CHECK(step.run() == "");
  CHECK(step.outputs().find("ref") != std::string::npos);
  CHECK(step.run({{"ref", "dev"}}).find("would delete its files") != std::string::npos);
  CHECK(step.run({{"path", "a"}}).find("would delete them") != std::string::npos);
  CHECK(listing(scratch.path()) == before);
  CHECK(step.run({{"path", "fresh"}}) == "");
  CHECK(read_text(scratch.path() / "fresh/top") == "dirty\n");
}
