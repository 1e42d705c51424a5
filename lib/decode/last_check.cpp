#include "decode/last_check.h"

#include "base/text.h"
#include "decode/secret_forms.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace aztriage::decode {
namespace {

constexpr std::array<std::pair<std::string_view, char>, 8> kEntities = {{{"&amp;", '&'},
                                                                         {"&lt;", '<'},
                                                                         {"&gt;", '>'},
                                                                         {"&quot;", '"'},
                                                                         {"&#39;", '\''},
                                                                         {"&#58;", ':'},
                                                                         {"&#64;", '@'},
                                                                         {"&#46;", '.'}}};

/// Without the backslashes before signs that Markdown's documents put there.
std::string without_backslashes(std::string_view text, std::string_view signs) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '\\' && i + 1 < text.size() && signs.find(text[i + 1]) != std::string_view::npos;
    if (escape) ++i;
    out += text[i];
  }
  return out;
}

std::string without_entities(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto entity =
        text[i] != '&' ? kEntities.end() : std::ranges::find_if(kEntities, [&](const auto& each) {
          return text.substr(i, each.first.size()) == each.first;
        });
    if (entity == kEntities.end()) {
      out += text[i++];
    } else {
      out += entity->second;
      i += entity->first.size();
    }
  }
  return out;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// A word that may stand in any text, such as a password "old".
bool is_short_word(std::string_view value) {
  constexpr std::size_t kShort = 6;
  return value.size() < kShort && std::ranges::all_of(value, is_letter);
}

/// The place of the first secret that is not among our own words; none: there is no secret.
std::optional<SecretSpan> first_secret(std::string_view text, const SecretSet& known,
                                       const std::vector<std::string>& own) {
  const std::vector<SecretSpan> spans = find_secrets(text, known);
  const auto found = std::ranges::find_if(spans, [&](const SecretSpan& span) {
    const std::string_view value = text.substr(span.begin, span.end - span.begin);
    return !is_short_word(value) &&
           std::ranges::none_of(own, [&](const std::string& words) { return text::contains(words, value); });
  });
  return found != spans.end() ? std::optional(*found) : std::nullopt;
}

Result<void> check(std::string_view text, const SecretSet& known, const std::vector<std::string>& own,
                   std::string_view what) {
  const auto secret = first_secret(text, known, own);
  if (!secret) return {};
  const auto line = std::ranges::count(text.substr(0, secret->begin), '\n') + 1;
  const std::string kind = secret->what == kKnownValue
                               ? "a value that was given as a secret"
                               : "what looks like a secret (" + std::string(secret->what) + ")";
  return failed(
      std::string(what) + " was not written, since " + kind + " is left in line " + std::to_string(line),
      "nothing has left this machine; please report this, with the line but without the value");
}

}  // namespace

Result<void> last_check(std::string_view text, const SecretSet& known, std::string_view what,
                        const std::vector<std::string>& own) {
  // The stars of what is masked are no secret, however they are written.
  const std::string stars = without_backslashes(text, "*");
  if (auto fine = check(stars, known, own, what); !fine) return fine;
  const std::string plain = without_entities(without_backslashes(stars, "\\`*_{}[]()>#|~$-+=."));
  return plain == stars ? Result<void>{} : check(plain, known, own, what);
}

}  // namespace aztriage::decode
