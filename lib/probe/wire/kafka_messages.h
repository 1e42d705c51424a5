#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe::wire::kafka {

/// The requests that are spoken, by their keys in the protocol guide (kafka.apache.org/protocol).
enum class Api : std::int16_t {
  metadata = 3,
  sasl_handshake = 17,
  api_versions = 18,
  sasl_authenticate = 36
};

struct ApiRange {
  int key = 0;
  int least = 0;
  int most = 0;
};
/// `Produce`, `Metadata`, ...; `api 71` for one that has no name here.
std::string api_name(int key);
/// `SASL_AUTHENTICATION_FAILED` and the like; `ERROR 123` for one that has no name here.
std::string error_name(int code);

/// A whole request with its length: header 1, or 2 when it is `flexible`.
std::string request(Api api, int version, std::int32_t correlation, std::string_view body,
                    bool flexible = false);
std::string api_versions_body(int version);
std::string sasl_handshake_body(std::string_view mechanism);
std::string sasl_authenticate_body(std::string_view bytes);
/// Of one topic, which is not made by asking for it (version 4), or of none: brokers only (1 and later).
std::string metadata_body(int version, std::string_view topic);

/// Bodies of responses. All are bounded; nothing when one can't be read.
struct ApiVersions {
  int error = 0;
  std::vector<ApiRange> apis;
};
std::optional<ApiVersions> read_api_versions(std::string_view body, int version);

struct SaslHandshake {
  int error = 0;
  std::vector<std::string> mechanisms;
};
std::optional<SaslHandshake> read_sasl_handshake(std::string_view body);

struct SaslAuthenticate {
  int error = 0;
  std::string message;
  std::string bytes;
};
std::optional<SaslAuthenticate> read_sasl_authenticate(std::string_view body);

struct Broker {
  std::int32_t id = 0;
  std::string host;
  int port = 0;
};
struct Metadata {
  std::vector<Broker> brokers;
  std::string cluster;
  std::int32_t controller = -1;
  std::optional<int> topic_error;  // of the topic that was asked for
  int partitions = 0;
  int leaderless = 0;
};
/// Versions 1 to 4.
std::optional<Metadata> read_metadata(std::string_view body, int version);

}  // namespace aztriage::probe::wire::kafka
