#include "base/text.h"
#include "decode/readers/dns_facts.h"
#include "decode/readers/lines.h"
#include "fact/address.h"

#include <algorithm>
#include <charconv>

namespace aztriage::decode {
namespace {

using fact::Kind;
using fact::Value;

std::string host_of(std::string_view text) {
  text = text::trim(text);
  if (text.ends_with('.')) text.remove_suffix(1);
  return text::lower(text);
}

/// `name ttl IN TYPE data`.
struct Record {
  std::string name;
  double ttl = 0;
  std::string type;
  std::string data;
};

std::optional<Record> record_of(std::string_view line) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while (at < line.size() && words.size() < 4) {
    const std::size_t begin = line.find_first_not_of(" \t", at);
    if (begin == std::string_view::npos) break;
    at = std::min(line.find_first_of(" \t", begin), line.size());
    words.push_back(line.substr(begin, at - begin));
  }
  if (words.size() != 4 || !text::equal_ignoring_case(words[2], "IN")) return std::nullopt;
  Record record{host_of(words[0]), 0, std::string(words[3]), std::string(text::trim(line.substr(at)))};
  long ttl = 0;
  const auto [end, error] = std::from_chars(words[1].data(), words[1].data() + words[1].size(), ttl);
  if (error != std::errc() || end != words[1].data() + words[1].size() || record.data.empty())
    return std::nullopt;
  record.ttl = static_cast<double>(ttl);
  return record;
}

class Dig {
 public:
  explicit Dig(std::string_view text) : lines_(text) {}

  Reading read() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const std::string_view line = text::trim(lines_[i]);
      if (line.empty() || (line.starts_with(';') ? take_comment(line) : take_record(line))) lines_.claim(i);
    }
    return finish();
  }

 private:
  bool take_comment(std::string_view line) {
    if (const std::size_t at = line.find("status: "); at != std::string_view::npos) {
      const std::string_view rest = line.substr(at + 8);
      rcode_ = text::lower(rest.substr(0, rest.find_first_of(", ")));
      if (rcode_ != "noerror" && rcode_ != "nxdomain" && rcode_ != "servfail" && rcode_ != "refused")
        rcode_ = "other";
    }
    if (const std::size_t at = line.find("flags: "); at != std::string_view::npos) {
      const std::string_view flags = line.substr(at + 7, line.find(';', at) - at - 7);
      authentic_ = text::contains(" " + std::string(flags) + " ", " ad ");
    }
    if (const std::size_t at = line.find("SERVER: "); at != std::string_view::npos) {
      const std::string_view rest = line.substr(at + 8);
      server_ = std::string(rest.substr(0, rest.find_first_of("#(")));
    }
    if (text::contains(line, "ANSWER SECTION")) section_ = 'a';
    if (text::contains(line, "AUTHORITY SECTION")) section_ = 'u';
    if (text::contains(line, "ADDITIONAL SECTION")) section_ = 'x';
    if (text::contains(line, "no servers could be reached") || text::contains(line, "timed out"))
      silent_ = true;
    return true;
  }

  bool take_record(std::string_view line) {
    if (const auto record = record_of(line)) return add(*record);
    // dig +short: names end with a dot, addresses stand alone.
    if (rcode_.empty() && line.find(' ') == std::string_view::npos) {
      if (fact::parse_address(line)) {
        addresses_.emplace_back(line);
        return true;
      }
      if (line.ends_with('.') && line.size() > 1) {
        chain_.push_back(host_of(line));
        return true;
      }
    }
    return text::contains(line, "dig ");
  }

  bool add(const Record& record) {
    if (section_ == 'u') {
      if (record.type == "SOA") denied_by_ = record.name;
      return true;
    }
    if (section_ == 'x') return true;
    any_ = true;
    ttl_ = ttl_ < 0 ? record.ttl : std::min(ttl_, record.ttl);
    if (record.type == "CNAME") {
      chain_.push_back(host_of(record.data));
    } else if (record.type == "A" || record.type == "AAAA") {
      if (!fact::parse_address(record.data)) return false;
      addresses_.push_back(record.data);
    } else {
      records_.push_back(text::to_utf8(record.data));
    }
    return true;
  }

  Reading finish() {
    Reading reading;
    fact::Observation& seen = reading.observation;
    const bool found = any_ || !addresses_.empty() || !chain_.empty();
    if (rcode_.empty() && !found) {
      seen = unreadable("output of dig");
      if (silent_)
        seen.failure = fact::Failure{"resolve", fact::FailureKind::dns_timeout, "no name server answered"};
    } else {
      put_rcode(seen, rcode_.empty() ? "noerror" : rcode_);
      NameFacts{addresses_, chain_}.put(seen);
      if (!rcode_.empty()) {
        put_text(seen.facts, "denied-by", denied_by_, Kind::host);
        seen.facts["authentic"] = Value::boolean(authentic_);
        seen.facts["records"] = Value::list_of(Kind::text, records_);
        seen.read.insert("denied-by");
      }
      if (ttl_ >= 0) seen.facts["ttl"] = Value::number(ttl_);
      if (rcode_ == "noerror" && addresses_.empty() && records_.empty()) {
        seen.failure = fact::Failure{"resolve", fact::FailureKind::dns_no_data,
                                     "no record of the type that was asked for"};
      }
    }
    put_text(seen.facts, "server", server_);
    reading.unread = lines_.unread();
    return reading;
  }

  Lines lines_;
  char section_ = 'a';
  std::string rcode_, server_, denied_by_;
  bool authentic_ = false;
  bool silent_ = false;
  bool any_ = false;
  double ttl_ = -1;
  std::vector<std::string> addresses_, chain_, records_;
};

Reading read(std::string_view text, const ReaderParams&, std::span<const Wanted>) {
  return Dig(text).read();
}

}  // namespace

extern const ReaderSpec kDigReader;
const ReaderSpec kDigReader = {"dig", "output of dig, also with +short", {}, kDnsTextFacts, read};

}  // namespace aztriage::decode
