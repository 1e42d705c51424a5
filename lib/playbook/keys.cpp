#include "playbook/keys.h"

#include "base/duration.h"
#include "base/suggest.h"
#include "base/text.h"
#include "fact/value.h"

#include <algorithm>
#include <chrono>

namespace aztriage::playbook {
namespace {

using source::Code;
using source::Diagnostics;
using source::Node;
using source::Span;

constexpr std::size_t kLongestName = 60;

std::string quoted(std::string_view s) {
  return "'" + text::printable(s, 80) + "'";
}

std::vector<std::string> names_of(std::span<const KeySpec> keys) {
  std::vector<std::string> names;
  for (const KeySpec& key : keys) names.emplace_back(key.name);
  return names;
}

std::vector<std::string> words_of(std::span<const std::string_view> words) {
  return {words.begin(), words.end()};
}

bool is_date(std::string_view s) {
  if (s.size() != 10 || s[4] != '-' || s[7] != '-') return false;
  const auto digits = [&](std::size_t from, std::size_t count, int& out) {
    out = 0;
    for (std::size_t i = from; i < from + count; ++i) {
      if (s[i] < '0' || s[i] > '9') return false;
      out = out * 10 + (s[i] - '0');
    }
    return true;
  };
  int year = 0;
  int month = 0;
  int day = 0;
  if (!digits(0, 4, year) || !digits(5, 2, month) || !digits(8, 2, day)) return false;
  return std::chrono::year_month_day(std::chrono::year(year),
                                     std::chrono::month(static_cast<unsigned>(month)),
                                     std::chrono::day(static_cast<unsigned>(day)))
      .ok();
}

/// Checks what stands behind one key.
class ShapeCheck {
 public:
  ShapeCheck(const KeySpec& key, const Node& node, Diagnostics& diagnostics)
      : key_(key), node_(node), diagnostics_(diagnostics) {}

  bool run() {
    switch (key_.shape) {
      case Shape::text:
      case Shape::name:
      case Shape::word:
      case Shape::flag:
      case Shape::number:
      case Shape::duration:
      case Shape::date:
      case Shape::filled:
        return scalar(node_);
      case Shape::texts:
      case Shape::names:
      case Shape::numbers:
      case Shape::arguments:
        return scalars();
      case Shape::map:
      case Shape::named_maps:
      case Shape::condition:
      case Shape::given:
      case Shape::params:
      case Shape::facts:
      case Shape::requires_:
      case Shape::suffix_map:
        return map();
      case Shape::maps:
        return maps();
      case Shape::reader:
        return node_.kind == Node::Kind::map ? map() : scalar(node_);
    }
    return false;
  }

 private:
  bool wrong(Code code, const Span& span, std::string message, std::string hint = {}) {
    diagnostics_.error(code, span, std::move(message), {std::move(hint)});
    return false;
  }
  std::string key() const { return quoted(key_.name); }
  bool expected(const Node& node, std::string_view what) {
    return wrong(Code::P013, node.span,
                 key() + " takes " + std::string(what) + ", not " + std::string(kind_text(node)));
  }

  bool scalar(const Node& node) {
    if (node.kind == Node::Kind::missing)
      return wrong(Code::P018, node.span, key() + " is empty", "write a value or remove the key");
    if (node.kind != Node::Kind::scalar) return expected(node, "a single value");
    if (text::trim(node.text).empty())
      return wrong(Code::P018, node.span, key() + " is empty", "write a value or remove the key");
    switch (key_.shape) {
      case Shape::filled:
      case Shape::arguments:
        return true;  // references are checked where the scope is known
      case Shape::name:
      case Shape::names:
        return name(node);
      case Shape::word:
        return word(node);
      case Shape::flag:
        return typed(node, {.kind = fact::Kind::boolean});
      case Shape::number:
        return typed(node, {.kind = fact::Kind::number, .least = key_.least, .most = key_.most});
      case Shape::numbers:
        return typed(node,
                     {.kind = fact::Kind::number, .least = key_.least, .most = key_.most, .whole = true});
      case Shape::duration:
        return duration(node);
      case Shape::date:
        if (is_date(node.text)) return true;
        return wrong(Code::P051, node.span, "not a date: " + quoted(node.text), "write it as 2026-11-20");
      default:
        return plain(node);
    }
  }

  bool plain(const Node& node) {
    if (!text::contains(node.text, "${")) return true;
    return wrong(Code::P039, node.span, "'${' can't stand in " + key(), "write the text out");
  }

  bool name(const Node& node) {
    if (is_name(node.text)) return true;
    return wrong(Code::P017, node.span, "not a usable name: " + quoted(node.text),
                 "use lower-case words joined by hyphens, at most 60 characters");
  }

  bool word(const Node& node) {
    const std::vector<std::string> words = words_of(key_.words);
    if (std::find(words.begin(), words.end(), node.text) != words.end()) return true;
    std::string hint = did_you_mean(node.text, words);
    if (hint.empty()) hint = "use one of: " + text::join(words, ", ");
    return wrong(Code::P014, node.span, key() + " can't be " + quoted(node.text), std::move(hint));
  }

  bool typed(const Node& node, const fact::Type& type) {
    const auto value = fact::parse_value(node.text, type);
    if (value) return true;
    return wrong(Code::P014, node.span, key() + ": " + value.error().what, value.error().hint);
  }

  bool duration(const Node& node) {
    const auto value = parse_duration(node.text);
    if (value && value->count() > 0) return true;
    if (value) return wrong(Code::P014, node.span, key() + " has to be longer than nothing");
    return wrong(Code::P014, node.span, key() + ": " + value.error().what, value.error().hint);
  }

  bool scalars() {
    if (node_.kind != Node::Kind::list) return scalar(node_);
    if (node_.items.empty())
      return wrong(Code::P018, node_.span, key() + " is an empty list", "remove the key or fill the list");
    bool good = true;
    for (const Node& item : node_.items) good = scalar(item) && good;
    return good;
  }

  bool map() {
    if (node_.kind == Node::Kind::map) {
      // `inputs: {}` is how one says that there are none.
      if (!node_.entries.empty() || key_.child == Place::input) return true;
      return wrong(Code::P018, node_.span, key() + " is empty", "remove the key or fill it");
    }
    if (node_.kind == Node::Kind::missing)
      return wrong(Code::P018, node_.span, key() + " is empty", "remove the key or fill it");
    return expected(node_, "a map");
  }

  bool maps() {
    if (node_.kind == Node::Kind::map) return true;
    if (node_.kind == Node::Kind::missing)
      return wrong(Code::P018, node_.span, key() + " is empty", "remove the key or fill it");
    if (node_.kind != Node::Kind::list) return expected(node_, "a list of maps");
    if (node_.items.empty())
      return wrong(Code::P018, node_.span, key() + " is an empty list", "remove the key or fill the list");
    bool good = true;
    for (const Node& item : node_.items) {
      if (item.kind != Node::Kind::map) good = expected(item, "maps");
    }
    return good;
  }

  const KeySpec& key_;
  const Node& node_;
  Diagnostics& diagnostics_;
};

}  // namespace

bool is_name(std::string_view text, bool underscores) {
  const char joint = underscores ? '_' : '-';
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || text.size() > kLongestName || text.back() == joint) return false;
  if (!letter(text.front()) && (underscores || !digit(text.front()))) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || digit(c) || c == joint; });
}

std::string_view kind_text(const Node& node) {
  switch (node.kind) {
    case Node::Kind::missing:
      return "nothing";
    case Node::Kind::scalar:
      return "a single value";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a map";
  }
  return "";
}

std::vector<const Node*> items_of(const Node& node) {
  std::vector<const Node*> items;
  if (node.kind != Node::Kind::list) return {&node};
  for (const Node& item : node.items) items.push_back(&item);
  return items;
}

Fields::Fields(const Node& node, Place place, Diagnostics& diagnostics) : node_(node) {
  const std::span<const KeySpec> keys = keys_of(place);
  for (const Node::Entry& entry : node.entries) {
    const auto key =
        std::find_if(keys.begin(), keys.end(), [&](const KeySpec& k) { return k.name == entry.key; });
    if (key == keys.end()) {
      std::string hint = did_you_mean(entry.key, names_of(keys));
      if (hint.empty())
        hint = "the keys of " + std::string(place_name(place)) + " are in playbooks/README.md";
      diagnostics.error(Code::P010, entry.key_span,
                        "unknown key " + quoted(entry.key) + " in " + std::string(place_name(place)),
                        {std::move(hint)});
    } else if (ShapeCheck(*key, entry.value, diagnostics).run()) {
      good_.push_back(&entry);
    }
  }
  for (const KeySpec& key : keys) {
    if (!key.required || node.find(key.name) != nullptr) continue;
    diagnostics.error(Code::P015, node.span, std::string(place_name(place)) + " needs " + quoted(key.name),
                      {"add '" + std::string(key.name) + "': " + std::string(key.help)});
  }
}

const Node* Fields::get(std::string_view key) const {
  for (const Node::Entry* entry : good_) {
    if (entry->key == key) return &entry->value;
  }
  return nullptr;
}

std::string Fields::text(std::string_view key) const {
  const Node* node = get(key);
  return node == nullptr ? std::string{} : std::string(text::trim(node->text));
}

std::optional<bool> Fields::maybe_flag(std::string_view key) const {
  const Node* node = get(key);
  if (node == nullptr) return std::nullopt;
  return fact::parse_value(node->text, {.kind = fact::Kind::boolean})->as_bool();
}

bool Fields::flag(std::string_view key) const {
  return maybe_flag(key).value_or(false);
}

std::optional<double> Fields::number(std::string_view key) const {
  const Node* node = get(key);
  if (node == nullptr) return std::nullopt;
  return fact::parse_value(node->text, {.kind = fact::Kind::number})->as_number();
}

std::vector<const Node*> Fields::items(std::string_view key) const {
  const Node* node = get(key);
  return node == nullptr ? std::vector<const Node*>{} : items_of(*node);
}

std::vector<std::string> Fields::texts(std::string_view key) const {
  std::vector<std::string> out;
  for (const Node* item : items(key)) out.emplace_back(text::trim(item->text));
  return out;
}

Span Fields::key_span(std::string_view key) const {
  for (const Node::Entry& entry : node_.entries) {
    if (entry.key == key) return entry.key_span;
  }
  return node_.span;
}

}  // namespace aztriage::playbook
