#pragma once

#include "net/tls.h"
#include "probe/wire/dialogue.h"
#include "probe/wire/tds_login.h"

#include <array>
#include <optional>
#include <string>

namespace aztriage::probe::wire {

/// Takes TDS packets apart (MS-TDS 2.2.3): 8 bytes of type, status, length, then data.
class TdsPackets {
 public:
  void feed(std::string_view bytes) { buffer_ += bytes; }
  enum class Got { whole, more, broken };
  /// The next message, its packets joined, at most 128 KiB of it.
  Got next(std::uint8_t& type, std::string& message);
  /// What is not read yet.
  const std::string& rest() const { return buffer_; }

 private:
  std::string buffer_;
  std::string message_;
};
/// A message in packets of at most 4 KiB.
std::string tds_message(std::uint8_t type, std::string_view data);

/// TLS' handshake in PRELOGIN packets, as TDS 7 wants it.
class TdsFraming : public net::TlsFraming {
 public:
  std::string wrap(std::string_view records) override;
  bool unwrap(std::string_view bytes, std::string& records) override;

 private:
  std::string head_;
  std::size_t missing_ = 0;  // data of the packet under way
};

struct SqlAsked {
  enum class Tls { on, off, strict };  // strict: TDS 8.0, TLS from the first byte
  Tls tls = Tls::on;
  std::string server = {};
  std::string instance = {};
  std::string user = {};  // empty: no login
  std::string database = {};
  std::optional<std::string> password = {};
};

inline constexpr std::array<std::string_view, 4> kSqlEncryption = {"off", "on", "not-supported", "required"};
inline constexpr std::array<std::string_view, 2> kSqlTlsAnswers = {"yes", "no"};
inline constexpr std::array<std::string_view, 4> kSqlLogins = {"accepted", "refused", "routed", "not-tried"};
inline constexpr std::array<fact::FactSpec, 18> kSqlTalkFacts = {{
    {"version", {fact::Kind::text}, "version of the server or its gateway", "prelogin"},
    {"encryption",
     {.kind = fact::Kind::choice, .words = kSqlEncryption},
     "what it answered to our wish for encryption",
     "prelogin"},
    {"tls-answer",
     {.kind = fact::Kind::choice, .words = kSqlTlsAnswers},
     "whether TLS is to be had",
     "prelogin"},
    {"instance-matches", {fact::Kind::boolean}, "whether it is the instance that was asked for", "prelogin"},
    {"fed-auth",
     {fact::Kind::boolean},
     "whether it asks for tokens of Entra ID to be bound to it",
     "prelogin"},
    {"login",
     {.kind = fact::Kind::choice, .words = kSqlLogins},
     "what became of the login; routed: it was sent on to another server"},
    {"withheld",
     {fact::Kind::boolean},
     "whether the password was kept back from a server that is not trusted"},
    {"wants-token", {fact::Kind::boolean}, "whether it asks for a token of Entra ID", "answer"},
    {"program", {fact::Kind::text}, "what the server calls itself", "answer"},
    {"database", {fact::Kind::text}, "the database that the login ended in", "answer"},
    {"error.code", {fact::Kind::number}, "number of its error: 18456, 40615, 40613, ..."},
    {"error.state", {fact::Kind::number}, "state of its error"},
    {"error.class", {fact::Kind::number}, "severity of its error"},
    {"error.text", {fact::Kind::text}, "its error, as it says it"},
    {"error.address",
     {fact::Kind::ip},
     "the address that the error names: the client's, as the server sees it"},
    {"redirect.host", {fact::Kind::host}, "where the redirect policy sends clients"},
    {"redirect.port", {fact::Kind::number}, "and to which port"},
    {"time.answer", {fact::Kind::number}, "seconds from the connection to the answer to the login"},
}};

/// The start of a talk with SQL Server: PRELOGIN, TLS, LOGIN7 if there is a user (MS-TDS 3.2.5).
class SqlTalk : public Dialogue {
 public:
  explicit SqlTalk(SqlAsked asked) : asked_(std::move(asked)) {}
  Step begin() override;
  Step take(std::string_view bytes) override;
  Step secured() override;
  std::string_view operation() const override;
  void fill(fact::Observation& seen) const override;

  /// Where the server sends its clients; an empty host when it does not.
  const std::string& route_host() const { return answer_.route_host; }
  int route_port() const { return answer_.route_port; }

 private:
  enum class Stage { prelogin, login };
  bool read_prelogin(std::string_view message);
  bool option(std::uint8_t token, std::string_view value);
  Step after_prelogin();
  Step login();
  Step answered(std::string_view message);
  std::string summary() const;

  SqlAsked asked_;
  Stage stage_ = Stage::prelogin;
  TdsPackets packets_;
  bool answered_ = false;
  bool withheld_ = false;
  std::string version_;
  std::optional<unsigned> encryption_;
  std::optional<bool> instance_, fed_auth_;
  std::string_view login_;
  TdsAnswer answer_;
  std::optional<double> answer_at_;
};

}  // namespace aztriage::probe::wire
