#include "executor/log/masker.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <random>

#include "executor/process/command.hpp"
#include "tests/catch.hpp"

using namespace crun::executor;

namespace {

std::string mask(std::vector<std::string> secrets, std::string_view text) {
  Masker masker;
  for (const std::string& secret : secrets) masker.add(secret);
  return masker.mask(text);
}

bool hides(std::string_view secret, std::string_view shape) {
  Masker masker;
  masker.add(secret);
  std::string text = "before " + std::string(shape) + " after";
  return masker.mask(text) == "before *** after";
}

std::string output_of(std::vector<std::string> argv, std::string input = {}) {
  Command command;
  command.argv = std::move(argv);
  command.input = std::move(input);
  auto result = run_command(command);
  return result.out + result.err;
}

}  // namespace

TEST_CASE("masker: overlapping and adjacent finds become one", "[log]") {
  CHECK(mask({"abcdef", "defghi"}, "xabcdefghix") == "x***x");
  CHECK(mask({"abc", "def"}, "abcdef abc-def") == "*** ***-***");
  CHECK(mask({"aa"}, "aaaaa") == "***");
  CHECK(mask({}, "nothing") == "nothing");
  CHECK(mask({"", "  ", "\n"}, "a b\n") == "a b\n");
}

TEST_CASE("masker: the value, trimmed, and each line of it", "[log]") {
  CHECK(mask({"  secret\n"}, "a secret b") == "a *** b");
  CHECK(mask({"first-line\r\nsecond+line"}, "first-line | second+line") == "*** | ***");
  // Lines that every log is full of stay.
  CHECK(mask({"{\n  \"key\": \"value-7731\"\n}\n"}, "{ } \"key\": \"value-7731\"") == "{ } ***");
  CHECK(mask({"a"}, "banana") == "b***n***n***");  // as GitHub
}

TEST_CASE("masker: encodings of a secret are hidden", "[log]") {
  const std::string secret = "wX9+tuna/melt=77&co";
  CHECK(hides(secret, "wX9%2Btuna%2Fmelt%3D77%26co"));
  CHECK(hides(secret, "wX9%2btuna%2fmelt%3d77%26co"));
  CHECK(hides(secret, "wX9+tuna/melt=77&amp;co"));
  CHECK(hides(secret, "7758392b74756e612f6d656c743d373726636f"));
  CHECK(hides("two words", "two+words"));
  CHECK(hides("it's", "it''s"));
  CHECK(hides("a\tb\"c", "a\\tb\\\"c"));
  CHECK(hides("caf\xC3\xA9-99", "caf\\u00e9-99"));
  CHECK(hides("\"quoted-secret\"", "quoted-secret"));
}

TEST_CASE("masker: base64 is hidden wherever the secret begins and whatever follows", "[log]") {
  const std::string secret = "wX9+tuna/melt=77&co";
  Masker masker;
  masker.add(secret);
  for (std::string before : {"", "x", "xx", "user:"}) {
    for (std::string after : {"", "y", "yy", "yyy"}) {
      std::string text = output_of({"base64", "-w0"}, before + secret + after);
      std::string masked = masker.mask(text);
      CAPTURE(before, after, text, masked);
      // Digits that the secret shares with what is about it may stay: two on either side.
      CHECK(masked.find("***") != std::string::npos);
      CHECK(masked.size() <= 3 + 4 + before.size() * 4 / 3 + 4 + after.size() * 4 / 3 + 4);
    }
  }
}

TEST_CASE("masker: base64 in lines of 76 and 64 digits is hidden", "[log]") {
  std::string secret;
  for (int i = 0; i < 200; ++i) secret += static_cast<char>('!' + i * 7 % 90);
  Masker masker;
  masker.add(secret);
  for (const char* width : {"-w76", "-w64"}) {
    std::string text = output_of({"base64", width}, secret), masked;
    for (std::size_t at = 0; at < text.size();) {
      auto end = text.find('\n', at);
      masked += masker.mask(text.substr(at, end - at));
      at = end + 1;
    }
    CHECK(masked.find_first_not_of('*') == std::string::npos);
  }
}

TEST_CASE("masker: what the shell makes of a secret is hidden", "[log]") {
  for (std::string secret :
       {R"(says "hi" and \ 4417)",
        "it's-a-secret $HOME `x`",
        "tab\tbell\a-7731",
        "#hash~tilde{brace}[x]",
        "~home*star?mark!bang^caret",
        "line-one-7\nline-two-8"}) {
    Masker masker;
    masker.add(secret);
    for (std::string script :
         {R"(set -x; true "$1")",
          R"(printf '%q\n' "$1")",
          R"(v=$1; declare -p v)",
          R"(export V="$1"; export -p | grep 'V=')"}) {
      std::string text = output_of({"bash", "-c", script, "bash", secret});
      std::string masked = masker.mask(text);
      CAPTURE(secret, script, text, masked);
      CHECK(masked.find("***") != std::string::npos);
      for (std::string part : {"4417", "secret", "7731", "tilde", "caret", "line-one"}) {
        CHECK(masked.find(part) == std::string::npos);
      }
    }
    std::string text = output_of({"sh", "-c", R"(set -x; true "$1")", "sh", secret});
    CHECK(masker.mask(text).find("***") != std::string::npos);
  }
}

TEST_CASE("masker: a pattern hides what it matches", "[log]") {
  Masker masker;
  masker.add_pattern("ghs_[a-z]+");
  CHECK(masker.mask("token ghs_abc, ghs_def.") == "token ***, ***.");
  CHECK(masker.contains_secret("ghs_x"));
  CHECK_FALSE(masker.contains_secret("ghs_"));
}

TEST_CASE("masker: finds the same one by one, with tables, and for long secrets", "[log]") {
  std::mt19937 random(7);
  Masker masker;
  std::vector<std::string> secrets;
  for (int i = 0; i < 60; ++i) {
    std::string secret;
    std::size_t size = i == 0 ? 9000 : 8 + random() % 20;
    while (secret.size() < size) secret += static_cast<char>('a' + random() % 26);
    secrets.push_back(secret);
    masker.add(secret);
  }
  for (int round = 0; round < 400; ++round) {  // the tables are built on the way
    const std::string& secret = secrets[random() % secrets.size()];
    std::string filler(200 + random() % 300, '.');
    REQUIRE(masker.mask(filler + secret + filler) == filler + "***" + filler);
    REQUIRE(masker.mask(filler + filler) == filler + filler);
  }
}

TEST_CASE("masker: a safe prefix cuts no secret, complete or not", "[log]") {
  Masker masker;
  masker.add("0123456789abcdef");
  std::string text = std::string(2000, '.') + "0123456789abcdef" + std::string(2000, '.');
  for (std::size_t size = 1900; size < 2200; ++size) {
    std::size_t cut = masker.safe_prefix(std::string_view(text).substr(0, size));
    bool inside = cut > 2000 && cut < 2016;
    CHECK_FALSE(inside);
  }
  CHECK(Masker().safe_prefix("abc") == 3);
}

TEST_CASE("masker: fast enough for fifty secrets", "[log][.bench]") {
  Masker masker;
  std::mt19937_64 random(1);
  for (int i = 0; i < 50; ++i) {
    std::array<char, 64> text{};
    std::snprintf(
        text.data(),
        text.size(),
        "S3cr&t/%d+%016llx=%016llx",
        i,
        static_cast<unsigned long long>(random()),
        static_cast<unsigned long long>(random()));
    masker.add(text.data());
  }
  std::string line = "2026-01-01T00:00:00Z [info] compiling src/some/module/file_0123.cpp -o x.o";
  masker.mask(std::string(100'000, '.'));  // builds the tables
  auto begin = std::chrono::steady_clock::now();
  std::size_t bytes = 0;
  for (; bytes < 200'000'000; bytes += line.size()) masker.mask(line);
  auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  WARN("masking lines: " << static_cast<double>(bytes) / 1e6 / seconds << " MB/s");
}
