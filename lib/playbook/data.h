#pragma once

#include "playbook/model.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::playbook {

/// `inputs.yaml`: every input once.
struct InputDictionary {
  std::vector<Input> inputs;
  const Input* find(std::string_view name) const;
};

/// `clouds.yaml`: cloud name (public, usgov, china) -> entry -> suffix or host.
struct Clouds {
  std::map<std::string, std::map<std::string, fact::Value, std::less<>>, std::less<>> clouds;
};

/// `vantage.yaml`: reference hosts that tell a broken vantage from a broken target.
struct VantageData {
  std::vector<std::string> names;  // host names to resolve and to speak TLS with; unrelated owners
  std::string portal_url;          // plain http, answers `portal_expect`
  std::string portal_expect;
};

/// `<family>/family.yaml`: what a probe must know of a product.
struct Family {
  std::string id;
  std::string title;
  std::vector<std::string> names;  // old, new and short ones, for people's words
  struct Suffix {
    std::string cloud, suffix;
  };
  std::vector<Suffix> suffixes;
  std::vector<int> ports;
  /// How far from the client it sits: what a response passed through, and who made it.
  enum class Layer { edge, gateway, app, service };
  Layer layer = Layer::service;
  /// A trace in a response: a header (name, and RE2 on its value, empty for any) or a piece of the body. One
  /// that `makes` says that the product made the response itself; otherwise that the response passed through
  /// it.
  struct Marker {
    std::string header, matches, body;
    bool makes = false;
  };
  std::vector<Marker> markers;
  std::string text;
};

/// `<family>/codes.yaml`.
struct CodeRow {
  std::string code, seen_in, means, action, family;
  std::vector<std::string> causes;  // "front-door/5xx-from-edge#name-check"
};

/// Text -> data, with the same diagnostics as playbooks have. What is wrong is left out.
InputDictionary read_inputs(const source::Source& source, source::Diagnostics& diagnostics);
Clouds read_clouds(const source::Source& source, source::Diagnostics& diagnostics);
VantageData read_vantage(const source::Source& source, source::Diagnostics& diagnostics);
/// `id` is the folder's name.
Family read_family(const source::Source& source, std::string_view id, source::Diagnostics& diagnostics);
std::vector<CodeRow> read_codes(const source::Source& source, std::string_view family,
                                source::Diagnostics& diagnostics);

}  // namespace aztriage::playbook
