#include "decode/pseudonym_words.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace aztriage::decode {
namespace {

constexpr std::array<std::string_view, 60> kPublicDomains = {"microsoft.com",
                                                             "microsoftonline.com",
                                                             "microsoftonline.us",
                                                             "microsoftonline-p.com",
                                                             "microsoftazuread-sso.com",
                                                             "partner.microsoftonline.cn",
                                                             "azure.com",
                                                             "azure.net",
                                                             "azure.cn",
                                                             "azure.us",
                                                             "windows.net",
                                                             "windows.com",
                                                             "windowsupdate.com",
                                                             "usgovcloudapi.net",
                                                             "chinacloudapi.cn",
                                                             "office.com",
                                                             "office365.com",
                                                             "office.net",
                                                             "live.com",
                                                             "msftauth.net",
                                                             "msauth.net",
                                                             "msftconnecttest.com",
                                                             "msftncsi.com",
                                                             "msedge.net",
                                                             "azure-dns.com",
                                                             "azure-dns.net",
                                                             "azure-dns.org",
                                                             "azure-dns.info",
                                                             "digicert.com",
                                                             "digicert.cn",
                                                             "letsencrypt.org",
                                                             "lencr.org",
                                                             "globalsign.com",
                                                             "globalsign.net",
                                                             "sectigo.com",
                                                             "comodoca.com",
                                                             "usertrust.com",
                                                             "entrust.net",
                                                             "godaddy.com",
                                                             "amazontrust.com",
                                                             "pki.goog",
                                                             "github.com",
                                                             "githubusercontent.com",
                                                             "docker.io",
                                                             "docker.com",
                                                             "ubuntu.com",
                                                             "debian.org",
                                                             "redhat.com",
                                                             "google.com",
                                                             "gstatic.com",
                                                             "cloudflare.com",
                                                             "kubernetes.io",
                                                             "k8s.io",
                                                             "w3.org",
                                                             "ietf.org",
                                                             "openssl.org",
                                                             "curl.se",
                                                             "nginx.org",
                                                             "apache.org",
                                                             "python.org"};
constexpr std::array<std::string_view, 32> kCommonLabels = {"www",
                                                            "scm",
                                                            "privatelink",
                                                            "asuid",
                                                            "awverify",
                                                            "cdnverify",
                                                            "afdverify",
                                                            "autodiscover",
                                                            "mx",
                                                            "ftp",
                                                            "waws",
                                                            "cloud",
                                                            "azure",
                                                            "trafficmanager",
                                                            "login",
                                                            "management",
                                                            "p",
                                                            "privatelink-global",
                                                            "azurefd",
                                                            "sip",
                                                            "lyncdiscover",
                                                            "enterpriseregistration",
                                                            "enterpriseenrollment",
                                                            "hcp",
                                                            "vm",
                                                            "z01",
                                                            "secondary",
                                                            "developer",
                                                            "portal",
                                                            "in",
                                                            "svc",
                                                            "cluster"};
constexpr std::array<std::string_view, 24> kPlaces = {
    "us",          "europe",  "asia",   "india", "uk",     "australia", "brazil", "canada",
    "france",      "germany", "japan",  "korea", "norway", "sweden",    "uae",    "africa",
    "switzerland", "qatar",   "poland", "italy", "israel", "mexico",    "spain",  "china"};
constexpr std::array<std::string_view, 30> kCommonWords = {
    "azure",   "cloud",    "online", "example", "internal", "local",   "status",  "support",
    "service", "services", "portal", "server",  "servers",  "global",  "network", "mail",
    "hosts",   "origin",   "domain", "client",  "backend",  "gateway", "storage", "redis",
    "health",  "website",  "public", "private", "front",    "proxy"};
constexpr std::array<std::string_view, 106> kTopLevel = {
    "com",    "net",   "org",       "edu",    "gov",     "mil",    "int",     "io",          "us",
    "uk",     "de",    "fr",        "nl",     "be",      "ch",     "at",      "it",          "es",
    "pt",     "pl",    "dk",        "se",     "no",      "fi",     "ie",      "cz",          "sk",
    "hu",     "ro",    "bg",        "gr",     "tr",      "ru",     "ua",      "il",          "za",
    "ng",     "ke",    "eg",        "ae",     "sa",      "in",     "cn",      "jp",          "kr",
    "tw",     "hk",    "sg",        "my",     "th",      "vn",     "ph",      "au",          "nz",
    "ca",     "mx",    "br",        "ar",     "cl",      "co",     "pe",      "eu",          "asia",
    "info",   "biz",   "mobi",      "app",    "dev",     "cloud",  "online",  "site",        "store",
    "shop",   "tech",  "ai",        "me",     "tv",      "xyz",    "local",   "internal",    "corp",
    "lan",    "intra", "intranet",  "home",   "example", "test",   "invalid", "localdomain", "ms",
    "lu",     "li",    "is",        "ee",     "lv",      "lt",     "hr",      "si",          "rs",
    "health", "bank",  "insurance", "agency", "company", "global", "group"};
constexpr std::array<std::string_view, 8> kSecondLevel = {"co",  "com", "org", "net",
                                                          "gov", "ac",  "edu", "or"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kNameOptions = {
    {{"-g", "group"},
     {"--resource-group", "group"},
     {"-n", "resource"},
     {"--name", "resource"},
     {"--vault-name", "resource"},
     {"--account-name", "resource"},
     {"--server", "resource"},
     {"--server-name", "resource"},
     {"--registry", "resource"},
     {"--profile-name", "resource"},
     {"--origin-group-name", "resource"},
     {"--origin-name", "resource"},
     {"--endpoint-name", "resource"},
     {"--route-name", "resource"},
     {"--gateway-name", "resource"},
     {"--nsg-name", "resource"},
     {"--vnet-name", "resource"},
     {"--nic-name", "resource"},
     {"--cluster-name", "resource"},
     {"--namespace-name", "resource"},
     {"--zone-name", "resource"},
     {"--plan", "resource"},
     {"--subscription", "subscription"},
     {"--tenant", "tenant"}}};
constexpr std::array<std::string_view, 9> kCommonNames = {
    "default", "web", "kube-system", "production", "name", "latest", "null", "true", "false"};
constexpr std::array<std::string_view, 4> kPublicGuids = {
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46",   // Azure CLI
    "1950a258-227b-4e31-a9cf-717495945fc2",   // Azure PowerShell
    "6dae42f8-4368-4678-94ff-3960e28e3630",   // AKS
    "80faf920-1908-4b52-b5ef-a8e7bedfc67a"};  // kubelogin
constexpr std::array<std::string_view, 10> kStandIns = {
    "host", "domain", "company", "group", "resource", "subscription", "tenant", "person", "guid", "name"};

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

template <std::size_t N>
bool among(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// `westeurope`, `eastus2`, `uksouth`: a place and a direction.
bool is_region(std::string_view label) {
  constexpr std::string_view kDirections[] = {
      "west",         "east",         "north",       "south",     "central", "southeast",
      "northcentral", "southcentral", "westcentral", "northeast", ""};
  while (!label.empty() && label.back() >= '0' && label.back() <= '9') label.remove_suffix(1);
  for (const auto place : kPlaces) {
    const auto at = label.find(place);
    if (at == std::string_view::npos) continue;
    const auto before = label.substr(0, at);
    const auto after = label.substr(at + place.size());
    const bool known = std::ranges::find(kDirections, before) != std::end(kDirections) &&
                       std::ranges::find(kDirections, after) != std::end(kDirections);
    if (known && !(before.empty() && after.empty())) return true;
  }
  return false;
}

}  // namespace

bool is_public_host(std::string_view host) {
  return std::ranges::any_of(kPublicDomains, [&](std::string_view domain) {
    return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                              host[host.size() - domain.size() - 1] == '.');
  });
}

bool is_common_label(std::string_view label) {
  return label.empty() || label.front() == '_' || is_digits(label) || among(kCommonLabels, label) ||
         is_region(label) || label.starts_with("waws-prod-");
}

bool is_common_word(std::string_view word) {
  return word.size() < 5 || among(kCommonWords, word);
}

bool is_top_level(std::string_view label) {
  return label.starts_with("xn--") || among(kTopLevel, label);
}

std::size_t domain_labels(const std::vector<std::string_view>& labels) {
  const std::size_t count = labels.size();
  if (count < 2) return 0;
  const bool second = labels.back().size() == 2 && among(kSecondLevel, labels[count - 2]);
  if (!second) return 2;
  return count >= 3 ? 3 : 0;
}

bool is_name_option(std::string_view option, std::string_view& kind) {
  const auto it =
      std::ranges::find(kNameOptions, option, &std::pair<std::string_view, std::string_view>::first);
  if (it == kNameOptions.end()) return false;
  kind = it->second;
  return true;
}

bool is_common_name(std::string_view name) {
  return is_digits(name) || among(kCommonNames, name);
}

bool is_guid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

bool is_public_guid(std::string_view guid) {
  return guid == "00000000-0000-0000-0000-000000000000" || guid.ends_with("-0000-0000-c000-000000000000") ||
         among(kPublicGuids, guid);
}

bool looks_like_stand_in(std::string_view word) {
  const auto dash = word.rfind('-');
  return dash != std::string_view::npos && is_digits(word.substr(dash + 1)) &&
         among(kStandIns, word.substr(0, dash));
}

}  // namespace aztriage::decode
