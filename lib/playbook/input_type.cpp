#include "playbook/input_type.h"

#include "base/suggest.h"
#include "base/text.h"

#include <algorithm>

namespace aztriage::playbook {
namespace {

using fact::Kind;

constexpr std::size_t kLongestValue = 32 * 1024;

struct Row {
  std::string_view name;
  fact::Type type;
  std::string_view sample;
};
constexpr Row kRows[] = {
    {"host", {.kind = Kind::host}, "host.example"},
    {"url", {.kind = Kind::url}, "https://host.example/"},
    {"port", fact::kPort, "443"},
    {"path", {.kind = Kind::text}, "/path"},
    {"ip", {.kind = Kind::ip}, "192.0.2.1"},
    {"cidr", {.kind = Kind::network}, "192.0.2.0/24"},
    {"text", {.kind = Kind::text}, "text"},
    {"choice", {.kind = Kind::choice}, ""},
    {"number", {.kind = Kind::number}, "1"},
    {"secret", {.kind = Kind::text}, "secret"},
    {"resource-id", {.kind = Kind::text}, "/subscriptions/0"},
    {"file", {.kind = Kind::text}, "file"},
    {"email", {.kind = Kind::text}, "someone@host.example"},
};

const Row* row_of(std::string_view name) {
  const auto* row =
      std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.name == name; });
  return row == std::end(kRows) ? nullptr : row;
}

bool has_control(std::string_view s) {
  return std::any_of(s.begin(), s.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// What a type name asks for beyond the value type; empty when all is well.
Error unfit(std::string_view type, std::string_view text) {
  const std::string shown = "'" + text::printable(text, 80) + "'";
  if (type == "path" && (!text.starts_with('/') || text::contains(text, " "))) {
    return {"not a path: " + shown, "write it from the first '/' on, with spaces as %20"};
  }
  if (type == "resource-id") {
    const std::string lower = text::lower(text);
    if (!lower.starts_with("/subscriptions/") || text::contains(text, " ")) {
      return {"not a resource id: " + shown, "copy it from the resource's properties: /subscriptions/..."};
    }
  }
  if (type == "email") {
    const std::size_t at = text.find('@');
    if (at == 0 || at == std::string_view::npos || at + 1 == text.size() || text.rfind('@') != at) {
      return {"not an e-mail address: " + shown, "write it as someone@contoso.com"};
    }
  }
  return {};
}

}  // namespace

std::shared_ptr<const WordList> make_words(std::vector<std::string> words) {
  auto list = std::make_shared<WordList>();
  list->words = std::move(words);
  list->views.assign(list->words.begin(), list->words.end());
  return list;
}

void set_input_type(Input& input, std::string_view type_name) {
  const Row* row = row_of(type_name);
  input.type_name = row == nullptr ? "text" : type_name;
  input.type = row == nullptr ? fact::Type{} : row->type;
  if (type_name == "secret") input.secret = true;
  if (input.choices.empty()) return;
  input.words = make_words(input.choices);
  input.type_name = "choice";
  input.type = {.kind = Kind::choice, .words = input.words->views};
}

Result<fact::Value> parse_input(const Input& input, std::string_view text) {
  const std::string_view trimmed = input.secret ? text : text::trim(text);
  if (trimmed.empty()) return failed("'" + input.name + "' is empty", "give it a value");
  if (trimmed.size() > kLongestValue) return failed("'" + input.name + "' is longer than 32 KiB");
  if (has_control(trimmed) || text::first_invalid_utf8(trimmed) != std::string_view::npos) {
    return failed("'" + input.name + "' has control characters", "check what was pasted");
  }
  if (Error error = unfit(input.type_name, trimmed); !error.what.empty()) {
    return failed(std::move(error.what), std::move(error.hint));
  }
  if (input.type.kind == Kind::choice) {
    if (std::find(input.choices.begin(), input.choices.end(), trimmed) == input.choices.end()) {
      std::string hint = did_you_mean(trimmed, input.choices);
      if (hint.empty()) hint = "use one of: " + text::join(input.choices, ", ");
      return failed("'" + input.name + "' can't be '" + text::printable(trimmed, 80) + "'", std::move(hint));
    }
  }
  return fact::parse_value(trimmed, input.type);
}

std::string sample_of(const Input& input) {
  if (!input.choices.empty()) return input.choices.front();
  const Row* row = row_of(input.type_name);
  return row == nullptr ? "text" : std::string(row->sample);
}

}  // namespace aztriage::playbook
