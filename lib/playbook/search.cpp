#include "playbook/search.h"

#include "base/text.h"
#include "playbook/code_lookup.h"
#include "playbook/embedded.h"
#include "playbook/search_words.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

namespace aztriage::playbook {
namespace {

constexpr std::size_t kMostWords = 64;
constexpr std::size_t kMostReasons = 4;
constexpr std::size_t kShortestCode = 4;

/// How much a word counts by where it stands.
constexpr double kInTitle = 3;
constexpr double kInSymptom = 3;
constexpr double kInId = 2;
constexpr double kInCause = 2;
constexpr double kInText = 0.5;
/// What is worth as much as several words: the product by name, a code by name, one symptom that says it all.
constexpr double kFamily = 12;
constexpr double kCode = 15;
constexpr double kFamilyOfCode = 4;
constexpr double kWholeSymptom = 12;
/// What scores less than this share of the best is noise.
constexpr double kLeastShare = 0.25;

struct Document {
  Listing listing;
  std::string family;
  std::unordered_map<std::string, double> weights;  // of each word, by the places it stands in
  std::vector<std::vector<std::string>> symptoms;
};

/// Each kind of place counts once for a word.
void put(Document& document, const std::vector<std::string>& words, double weight) {
  for (const auto& word : std::set<std::string>(words.begin(), words.end())) document.weights[word] += weight;
}

Document read(const Listing& listing, std::string_view yaml) {
  Document document;
  document.listing = listing;
  document.family = listing.id.substr(0, listing.id.find('/'));
  const auto texts = search_texts(yaml);
  put(document, search_words(yaml), kInText);
  put(document, search_words(texts.title), kInTitle);
  put(document, search_words(listing.id), kInId);
  put(document, search_words(text::join(texts.causes, " ")), kInCause);
  put(document, search_words(text::join(texts.symptoms, " ")), kInSymptom);
  for (const auto& symptom : texts.symptoms) document.symptoms.push_back(search_words(symptom));
  return document;
}

/// What the words name: products, and codes with the playbooks and families they lead to.
struct Named {
  std::map<std::string, std::string> families;                     // id -> the name that was said
  std::map<std::string, std::string, std::less<>> playbooks;       // id -> code
  std::map<std::string, std::string, std::less<>> family_of_code;  // id -> code
  std::map<std::string, std::string> said;                         // word of the search -> as it was said
};

Named named_in(std::string_view query, const std::vector<Family>& families,
               const std::vector<CodeRow>& codes) {
  Named named;
  const auto phrase = as_phrase(query);
  for (const auto& family : families) {
    auto names = family.names;
    names.push_back(family.title);
    for (const auto& suffix : family.suffixes) names.push_back(suffix.suffix);
    std::string best;
    for (const auto& name : names) {
      const auto wanted = as_phrase(name);
      if (wanted.size() > 3 && text::contains(phrase, wanted) && name.size() > best.size()) best = name;
    }
    if (!best.empty()) named.families.emplace(family.id, best);
  }
  for (const auto& row : codes) {
    for (const auto& code : spellings_of(row)) {
      const auto wanted = as_phrase(code);
      const bool bare_status = wanted.size() < kShortestCode + 2;
      if (bare_status || !text::contains(phrase, wanted)) continue;
      named.family_of_code.emplace(row.family, code);
      for (const auto& cause : row.causes) named.playbooks.emplace(cause.substr(0, cause.find('#')), code);
    }
  }
  return named;
}

}  // namespace

struct Search::State {
  const Catalog& catalog;
  bool ready = false;
  std::vector<Document> documents;
  std::vector<Family> families;
  std::vector<CodeRow> codes;
  std::unordered_map<std::string, int> spread;  // word -> how many playbooks have it

  Result<void> prepare();
  double rarity(const std::string& word) const;
  Match match(const Document& document, const std::vector<std::string>& words, const Named& named) const;
};

Result<void> Search::State::prepare() {
  if (ready) return {};
  auto listings = catalog.list();
  if (!listings) return tl::unexpected<Error>(listings.error());
  auto all_families = catalog.families();
  if (!all_families) return tl::unexpected<Error>(all_families.error());
  auto all_codes = catalog.codes();
  if (!all_codes) return tl::unexpected<Error>(all_codes.error());
  for (const auto& listing : *listings) {
    std::string_view yaml;
    for (const auto& embedded : embedded_playbooks()) {
      if (embedded.id == listing.id && listing.origin == "built in") yaml = embedded.text;
    }
    if (!yaml.empty()) {
      documents.push_back(read(listing, yaml));
      continue;
    }
    // A file of an overlay that can't be read is told when it is chosen.
    const auto loaded = catalog.load(listing.id);
    documents.push_back(read(listing, loaded && loaded->playbook ? loaded->playbook->text : ""));
  }
  for (const auto& document : documents) {
    for (const auto& [word, weight] : document.weights) ++spread[word];
  }
  families = std::move(*all_families);
  codes = std::move(*all_codes);
  ready = true;
  return {};
}

double Search::State::rarity(const std::string& word) const {
  const auto it = spread.find(word);
  if (it == spread.end()) return 0;
  return std::log(1 + static_cast<double>(documents.size()) / it->second);
}

Match Search::State::match(const Document& document, const std::vector<std::string>& words,
                           const Named& named) const {
  Match match{document.listing.id, document.listing.title, 0, {}};
  std::vector<std::pair<double, std::string>> reasons;
  double all = 0;
  for (const auto& word : words) {
    const double rare = rarity(word);
    all += rare;
    const auto it = document.weights.find(word);
    if (it == document.weights.end()) continue;
    match.score += rare * it->second;
    if (it->second > kInText) reasons.emplace_back(rare * it->second, word);
  }
  double whole = 0;
  for (const auto& symptom : document.symptoms) {
    double said = 0;
    for (const auto& word : words)
      said += std::ranges::find(symptom, word) != symptom.end() ? rarity(word) : 0;
    whole = std::max(whole, all > 0 ? said / all : 0);
  }
  match.score += kWholeSymptom * whole;
  if (const auto it = named.families.find(document.family); it != named.families.end()) {
    match.score += kFamily;
    match.why.push_back("family " + it->second);
  }
  const auto code = named.playbooks.find(document.listing.id);
  const auto near = named.family_of_code.find(document.family);
  if (code != named.playbooks.end()) {
    match.score += kCode;
    match.why.push_back("code " + code->second);
  } else if (near != named.family_of_code.end()) {
    match.score += kFamilyOfCode;
    match.why.push_back("code " + near->second);
  }
  std::ranges::sort(reasons, std::greater<>());
  std::string listed;
  for (std::size_t i = 0; i < std::min(reasons.size(), kMostReasons); ++i)
    listed += (listed.empty() ? "words " : ", ") + named.said.at(reasons[i].second);
  if (!listed.empty()) match.why.push_back(listed);
  return match;
}

Search::Search(const Catalog& catalog) : state_(new State{catalog, false, {}, {}, {}, {}}) {}
Search::~Search() = default;

Result<std::vector<Match>> Search::find(std::string_view words, std::size_t most) {
  if (auto ready = state_->prepare(); !ready) return tl::unexpected<Error>(ready.error());
  words = words.substr(0, kMostQuery);
  std::vector<std::string> wanted;
  for (auto& word : search_words(words)) {
    if (wanted.size() < kMostWords && std::ranges::find(wanted, word) == wanted.end())
      wanted.push_back(std::move(word));
  }
  auto named = named_in(words, state_->families, state_->codes);
  for (const auto& word : wanted) named.said.emplace(word, word);
  const auto phrase = as_phrase(words);
  for (const auto said : text::split(text::trim(phrase), ' ')) {
    for (const auto& word : search_words(said)) named.said.insert_or_assign(word, std::string(said));
  }
  std::vector<Match> matches;
  for (const auto& document : state_->documents) {
    auto match = state_->match(document, wanted, named);
    if (!match.why.empty()) matches.push_back(std::move(match));
  }
  std::ranges::stable_sort(matches, [](const Match& a, const Match& b) { return a.score > b.score; });
  std::erase_if(matches, [&, best = matches.empty() ? 0 : matches.front().score](const Match& match) {
    return match.score < kLeastShare * best;
  });
  if (matches.size() > most) matches.resize(most);
  return matches;
}

}  // namespace aztriage::playbook
