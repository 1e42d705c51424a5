#include "base/text.h"
#include "decode/readers/dns_facts.h"
#include "decode/readers/lines.h"
#include "fact/address.h"

#include <algorithm>
#include <array>

namespace aztriage::decode {
namespace {

using fact::Kind;

std::string host_of(std::string_view text) {
  text = text::trim(text);
  if (text.ends_with('.')) text.remove_suffix(1);
  return text::lower(text);
}

bool is_address(std::string_view text) {
  return fact::parse_address(text::trim(text)).has_value();
}

/// What nslookup of Windows, of BIND and PowerShell's Resolve-DnsName say, line by line.
class Nslookup {
 public:
  explicit Nslookup(std::string_view text) : lines_(text) {}

  Reading read() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (take(text::trim(lines_[i]))) lines_.claim(i);
    }
    return finish();
  }

 private:
  enum class Under { nothing, addresses, aliases };

  bool take(std::string_view line) {
    if (line.empty()) return true;
    if (take_error(line) || take_canonical(line) || take_row(line) || take_getent(line)) return true;
    if (text::contains(line, "uthoritative answer") || text::equal_ignoring_case(line, "nslookup") ||
        text::contains(line, "nslookup ") || text::contains(line, "Resolve-DnsName ")) {
      under_ = Under::nothing;
      return true;
    }
    // The second and later values of a list stand alone; an IPv6 address has colons of its own.
    if (under_ == Under::addresses && is_address(line)) return add_address(line);
    if (const auto label = labelled(line); label && take_label(*label)) return true;
    if (under_ == Under::aliases && line.find(' ') == std::string_view::npos) {
      aliases_.push_back(host_of(line));
      return true;
    }
    return false;
  }

  bool take_label(const Labelled& label) {
    if (label.name == "server") {
      server_part_ = true;
      return true;
    }
    if (label.name == "name") {
      server_part_ = false;
      name_ = host_of(label.value);
      return true;
    }
    // The name server stands first, whatever its heading is called in the customer's language.
    const bool first = name_.empty() && addresses_.empty() && server_.empty();
    if (label.name == "address" && (first || (server_part_ && server_.empty()))) {
      server_ = std::string(label.value.substr(0, label.value.find('#')));
      server_part_ = false;
      return true;
    }
    if (label.name == "address" || label.name == "addresses" || label.name == "ipaddress" ||
        label.name == "ip4address" || label.name == "ip6address") {
      under_ = Under::addresses;
      return add_address(label.value);
    }
    if (label.name == "aliases") {
      under_ = Under::aliases;
      aliases_.push_back(host_of(label.value));
      return true;
    }
    if (label.name == "namehost") {
      chain_.push_back(host_of(label.value));
      return true;
    }
    constexpr std::array<std::string_view, 5> kKnown = {"querytype", "ttl", "section", "type", "datalength"};
    return std::find(kKnown.begin(), kKnown.end(), label.name) != kKnown.end();
  }

  /// `a.contoso.com  canonical name = b.contoso.com.`
  bool take_canonical(std::string_view line) {
    constexpr std::string_view kWords = "canonical name = ";
    const std::size_t at = line.find(kWords);
    if (at == std::string_view::npos) return false;
    chain_.push_back(host_of(line.substr(at + kWords.size())));
    return true;
  }

  /// A row of getent: an address, the kind of socket, the name.
  bool take_getent(std::string_view line) {
    const std::string_view address = line.substr(0, line.find(' '));
    if (address.size() == line.size() || !is_address(address)) return false;
    const std::string_view rest = text::trim(line.substr(address.size()));
    const std::string_view kind = rest.substr(0, rest.find(' '));
    if (kind != "STREAM" && kind != "DGRAM" && kind != "RAW") return false;
    if (const std::size_t name = rest.find(' '); name != std::string_view::npos)
      name_ = host_of(rest.substr(name));
    return add_address(address);
  }

  /// A row of Resolve-DnsName's table: name, type, TTL, section, host or address.
  bool take_row(std::string_view line) {
    std::vector<std::string_view> words;
    for (const std::string_view word : text::split(line, ' ')) {
      if (!word.empty()) words.push_back(word);
    }
    if (words.size() != 5 || !text::equal_ignoring_case(words[3], "Answer")) return false;
    if (text::equal_ignoring_case(words[1], "CNAME")) {
      chain_.push_back(host_of(words[4]));
      return true;
    }
    return is_address(words[4]) && add_address(words[4]);
  }

  bool add_address(std::string_view text) {
    text = text::trim(text.substr(0, text.find('#')));
    if (!is_address(text)) return false;
    if (std::find(addresses_.begin(), addresses_.end(), text) == addresses_.end())
      addresses_.emplace_back(text);
    return true;
  }

  bool take_error(std::string_view line) {
    struct Row {
      std::string_view words;
      std::string_view rcode;
    };
    constexpr std::array<Row, 12> kRows = {{{"NXDOMAIN", "nxdomain"},
                                            {"Non-existent domain", "nxdomain"},
                                            {"DNS name does not exist", "nxdomain"},
                                            {"SERVFAIL", "servfail"},
                                            {"Server failed", "servfail"},
                                            {"DNS server failure", "servfail"},
                                            {"REFUSED", "refused"},
                                            {"Query refused", "refused"},
                                            {"timed out", "timeout"},
                                            {"no servers could be reached", "timeout"},
                                            {"No response from server", "timeout"},
                                            {"No answer", "noerror"}}};
    for (const Row& row : kRows) {
      if (!text::contains(line, row.words)) continue;
      if (rcode_.empty() || rcode_ == "timeout") rcode_ = row.rcode;
      return true;
    }
    return starts_with_word(line, "timeout was") || starts_with_word(line, "*** Request to");
  }

  Reading finish() {
    Reading reading;
    fact::Observation& seen = reading.observation;
    const bool found = !addresses_.empty() || !chain_.empty() || !name_.empty();
    if (!found && rcode_.empty()) {
      seen = unreadable("output of nslookup");
    } else if (rcode_ == "timeout" && !found) {
      seen.failure = fact::Failure{"resolve", fact::FailureKind::dns_timeout, "no name server answered"};
    } else {
      put_rcode(seen, found ? "noerror" : rcode_);
      NameFacts facts{addresses_, chain_};
      if (chain_.empty() && !aliases_.empty()) {
        // Windows lists the name that was asked and its aliases, and gives the last name apart.
        facts.chain.assign(aliases_.begin() + 1, aliases_.end());
        facts.chain.push_back(name_);
      }
      facts.put(seen);
      if (!found && rcode_ == "noerror") {
        seen.failure = fact::Failure{"resolve", fact::FailureKind::dns_no_data,
                                     "no record of the type that was asked for"};
      }
    }
    put_text(seen.facts, "server", server_);
    reading.unread = lines_.unread();
    return reading;
  }

  Lines lines_;
  Under under_ = Under::nothing;
  bool server_part_ = false;
  std::string server_, name_, rcode_;
  std::vector<std::string> addresses_, chain_, aliases_;
};

Reading read(std::string_view text, const ReaderParams&, std::span<const Wanted>) {
  return Nslookup(text).read();
}

}  // namespace

extern const ReaderSpec kNslookupReader;
const ReaderSpec kNslookupReader = {
    "nslookup", "output of nslookup or Resolve-DnsName", {}, kDnsTextFacts, read};

}  // namespace aztriage::decode
