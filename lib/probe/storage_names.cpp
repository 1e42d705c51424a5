#include "probe/storage_names.h"

#include "base/text.h"

#include <algorithm>
#include <vector>

namespace aztriage::probe {
namespace {

constexpr std::string_view kSecondary = "-secondary";
constexpr std::array<std::string_view, 5> kSuffixes = {"core.windows.net", "core.usgovcloudapi.net",
                                                       "core.chinacloudapi.cn", "core.cloudapi.de",
                                                       "storage.azure.net"};

bool is_zone(std::string_view label) {
  return label.size() >= 2 && label.size() <= 4 && label[0] == 'z' &&
         label.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

bool is_service(std::string_view label) {
  return std::ranges::find(kStorageServices, label) != kStorageServices.end();
}

}  // namespace

std::string StorageName::host_of(std::string_view other) const {
  return account + "." + zone_ + std::string(other) + "." + suffix_;
}

std::string StorageName::secondary_host() const {
  return account + std::string(kSecondary) + "." + zone_ + service + "." + suffix_;
}

std::optional<StorageName> parse_storage_name(std::string_view host) {
  std::string name = text::lower(host);
  if (name.ends_with('.')) name.pop_back();
  const auto suffix = std::ranges::find_if(kSuffixes, [&](std::string_view one) {
    return name.size() > one.size() && name.ends_with(one) && name[name.size() - one.size() - 1] == '.';
  });
  if (suffix == kSuffixes.end()) return std::nullopt;
  const auto labels = text::split(std::string_view(name).substr(0, name.size() - suffix->size() - 1), '.');
  if (labels.size() < 2 || labels.size() > 4 || !is_service(labels.back())) return std::nullopt;
  StorageName found;
  found.suffix_ = *suffix;
  found.service = labels.back();
  found.account = labels.front();
  for (std::size_t i = 1; i + 1 < labels.size(); ++i) {
    if (is_zone(labels[i]))
      found.zone_ = std::string(labels[i]) + ".";
    else if (labels[i] != "privatelink")
      return std::nullopt;
  }
  found.secondary = found.account.ends_with(kSecondary);
  if (found.secondary) found.account.resize(found.account.size() - kSecondary.size());
  return found.account.empty() ? std::nullopt : std::optional(found);
}

std::string service_of_server(std::string_view server) {
  const std::string name = text::lower(server);
  for (const std::string_view product : {"windows-azure-", "azurite-"}) {
    if (!std::string_view(name).starts_with(product)) continue;
    const std::string_view rest = std::string_view(name).substr(product.size());
    const std::string_view word = rest.substr(0, rest.find('/'));
    if (word == "hdfs") return "dfs";
    if (is_service(word)) return std::string(word);
  }
  return {};
}

std::string_view public_access(int status, std::string_view code) {
  if ((status >= 200 && status < 300) || status == 304) return "open";
  // In an open container the blob's own errors come through; a closed one does not tell what it has.
  if (code == "BlobNotFound" || code == "BlobArchived") return "open";
  if (code == "PublicAccessNotPermitted") return "forbidden-by-account";
  if (code == "AuthorizationFailure") return "network-denied";
  if (code == "ResourceNotFound" || code == "ContainerNotFound" || code == "NoAuthenticationInformation")
    return "closed";
  return "unknown";
}

}  // namespace aztriage::probe
