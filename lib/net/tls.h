#pragma once

#include "base/clock.h"
#include "net/certificate.h"
#include "net/net.h"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aztriage::net {

enum class TlsVersion { tls1_0, tls1_1, tls1_2, tls1_3 };
inline constexpr std::array<std::string_view, 4> kTlsVersions = {"1.0", "1.1", "1.2", "1.3"};
std::string_view version_name(TlsVersion version);
std::optional<TlsVersion> version_from_name(std::string_view name);

/// Packets of another protocol around the records of a handshake, as TDS 7 wants them (MS-TDS 2.2.6.5).
/// Behind the handshake the records stand alone.
class TlsFraming {
 public:
  virtual ~TlsFraming() = default;
  /// The packets around one flight of ours.
  virtual std::string wrap(std::string_view records) = 0;
  /// Takes what the server sent, in pieces of any size, and appends the records in it. False: this is not the
  /// framing.
  virtual bool unwrap(std::string_view bytes, std::string& records) = 0;
};

struct TlsOptions {
  std::shared_ptr<const Trust> trust;
  std::string server_name;  // SNI; empty or an address: none is sent
  std::string check_name;   // name or address that the certificate must be for; empty: any will do
  /// Without bounds as a current client: 1.2 and 1.3. A bound below 1.2 also lets in what was usual then:
  /// ciphers, signatures and keys that are refused otherwise.
  std::optional<TlsVersion> min, max;
  std::vector<std::string> alpn;
  std::shared_ptr<TlsFraming> framing = {};  // of this one handshake
  /// A server of TLS 1.3 refuses a client without a certificate only after the handshake. If it asked for
  /// one, this is how long to wait for its alert.
  Milliseconds await_refusal{0};
};

/// What was learnt from a handshake, also from one that failed.
struct Handshake {
  bool complete = false;
  std::optional<fact::Failure> failure;  // operation "handshake"
  std::string protocol;                  // "1.3"
  std::string cipher;
  std::string alpn;
  std::string alert;  // the server's, by its name in RFC 8446: "protocol_version"
  std::string cut;    // "closed" or "reset" when the server ended it without an alert
  bool client_certificate_asked = false;
  std::vector<std::string> client_authorities;  // subjects it would accept, at most 100
  bool stapled = false;
  std::string ocsp = "none";  // of the staple: good, revoked, unknown, none
  std::optional<CertificateReport> certificate;
  std::string preface;  // what a server that does not speak TLS said instead, at most 512 bytes
  double seconds = 0;
};

inline constexpr std::array<std::string_view, 2> kTlsCuts = {"closed", "reset"};
inline constexpr std::array<std::string_view, 4> kOcspStates = {"good", "revoked", "unknown", "none"};
inline constexpr std::array<fact::FactSpec, 11> kHandshakeFacts = {{
    {"protocol", {fact::Kind::choice, {}, {}, kTlsVersions}, "the TLS version agreed on"},
    {"cipher", {fact::Kind::text}, "the cipher suite agreed on"},
    {"alpn", {fact::Kind::text}, "the protocol agreed on by ALPN"},
    {"alert", {fact::Kind::text}, "the alert that the server sent, such as protocol_version", "handshake"},
    {"cut", {fact::Kind::choice, {}, {}, kTlsCuts}, "how the server ended it without an alert", "handshake"},
    {"preface", {fact::Kind::text}, "what a server without TLS said instead", "handshake"},
    {"client-certificate-asked", {fact::Kind::boolean}, "whether the server asks for a client certificate"},
    {"client-authorities",
     {fact::Kind::list, fact::Kind::text},
     "the authorities whose client certificates it takes"},
    {"ocsp.stapled", {fact::Kind::boolean}, "whether the server sends an OCSP answer along"},
    {"ocsp.status", {fact::Kind::choice, {}, {}, kOcspStates}, "what that answer says of the certificate"},
    {"time.handshake", {fact::Kind::number}, "seconds that the handshake took"},
}};
/// Adds all of these, and those of the certificate if one was seen.
void fill_facts(const Handshake& handshake, fact::Observation& observation);

/// TLS on a connected, non-blocking socket, which stays the caller's and must outlive the stream.
class TlsStream {
 public:
  /// `done` comes from the loop, once, after at most `timeout`; never from inside the call. It may destroy
  /// the stream.
  static std::unique_ptr<TlsStream> start(Net& net, int fd, TlsOptions options, Milliseconds timeout,
                                          std::function<void(const Handshake&)> done);
  virtual ~TlsStream() = default;

  /// Ends a handshake now, as `kind`, and tells what is known. `done` is not called after that.
  virtual Handshake stop(fact::FailureKind kind) = 0;

  /// After a complete handshake. Neither waits; `again` says that nothing could be done now.
  struct Moved {
    std::size_t bytes = 0;
    bool again = false;
    bool closed = false;                   // the server ended the stream properly
    std::optional<fact::Failure> failure;  // without an operation: the caller knows what it was doing
  };
  virtual Moved read(char* into, std::size_t most) = 0;
  virtual Moved write(std::string_view bytes) = 0;
  /// Calls once from the loop when the last `read` or `write` that said `again` is worth another try.
  virtual void when_ready(std::function<void()> call) = 0;
};

}  // namespace aztriage::net
