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
    "az acr network-rule list",
    "az acr repository list",
    "az acr repository show-tags",
    "az acr show",
    "az ad app show",
    "az ad sp show",
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
    "az afd security-policy list",
    "az aks list",
    "az aks nodepool list",
    "az aks nodepool show",
    "az aks show",
    "az apim show",
    "az appservice plan list",
    "az appservice plan show",
    "az cdn custom-domain list",
    "az cdn custom-domain show",
    "az cdn endpoint show",
    "az cosmosdb network-rule list",
    "az cosmosdb show",
    "az cosmosdb sql role assignment list",
    "az disk show",
    "az eventhubs eventhub show",
    "az eventhubs namespace network-rule-set show",
    "az eventhubs namespace show",
    "az functionapp config show",
    "az functionapp function list",
    "az functionapp plan show",
    "az functionapp show",
    "az identity federated-credential list",
    "az identity show",
    "az keyvault network-rule list",
    "az keyvault show",
    "az monitor activity-log list",
    "az monitor autoscale show",
    "az monitor metrics list",
    "az mysql flexible-server firewall-rule list",
    "az mysql flexible-server parameter show",
    "az mysql flexible-server show",
    "az network application-gateway show",
    "az network application-gateway show-backend-health",
    "az network application-gateway waf-policy show",
    "az network dns record-set list",
    "az network firewall application-rule list",
    "az network firewall nat-rule list",
    "az network firewall network-rule list",
    "az network firewall policy rule-collection-group list",
    "az network firewall policy show",
    "az network firewall show",
    "az network front-door show",
    "az network lb list",
    "az network lb outbound-rule list",
    "az network lb probe list",
    "az network lb rule list",
    "az network lb show",
    "az network nat gateway show",
    "az network nic list",
    "az network nic list-effective-nsg",
    "az network nic show",
    "az network nic show-effective-route-table",
    "az network nsg rule list",
    "az network nsg show",
    "az network private-dns link vnet list",
    "az network private-dns record-set list",
    "az network private-dns zone list",
    "az network private-dns zone show",
    "az network private-endpoint dns-zone-group list",
    "az network private-endpoint list",
    "az network private-endpoint show",
    "az network private-endpoint-connection list",
    "az network public-ip list",
    "az network public-ip show",
    "az network route-table route list",
    "az network route-table show",
    "az network vnet list",
    "az network vnet peering list",
    "az network vnet peering show",
    "az network vnet show",
    "az network vnet subnet list",
    "az network vnet subnet show",
    "az network vnet-gateway show",
    "az network vpn-connection show",
    "az network watcher show-next-hop",
    "az network watcher test-ip-flow",
    "az postgres flexible-server firewall-rule list",
    "az postgres flexible-server parameter show",
    "az postgres flexible-server show",
    "az redis access-policy-assignment list",
    "az redis firewall-rules list",
    "az redis show",
    "az redisenterprise database show",
    "az redisenterprise show",
    "az resource list",
    "az resource show",
    "az role assignment list",
    "az role definition list",
    "az servicebus namespace network-rule-set show",
    "az servicebus namespace show",
    "az servicebus queue show",
    "az servicebus topic show",
    "az sql db show",
    "az sql server ad-admin list",
    "az sql server conn-policy show",
    "az sql server firewall-rule list",
    "az sql server show",
    "az sql server vnet-rule list",
    "az storage account blob-service-properties show",
    "az storage account management-policy show",
    "az storage account network-rule list",
    "az storage account show",
    "az storage container show",
    "az storage share-rm show",
    "az vm boot-diagnostics get-boot-log",
    "az vm extension list",
    "az vm get-instance-view",
    "az vm list-usage",
    "az vm show",
    "az vmss extension list",
    "az vmss get-instance-view",
    "az vmss list-instances",
    "az vmss show",
    "az webapp config access-restriction show",
    "az webapp config hostname list",
    "az webapp config show",
    "az webapp config ssl list",
    "az webapp list",
    "az webapp list-instances",
    "az webapp show",
    "az webapp vnet-integration list",
    "kubectl auth can-i",
    "kubectl get daemonsets",
    "kubectl get deployments",
    "kubectl get endpoints",
    "kubectl get endpointslices",
    "kubectl get events",
    "kubectl get ingress",
    "kubectl get ingressclasses",
    "kubectl get networkpolicies",
    "kubectl get node",
    "kubectl get nodes",
    "kubectl get persistentvolumeclaims",
    "kubectl get persistentvolumes",
    "kubectl get pod",
    "kubectl get pods",
    "kubectl get resourcequotas",
    "kubectl get service",
    "kubectl get serviceaccounts",
    "kubectl get services",
    "kubectl get storageclasses",
    "kubectl top nodes",
    "kubectl top pods",
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
