#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace aztriage::probe {

inline constexpr std::array<std::string_view, 6> kStorageServices = {"blob",  "dfs",   "file",
                                                                     "queue", "table", "web"};

/// What the host of a storage endpoint says: `ACCOUNT.SERVICE.core...`,
/// `ACCOUNT.zNN.SERVICE.storage.azure.net` (accounts with a DNS zone), `ACCOUNT-secondary...`
/// (learn.microsoft.com, storage-account-overview).
struct StorageName {
  std::string account;
  std::string service;
  bool secondary = false;
  /// The same account's host for another service, primary.
  std::string host_of(std::string_view service) const;
  /// The host of the secondary of the same service.
  std::string secondary_host() const;

 private:
  friend std::optional<StorageName> parse_storage_name(std::string_view host);
  std::string zone_;    // "z05." or empty
  std::string suffix_;  // "core.windows.net"
};
/// Nothing for a custom domain or an emulator.
std::optional<StorageName> parse_storage_name(std::string_view host);

/// The service that a Server header names: `Windows-Azure-Blob/1.0 ...`, `Azurite-Queue/3.35.0`; empty when
/// it is none of them.
std::string service_of_server(std::string_view server);

/// Whether anonymous reading is open, by the answer to a request without any login.
inline constexpr std::array<std::string_view, 5> kPublicAccess = {"open", "closed", "forbidden-by-account",
                                                                  "network-denied", "unknown"};
std::string_view public_access(int status, std::string_view code);

}  // namespace aztriage::probe
