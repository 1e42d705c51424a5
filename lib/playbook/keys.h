#pragma once

#include "source/diagnostic.h"

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::playbook {

/// A map of the format whose keys are fixed. The reader, the JSON Schema and playbooks/README.md all come
/// from one table, `keys_of`.
enum class Place {
  playbook,
  input,
  cause,
  workaround,
  escalate,
  step,
  command,
  repeat,
  outcome,
  capture,
  dictionary,  // an entry of inputs.yaml
  vantage,     // vantage.yaml
  portal,
  family,  // family.yaml
  marker,
  code,  // an entry of codes.yaml
};

/// What may stand behind a key.
enum class Shape {
  text,        // without references
  filled,      // a text with ${...} in it
  name,        // lower-case words joined by hyphens
  word,        // one of `words`
  flag,        // true or false
  number,      // from `least` to `most`
  duration,    // 5s, 500ms, 2m
  date,        // 2026-11-20
  texts,       // a list of texts, or one text
  names,       // a list of names, or one name
  numbers,     // a list of whole numbers, or one
  arguments,   // a list of texts with ${...}
  map,         // a map with the keys of `child`
  maps,        // a list of such maps, or one
  named_maps,  // names, each with such a map
  condition,   // facts and what they must be
  given,       // causes and words
  params,      // parameters and values
  reader,      // a reader's name, or the name with its parameters
  facts,       // fact names, each with a type or a capture
  requires_,   // steps, each with outcomes
  suffix_map,  // cloud names, each with a list of texts
};

struct KeySpec {
  std::string_view name;
  Shape shape = Shape::text;
  std::string_view help;
  bool required = false;
  std::span<const std::string_view> words = {};
  Place child = Place::playbook;
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
};

std::span<const KeySpec> keys_of(Place place);
/// "a step", for messages.
std::string_view place_name(Place place);
const std::vector<Place>& all_places();

/// Names of causes, steps and outcomes; with `underscores`, of inputs.
bool is_name(std::string_view text, bool underscores = false);

/// One map of a file, checked against its table: unknown keys, wrong shapes, missing keys and references that
/// can't stand there are reported at once; what is left can be taken without further checks of its shape.
class Fields {
 public:
  Fields(const source::Node& node, Place place, source::Diagnostics& diagnostics);

  /// nullptr when the key is not there or was refused.
  const source::Node* get(std::string_view key) const;
  bool has(std::string_view key) const { return get(key) != nullptr; }
  std::string text(std::string_view key) const;  // empty when not there
  bool flag(std::string_view key) const;         // false when not there
  std::optional<bool> maybe_flag(std::string_view key) const;
  std::optional<double> number(std::string_view key) const;
  /// The scalars of a list shape, each with its place; of a single value, the one.
  std::vector<const source::Node*> items(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;
  /// Where the key itself stands, for mistakes about it.
  source::Span key_span(std::string_view key) const;

 private:
  const source::Node& node_;
  std::vector<const source::Node::Entry*> good_;
};

/// The scalars of a list, or the scalar itself; the shape has been checked.
std::vector<const source::Node*> items_of(const source::Node& node);

/// "a list", "a map", "a text", "nothing": what stands there, for messages.
std::string_view kind_text(const source::Node& node);

}  // namespace aztriage::playbook
