#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "fact/observation.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::net {
class Net;
}

namespace aztriage::probe {

/// Checked values of one look: typed, defaults filled in.
struct Params {
  /// Members of a map parameter stand as `headers.NAME`.
  std::map<std::string, fact::Value, std::less<>> values;
  /// Names of the values that a secret filled: never in an observation, never sent to an unverified host.
  std::set<std::string, std::less<>> secret;
  const fact::Value* find(std::string_view name) const;
  std::string text(std::string_view name) const;  // empty when it is not there
  double number(std::string_view name, double otherwise) const;
  bool flag(std::string_view name, bool otherwise) const;
};

/// A look that is under way. Destroying it ends it without a word.
class Running {
 public:
  virtual ~Running() = default;
  /// Ends now and tells what was seen so far, with `kind` (deadline, interrupted, or the protocol's time-out)
  /// as the failure at the operation that was under way. `done` is not called after that.
  virtual fact::Observation stop(fact::FailureKind kind) = 0;
};
using Done = std::function<void(fact::Observation)>;

/// A probe is one exported constant; help, validation, completion and docs are derived from it.
struct ProbeSpec {
  std::string_view name;
  std::string_view summary;
  std::span<const fact::ParamSpec> params;
  std::span<const fact::FactSpec> facts;
  std::span<const std::string_view> operations;  // in the order in which they happen
  Milliseconds timeout;                          // unless the playbook or the user says otherwise
  bool intrusive = false;
  /// Never blocks. `done` is called from the loop, once, never from inside `start`. The probe keeps to
  /// `timeout` by itself.
  std::unique_ptr<Running> (*start)(const Params& params, Milliseconds timeout, net::Net& net, Done done);
};

/// Fills defaults, checks types, required and unknown names. The error names the parameter and the nearest
/// one. Members of a map parameter are given as `headers.NAME`; items of a list parameter are separated by
/// commas.
Result<Params> check_params(const ProbeSpec& spec, const std::map<std::string, std::string>& given);

}  // namespace aztriage::probe
