#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace aztriage {

/// Why an operation could not be done, for people: `what` names the thing and what is wrong with it, `hint`
/// is what to do about it and may be empty. Both are lower case without a full stop.
struct Error {
  std::string what;
  std::string hint;
};

/// The answer of an operation that can fail. Mistakes in people's files are `source::Diagnostics` instead,
/// and what a probe saw is always a `fact::Observation`.
template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> failed(std::string what, std::string hint = {}) {
  return tl::unexpected<Error>(Error{std::move(what), std::move(hint)});
}

}  // namespace aztriage
