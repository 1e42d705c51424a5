#pragma once

#include "base/clock.h"
#include "fact/failure.h"
#include "fact/value.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::fact {

using Facts = std::map<std::string, Value, std::less<>>;

/// What one look at the world reported. It judges nothing. A failed look still holds all that was seen
/// before.
struct Observation {
  std::string probe;   // name of the probe or reader
  std::string target;  // as people would say it: "https://shop.contoso.com/", "redis.contoso.com:6380"
  std::string here;    // "client" or "outside"
  UtcTime at{};
  Milliseconds took{};
  bool answered = false;  // the protocol's answer came, from some address
  std::string address;    // the one that was used; empty when none was
  int family = 0;         // 4, 6, or 0 when there was no address
  std::string proxy;      // host:port that was used; empty for none
  std::optional<Failure> failure;

  Facts facts;                              // full dotted names, without the head
  std::set<std::string, std::less<>> read;  // groups read whole: what is not in them is known to be missing
  std::string summary;                      // the probe's own one-line summary
  std::vector<Observation> tries;           // of a step that looks several times; empty for a single look
  Facts varied;                             // of a try: the parameters that are not the same in all tries
  std::optional<bool> ok;                   // of a try: whether it passed; otherwise `answered` says it
};

/// The head's facts, which every observation has: answered, address, family, proxy, took, failure.kind,
/// failure.operation, failure.text, failure.code.
std::span<const FactSpec> head_facts();
/// Facts that a step with several tries has besides: `tries` (records of each try's facts, its varied
/// parameters, `number` from 1 and `ok`), tries.count, tries.ok, tries.failed, tries.first and tries.last
/// (the records of the first and last try), tries.differ, by.working, by.failing, by.mixed. The records'
/// fields are those of `try_fields()`, the head's, and whatever the probe and the step's parameters say.
std::span<const FactSpec> tries_facts();
std::span<const FactSpec> try_fields();  // number, ok

/// A fact by its full name, the head's included. `known` is true when there is a value, or when `group` was
/// read and there is none. Of the head, `address`, `proxy` and `failure.*` are known to be missing when
/// empty. The facts `tries*` come from `tries` where a probe or `merge` made some (one for each address of a
/// host, too).
struct Look {
  std::optional<Value> value;
  bool known = false;
};
Look look(const Observation& observation, std::string_view name, std::string_view group);

}  // namespace aztriage::fact
