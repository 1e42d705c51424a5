#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace aztriage::fact {

/// What a fact, an input or a parameter can be. `choice` is a text of a closed list of words; `network` is an
/// address range in CIDR form; `endpoint` is host:port; a `url` is absolute. Times span seconds as `number`.
enum class Kind : std::uint8_t {
  boolean,
  number,
  text,
  choice,
  host,
  ip,
  network,
  url,
  endpoint,
  list,
  record
};
std::string_view kind_name(Kind kind);

struct FactSpec;

struct Type {
  Kind kind = Kind::text;
  Kind item = Kind::text;                                   // of a list
  std::span<const FactSpec> fields = {};                    // of a record, or of the records of a list
  std::span<const std::string_view> words = {};             // of a choice, or of the choices of a list
  double least = -std::numeric_limits<double>::infinity();  // of a number, for what people write
  double most = std::numeric_limits<double>::infinity();
  bool whole = false;
};
/// A port, as an input or a parameter takes it.
inline constexpr Type kPort{.kind = Kind::number, .least = 1, .most = 65535, .whole = true};

/// `list of record`, `choice`, ... for messages and help.
std::string describe(const Type& type);

/// A fact that a probe or reader declares. Names are dotted; a last part `*` opens a group whose members are
/// known only at run time (`headers.*`). `group` is what has to have been read before the absence of this
/// fact means something; it is the first part of the name unless said otherwise.
struct FactSpec {
  std::string_view name;
  Type type;
  std::string_view help;
  std::string_view group = {};
};
std::string_view group_of(const FactSpec& spec);

/// A parameter that a probe or reader takes. `list` marks one whose single value is a list already
/// (`commands`), `map` one that takes names and values (`headers`); a list in any other place makes several
/// tries. Only a `secret` parameter may be filled by a secret input.
struct ParamSpec {
  std::string_view name;
  Type type;
  std::string_view help;
  std::string_view default_value = {};
  bool required = false;
  bool secret = false;
  bool list = false;
  bool map = false;
};

/// The parts that `${realm.auth-url.host}` and conditions may take of a value: `.scheme .host .port .path
/// .query.NAME` of a URL, `.label .parent` of a host, `.host .port` of an endpoint. Returns false when `kind`
/// has no such part; otherwise the part's own kind.
bool part_kind(Kind kind, std::string_view part, Kind& result);

}  // namespace aztriage::fact
