#pragma once

#include "fact/observation.h"

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::fact {

/// What a look goes through, in its order; `judgement` is what was made of it.
enum class Layer { resolve, connect, proxy, handshake, request, response, body, judgement };
std::string_view layer_name(Layer layer);
Layer layer_of_operation(std::string_view operation);
/// By the names that probes share; everything that a `dns` probe tells is of the names.
Layer layer_of_fact(std::string_view probe, std::string_view name);

struct Difference {
  Layer layer{};
  std::string name;  // a fact; "failure", "address", "tries 10.0.0.4"
  std::string a;     // for people; "not there" where one has none
  std::string b;
};

struct Compared {
  std::vector<Difference> differences;  // in the order of the layers; a failure before the facts of its layer
  std::vector<Difference> expected;     // what follows from asking in another way
  std::vector<std::string> noise;       // names of facts that differ each time: times, dates, ids of requests
};

/// What is not the same in two looks of one probe. `declared` are the probe's facts. `expected` names facts
/// that follow from what was asked for; one that ends in `*` is a prefix. What only one of them got to see
/// since the other failed before is no difference of its own.
Compared compare(const Observation& a, const Observation& b, std::span<const FactSpec> declared,
                 const std::set<std::string>& expected);

}  // namespace aztriage::fact
