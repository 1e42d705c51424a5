#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aztriage::probe::wire {

struct TdsLogin {
  std::string server;  // the gateway finds the logical server by it
  std::string user, password, database;
  bool strict = false;  // TDS 8.0 instead of 7.4
};
/// The LOGIN7 stream (MS-TDS 2.2.6.4) without packets around it.
std::string tds_login(const TdsLogin& login);

/// What the server's answer to a login holds (MS-TDS 2.2.7: ERROR, LOGINACK, ENVCHANGE).
struct TdsAnswer {
  struct Error {
    std::int32_t number = 0;
    int state = 0;
    int severity = 0;
    std::string text;
  };
  std::optional<Error> error;  // the first
  bool accepted = false;
  std::string program;   // of LOGINACK: "Microsoft SQL Server"
  std::string database;  // that the login ended in
  std::string route_host;
  int route_port = 0;
  bool wants_token = false;  // it asks for a token of Entra ID
};
/// Nothing when the tokens can't be followed.
std::optional<TdsAnswer> read_tds_answer(std::string_view tokens);

}  // namespace aztriage::probe::wire
