#pragma once

#include "probe/wire/dialogue.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aztriage::probe::wire {

struct FtpsPlan {
  bool implicit = false;           // TLS was there from the first byte on (port 990)
  bool plain = false;              // ask only whether a login without TLS may begin
  std::string user = "anonymous";  // whose; one line
};

/// A whole reply (RFC 959 4.2).
struct FtpReply {
  int code = 0;
  std::string text;  // without codes, lines joined by line feeds, at most 4 KiB
};

inline constexpr std::array<fact::FactSpec, 12> kFtpsTalkFacts = {{
    {"banner", {fact::Kind::text}, "the server's greeting"},
    {"features", {fact::Kind::list, fact::Kind::text}, "what it answers to FEAT", "features"},
    {"auth-tls", {fact::Kind::boolean}, "whether it agrees to begin TLS (AUTH TLS)"},
    {"auth.code", {fact::Kind::number}, "the code of that reply"},
    {"auth.text", {fact::Kind::text}, "its text"},
    {"protection", {fact::Kind::boolean}, "whether data connections can have TLS, too (PROT P)"},
    {"reply.code", {fact::Kind::number}, "the code of its last reply"},
    {"reply.text", {fact::Kind::text}, "its text"},
    {"time.connect", {fact::Kind::number}, "seconds until the connection was there"},
    {"time.banner", {fact::Kind::number}, "seconds from there until the greeting"},
    {"time.auth", {fact::Kind::number}, "seconds that the reply to AUTH TLS took"},
    {"time.total", {fact::Kind::number}, "seconds for the whole talk"},
}};

/// The client's side of FTP up to the login (RFC 959, 2389, 4217): greeting, features, TLS. With `plain` it
/// is USER in plain text, which a server that demands TLS refuses. No password, no data connection.
class FtpsTalk : public Dialogue {
 public:
  explicit FtpsTalk(FtpsPlan plan) : plan_(std::move(plan)) {}
  Step begin() override { return {}; }
  Step take(std::string_view bytes) override;
  Step secured() override;
  Step closed(const std::optional<fact::Failure>& failure) override;
  std::string_view operation() const override;
  void fill(fact::Observation& seen) const override;
  std::size_t most_bytes() const override { return std::size_t{128} << 10; }

  /// The reply to USER, when the plan asks for it.
  const std::optional<FtpReply>& user_reply() const { return user_; }

 private:
  enum class Stage { banner, features, user, auth, buffer, protection, over };
  Step line(std::string_view text);
  Step reply(const FtpReply& reply);
  Step refuse(std::string_view what, const FtpReply& reply);
  Step end();
  void read_features(const FtpReply& reply);

  FtpsPlan plan_;
  Stage stage_ = Stage::banner;
  std::string buffer_;
  FtpReply open_;  // lines of a reply that goes on
  bool within_ = false;
  std::string preface_;
  std::optional<FtpReply> banner_, auth_, user_, last_;
  std::optional<std::vector<std::string>> features_;
  std::optional<bool> protection_;
  bool tls_ = false;
  double banner_at_ = 0, asked_at_ = 0, auth_at_ = 0, last_at_ = 0;
};

}  // namespace aztriage::probe::wire
