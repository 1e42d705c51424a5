#include "decode/mask.h"

#include "base/text.h"
#include "decode/encoding.h"
#include "decode/secret_forms.h"
#include "decode/text_view.h"

#include <algorithm>

namespace aztriage::decode {
namespace {

constexpr std::string_view kMask = "***";
constexpr std::size_t kShort = 4;

struct Range {
  std::size_t begin;
  std::size_t end;
};

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

void find_known(const TextView& view, const SecretSet& known, std::vector<Range>& out) {
  for (const SecretSet::Needle& needle : known.needles()) {
    std::size_t last = 0;  // where the run of base64 around the last place ended
    for (std::size_t begin : find_all(view.text, needle.text)) {
      std::size_t end = begin + needle.text.size();
      if (needle.alone && !stands_alone(view.text, begin, end)) continue;
      if (needle.base64 && begin >= last) {
        // What is beside it in the same run is the rest of the same bytes.
        while (begin > last && is_base64(view.text[begin - 1])) --begin;
        while (end < view.text.size() && is_base64(view.text[end])) ++end;
        last = end;
      }
      out.push_back({view.at[begin], view.at[end]});
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

std::string replace(std::string_view text, std::vector<Range> ranges, std::size_t& count) {
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
  std::string out;
  std::size_t at = 0;
  for (std::size_t i = 0; i < ranges.size();) {
    Range all = ranges[i];
    for (++i; i < ranges.size() && ranges[i].begin < all.end; ++i) all.end = std::max(all.end, ranges[i].end);
    out += text.substr(at, all.begin - at);
    out += kMask;
    at = all.end;
    ++count;
  }
  out += text.substr(at);
  return out;
}

void mask_value(fact::Value& value, std::string_view name, const SecretSet& known, std::size_t& count);

/// The facts whose name says that their value is a secret, whatever it looks like.
bool is_secret_fact(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view group = name.substr(0, dot);
  const std::string_view member = name.substr(dot + 1);
  if (group == "cookies") return is_secret_cookie(member);
  if (group == "json") return is_secret_key(member.substr(member.rfind('.') + 1));
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
  Masked masked = mask(value, known);
  count += masked.count;
  return std::move(masked.text);
}

void mask_facts(fact::Facts& facts, const SecretSet& known, std::size_t& count) {
  for (auto& [name, value] : facts) mask_value(value, name, known, count);
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

}  // namespace

void SecretSet::add(std::string_view value) {
  if (value.empty()) return;
  const auto put = [&](std::string text, bool base64) {
    const bool alone = text.size() < kShort;
    const bool there = std::any_of(needles_.begin(), needles_.end(),
                                   [&](const Needle& needle) { return needle.text == text; });
    if (!text.empty() && !there) needles_.push_back({std::move(text), alone, base64});
  };
  put(std::string(value), false);
  // A value that is percent-encoded itself is found in its plain form, too.
  if (std::string plain = percent_decode(value); plain != value) put(std::move(plain), false);
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string core = base64_core(value, before);
    if (core.size() < 8) continue;  // too little to be sure of
    put(core, true);
    put(url_safe(core), true);
  }
  std::stable_sort(needles_.begin(), needles_.end(),
                   [](const Needle& a, const Needle& b) { return a.text.size() > b.text.size(); });
}

Masked mask(std::string_view text, const SecretSet& known) {
  std::vector<Range> ranges;
  for (const SecretSpan& span : find_secrets(text)) ranges.push_back({span.begin, span.end});
  if (!known.empty()) {
    for (const TextView& view : all_views(text)) find_known(view, known, ranges);
  }
  Masked masked;
  masked.text = replace(text, std::move(ranges), masked.count);
  return masked;
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
