#include "executor/builtin/login/ecr.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "executor/builtin/javascript_text.hpp"
#include "executor/error.hpp"
#include "executor/process/command.hpp"

namespace crun::executor::builtin {
namespace {

bool is_public(std::string_view registry) {
  return registry == "public.ecr.aws" || registry == "ecr-public.aws.com";
}

/// "012345678901.dkr.ecr.eu-west-1.amazonaws.com" -> "eu-west-1"; '' when it is no such name.
std::string region_of(std::string_view registry) {
  registry = registry.substr(0, registry.find('/'));
  constexpr std::size_t account_digits = 12;
  if (registry.size() < account_digits) return {};
  const std::string_view account = registry.substr(0, account_digits);
  const bool digits =
      std::all_of(account.begin(), account.end(), [](unsigned char c) { return std::isdigit(c); });
  if (!digits) return {};
  registry.remove_prefix(account_digits);
  for (const std::string_view middle : {".dkr.ecr.", ".dkr-ecr."}) {
    if (!registry.starts_with(middle)) continue;
    const std::string_view rest = registry.substr(middle.size());
    for (const std::string_view ending :
         {".amazonaws.com", ".amazonaws.com.cn", ".on.aws", ".amazonaws.eu"}) {
      if (rest.ends_with(ending) && rest.size() > ending.size()) {
        return std::string(rest.substr(0, rest.size() - ending.size()));
      }
    }
  }
  return {};
}

}  // namespace

bool is_amazon_registry(const RegistryLogin& login) {
  if (login.ecr == "true") return true;
  return login.ecr != "false" && (is_public(login.registry) || !region_of(login.registry).empty());
}

RegistryLogin amazon_login(ActionRuntime& runtime, RegistryLogin login) {
  const bool everyones = is_public(login.registry);
  Command aws;
  aws.argv = {"aws", everyones ? "ecr-public" : "ecr", "get-login-password", "--region"};
  aws.argv.push_back(everyones ? "us-east-1" : region_of(login.registry));
  aws.environment = Environment::inherited();
  if (!login.username.empty() && !login.password.empty()) {
    aws.environment->set("AWS_ACCESS_KEY_ID", login.username);
    aws.environment->set("AWS_SECRET_ACCESS_KEY", login.password);
  }
  if (!find_program("aws", runtime.env("PATH"))) {
    throw Failed(fmt::format(
        "{} is an Amazon registry: its passwords come from the `aws` command, which is not "
        "installed. With `ecr: false` username and password are taken as they are.",
        login.registry));
  }
  const CommandResult result = run_command(aws);
  const std::string password(trim_javascript(result.out));
  if (!result.status.success() || password.empty()) {
    throw Failed(std::string(trim_javascript(result.err)));
  }
  runtime.add_mask("AWS");
  runtime.add_mask(password);
  login.username = "AWS";
  login.password = password;
  return login;
}

}  // namespace crun::executor::builtin
