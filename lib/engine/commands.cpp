#include "engine/commands.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace aztriage::engine {
namespace {

// `az webapp config appsettings list`, `az storage account keys list`, `kubectl get secret` and their like
// read only, too, but print secrets: they never belong here.
constexpr std::string_view kCommands[] = {
    "az account show",
    "az afd custom-domain list",
    "az afd custom-domain show",
    "az afd endpoint list",
    "az afd endpoint show",
    "az afd origin list",
    "az afd origin show",
    "az afd origin-group list",
    "az afd origin-group show",
    "az afd profile list",
    "az afd profile show",
    "az afd route list",
    "az afd route show",
    "az appservice plan list",
    "az appservice plan show",
    "az monitor activity-log list",
    "az monitor metrics list",
    "az network application-gateway show",
    "az network application-gateway show-backend-health",
    "az network dns record-set list",
    "az network front-door show",
    "az network nsg rule list",
    "az network nsg show",
    "az network private-endpoint show",
    "az network private-endpoint-connection list",
    "az network vnet subnet show",
    "az resource show",
    "az webapp config access-restriction show",
    "az webapp config show",
    "az webapp list",
    "az webapp list-instances",
    "az webapp show",
    "kubectl get events",
    "kubectl get nodes",
    "kubectl get pods",
    "kubectl get services",
    "kubectl version",
};

// These make a reading command print credentials or write a file.
constexpr std::string_view kForbiddenOptions[] = {"--debug", "--show-secrets", "--output-file", "-v=9",
                                                  "--v=9"};

bool starts_with_path(const std::vector<std::string>& argv, std::string_view path) {
  const auto words = text::split(path, ' ');
  return argv.size() >= words.size() && std::equal(words.begin(), words.end(), argv.begin());
}

bool needs_quotes(const std::string& word) {
  constexpr std::string_view kPlain = "-_./:=+";
  return word.empty() || !std::ranges::all_of(word, [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  kPlain.find(c) != std::string_view::npos;
         });
}

/// Quoted where needed, with `quote` for a quote inside quotes.
std::string line_of(const std::vector<std::string>& argv, std::string_view quote) {
  std::string line;
  for (const auto& word : argv) {
    if (!line.empty()) line += ' ';
    if (!needs_quotes(word)) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : word) c == '\'' ? line += quote : line += c;
    line += '\'';
  }
  return line;
}

}  // namespace

std::span<const std::string_view> read_only_commands() {
  return kCommands;
}

Result<void> check_read_only(const std::vector<std::string>& argv) {
  const bool listed =
      std::ranges::any_of(kCommands, [&](std::string_view path) { return starts_with_path(argv, path); });
  if (!listed) {
    return failed("'" + shell_line(argv) + "' is not on the list of commands that only read",
                  "ask for the value instead, or let the command be pasted");
  }
  for (const auto& word : argv) {
    for (auto option : kForbiddenOptions) {
      if (word == option || word.starts_with(std::string(option) + "=")) {
        return failed("'" + word + "' may print secrets or write files", "leave it out");
      }
    }
    if (word.starts_with("@"))
      return failed("'" + word + "' reads a file of this machine", "give the value itself");
  }
  return {};
}

std::string shell_line(const std::vector<std::string>& argv) {
  return line_of(argv, "'\\''");
}

std::string powershell_line(const std::vector<std::string>& argv) {
  return line_of(argv, "''");
}

}  // namespace aztriage::engine
