#include "decode/mask.h"

#include "base/text.h"
#include "decode/encoding.h"
#include "decode/secret_forms.h"
#include "decode/secret_layers.h"
#include "decode/secret_names.h"

#include <algorithm>
#include <array>

#include <string.h>

namespace aztriage::decode {
namespace {

constexpr std::string_view kMask = "***";
constexpr std::size_t kShort = 4;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
bool is_base64(char c) {
  return is_word(c) || c == '+' || c == '/' || c == '-' || c == '=';
}

/// Every place of `needle`, overlapping ones too, in one pass (Knuth, Morris, Pratt): texts and needles are
/// hostile.
std::vector<std::size_t> find_all(std::string_view text, std::string_view needle) {
  std::vector<std::size_t> border(needle.size() + 1, 0);
  for (std::size_t i = 1, k = 0; i < needle.size(); ++i) {
    while (k > 0 && needle[i] != needle[k]) k = border[k];
    if (needle[i] == needle[k]) ++k;
    border[i + 1] = k;
  }
  std::vector<std::size_t> places;
  for (std::size_t i = 0, k = 0; i < text.size(); ++i) {
    while (k > 0 && text[i] != needle[k]) k = border[k];
    if (text[i] == needle[k]) ++k;
    if (k == needle.size()) {
      places.push_back(i + 1 - k);
      k = border[k];
    }
  }
  return places;
}

bool stands_alone(std::string_view text, std::size_t begin, std::size_t end) {
  return (begin == 0 || !is_word(text[begin - 1])) && (end == text.size() || !is_word(text[end]));
}

void find_known(std::string_view text, const SecretSet& known, std::vector<SecretSpan>& out) {
  for (const SecretSet::Needle& needle : known.needles()) {
    // Linear, and much faster where nothing is found.
    if (::memmem(text.data(), text.size(), needle.text.data(), needle.text.size()) == nullptr) continue;
    std::size_t last = 0;  // where the run of base64 around the last place ended
    for (std::size_t begin : find_all(text, needle.text)) {
      std::size_t end = begin + needle.text.size();
      if (needle.alone && !stands_alone(text, begin, end)) continue;
      if (needle.base64 && begin >= last) {
        // What is beside it in the same run is the rest of the same bytes.
        while (begin > last && is_base64(text[begin - 1])) --begin;
        while (end < text.size() && is_base64(text[end])) ++end;
        last = end;
      }
      out.push_back({begin, end, kKnownValue});
    }
  }
}

/// The signs of a base64 text that depend on nothing but `value`, when `before` bytes stand in front of it.
std::string base64_core(std::string_view value, std::size_t before) {
  const std::string all = base64_encode(std::string(before, '\0') + std::string(value));
  const std::size_t skip = before == 0 ? 0 : before + 1;
  const std::size_t whole = (before + value.size()) * 8 / 6;
  return whole > skip ? all.substr(skip, whole - skip) : std::string();
}

std::string url_safe(std::string text) {
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

/// `value` with each of `signs` as `write` has it.
template <class Write>
std::string escaped(std::string_view value, std::string_view signs, Write write) {
  std::string out;
  for (const char c : value) {
    if (signs.find(c) == std::string_view::npos) {
      out += c;
    } else {
      out += write(c);
    }
  }
  return out;
}

std::string hexadecimal(std::string_view value, std::string_view digits) {
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

/// How people and programs write a value in quotes, where taking a backslash off is not enough.
std::vector<std::string> spellings(std::string_view value) {
  const auto doubled = [](char c) { return std::string(2, c); };
  return {
      escaped(value, "'", doubled),
      escaped(value, "\"", doubled),
      escaped(value, "%", doubled),
      escaped(value, "'", [](char) { return std::string("'\\''"); }),
      escaped(value, "'", [](char) { return std::string("'\"'\"'"); }),
      escaped(value, "`\"$", [](char c) { return std::string("`") + c; }),
      escaped(value, "^&|<>%!\"", [](char c) { return std::string("^") + c; }),
      escaped(value, " ", [](char) { return std::string("+"); }),
      hexadecimal(value, "0123456789abcdef"),
      hexadecimal(value, "0123456789ABCDEF"),
  };
}

std::string replace(std::string_view text, const std::vector<SecretSpan>& spans, std::size_t& count) {
  std::string out;
  std::size_t at = 0;
  for (const SecretSpan& span : spans) {
    out += text.substr(at, span.begin - at);
    out += kMask;
    at = span.end;
    ++count;
  }
  out += text.substr(at);
  return out;
}

void mask_value(fact::Value& value, std::string_view name, const SecretSet& known, std::size_t& count);

bool is_index(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// The last name in a path of a document: `sig` of `json.query.sig.0`.
std::string_view last_name(std::string_view path) {
  for (;;) {
    const std::size_t dot = path.rfind('.');
    const std::string_view last = path.substr(dot + 1);
    if (dot == std::string_view::npos || !is_index(last)) return last;
    path = path.substr(0, dot);
  }
}

/// The facts whose name says that their value is a secret, whatever it looks like.
bool is_secret_fact(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view group = name.substr(0, dot);
  const std::string_view member = name.substr(dot + 1);
  if (group == "cookies") return is_secret_cookie(member);
  if (group == "json") return is_secret_key(last_name(member));
  return false;
}

/// A header's value is judged as if its name stood before it.
std::string_view header_of(std::string_view name) {
  for (const std::string_view group : {"headers.", "header-values."}) {
    if (name.starts_with(group)) return name.substr(group.size());
  }
  return {};
}

std::string masked_header(std::string_view header, const std::string& value, const SecretSet& known,
                          std::size_t& count) {
  const std::string start = std::string(header) + ": ";
  Masked masked = mask(start + value, known);
  count += masked.count;
  return masked.text.starts_with(start) ? masked.text.substr(start.size()) : std::string(kMask);
}

std::string masked_text(std::string_view name, const std::string& value, const SecretSet& known,
                        std::size_t& count) {
  if (value.empty() || value == kMask) return value;
  if (is_secret_fact(name)) {
    ++count;
    return std::string(kMask);
  }
  if (const std::string_view header = header_of(name); !header.empty()) {
    return masked_header(header, value, known, count);
  }
  // `auth` is the name of a login in base64, and of much else.
  if (name.starts_with("json.") && classify_name(last_name(name)) == SecretName::login &&
      mask("auth=" + value).count > 0) {
    ++count;
    return std::string(kMask);
  }
  Masked masked = mask(value, known);
  count += masked.count;
  return std::move(masked.text);
}

/// Whether `value` is the one of the pair `"name": "DB_PASSWORD", "value": "..."` in a document.
bool is_named_secret(std::string_view path, const fact::Facts& facts) {
  if (!path.starts_with("json.") || !path.ends_with(".value")) return false;
  const std::string before(path.substr(0, path.size() - std::string_view("value").size()));
  return std::ranges::any_of(std::array{"name", "key"}, [&](const char* one) {
    const auto found = facts.find(before + one);
    return found != facts.end() && found->second.kind() == fact::Kind::text &&
           is_secret_key(found->second.as_text());
  });
}

/// Whose names are a server's words.
bool is_named_by_server(std::string_view name) {
  constexpr auto kGroups =
      std::to_array<std::string_view>({"headers.", "header-values.", "cookies.", "json."});
  return std::any_of(kGroups.begin(), kGroups.end(),
                     [&](std::string_view group) { return name.starts_with(group); });
}

void mask_facts(fact::Facts& facts, const SecretSet& known, std::size_t& count) {
  std::vector<std::pair<std::string, std::string>> renamed;
  for (auto& [name, value] : facts) {
    if (is_named_secret(name, facts) && value.kind() == fact::Kind::text && value.as_text() != kMask) {
      value = fact::Value::text(std::string(kMask));
      ++count;
    }
    mask_value(value, name, known, count);
    if (!is_named_by_server(name)) continue;
    if (Masked masked = mask(name, known); masked.count > 0) {
      count += masked.count;
      renamed.emplace_back(name, std::move(masked.text));
    }
  }
  for (auto& [before, after] : renamed) {
    auto node = facts.extract(before);
    node.key() = std::move(after);
    facts.insert(std::move(node));
  }
}

void mask_value(fact::Value& value, std::string_view name, const SecretSet& known, std::size_t& count) {
  switch (value.kind()) {
    case fact::Kind::boolean:
    case fact::Kind::number:
      return;
    case fact::Kind::list: {
      fact::Value::List items = value.as_list();
      for (fact::Value& item : items) mask_value(item, name, known, count);
      value = fact::Value::list(std::move(items));
      return;
    }
    case fact::Kind::record: {
      fact::Value::Record fields = value.as_record();
      mask_facts(fields, known, count);
      value = fact::Value::record(std::move(fields));
      return;
    }
    default:
      value = fact::Value::text(masked_text(name, value.as_text(), known, count), value.kind());
  }
}

void mask_string(std::string& text, const SecretSet& known, std::size_t& count) {
  Masked masked = mask(text, known);
  count += masked.count;
  text = std::move(masked.text);
}

SecretScan form_or_known(const SecretSet& known) {
  return [&known](std::string_view piece, std::vector<SecretSpan>& out) {
    scan_forms(piece, out);
    find_known(piece, known, out);
  };
}

Masked masked_by(std::string_view text, const SecretScan& scan) {
  // With a secret gone, what stood around it may look like another one.
  constexpr int kMostRounds = 6;
  Masked masked{std::string(text), 0};
  for (int round = 0; round < kMostRounds; ++round) {
    const std::vector<SecretSpan> spans = scan_layers(masked.text, scan);
    if (spans.empty()) return masked;
    std::string next = replace(masked.text, spans, masked.count);
    masked.text = std::move(next);
  }
  if (!scan_layers(masked.text, scan).empty()) masked.text = kMask;
  return masked;
}

}  // namespace

void SecretSet::add(const SecretSet& other) {
  for (const Needle& needle : other.needles_) {
    const auto same = [&](const Needle& own) { return own.text == needle.text; };
    if (std::none_of(needles_.begin(), needles_.end(), same)) needles_.push_back(needle);
  }
  std::stable_sort(needles_.begin(), needles_.end(),
                   [](const Needle& a, const Needle& b) { return a.text.size() > b.text.size(); });
}

void SecretSet::add(std::string_view value) {
  if (value.empty() || value == kMask) return;
  const auto put = [&](std::string text, bool base64) {
    const bool alone = text.size() < kShort;
    const bool there = std::any_of(needles_.begin(), needles_.end(),
                                   [&](const Needle& needle) { return needle.text == text; });
    if (!text.empty() && !there) needles_.push_back({std::move(text), alone, base64});
  };
  put(std::string(value), false);
  // A value that is percent-encoded itself is found in its plain form, too.
  if (const std::string plain = percent_decode(value); plain != value) add(plain);
  if (value.size() >= kShort) {
    for (std::string& spelling : spellings(value)) put(std::move(spelling), false);
  }
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string core = base64_core(value, before);
    if (core.size() < 8) continue;  // too little to be sure of
    put(core, true);
    put(url_safe(core), true);
  }
  std::stable_sort(needles_.begin(), needles_.end(),
                   [](const Needle& a, const Needle& b) { return a.text.size() > b.text.size(); });
}

std::vector<SecretSpan> find_secrets(std::string_view text, const SecretSet& known) {
  return scan_layers(text, form_or_known(known));
}

Masked mask(std::string_view text, const SecretSet& known) {
  return masked_by(text, form_or_known(known));
}

Masked mask_known(std::string_view text, const SecretSet& known) {
  if (known.empty()) return {std::string(text), 0};
  return masked_by(
      text, [&](std::string_view piece, std::vector<SecretSpan>& out) { find_known(piece, known, out); });
}

std::size_t mask(fact::Observation& observation, const SecretSet& known) {
  std::size_t count = 0;
  mask_string(observation.target, known, count);
  mask_string(observation.summary, known, count);
  if (observation.failure) {
    mask_string(observation.failure->text, known, count);
    mask_string(observation.failure->code, known, count);
  }
  mask_facts(observation.facts, known, count);
  mask_facts(observation.varied, known, count);
  for (fact::Observation& one : observation.tries) count += mask(one, known);
  return count;
}

}  // namespace aztriage::decode
