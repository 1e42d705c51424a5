#pragma once

#include "probe/wire/dialogue.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace aztriage::probe::wire {

struct MysqlAsked {
  enum class Tls { automatic, on, off };
  Tls tls = Tls::automatic;
  std::string user = {};
  std::string database = {};
  std::optional<std::string> password = {};
};

inline constexpr std::array<std::string_view, 2> kMysqlTlsAnswers = {"yes", "no"};
inline constexpr std::array<std::string_view, 3> kMysqlServers = {"mysql", "mariadb", "other"};
inline constexpr std::array<std::string_view, 3> kMysqlLogins = {"accepted", "refused", "not-tried"};
inline constexpr std::array<fact::FactSpec, 12> kMysqlFacts = {{
    {"version", {fact::Kind::text}, "version that the server greets with", "greeting"},
    {"server", {.kind = fact::Kind::choice, .words = kMysqlServers}, "whose server it is", "greeting"},
    {"tls-answer",
     {.kind = fact::Kind::choice, .words = kMysqlTlsAnswers},
     "whether its greeting offers TLS",
     "greeting"},
    {"auth-default", {fact::Kind::text}, "way of login that its greeting names, a plugin", "greeting"},
    {"auth", {fact::Kind::text}, "way of login that it asks of this user, a plugin"},
    {"login", {.kind = fact::Kind::choice, .words = kMysqlLogins}, "what became of the login"},
    {"withheld",
     {fact::Kind::boolean},
     "whether the password was kept back from a server that is not trusted"},
    {"error.code", {fact::Kind::number}, "number of its error: 1040, 1045, 1130, 3159, ..."},
    {"error.state", {fact::Kind::text}, "SQLSTATE of its error"},
    {"error.text", {fact::Kind::text}, "its error, as it says it"},
    {"error.address",
     {fact::Kind::ip},
     "the address that the error names: the client's, as the server sees it"},
    {"time.answer", {fact::Kind::number}, "seconds from the connection to the answer to the login"},
}};

/// MySQL's connection phase (dev.mysql.com/doc/dev/mysql-server, "Connection Phase"; MariaDB's is the same as
/// far as this goes). A login is always tried, without a password unless one is given: servers count
/// connections that end before it, and block the client's host for too many.
class MysqlTalk : public Dialogue {
 public:
  explicit MysqlTalk(MysqlAsked asked) : asked_(std::move(asked)) {}
  Step begin() override { return {}; }
  Step take(std::string_view bytes) override;
  Step secured() override;
  std::string_view operation() const override;
  void fill(fact::Observation& seen) const override;

 private:
  enum class Stage { greeting, login };
  Step packet(std::string_view body);
  Step greeting(std::string_view body);
  Step login();
  Step answer(std::string_view body);
  Step change_way(std::string_view body);
  Step more(std::string_view body);
  Step not_mysql() const;
  void error(std::string_view body);
  std::string proof();
  bool may_say_password();
  std::string packet_of(std::string_view body);
  std::uint32_t capabilities() const;
  std::string summary() const;

  MysqlAsked asked_;
  Stage stage_ = Stage::greeting;
  std::string buffer_;
  std::uint8_t sequence_ = 0;
  bool answered_ = false;
  bool greeted_ = false;
  bool secure_ = false;
  bool withheld_ = false;
  int turns_ = 0;
  std::uint32_t offers_ = 0;
  std::string version_, default_plugin_, plugin_, challenge_;
  std::string_view login_;
  std::optional<int> code_;
  std::string state_, text_;
  std::optional<double> answer_at_;
};

}  // namespace aztriage::probe::wire
