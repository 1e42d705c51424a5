#pragma once

#include "fact/observation.h"

#include <functional>
#include <string_view>
#include <vector>

namespace aztriage::fact {

/// Says of a try that it failed. Without one, a try is bad when it was not answered.
using Bad = std::function<bool(const Observation&)>;

/// One observation of several looks of one step, in their order. Each look's `varied` holds the parameters
/// that differ. Head and plain facts are those of the first bad try, else of the first one; `tries*` and
/// `by*` come on top. `by` names the fact or varied parameter whose values `by.working failing mixed` sort
/// into those at which all, none and some tries passed; empty: the varied parameters. A try that does not
/// know its value is left out. `tries` must not be empty.
Observation merge(std::vector<Observation> tries, const Bad& bad, std::string_view by);

/// What a condition sees of one try: its head, facts, varied parameters, `number`, `ok`, and under
/// `kReadGroups` the groups that it has read, so that known-missing facts stay so.
Value try_record(const Observation& one, int number);
inline constexpr std::string_view kReadGroups = "read-groups";

/// Names of facts, sorted, that are not the same in all tries which know them. What was varied and the time
/// taken are no differences.
std::vector<std::string> differing_facts(const std::vector<Observation>& tries);
/// One of `tries*`, computed from the tries; nothing for other names.
std::optional<Value> tries_fact(const std::vector<Observation>& tries, std::string_view name);

}  // namespace aztriage::fact
