#include "probe/challenge.h"

#include "base/text.h"
#include "fact/url.h"

#include <algorithm>

namespace aztriage::probe {
namespace {

using fact::Kind;
using fact::Value;

constexpr std::size_t kMostChallenges = 16;
constexpr std::size_t kMostParameters = 32;
constexpr std::size_t kLongestValue = 2048;

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  bool done() const { return at_ >= text_.size(); }
  bool at_space() const { return !done() && is_space(text_[at_]); }
  void skip_spaces() {
    while (at_space()) ++at_;
  }
  void skip_separators() {
    while (!done() && (is_space(text_[at_]) || text_[at_] == ',')) ++at_;
  }
  std::string_view word() {
    const std::size_t begin = at_;
    while (!done() && !is_space(text_[at_]) && text_[at_] != ',' && text_[at_] != '=' && text_[at_] != '"')
      ++at_;
    return text_.substr(begin, at_ - begin);
  }
  /// Moves past a `=` that a value follows. The padding at the end of a token68 is no such thing.
  bool take_equals() {
    std::size_t at = at_;
    while (at < text_.size() && is_space(text_[at])) ++at;
    if (at >= text_.size() || text_[at] != '=') return false;
    const std::size_t next = at + 1;
    if (next >= text_.size() || text_[next] == '=' || text_[next] == ',') return false;
    at_ = next;
    skip_spaces();
    return true;
  }
  void skip_rest() {
    while (!done() && text_[at_] != ',' && !is_space(text_[at_])) ++at_;
  }
  std::string value() {
    if (done() || text_[at_] != '"') {
      const std::size_t begin = at_;
      skip_rest();
      return std::string(text_.substr(begin, std::min(at_ - begin, kLongestValue)));
    }
    std::string out;
    for (++at_; !done() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      if (out.size() < kLongestValue) out += text_[at_];
    }
    if (!done()) ++at_;
    return out;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

void take_value(Scanner& scan, std::string_view name, Challenge& challenge) {
  std::string value = scan.value();
  if (challenge.parameters.size() < kMostParameters)
    challenge.parameters.emplace_back(text::lower(name.substr(0, 80)), std::move(value));
}

bool is_tenant(std::string_view piece) {
  return !piece.empty() && std::ranges::all_of(piece, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
  });
}

}  // namespace

std::string_view Challenge::value(std::string_view name) const {
  const auto found = std::ranges::find_if(parameters, [&](const auto& p) { return p.first == name; });
  return found == parameters.end() ? std::string_view{} : std::string_view(found->second);
}

std::vector<Challenge> parse_challenges(std::string_view text) {
  std::vector<Challenge> all;
  Scanner scan(text);
  for (scan.skip_separators(); !scan.done(); scan.skip_separators()) {
    const std::string_view word = scan.word();
    if (word.empty()) {
      scan.value();  // a stray sign
    } else if (scan.take_equals()) {
      if (!all.empty()) take_value(scan, word, all.back());
    } else if (all.size() < kMostChallenges) {
      scan.skip_rest();
      all.push_back({std::string(word.substr(0, 80)), {}});
      if (!scan.at_space()) continue;
      scan.skip_spaces();
      const std::string_view next = scan.word();
      if (!next.empty() && scan.take_equals())
        take_value(scan, next, all.back());
      else
        scan.skip_rest();  // the data of a scheme like Negotiate
    } else {
      break;
    }
  }
  return all;
}

std::string tenant_of(std::string_view authority) {
  const auto url = fact::parse_url(authority);
  if (!url || url->path.size() < 2) return {};
  const std::string_view piece = url->path.substr(1, url->path.find('/', 1) - 1);
  return is_tenant(piece) ? std::string(piece) : std::string();
}

void fill_challenge(std::string_view text, fact::Observation& seen) {
  const auto all = parse_challenges(text);
  if (all.empty()) return;
  const auto bearer = std::ranges::find_if(
      all, [](const Challenge& one) { return text::equal_ignoring_case(one.scheme, "bearer"); });
  const Challenge& one = bearer == all.end() ? all.front() : *bearer;
  const auto put = [&](const char* name, std::string_view value) {
    if (!value.empty()) seen.facts.insert_or_assign(name, Value::text(text::to_utf8(value)));
  };
  std::vector<std::string> schemes;
  for (const Challenge& each : all) schemes.push_back(text::to_utf8(each.scheme));
  seen.facts.insert_or_assign("challenge.schemes", Value::list_of(Kind::text, schemes));
  for (const auto& [fact, name] : {std::pair{"challenge.realm", "realm"},
                                   {"challenge.service", "service"},
                                   {"challenge.scope", "scope"},
                                   {"challenge.error", "error"},
                                   {"challenge.error-description", "error_description"}})
    put(fact, one.value(name));
  // Key Vault says `authorization` and `resource`, Storage and others `authorization_uri` and `resource_id`.
  std::string_view authority = one.value("authorization_uri");
  if (authority.empty()) authority = one.value("authorization");
  put("challenge.authority", authority);
  put("challenge.tenant", tenant_of(authority));
  put("challenge.resource", one.value(one.value("resource").empty() ? "resource_id" : "resource"));
}

}  // namespace aztriage::probe
