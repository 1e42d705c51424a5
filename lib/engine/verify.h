#pragma once

#include "engine/session.h"

namespace aztriage::engine {

/// Whether a workaround helped, by the cause's `verify` steps after they were looked at again.
enum class Verified { helped, not_yet, cannot_tell };

/// Helped when every verify step that looks for the symptom is fine, and every other one shows an outcome
/// that is less likely under this cause than otherwise. A step without an answer tells nothing; without any
/// that tells, it can't be told.
Verified verified(const Session& session, int cause);

/// The steps to look at again: the cause's `verify`, or all symptom steps when it names none.
std::vector<int> verify_steps(const playbook::Playbook& playbook, int cause);

/// Seconds between two looks, and how long to go on at most when the workaround does not say.
inline constexpr std::chrono::seconds kVerifyEvery{15};
inline constexpr std::chrono::seconds kVerifyFor{120};

}  // namespace aztriage::engine
