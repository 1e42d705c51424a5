#pragma once

#include "fact/observation.h"
#include "source/diagnostic.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::match {

/// Where a name leads: a fact of an observation, an input, or a suffix or host of the cloud in use.
struct Resolved {
  enum class From { fact, input, cloud };
  From from = From::fact;
  std::string step;   // of a fact: the step it belongs to; empty for the step that is being judged
  std::string name;   // full fact name, input name, or cloud entry
  std::string group;  // of a fact
  std::string part;   // "host", "query.sig", ...; empty for the whole value
  fact::Type type;    // of the part if there is one
};
/// As people would write it: `edge.location.host`, `origin`, `cloud.vault`.
std::string name_of(const Resolved& name);
bool same_place(const Resolved& a, const Resolved& b);

/// Knows every name that can stand at one place of a playbook. A name is looked up as a fact of the step
/// itself first (in conditions), then as `step.fact`, then as an input, then as `cloud.entry`.
struct Scope {
  virtual ~Scope() = default;
  /// `own` is true where facts of the step itself may be named without its id.
  virtual std::optional<Resolved> resolve(std::string_view name, bool own) const = 0;
  /// What could have been meant, for hints.
  virtual std::vector<std::string> known_names(bool own) const = 0;
  /// The type of a parameter that a step varies, so that conditions can name it in the records of its
  /// `tries`. `step` is empty for the step itself.
  virtual std::optional<fact::Type> varied(std::string_view step, std::string_view name) const {
    static_cast<void>(step);
    static_cast<void>(name);
    return std::nullopt;
  }
};

/// Gives values while a walk or run goes on.
struct Environment {
  virtual ~Environment() = default;
  /// Applies the part, too. `known` as in `fact::look`; an input without a value is unknown.
  virtual fact::Look value(const Resolved& name) const = 0;
};

/// `${name}` or `${name?}` in people's text.
struct Reference {
  Resolved target;
  bool optional = false;
  source::Span span;
};

/// Text with references in it, parsed and checked once. `${` can't be escaped: no Azure command needs it. A
/// `$` without a brace is just a `$`.
class Template {
 public:
  struct Piece {
    std::string literal;  // when there is no reference
    std::optional<Reference> reference;
  };
  /// Reports unknown names and malformed `${`. Spans point into the file.
  static Template parse(const source::Node& scalar, const Scope& scope, bool own,
                        source::Diagnostics& diagnostics);
  static Template literal(std::string text);

  const std::vector<Piece>& pieces() const { return pieces_; }
  bool is_literal() const;
  /// The single reference of a template that is nothing else, or nullptr.
  const Reference* sole_reference() const;
  std::vector<const Reference*> references() const;

  /// How values are made safe for the place they stand at. A value that can't be made safe is refused.
  enum class Encode {
    none,      // text for people
    url,       // each piece of a URL for its place (RFC 3986): a host stays a host, a path keeps its slashes,
               // a query value loses & and =; the whole is a URL afterwards
    line,      // one line of a protocol, such as a header's value: no CR, LF or NUL
    argument,  // one entry of an argument vector: can't become an option
    shell,     // a line for a POSIX shell, to be copied by people: quoted where it needs it
    powershell,  // the same for PowerShell
  };
  struct Filled {
    std::string text;
    /// A reference whose value is not known now, or can't stand here: its name. Text is then not usable.
    std::optional<std::string> missing;
    /// Why the value of `missing` can't stand here; empty when it is just not known.
    std::string refused;
    /// An optional reference was not known: leave the whole parameter out.
    bool left_out = false;
  };
  Filled fill(const Environment& environment, Encode encode = Encode::none) const;

 private:
  std::vector<Piece> pieces_;
};

}  // namespace aztriage::match
