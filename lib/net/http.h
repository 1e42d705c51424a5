#pragma once

#include "base/clock.h"
#include "fact/failure.h"
#include "net/certificate.h"
#include "net/connection.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aztriage::net {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// What is kept of an answer, whatever a server sends.
inline constexpr std::size_t kKeptHeaders = std::size_t{64} << 10;
inline constexpr std::size_t kReadHeaders = std::size_t{256} << 10;
inline constexpr std::size_t kKeptBody = std::size_t{1} << 20;
inline constexpr std::size_t kReadBody = std::size_t{8} << 20;

enum class HttpVersion { any, http1, http2 };

/// One request; nothing in it is followed, retried or added to by itself, but for Host, User-Agent (when it
/// is not among the headers) and `Accept: */*`.
struct HttpRequest {
  struct Message {
    std::string target = "/";  // path and query, encoded
    Headers headers;
    std::optional<std::string> body;
  };
  std::string method = "GET";
  bool tls = true;
  std::string host;
  int port = 443;
  Message message;
  /// What is sent instead to a host that is not verified: by TLS with a certificate that has problems, or
  /// without TLS, but for this machine and its link.
  std::optional<Message> to_unverified;
  std::string server_name;       // SNI and the name that the certificate must be for; empty: the host
  std::optional<Place> connect;  // go there instead
  std::string address;
  int family = 0;
  std::string proxy;
  std::string ca_file;      // the only authorities to trust; empty: the system's and --ca-file
  bool compressed = false;  // say that compressed answers are welcome; they are decoded in any case
  bool verify = false;      // end when the certificate has a problem
  HttpVersion version = HttpVersion::any;
  std::size_t read = kReadBody;  // bytes of the body after which to stop
};

struct HttpReply {
  std::optional<fact::Failure> failure;
  Connection connection;      // without its socket
  int status = 0;             // 0: no status line came
  std::string reason;         // as sent; HTTP/2 has none
  std::string version;        // "1.1", "2"
  Headers headers;            // in order, names in lower case
  bool headers_read = false;  // whole
  bool headers_cut = false;   // there were more than are kept
  std::string body;           // decoded, the first kKeptBody bytes
  std::uint64_t decoded_size = 0;
  std::uint64_t received_size = 0;  // as received
  std::string digest;               // SHA-256 of the decoded body, when it is whole
  std::optional<bool> complete;     // whether it ended as announced; unknown when it was not read to its end
  std::optional<CertificateReport> certificate;
  std::string protocol;   // of TLS: "1.3"
  bool withheld = false;  // `to_unverified` was sent
  double tls_seconds = 0;
  double first_byte_seconds = 0;  // from the request to the first byte of the answer
  double total_seconds = 0;
  UtcTime middle{};  // half-way between the request and the first byte
};

class HttpExchange {
 public:
  virtual ~HttpExchange() = default;
  /// Ends now; the operation that was under way fails as `kind`. `done` is not called after that.
  virtual HttpReply stop(fact::FailureKind kind) = 0;
  /// "resolve", "connect", "proxy", "handshake", "request", "response" or "body".
  virtual std::string_view operation() const = 0;
};

/// Sends a request on a connection of its own. `done` comes from the loop, once, never from inside the call.
/// The connection has at most `connect_timeout`; the rest is the caller's to end.
std::unique_ptr<HttpExchange> start_http(Net& net, HttpRequest request, Milliseconds connect_timeout,
                                         std::function<void(HttpReply)> done);

}  // namespace aztriage::net
