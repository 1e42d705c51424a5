#include "decode/last_check.h"

#include "decode/secret_forms.h"

#include <algorithm>
#include <array>
#include <string>

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

/// Where the first secret stands and what it is; no change of a masked text means that there is none.
Result<void> check(std::string_view text, const SecretSet& known, std::string_view what) {
  const Masked masked = mask(text, known);
  if (masked.text == text) return {};
  const auto different =
      std::mismatch(text.begin(), text.end(), masked.text.begin(), masked.text.end()).first;
  const auto line = std::count(text.begin(), different, '\n') + 1;
  const auto place = static_cast<std::size_t>(different - text.begin());
  std::string kind = "a value that was given as a secret";
  for (const auto& span : find_secrets(text)) {
    if (span.begin <= place && place < span.end)
      kind = "what looks like a secret (" + std::string(span.what) + ")";
  }
  return failed(
      std::string(what) + " was not written, since " + kind + " is left in line " + std::to_string(line),
      "nothing has left this machine; please report this, with the line but without the value");
}

}  // namespace

Result<void> last_check(std::string_view text, const SecretSet& known, std::string_view what) {
  // The stars of what is masked are no secret, however they are written.
  const std::string stars = without_backslashes(text, "*");
  if (auto fine = check(stars, known, what); !fine) return fine;
  const std::string plain = without_entities(without_backslashes(stars, "\\`*_{}[]()>#|~$-+=."));
  return plain == stars ? Result<void>{} : check(plain, known, what);
}

}  // namespace aztriage::decode
