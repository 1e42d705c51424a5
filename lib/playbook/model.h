#pragma once

#include "fact/value.h"
#include "match/condition.h"
#include "match/reference.h"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aztriage::playbook {

using match::Condition;
using match::Template;
using source::Span;

/// Owns the words of a choice, so that copies of a type stay good.
struct WordList {
  std::vector<std::string> words;
  std::vector<std::string_view> views;
};
std::shared_ptr<const WordList> make_words(std::vector<std::string> words);

/// Something that must be known first. What the playbook leaves out comes from `inputs.yaml`.
struct Input {
  std::string name;
  std::string type_name;  // as in inputs.yaml: "host", "path", "resource-id", ...
  fact::Type type;
  std::vector<std::string> choices;
  std::shared_ptr<const WordList> words;  // what `type.words` points to
  std::string ask;
  std::string example;
  bool optional = false;
  bool secret = false;
  std::optional<Template> default_value;
  Span span;
};

struct Workaround {
  Template action;                  // `do`
  std::optional<Template> command;  // printed, never run
  std::optional<Template> powershell;
  std::optional<Template> portal;
  std::optional<std::chrono::seconds> takes;
  std::string takes_text;
  std::string risk;
  std::string undo;
  bool disruptive = false;
};

struct Escalation {
  std::string team;
  std::vector<std::string> attach;  // step ids
  std::string say;
};

enum class Seen { very_common, common, occasional, rare };
enum class Vantage { clock, resolver, inspection, portal, proxy };

struct Cause {
  std::string id;
  std::string title;
  Seen seen = Seen::occasional;
  std::string explain;
  std::vector<Workaround> workarounds;
  std::string fix;
  std::vector<int> verify;  // indices of steps
  std::optional<Escalation> escalate;
  std::vector<std::string> docs;  // paths on learn.microsoft.com
  std::string see;                // "family/scenario", or empty
  std::optional<Vantage> vantage;
  Span span;
};

/// `given`: how often this outcome is seen, per cause. Numbers as in lib/isolation/likelihood.h.
struct Given {
  double otherwise = 0;
  std::optional<double> unlisted;
  std::map<int, double> causes;  // by index of cause
};

struct Outcome {
  std::string name;
  std::optional<Condition> when;  // none: matches always
  std::optional<Given> given;     // none: what the other outcomes leave
  std::optional<bool> fine;
  bool exact = false;
  std::optional<Template> say;
  std::string label;  // for answers: what a person reads; defaults to the name
  Span span;
};

/// A value or a list of values (then the step looks once for each).
struct Parameter {
  std::string name;
  std::vector<Template> values;
  bool listed = false;
  /// For parameters that are maps (`headers`): key -> template; `values` is empty then.
  std::vector<std::pair<std::string, Template>> entries;
  Span span;
};

struct Reader {
  std::string name;
  std::vector<Parameter> params;
};

/// A fact that the step itself declares: a type for a member of an open group, or a capture out of a text.
struct DeclaredFact {
  std::string name;
  fact::Kind kind = fact::Kind::text;
  std::string in;    // a text fact, or "text" for pasted text; empty: only the type is declared
  std::string find;  // RE2 with one group
  Span span;
};

struct Repeat {
  int times = 1;
  std::string by;                // a fact, or empty
  std::optional<Condition> bad;  // which tries count as failed; none: those that did not answer
};

struct Require {
  int step = 0;
  std::vector<int> outcomes;
};

struct Command {
  std::vector<Template> run;  // an argument vector, never a shell line
  std::optional<Template> powershell;
};

enum class StepKind { probe, question, command, of };
enum class LookAt { nowhere, portal, logs };

struct Step {
  std::string id;
  StepKind kind = StepKind::probe;
  std::string probe;              // name, when kind is probe
  std::vector<Parameter> params;  // `with`
  std::optional<Template> question;
  Command command;
  int of = -1;
  std::optional<Reader> reader;
  std::vector<DeclaredFact> facts;
  std::vector<Outcome> outcomes;  // the answers of a question stand here too
  bool symptom = false;
  std::optional<Template> say;
  std::optional<double> cost;  // seconds
  std::optional<std::chrono::milliseconds> timeout;
  std::vector<Require> requires_;
  std::string group;
  bool lasting = false;
  bool from_client = false;
  bool intrusive = false;  // its probe says so
  Repeat repeat;
  LookAt look = LookAt::nowhere;
  std::vector<int> waits_for;  // steps whose facts it uses, in file order
  Span span;
};

struct Playbook {
  std::string id;  // "front-door/5xx-from-edge"
  std::string family;
  std::string title;
  std::string summary;
  std::string reviewed;
  std::vector<std::string> symptoms;
  std::vector<Input> inputs;  // in the order of the file
  double unlisted = 0.10;
  std::vector<Cause> causes;
  std::vector<Step> steps;

  bool built_in = false;
  std::string origin;  // path of the file, or "built in"
  std::string digest;  // SHA-256 of the text, hex
  std::string text;
  int cause_index(std::string_view id) const;  // -1 when there is none
  int step_index(std::string_view id) const;
};

}  // namespace aztriage::playbook
