#include "decode/pairs.h"

#include "base/text.h"

#include <algorithm>
#include <map>

namespace aztriage::decode {
namespace {

std::string bare(std::string_view name) {
  std::string out = text::lower(name);
  std::erase_if(out, [](char c) { return c == ' ' || c == '_' || c == '-'; });
  return out;
}

/// A value and the place behind it.
struct Taken {
  std::string value;
  std::size_t end;
};

Taken take_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at++];
  Taken taken{{}, at};
  for (; taken.end < text.size(); ++taken.end) {
    if (text[taken.end] == quote) {
      if (taken.end + 1 >= text.size() || text[taken.end + 1] != quote) break;
      ++taken.end;
    }
    taken.value += text[taken.end];
  }
  taken.end = std::min(text.find(';', taken.end), text.size());
  return taken;
}

Taken take_value(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  if (at < text.size() && (text[at] == '\'' || text[at] == '"')) return take_quoted(text, at);
  const std::size_t end = std::min(text.find(';', at), text.size());
  return {std::string(text::trim(text.substr(at, end - at))), end};
}

}  // namespace

Pairs query_pairs(std::string_view query) {
  Pairs pairs;
  for (const std::string_view piece : text::split(query, '&')) {
    const std::size_t equals = piece.find('=');
    if (equals == std::string_view::npos || pairs.size() >= kMostPairs) continue;
    pairs.push_back({std::string(piece.substr(0, equals)), std::string(piece.substr(equals + 1))});
  }
  return pairs;
}

std::optional<Pairs> semicolon_pairs(std::string_view text) {
  Pairs pairs;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t stop = std::min(text.find(';', at), text.size());
    const std::size_t equals = at + std::min(text.substr(at, stop - at).find('='), stop - at);
    if (equals >= stop) {
      if (!text::trim(text.substr(at, stop - at)).empty()) return std::nullopt;
      at = stop + 1;
      continue;
    }
    const std::string name(text::trim(text.substr(at, equals - at)));
    if (name.empty() || name.size() > 64 || pairs.size() >= kMostPairs) return std::nullopt;
    Taken taken = take_value(text, equals + 1);
    pairs.push_back({name, std::move(taken.value)});
    at = taken.end + 1;
  }
  return pairs;
}

std::optional<std::string> value_of(const Pairs& pairs, std::string_view name) {
  const std::string wanted = bare(name);
  for (const NameValue& pair : pairs) {
    if (bare(pair.name) == wanted) return pair.value;
  }
  return std::nullopt;
}

std::vector<std::string> repeated_names(const Pairs& pairs) {
  std::map<std::string, int> counts;
  for (const NameValue& pair : pairs) ++counts[text::lower(pair.name)];
  std::vector<std::string> repeated;
  for (const auto& [name, count] : counts) {
    if (count > 1) repeated.push_back(name);
  }
  return repeated;
}

}  // namespace aztriage::decode
