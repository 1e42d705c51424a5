#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aztriage::probe::wire {

/// The client's side of SCRAM-SHA-256 without channel binding (RFC 5802, RFC 7677). The user's name stays
/// empty: PostgreSQL takes it from its startup packet.
class Scram {
 public:
  Scram(std::string password, std::string nonce) : password_(std::move(password)), nonce_(std::move(nonce)) {}

  std::string first() const;
  /// The answer to the server's first message; nothing when that can't be read or wants more rounds than are
  /// worth waiting for.
  std::optional<std::string> answer(std::string_view server_first);
  /// Whether the server knows the password, too.
  bool proves(std::string_view server_final) const;

 private:
  std::string password_;
  std::string nonce_;
  std::string server_signature_;
};

}  // namespace aztriage::probe::wire
