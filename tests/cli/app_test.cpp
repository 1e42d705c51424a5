#include "cli/app.h"

#include "cli/exit_code.h"

#include <algorithm>
#include <cstdlib>

#include <doctest/doctest.h>

using namespace aztriage::cli;
using Strings = std::vector<std::string>;

TEST_CASE("app: options may stand anywhere, values are kept in order") {
  const Parsed parsed = parse({"-o", "json", "probe", "-w", "a=1", "tls", "--with=b=2", "[::1]:443", "-qv"});
  CHECK_FALSE(parsed.error.has_value());
  REQUIRE(parsed.command != nullptr);
  CHECK(parsed.command->name == "probe");
  CHECK(parsed.options.json());
  CHECK(parsed.options.all("with") == Strings{"a=1", "b=2"});
  CHECK(parsed.options.arguments == Strings{"tls", "[::1]:443"});
  CHECK(parsed.options.flag("quiet"));
  CHECK(parsed.options.flag("verbose"));
  CHECK_FALSE(parsed.options.flag("no-input"));
}

TEST_CASE("app: the last of an option counts, and an empty value is a value") {
  CHECK(parse({"playbook", "list", "--cloud", "china", "--cloud", "usgov"}).options.get("cloud") == "usgov");
  const Parsed parsed = parse({"probe", "tcp", "--proxy=", "contoso.com:80"});
  REQUIRE(parsed.error.has_value());
  CHECK(parsed.error->what == "--proxy is empty");
}

TEST_CASE("app: behind -- everything is a plain word") {
  const Parsed parsed = parse({"probe", "decode", "--", "--help"});
  CHECK_FALSE(parsed.help);
  CHECK(parsed.options.arguments == Strings{"decode", "--help"});
}

TEST_CASE("app: a command's name as an argument stays an argument") {
  const Parsed parsed = parse({"playbook", "show", "probe"});
  REQUIRE(parsed.command != nullptr);
  CHECK(parsed.command->name == "playbook show");
  CHECK(parsed.options.arguments == Strings{"probe"});
}

TEST_CASE("app: an error does not hide the format it is wanted in") {
  for (const Strings& line : {Strings{"prob", "-o", "json"}, Strings{"probe", "--nope", "--output=json"},
                              Strings{"-ojson", "probe", "tls", "x", "--timeout"}}) {
    const Parsed parsed = parse(line);
    CAPTURE(line.front());
    CHECK(parsed.error.has_value());
    CHECK(parsed.options.json());
  }
}

TEST_CASE("app: the environment fills in, the line wins") {
  ::setenv("AZTRIAGE_DEADLINE", "7s", 1);
  ::setenv("AZTRIAGE_WITH", "a=1\n\nb=2\n", 1);
  ::setenv("AZTRIAGE_NO_INPUT", "off", 1);
  const Parsed parsed = parse({"probe", "tcp", "contoso.com:80"});
  CHECK(parsed.options.get("deadline") == "7s");
  CHECK(parsed.options.all("with") == Strings{"a=1", "b=2"});
  CHECK_FALSE(parsed.options.flag("no-input"));
  CHECK(parse({"probe", "tcp", "contoso.com:80", "--deadline", "3s"}).options.get("deadline") == "3s");
  ::unsetenv("AZTRIAGE_DEADLINE");
  ::unsetenv("AZTRIAGE_WITH");
  ::unsetenv("AZTRIAGE_NO_INPUT");
}

TEST_CASE("app: every option has help, one long name and a name of its own") {
  std::vector<std::string> seen;
  const auto check = [&](const OptionSpec& option) {
    CAPTURE(option.name);
    CHECK(option.name.starts_with("--"));
    CHECK_FALSE(option.help.empty());
    CHECK((option.kind == ValueKind::flag) == option.placeholder.empty());
    CHECK(environment_name(option).starts_with("AZTRIAGE_"));
    seen.emplace_back(long_name(option));
  };
  for (const auto& option : common_options()) check(option);
  const auto common = seen;
  for (const CommandSpec* command : all_commands()) {
    CAPTURE(command->name);
    CHECK_FALSE(command->summary.empty());
    seen = common;
    for (const auto& option : command->options) check(option);
    std::sort(seen.begin(), seen.end());
    CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
    CHECK(find_command(command->name) == command);
  }
}

TEST_CASE("exit codes: the worst of several") {
  CHECK(worse(ExitCode::ok, ExitCode::unsure) == ExitCode::unsure);
  CHECK(worse(ExitCode::unsure, ExitCode::fault) == ExitCode::fault);
  CHECK(worse(ExitCode::usage, ExitCode::fault) == ExitCode::usage);
  CHECK(worse(ExitCode::internal, ExitCode::usage) == ExitCode::internal);
  CHECK(worse(ExitCode::internal, ExitCode::interrupted) == ExitCode::interrupted);
  CHECK(worse(ExitCode::ok, ExitCode::ok) == ExitCode::ok);
}
