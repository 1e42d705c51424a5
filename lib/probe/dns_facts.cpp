#include "probe/dns_facts.h"

#include "base/text.h"
#include "probe/head.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace aztriage::probe {
namespace {

using fact::FailureKind;
using fact::Kind;
using fact::Value;
using net::dns::Message;
using net::dns::Record;
using net::dns::Type;

std::string_view rcode_word(int rcode) {
  switch (rcode) {
    case net::dns::kNoError:
      return "noerror";
    case net::dns::kNxDomain:
      return "nxdomain";
    case net::dns::kServFail:
      return "servfail";
    case net::dns::kRefused:
      return "refused";
    case net::dns::kFormErr:
      return "formerr";
    case net::dns::kNotImp:
      return "notimp";
    default:
      return "other";
  }
}

void put(fact::Observation& seen, std::string_view name, Value value) {
  seen.facts.insert_or_assign(std::string(name), std::move(value));
}

std::vector<std::string> data_of(const Message& message, Type type) {
  std::vector<std::string> out;
  for (const Record& record : message.answers)
    if (record.is(type) && std::ranges::find(out, record.data) == out.end()) out.push_back(record.data);
  return out;
}

/// TXT as the text it holds, names as names, anything else as a zone file shows it.
std::vector<std::string> records_of(const Message& message, Type type) {
  std::vector<std::string> out;
  for (const Record& record : message.answers)
    if (record.is(type))
      out.push_back(text::to_utf8(type == Type::caa || type == Type::soa ? record.shown : record.data));
  return out;
}

const Record* soa_of(const Message& message) {
  const auto found = std::ranges::find_if(message.authority, [](const Record& r) { return r.is(Type::soa); });
  return found == message.authority.end() ? nullptr : &*found;
}

std::optional<std::uint32_t> ttl_of(const Message& message) {
  std::optional<std::uint32_t> ttl;
  for (const Record& record : message.answers) ttl = std::min(ttl.value_or(record.ttl), record.ttl);
  if (const Record* soa = soa_of(message); !ttl && soa != nullptr) ttl = soa->ttl;
  return ttl;
}

void put_chain(const Message& message, const std::string& name, fact::Observation& seen) {
  const auto aliases = net::dns::aliases_of(message, name);
  put(seen, "chain", Value::list_of(Kind::host, aliases.names));
  if (aliases.names.empty()) return;
  put(seen, "alias", Value::text(aliases.names.front(), Kind::host));
  put(seen, "last", Value::text(aliases.names.back(), Kind::host));
}

/// What the whole of a response says, whatever was asked for.
void put_response(const net::Answer& answer, const std::string& name, fact::Observation& seen) {
  const Message& message = answer.message;
  seen.answered = true;
  seen.read.insert("answers");
  put(seen, "is-address", Value::boolean(false));
  put(seen, "rcode", Value::text(std::string(rcode_word(message.rcode)), Kind::choice));
  put(seen, "server", Value::text(answer.server));
  put(seen, "truncated", Value::boolean(answer.truncated));
  put(seen, "over-tcp", Value::boolean(answer.over_tcp));
  put(seen, "authentic", Value::boolean(message.authentic));
  if (message.rcode == net::dns::kNoError || message.rcode == net::dns::kNxDomain)
    put(seen, "exists", Value::boolean(message.rcode == net::dns::kNoError));
  put_chain(message, name, seen);
  if (const auto ttl = ttl_of(message)) put(seen, "ttl", Value::number(*ttl));
  if (const Record* soa = soa_of(message); soa != nullptr && !soa->name.empty())
    put(seen, "denied-by", Value::text(soa->name, Kind::host));
}

void summarize_addresses(const std::vector<std::string>& addresses, fact::Observation& seen) {
  constexpr std::size_t kShown = 3;
  if (addresses.empty()) return;
  const std::vector<std::string> first(
      addresses.begin(), addresses.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, addresses.size())));
  seen.summary = text::join(first, ", ");
  if (addresses.size() > kShown) seen.summary += fmt::format(" and {} more", addresses.size() - kShown);
  seen.summary += fmt::format(", {}", class_of(addresses));
  if (const auto chain = seen.facts.find("last"); chain != seen.facts.end())
    seen.summary += " by way of " + chain->second.as_text();
}

void put_addresses(const std::vector<DnsAnswer>& answers, fact::Observation& seen) {
  std::vector<std::string> all;
  for (const Type type : {Type::a, Type::aaaa})
    for (const DnsAnswer& one : answers) {
      if (one.type != type || one.answer == nullptr || one.answer->failure) continue;
      const auto some = data_of(one.answer->message, type);
      put(seen, type == Type::a ? "ipv4" : "ipv6", Value::list_of(Kind::ip, some));
      all.insert(all.end(), some.begin(), some.end());
    }
  put(seen, "addresses", Value::list_of(Kind::ip, all));
  put(seen, "class", Value::text(std::string(class_of(all)), Kind::choice));
  summarize_addresses(all, seen);
}

/// Each family's own outcome, since the better one speaks for the name: a resolver that fails for one family
/// only, or drops its question, slows down or breaks the clients that ask for it.
void put_families(const std::vector<DnsAnswer>& answers, fact::Observation& seen) {
  std::vector<std::string> troubles;
  for (const DnsAnswer& one : answers) {
    const std::string family = one.type == Type::a ? "ipv4" : "ipv6";
    const std::string shown = one.type == Type::a ? "IPv4" : "IPv6";
    if (one.answer == nullptr || one.answer->failure) {
      const auto words = one.answer != nullptr ? failure_line(*one.answer->failure)
                                               : std::string("no answer while the other family had one");
      put(seen, family + ".failure", Value::text(words));
      troubles.push_back(shown + ": no answer");
      continue;
    }
    const int rcode = one.answer->message.rcode;
    put(seen, family + ".rcode", Value::text(std::string(rcode_word(rcode)), Kind::choice));
    if (rcode != net::dns::kNoError && rcode != net::dns::kNxDomain)
      troubles.push_back(shown + ": " + std::string(rcode_word(rcode)));
  }
  if (troubles.size() == 1) seen.summary += ", but " + troubles.front();
}

/// The answer that speaks for all: one with records, else one that says why there are none, else A's.
const DnsAnswer* best_of(const std::vector<DnsAnswer>& answers) {
  const DnsAnswer* best = nullptr;
  const auto rank = [](const DnsAnswer& one) {
    if (one.answer == nullptr || one.answer->failure) return 0;
    if (has_records(one.answer->message, one.type)) return 3;
    return one.answer->message.rcode == net::dns::kNoError ? 1 : 2;
  };
  for (const DnsAnswer& one : answers)
    if (best == nullptr || rank(one) > rank(*best)) best = &one;
  return best;
}

}  // namespace

bool has_records(const Message& message, Type type) {
  return std::ranges::any_of(message.answers, [&](const Record& record) { return record.is(type); });
}

void fill_literal(const std::string& address, fact::Observation& seen) {
  const auto parsed = net::parse_address(address);
  if (!parsed) return;
  seen.answered = true;
  put(seen, "is-address", Value::boolean(true));
  put(seen, "addresses", Value::list_of(Kind::ip, {parsed->text}));
  put(seen, "ipv4",
      Value::list_of(Kind::ip, parsed->family == 4 ? std::vector{parsed->text} : std::vector<std::string>{}));
  put(seen, "ipv6",
      Value::list_of(Kind::ip, parsed->family == 6 ? std::vector{parsed->text} : std::vector<std::string>{}));
  put(seen, "class", Value::text(std::string(class_of({parsed->text})), Kind::choice));
  seen.summary = fmt::format("an address, {}", class_of({parsed->text}));
}

void fill_answers(const std::vector<DnsAnswer>& answers, const std::string& name, fact::Observation& seen) {
  const DnsAnswer* best = best_of(answers);
  if (best == nullptr) return;
  if (best->answer == nullptr) return;
  if (best->answer->failure) {
    seen.failure = best->answer->failure;
    return;
  }
  const net::Answer& answer = *best->answer;
  put_response(answer, name, seen);
  if (best->type == Type::a || best->type == Type::aaaa) put_addresses(answers, seen);
  std::vector<std::string> records;
  for (const DnsAnswer& one : answers)
    if (one.answer != nullptr && !one.answer->failure)
      for (std::string& record : records_of(one.answer->message, one.type))
        records.push_back(std::move(record));
  if (records.empty()) {
    seen.failure = net::failure_of_answer(answer, name);
    seen.summary = seen.failure->text;
  } else if (seen.summary.empty()) {
    seen.summary = text::printable(text::join(records, "; "), 200);
  }
  put(seen, "records", Value::list_of(Kind::text, records));
  if (answers.size() > 1) put_families(answers, seen);
}

void fill_caa(const std::vector<DnsAnswer>& answers, const std::string& name, const std::string& at,
              fact::Observation& seen) {
  if (answers.empty()) return;
  const net::Answer& last = *answers.back().answer;
  if (last.failure) {
    seen.failure = last.failure;
    return;
  }
  put_response(last, at, seen);
  const net::Answer& first = *answers.front().answer;  // speaks for the name itself
  if (!first.failure) {
    if (first.message.rcode == net::dns::kNoError || first.message.rcode == net::dns::kNxDomain)
      put(seen, "exists", Value::boolean(first.message.rcode == net::dns::kNoError));
    put_chain(first.message, name, seen);
  }
  const int rcode = last.message.rcode;
  if (rcode != net::dns::kNoError && rcode != net::dns::kNxDomain) {
    seen.failure = net::failure_of_answer(last, at);
    return;
  }
  std::vector<std::string> issuers;
  for (const Record& record : last.message.answers) {
    if (!record.is(Type::caa) || (record.tag != "issue" && record.tag != "issuewild")) continue;
    const std::string_view value = record.data;
    const std::string issuer(text::trim(value.substr(0, value.find(';'))));
    if (!issuer.empty() && std::ranges::find(issuers, issuer) == issuers.end())
      issuers.push_back(text::to_utf8(issuer));
  }
  put(seen, "records", Value::list_of(Kind::text, records_of(last.message, Type::caa)));
  put(seen, "caa.issuers", Value::list_of(Kind::text, issuers));
  const bool says = has_records(last.message, Type::caa);
  if (says) put(seen, "caa.at", Value::text(at, Kind::host));
  seen.summary = !says             ? "anybody may issue certificates"
                 : issuers.empty() ? at + " lets nobody issue certificates"
                                   : at + " lets issue: " + text::printable(text::join(issuers, ", "), 200);
}

}  // namespace aztriage::probe
