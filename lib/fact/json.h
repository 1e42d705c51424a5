#pragma once

#include "base/result.h"
#include "fact/observation.h"

#include <string>
#include <string_view>

namespace aztriage::fact {

/// An observation as one JSON object: the head first (probe, target, here, at, took_ms, answered, address,
/// family, proxy, failure {operation, kind, text, code}), then its facts, then `read`, `summary` and `tries`.
/// `a.b.c` becomes "a": {"b.c": ...} unless `a` is a fact itself, when the name stays whole. Facts that
/// are records, or are called like one of the object's own keys, stand whole under "facts". Malformed UTF-8
/// becomes U+FFFD.
std::string to_json(const Observation& observation);

/// Reads it back; `declared` gives the facts' types, so that a host stays a host. Facts that are not declared
/// keep the type that JSON shows. At most `most_bytes` and 16 levels.
Result<Observation> from_json(std::string_view json, std::span<const FactSpec> declared,
                              std::size_t most_bytes = 1024 * 1024);

/// Whether lists and objects are nested deeper than that; for hostile text, before anything is built from it.
bool deeper_than(std::string_view json, int levels);

}  // namespace aztriage::fact
