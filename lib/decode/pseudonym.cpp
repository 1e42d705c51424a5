#include "decode/pseudonym.h"

#include "base/text.h"
#include "decode/pseudonym_addresses.h"
#include "decode/pseudonym_words.h"
#include "fact/address.h"

#include <algorithm>
#include <optional>
#include <set>

namespace aztriage::decode {
namespace {

constexpr std::size_t kSpellings = 16;  // as many as four letters in two cases can tell apart
constexpr std::size_t kLongestHost = 253;
constexpr std::size_t kLookBack = 32;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}
bool in_run(char c) {
  return is_word(c) || c == '.' || c == ':' || c == '@' || c == '+';
}
bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Bytes at `i` that are one sign written with several: `%2F`, `\n`, `\u0026`. They end a name.
std::size_t escape_at(std::string_view text, std::size_t i) {
  const auto hex = [&](std::size_t from, std::size_t count) {
    if (from + count > text.size()) return false;
    return std::ranges::all_of(text.substr(from, count), is_hex);
  };
  if (text[i] == '%') return hex(i + 1, 2) ? 3 : 0;
  if (text[i] != '\\' || i + 1 >= text.size()) return 0;
  if (text[i + 1] == 'u') return hex(i + 2, 4) ? 6 : 1;
  return std::string_view("nrt\"/\\'").find(text[i + 1]) == std::string_view::npos ? 1 : 2;
}

/// The first four letters in upper case say which spelling it is.
std::string cased(std::string text, std::size_t index) {
  for (std::size_t i = 0; i < 4 && i < text.size(); ++i) {
    if (((index >> i) & 1U) != 0) text[i] = static_cast<char>(text[i] - 'a' + 'A');
  }
  return text;
}
std::size_t case_index(std::string_view text) {
  std::size_t index = 0;
  for (std::size_t i = 0; i < 4 && i < text.size(); ++i) {
    if (text[i] >= 'A' && text[i] <= 'Z') index |= std::size_t{1} << i;
  }
  return index;
}

/// What people have to put in themselves: `RESOURCE_GROUP`.
bool is_placeholder(std::string_view text) {
  return text.find('_') != std::string_view::npos &&
         std::ranges::all_of(text, [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
}

/// Where in a resource id the next segment stands.
enum class Path { none, plain, subscription, group, provider, type, name };

}  // namespace

struct Pseudonyms::Table {
  struct Entry {
    std::string kind;
    std::string stand_in;
    bool alone = false;  // replaced wherever it stands alone
    std::vector<std::string> spellings;
  };

  std::set<std::string, std::less<>> suffixes;
  std::set<std::string, std::less<>> kept;
  std::vector<Entry> entries;
  std::unordered_map<std::string, std::size_t> by_real;
  std::unordered_map<std::string, std::size_t> by_stand_in;
  std::unordered_map<std::string, int> counts;
  AddressStandIns addresses;

  Entry& entry_of(std::string_view real, std::string_view kind) {
    const auto [it, added] = by_real.emplace(text::lower(real), entries.size());
    if (!added) return entries[it->second];
    Entry entry;
    entry.kind = kind;
    entry.stand_in = std::string(kind) + "-" + std::to_string(++counts[std::string(kind)]);
    by_stand_in[entry.stand_in] = entries.size();
    return entries.emplace_back(std::move(entry));
  }

  std::string stand_in(std::string_view real, std::string_view kind) {
    Entry& entry = entry_of(real, kind);
    auto it = std::ranges::find(entry.spellings, real);
    if (it == entry.spellings.end() && entry.spellings.size() < kSpellings) {
      entry.spellings.emplace_back(real);
      it = std::prev(entry.spellings.end());
    }
    const auto index = it == entry.spellings.end() ? 0 : it - entry.spellings.begin();
    return cased(entry.stand_in, static_cast<std::size_t>(index));
  }

  const Entry* known(std::string_view real) const {
    const auto it = by_real.find(text::lower(real));
    return it == by_real.end() ? nullptr : &entries[it->second];
  }

  /// The real spelling behind a stand-in of that kind, or of any when `kind` is empty.
  std::optional<std::string> real(std::string_view word, std::string_view kind) const {
    const auto it = by_stand_in.find(text::lower(word));
    if (it == by_stand_in.end()) return std::nullopt;
    const Entry& entry = entries[it->second];
    if (entry.spellings.empty() || (!kind.empty() && entry.kind != kind)) return std::nullopt;
    const std::size_t index = case_index(word);
    return entry.spellings[index < entry.spellings.size() ? index : 0];
  }

  // -- encoding --

  std::string word(std::string_view text) {
    if (looks_like_stand_in(text::lower(text))) return stand_in(text, "name");
    const Entry* entry = known(text);
    return entry && entry->alone ? stand_in(text, entry->kind) : std::string(text);
  }

  std::string words(const std::vector<std::string_view>& all) {
    std::string out;
    for (std::size_t i = 0; i < all.size(); ++i) out += (i > 0 ? "." : "") + word(all[i]);
    return out;
  }

  std::string label(std::string_view text) {
    const std::string low = text::lower(text);
    if (is_common_label(low)) return std::string(text);
    std::string out = stand_in(text, "host");
    // `shop-prod` is a name also where it stands alone, `shop` may be a word.
    const bool telling = low.size() >= 5 && low.find_first_of("-0123456789") != std::string::npos;
    if (telling) entry_of(text, "host").alone = true;
    return out;
  }

  std::string labels(const std::vector<std::string_view>& all, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += label(all[i]) + ".";
    return out;
  }

  /// How many labels at the end are a suffix under which customers have names, or a domain that is known.
  std::size_t known_end(const std::vector<std::string_view>& all, std::string_view low, bool& domain) const {
    std::size_t at = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto end = low.substr(at);
      const bool suffix = suffixes.contains(end);
      const Entry* entry = suffix ? nullptr : known(end);
      domain = entry && entry->kind == "domain";
      if (suffix || domain) return all.size() - i;
      at += all[i].size() + 1;
    }
    return 0;
  }

  std::string domain_of(std::string_view domain) {
    const auto first = domain.substr(0, domain.find('.'));
    if (!is_common_word(text::lower(first))) {
      static_cast<void>(stand_in(first, "company"));
      entry_of(first, "company").alone = true;
    }
    return stand_in(domain, "domain") + ".example";
  }

  static bool is_name(const std::vector<std::string_view>& all) {
    if (all.size() < 2) return false;
    if (std::ranges::any_of(all, [](std::string_view each) { return each.empty() || each.size() > 63; }))
      return false;
    // `System.Net` and `ASP.NET` are no hosts, CONTOSO.COM is one.
    const std::string_view last = all.back();
    const auto lower_case = [](char c) { return c >= 'a' && c <= 'z'; };
    const bool upper = std::ranges::any_of(last, [](char c) { return c >= 'A' && c <= 'Z'; });
    const bool all_upper =
        std::ranges::none_of(last, lower_case) && std::ranges::none_of(all[all.size() - 2], lower_case);
    const bool dot_net = last == "NET" && all.size() == 2 && all.front().size() <= 3;
    return (!upper || all_upper) && !dot_net && is_top_level(text::lower(last));
  }

  std::string reverse_name(const std::vector<std::string_view>& all, std::string_view original, bool back) {
    std::string address;
    for (std::size_t i = 4; i-- > 0;) address += std::string(all[i]) + (i > 0 ? "." : "");
    auto other = back ? addresses.decode(address) : addresses.encode(address);
    if (!other) return std::string(original);
    const auto octets = text::split(*other, '.');
    std::string out;
    for (std::size_t i = 4; i-- > 0;) out += std::string(octets[i]) + ".";
    return out + std::string(all[4]) + "." + std::string(all[5]);
  }

  std::string dotted(std::string_view text) {
    const auto all = text::split(text, '.');
    if (text.size() > kLongestHost) return words(all);
    const std::string low = text::lower(text);
    if (all.size() == 6 && low.ends_with(".in-addr.arpa")) return reverse_name(all, text, false);
    bool domain = false;
    const std::size_t end = known_end(all, low, domain);
    const std::size_t below = all.size() - end;
    if (end > 0) {
      std::size_t begin = 0;
      for (std::size_t i = 0; i < below; ++i) begin += all[i].size() + 1;
      const auto rest = text.substr(begin);
      return labels(all, below) + (domain ? domain_of(rest) : std::string(rest));
    }
    if (is_public_host(low)) return std::string(text);
    const std::size_t own = is_name(all) ? domain_labels(all) : 0;
    if (own > 0) {
      std::size_t begin = 0;
      for (std::size_t i = 0; i + own < all.size(); ++i) begin += all[i].size() + 1;
      return labels(all, all.size() - own) + domain_of(text.substr(begin));
    }
    return words(all);
  }

  std::string piece(std::string_view text, std::string_view named, std::string_view guid_kind) {
    if (text.empty() || kept.contains(text)) return std::string(text);
    const std::string low = text::lower(text);
    if (is_guid(text)) return is_public_guid(low) ? std::string(text) : stand_in(text, guid_kind);
    if (text.find('.') != std::string_view::npos) {
      if (auto address = addresses.encode(text)) return *address;
      if (named.empty()) return dotted(text);
    }
    if (!named.empty() && !is_common_name(low) && !is_placeholder(text)) {
      std::string out = stand_in(text, named);
      entry_of(text, named).alone = low.size() >= 3;
      return out;
    }
    return word(text);
  }

  /// What a piece of a run stands for.
  std::optional<std::string> real_piece(std::string_view text) const {
    if (auto address = addresses.decode(text)) return address;
    const auto all = text::split(text, '.');
    std::string out;
    bool any = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i > 0) out += ".";
      auto found = real(all[i], {});
      any = any || found;
      out += found ? *found : std::string(all[i]);
      // The end `.example` belongs to a domain's stand-in.
      if (found && real(all[i], "domain") && i + 1 < all.size() && text::lower(all[i + 1]) == "example") ++i;
    }
    return any ? std::optional(out) : std::nullopt;
  }
};

namespace {

/// `2001:db8::1`, also with a colon or full stop behind it.
std::string_view address6_in(std::string_view run) {
  if (std::ranges::count(run, ':') < 2) return {};
  while (!run.empty() && (run.back() == '.' || (run.back() == ':' && !run.ends_with("::"))))
    run.remove_suffix(1);
  const auto only = [](char c) { return is_hex(c) || c == ':' || c == '.'; };
  if (!std::ranges::all_of(run, only)) return {};
  const auto address = fact::parse_address(run);
  return address ? run : std::string_view();
}

/// Cuts a run at signs that separate names, and gives each piece without what only surrounds it to `change`.
template <class Each>
std::string pieces(std::string_view run, const Each& change) {
  std::string out;
  for (std::size_t at = 0; at < run.size();) {
    if (run[at] == ':' || run[at] == '@' || run[at] == '+') {
      out += run[at++];
      continue;
    }
    std::size_t end = run.find_first_of(":@+", at);
    if (end == std::string_view::npos) end = run.size();
    std::size_t first = at;
    while (first < end && (run[first] == '-' || run[first] == '.')) ++first;
    std::size_t last = end;
    while (last > first && (run[last - 1] == '-' || run[last - 1] == '.')) --last;
    out += run.substr(at, first - at);
    const bool mail = end < run.size() && run[end] == '@';
    if (last > first) out += change(run.substr(first, last - first), mail);
    out += run.substr(last, end - last);
    at = end;
  }
  return out;
}

std::string_view guid_kind(std::string_view before) {
  const std::string low = text::lower(before.substr(before.size() - std::min(before.size(), kLookBack)));
  if (low.find("tenant") != std::string::npos || low.ends_with("microsoftonline.com/") ||
      low.ends_with("sts.windows.net/"))
    return "tenant";
  return low.find("subscription") != std::string::npos ? "subscription" : "guid";
}

/// Follows the segments of a resource id.
Path next_path(Path now, std::string_view segment) {
  if (now == Path::provider) return Path::type;
  if (now == Path::type) return Path::name;
  if (now == Path::name) return Path::type;
  const std::string low = text::lower(segment);
  if (low == "subscriptions") return Path::subscription;
  if (low == "resourcegroups") return Path::group;
  return low == "providers" ? Path::provider : Path::plain;
}

std::string_view kind_in_path(Path path) {
  if (path == Path::subscription) return "subscription";
  if (path == Path::group) return "group";
  return path == Path::name ? "resource" : std::string_view();
}

/// Walks over a text, run by run; `change` gets the run, what stands before it, and the kind of a name that
/// its place says it is.
template <class Change>
std::string each_run(std::string_view text, const Change& change) {
  std::string out;
  Path path = Path::none;
  std::string_view option;
  bool az = false;  // inside a command of the Azure CLI
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t escape = escape_at(text, i);
    const bool slash = text[i] == '/' || (escape == 3 && text::lower(text.substr(i, 3)) == "%2f");
    if (escape > 0 || !in_run(text[i])) {
      const std::size_t length = std::max<std::size_t>(escape, 1);
      if (text[i] == '\n') az = false;
      if (text[i] != ' ' && text[i] != '=' && text[i] != '\'' && text[i] != '"') option = {};
      if (!slash) path = Path::none;
      if (slash && path == Path::none) path = Path::plain;
      out += text.substr(i, length);
      i += length;
      continue;
    }
    std::size_t end = i;
    // A group's name may have brackets in it.
    while (end < text.size() &&
           (in_run(text[end]) || (path == Path::group && (text[end] == '(' || text[end] == ')'))))
      ++end;
    const auto run = text.substr(i, end - i);
    std::string_view kind = kind_in_path(path);
    if (kind.empty()) kind = option;
    out += change(run, text.substr(0, i), kind);
    const std::string low = text::lower(run);
    az = az || low == "az";
    option = {};
    if (az) is_name_option(low, option);
    if (path != Path::none) path = next_path(path, run);
    i = end;
  }
  return out;
}

}  // namespace

Pseudonyms::Pseudonyms(const std::vector<std::string>& suffixes) : table_(std::make_unique<Table>()) {
  for (const auto& suffix : suffixes) table_->suffixes.insert(text::lower(suffix));
  for (const char* more :
       {"cloudapp.azure.com", "onmicrosoft.com", "scm.azurewebsites.net", "azurewebsites.net",
        "trafficmanager.net", "azurefd.net", "azureedge.net", "cloudapp.net", "azmk8s.io"})
    table_->suffixes.insert(more);
}
Pseudonyms::~Pseudonyms() = default;
Pseudonyms::Pseudonyms(Pseudonyms&&) noexcept = default;
Pseudonyms& Pseudonyms::operator=(Pseudonyms&&) noexcept = default;

void Pseudonyms::keep(std::string_view text) {
  table_->kept.emplace(text);
}

void Pseudonyms::name(std::string_view word, std::string_view kind) {
  if (word.size() < 3 || !std::ranges::all_of(word, is_word) || is_common_name(text::lower(word))) return;
  if (is_guid(word)) return;
  static_cast<void>(table_->stand_in(word, kind));
  table_->entry_of(word, kind).alone = true;
}

void Pseudonyms::host(std::string_view host) {
  while (!host.empty() && host.back() == '.') host.remove_suffix(1);
  const auto labels = text::split(host, '.');
  const std::string low = text::lower(host);
  const bool fits =
      !host.empty() && host.size() <= kLongestHost && std::ranges::all_of(labels, [](auto each) {
        return !each.empty() && std::ranges::all_of(each, is_word);
      });
  if (!fits || is_public_host(low) || fact::parse_address(host)) return;
  if (labels.size() == 1) {
    if (low != "localhost") name(host, "host");
    return;
  }
  bool domain = false;
  if (table_->known_end(labels, low, domain) > 0) return;
  std::size_t begin = 0;
  for (std::size_t i = 0; i + domain_labels(labels) < labels.size(); ++i) begin += labels[i].size() + 1;
  static_cast<void>(table_->domain_of(host.substr(begin)));
}

std::string Pseudonyms::encode(std::string_view text) {
  return each_run(text, [&](std::string_view run, std::string_view before, std::string_view named) {
    if (const auto six = address6_in(run); !six.empty()) {
      // `::ffff:10.0.0.4` is the address at its end.
      const auto colon = six.rfind(':');
      const bool mapped = six.find('.') != std::string_view::npos;
      const auto address = mapped ? six.substr(colon + 1) : six;
      const std::string head(mapped ? six.substr(0, colon + 1) : std::string_view());
      return head + table_->addresses.encode(address).value_or(std::string(address)) +
             std::string(run.substr(six.size()));
    }
    const std::string_view guids = named == "subscription" ? named : guid_kind(before);
    return pieces(run, [&](std::string_view piece, bool mail) {
      if (mail && run.find('.') != std::string_view::npos) return table_->stand_in(piece, "person");
      return table_->piece(piece, named, guids);
    });
  });
}

std::string Pseudonyms::decode(std::string_view text) const {
  return each_run(text, [&](std::string_view run, std::string_view, std::string_view) {
    if (const auto six = address6_in(run); !six.empty()) {
      const auto colon = six.rfind(':');
      const bool mapped = six.find('.') != std::string_view::npos;
      const auto address = mapped ? six.substr(colon + 1) : six;
      const std::string head(mapped ? six.substr(0, colon + 1) : std::string_view());
      return head + table_->addresses.decode(address).value_or(std::string(address)) +
             std::string(run.substr(six.size()));
    }
    return pieces(run, [&](std::string_view piece, bool) {
      const auto all = text::split(piece, '.');
      if (all.size() == 6 && text::lower(piece).ends_with(".in-addr.arpa"))
        return table_->reverse_name(all, piece, true);
      return table_->real_piece(piece).value_or(std::string(piece));
    });
  });
}

std::size_t Pseudonyms::size() const {
  return table_->entries.size() + table_->addresses.size();
}

std::string Pseudonyms::saved() const {
  std::string out;
  for (const auto& entry : table_->entries) {
    out += entry.kind + "\t" + entry.stand_in + "\t" + (entry.alone ? "alone" : "inside");
    for (const auto& spelling : entry.spellings) out += "\t" + spelling;
    out += "\n";
  }
  table_->addresses.save(out);
  return out;
}

Result<void> Pseudonyms::restore(std::string_view saved) {
  std::size_t number = 0;
  for (const auto line : text::split(saved, '\n')) {
    ++number;
    if (line.empty()) continue;
    const auto fields = text::split(line, '\t');
    bool fine = fields.size() >= 3;
    if (fine && fields[0] == "address") {
      fine = table_->addresses.restore(fields);
    } else if (fine) {
      fine = looks_like_stand_in(fields[1]) && fields[1].starts_with(fields[0]) && fields.size() > 3;
      if (fine) {
        auto& entry = table_->entry_of(fields[3], fields[0]);
        fine = entry.stand_in == fields[1];
        entry.alone = fields[2] == "alone";
        for (std::size_t i = 3; i < fields.size() && entry.spellings.size() < kSpellings; ++i)
          entry.spellings.emplace_back(fields[i]);
      }
    }
    if (!fine)
      return failed("line " + std::to_string(number) + " of the stand-ins is damaged",
                    "remove the file, and new ones are made");
  }
  return {};
}

}  // namespace aztriage::decode
