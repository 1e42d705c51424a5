#include "probe/registry.h"

#include <algorithm>
#include <array>

namespace aztriage::probe {

// Each is defined in the file of its name; one that is listed but not written does not link.
extern const ProbeSpec kAmqp, kDecode, kDns, kFtps, kHttp, kImds, kKafka, kKubernetes, kMysql, kNtp, kOidc,
    kPath, kPostgres, kRdp, kRedis, kRegistry, kSmb, kSnat, kSql, kSsh, kStorage, kTcp, kTls, kWebsocket;

std::span<const ProbeSpec* const> all_probes() {
  static constexpr auto probes = std::to_array<const ProbeSpec*>(
      {&kAmqp,  &kDecode, &kDns,  &kFtps, &kHttp,     &kImds, &kKafka, &kKubernetes,
       &kMysql, &kNtp,    &kOidc, &kPath, &kPostgres, &kRdp,  &kRedis, &kRegistry,
       &kSmb,   &kSnat,   &kSql,  &kSsh,  &kStorage,  &kTcp,  &kTls,   &kWebsocket});
  return probes;
}

const ProbeSpec* find_probe(std::string_view name) {
  const auto probes = all_probes();
  const auto found =
      std::ranges::find_if(probes, [&](const ProbeSpec* probe) { return probe->name == name; });
  return found == probes.end() ? nullptr : *found;
}

}  // namespace aztriage::probe
