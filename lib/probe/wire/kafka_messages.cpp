#include "probe/wire/kafka_messages.h"

#include "probe/wire/bytes.h"
#include "probe/wire/said.h"

#include <algorithm>
#include <array>
#include <utility>

namespace aztriage::probe::wire::kafka {
namespace {

constexpr std::uint64_t kMostApis = 500;
constexpr std::uint64_t kMostMechanisms = 50;
constexpr std::uint64_t kMostBrokers = 1000;
constexpr std::uint64_t kMostPartitions = 20000;
constexpr std::uint64_t kMostReplicas = 1000;
constexpr std::string_view kClient = "aztriage";

constexpr std::array<std::pair<int, std::string_view>, 20> kApis = {{
    {0, "Produce"},       {1, "Fetch"},           {2, "ListOffsets"},      {3, "Metadata"},
    {8, "OffsetCommit"},  {9, "OffsetFetch"},     {10, "FindCoordinator"}, {11, "JoinGroup"},
    {12, "Heartbeat"},    {13, "LeaveGroup"},     {14, "SyncGroup"},       {15, "DescribeGroups"},
    {16, "ListGroups"},   {17, "SaslHandshake"},  {18, "ApiVersions"},     {19, "CreateTopics"},
    {20, "DeleteTopics"}, {22, "InitProducerId"}, {32, "DescribeConfigs"}, {36, "SaslAuthenticate"},
}};

constexpr std::array<std::pair<int, std::string_view>, 28> kErrors = {{
    {-1, "UNKNOWN_SERVER_ERROR"},
    {0, "NONE"},
    {3, "UNKNOWN_TOPIC_OR_PARTITION"},
    {5, "LEADER_NOT_AVAILABLE"},
    {6, "NOT_LEADER_OR_FOLLOWER"},
    {7, "REQUEST_TIMED_OUT"},
    {8, "BROKER_NOT_AVAILABLE"},
    {9, "REPLICA_NOT_AVAILABLE"},
    {10, "MESSAGE_TOO_LARGE"},
    {13, "NETWORK_EXCEPTION"},
    {14, "COORDINATOR_LOAD_IN_PROGRESS"},
    {15, "COORDINATOR_NOT_AVAILABLE"},
    {16, "NOT_COORDINATOR"},
    {17, "INVALID_TOPIC_EXCEPTION"},
    {29, "TOPIC_AUTHORIZATION_FAILED"},
    {30, "GROUP_AUTHORIZATION_FAILED"},
    {31, "CLUSTER_AUTHORIZATION_FAILED"},
    {33, "UNSUPPORTED_SASL_MECHANISM"},
    {34, "ILLEGAL_SASL_STATE"},
    {35, "UNSUPPORTED_VERSION"},
    {41, "NOT_CONTROLLER"},
    {42, "INVALID_REQUEST"},
    {44, "POLICY_VIOLATION"},
    {54, "SECURITY_DISABLED"},
    {56, "KAFKA_STORAGE_ERROR"},
    {58, "SASL_AUTHENTICATION_FAILED"},
    {72, "LISTENER_NOT_FOUND"},
    {89, "THROTTLING_QUOTA_EXCEEDED"},
}};

template <typename Table>
std::string name_in(const Table& table, int key, std::string_view otherwise) {
  for (const auto& [number, name] : table) {
    if (number == key) return std::string(name);
  }
  return std::string(otherwise) + std::to_string(key);
}

int int16(ByteReader& in) {
  return static_cast<std::int16_t>(in.u16());
}
std::int32_t int32(ByteReader& in) {
  return static_cast<std::int32_t>(in.u32());
}

/// A string or bytes whose length is negative is null: the same as empty here.
std::string nullable(ByteReader& in, std::size_t width, std::size_t most = 2000) {
  const std::int64_t size = width == 2 ? int16(in) : int32(in);
  if (size < 0) return {};
  const std::string_view bytes = in.take(static_cast<std::size_t>(size));
  return std::string(bytes.substr(0, most));
}

/// Length of an array; null counts as empty. More than can be meant makes the reader bad by reading on.
std::uint64_t count(ByteReader& in, std::uint64_t most, bool& good) {
  const std::int32_t size = int32(in);
  if (size < 0) return 0;
  good = good && static_cast<std::uint64_t>(size) <= most;
  return good ? static_cast<std::uint64_t>(size) : 0;
}

std::uint64_t varint(ByteReader& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    const std::uint64_t byte = in.u8();
    value |= (byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) break;
  }
  return value;
}

void skip_tags(ByteReader& in) {
  const std::uint64_t tags = varint(in);
  for (std::uint64_t i = 0; i < tags && in.good(); ++i) {
    varint(in);
    in.take(varint(in));
  }
}

std::string compact(std::string_view text) {
  return ByteWriter().u8(text.size() + 1).put(text).bytes();  // texts of ours are short
}

}  // namespace

std::string api_name(int key) {
  return name_in(kApis, key, "api ");
}

std::string error_name(int code) {
  return name_in(kErrors, code, "ERROR ");
}

std::string request(Api api, int version, std::int32_t correlation, std::string_view body, bool flexible) {
  ByteWriter out;
  out.u16(static_cast<std::uint16_t>(api)).u16(static_cast<std::uint16_t>(version));
  out.u32(static_cast<std::uint32_t>(correlation)).counted(kClient, 2);
  if (flexible) out.u8(0);  // no tags
  out.put(body);
  return ByteWriter().counted(out.bytes(), 4).bytes();
}

std::string api_versions_body(int version) {
  if (version < 3) return {};
  return compact(kClient) + compact("1") + std::string(1, '\0');
}

std::string sasl_handshake_body(std::string_view mechanism) {
  return ByteWriter().counted(mechanism, 2).bytes();
}

std::string sasl_authenticate_body(std::string_view bytes) {
  return ByteWriter().counted(bytes, 4).bytes();
}

std::string metadata_body(int version, std::string_view topic) {
  ByteWriter out;
  out.u32(topic.empty() ? 0 : 1);
  if (!topic.empty()) out.counted(topic, 2);
  if (version >= 4) out.u8(0);
  return out.bytes();
}

std::optional<ApiVersions> read_api_versions(std::string_view body, int version) {
  ByteReader in(body);
  ApiVersions read;
  read.error = int16(in);
  // A broker that does not know the version answers in the form of version 0 (KIP-511).
  const bool flexible = version >= 3 && read.error != 35;
  bool good = true;
  std::uint64_t apis = 0;
  if (flexible) {
    apis = varint(in);
    good = apis <= kMostApis;
    apis = apis > 0 && good ? apis - 1 : 0;
  } else if (read.error == 0 || in.left() >= 4) {
    apis = count(in, kMostApis, good);
  }
  for (std::uint64_t i = 0; i < apis && in.good(); ++i) {
    ApiRange one;
    one.key = int16(in);
    one.least = int16(in);
    one.most = int16(in);
    if (flexible) skip_tags(in);
    if (in.good()) read.apis.push_back(one);
  }
  if (!in.good() || !good) return std::nullopt;
  return read;
}

std::optional<SaslHandshake> read_sasl_handshake(std::string_view body) {
  ByteReader in(body);
  SaslHandshake read;
  read.error = int16(in);
  bool good = true;
  const std::uint64_t mechanisms = count(in, kMostMechanisms, good);
  for (std::uint64_t i = 0; i < mechanisms && in.good(); ++i)
    read.mechanisms.push_back(said(nullable(in, 2), 100));
  if (!in.good() || !good) return std::nullopt;
  return read;
}

std::optional<SaslAuthenticate> read_sasl_authenticate(std::string_view body) {
  ByteReader in(body);
  SaslAuthenticate read;
  read.error = int16(in);
  read.message = said(nullable(in, 2));
  read.bytes = nullable(in, 4);  // Event Hubs says null where the protocol wants bytes
  if (!in.good()) return std::nullopt;
  return read;
}

std::optional<Metadata> read_metadata(std::string_view body, int version) {
  ByteReader in(body);
  Metadata read;
  bool good = true;
  if (version >= 3) in.u32();  // throttled for so long
  const std::uint64_t brokers = count(in, kMostBrokers, good);
  for (std::uint64_t i = 0; i < brokers && in.good(); ++i) {
    Broker one;
    one.id = int32(in);
    one.host = said(nullable(in, 2, 300), 300);
    one.port = int32(in);
    nullable(in, 2);  // rack
    if (in.good()) read.brokers.push_back(std::move(one));
  }
  if (version >= 2) read.cluster = said(nullable(in, 2, 300), 300);
  read.controller = int32(in);
  const std::uint64_t topics = count(in, 1, good);
  for (std::uint64_t i = 0; i < topics && in.good(); ++i) {
    read.topic_error = int16(in);
    nullable(in, 2);  // its name
    in.u8();          // internal
    const std::uint64_t partitions = count(in, kMostPartitions, good);
    for (std::uint64_t p = 0; p < partitions && in.good(); ++p) {
      in.u16();  // error
      in.u32();  // index
      if (int32(in) < 0) ++read.leaderless;
      for (int list = 0; list < 2; ++list) in.take(4 * count(in, kMostReplicas, good));
      ++read.partitions;
    }
  }
  if (!in.good() || !good) return std::nullopt;
  return read;
}

}  // namespace aztriage::probe::wire::kafka
