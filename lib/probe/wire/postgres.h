#pragma once

#include "probe/wire/dialogue.h"
#include "probe/wire/scram.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aztriage::probe::wire {

struct PostgresAsked {
  enum class Tls { automatic, on, off, direct };  // direct: from the first byte, as PostgreSQL 17 can
  Tls tls = Tls::automatic;
  std::string user = {};
  std::string database = {};
  std::optional<std::string> password = {};
  std::string nonce = {};  // of SCRAM
};

inline constexpr std::array<std::string_view, 4> kTlsAnswers = {"yes", "no", "error", "none"};
inline constexpr std::array<std::string_view, 8> kPostgresAuth = {"none", "password", "md5",   "scram",
                                                                  "gss",  "sspi",     "oauth", "other"};
inline constexpr std::array<std::string_view, 3> kLogins = {"accepted", "refused", "not-tried"};
inline constexpr std::array<fact::FactSpec, 16> kPostgresFacts = {{
    {"tls-answer",
     {.kind = fact::Kind::choice, .words = kTlsAnswers},
     "what it said to the request for TLS: yes, no, error (of a server that does not know it), none"},
    {"auth",
     {.kind = fact::Kind::choice, .words = kPostgresAuth},
     "the way of login that it asks for; none: it lets the user in without one"},
    {"mechanisms", {fact::Kind::list, fact::Kind::text}, "SASL mechanisms that it offers", "auth"},
    {"login", {.kind = fact::Kind::choice, .words = kLogins}, "what became of the login"},
    {"withheld",
     {fact::Kind::boolean},
     "whether the password was kept back from a server that is not trusted"},
    {"error.code", {fact::Kind::text}, "SQLSTATE of its error: 28P01, 53300, 57P03, ..."},
    {"error.severity", {fact::Kind::text}, "FATAL, ERROR or PANIC"},
    {"error.text", {fact::Kind::text}, "its error, as it says it"},
    {"error.detail", {fact::Kind::text}, "more of it"},
    {"error.hint", {fact::Kind::text}, "what it advises"},
    {"error.address",
     {fact::Kind::ip},
     "the address that the error names: the client's, as the server sees it"},
    {"version", {fact::Kind::text}, "version of the server, which it tells after a login only"},
    {"read-only", {fact::Kind::boolean}, "whether transactions begin as read only", "session"},
    {"standby", {fact::Kind::boolean}, "whether it is a standby in recovery", "session"},
    {"server-encoding", {fact::Kind::text}, "its encoding of texts", "session"},
    {"time.answer", {fact::Kind::number}, "seconds from the connection to the answer to the login"},
}};

/// PostgreSQL's protocol 3.0 (postgresql.org/docs/current/protocol-flow.html) as far as the end of a login.
class PostgresTalk : public Dialogue {
 public:
  explicit PostgresTalk(PostgresAsked asked);
  Step begin() override;
  Step take(std::string_view bytes) override;
  Step secured() override;
  std::string_view operation() const override;
  void fill(fact::Observation& seen) const override;

 private:
  enum class Stage { tls, login, ready };
  Step startup();
  Step tls_answer();
  Step message(char type, std::string_view body);
  Step authentication(std::string_view body);
  Step sasl(std::string_view body);
  Step with_password(std::string_view auth);
  Step not_postgres();
  void error(std::string_view body);
  std::string summary() const;

  PostgresAsked asked_;
  Stage stage_ = Stage::tls;
  std::string buffer_;
  bool answered_ = false;
  std::string_view tls_answer_, auth_, login_;
  bool withheld_ = false;
  std::vector<std::string> mechanisms_;
  std::map<char, std::string> error_;
  std::map<std::string, std::string, std::less<>> session_;
  std::optional<Scram> scram_;
  std::optional<double> answer_at_;
};

}  // namespace aztriage::probe::wire
