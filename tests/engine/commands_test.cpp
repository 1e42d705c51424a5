#include "engine/commands.h"

#include "base/text.h"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

using namespace aztriage::engine;
using Argv = std::vector<std::string>;

TEST_CASE("commands: whole paths that only read are allowed") {
  CHECK(check_read_only({"az", "afd", "origin", "show", "--ids", "/subscriptions/x", "-o", "json"}));
  CHECK(check_read_only({"az", "webapp", "config", "access-restriction", "show", "-g", "rg", "-n", "shop"}));
  CHECK(check_read_only({"kubectl", "get", "pods", "-o", "json"}));
}

TEST_CASE("commands: what changes something, prints secrets or is not listed is refused with a reason") {
  for (const auto& argv : {Argv{"az", "afd", "origin", "update", "--ids", "x"}, Argv{"az", "afd", "origin"},
                           Argv{"az", "webapp", "config", "appsettings", "list"},
                           Argv{"az", "storage", "account", "keys", "list"}, Argv{"kubectl", "get", "secret"},
                           Argv{"kubectl", "delete", "pods"}, Argv{"show", "az", "afd", "origin"},
                           Argv{"rm", "-rf", "/"}, Argv{}, Argv{"az", "afd", "origin", "show", "--debug"},
                           Argv{"az", "afd", "origin", "show", "--ids", "@/etc/passwd"},
                           Argv{"sh", "-c", "az afd origin show"}}) {
    INFO(shell_line(argv));
    const auto allowed = check_read_only(argv);
    REQUIRE_FALSE(allowed);
    CHECK_FALSE(allowed.error().what.empty());
  }
}

TEST_CASE("commands: no listed path is one that shows credentials") {
  for (const auto path : read_only_commands()) {
    INFO(path);
    const auto words = aztriage::text::split(path, ' ');
    for (const std::string_view word : {"key", "keys", "list-keys", "secret", "secrets", "token",
                                        "credential", "appsettings", "connection-string", "password"}) {
      CHECK(std::ranges::find(words, word) == words.end());
    }
    // Beside these, three ways to read that Azure names otherwise.
    const std::string last(words.back());
    CHECK((last.starts_with("show") || last.starts_with("list") || last == "get-instance-view" ||
           last == "get-boot-log" || last == "test-ip-flow" || path.starts_with("kubectl ")));
  }
  const auto all = read_only_commands();
  CHECK(std::ranges::is_sorted(all));
}

TEST_CASE("commands: a line for a shell survives the shell") {
  CHECK(shell_line({"az", "webapp", "show", "-n", "shop"}) == "az webapp show -n shop");
  CHECK(shell_line({"echo", "a b", "it's", "", "$(id)", "x;y"}) == "echo 'a b' 'it'\\''s' '' '$(id)' 'x;y'");
  CHECK(powershell_line({"Get-It", "-Name", "it's", "a,b"}) == "Get-It -Name 'it''s' 'a,b'");
}
