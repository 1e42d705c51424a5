#pragma once

#include "fact/observation.h"

#include <string>
#include <vector>

namespace aztriage::cli {

/// One certificate of a chain, drawn.
struct ChainLine {
  std::string branch;  // what stands before it
  std::string name;    // its subject; of an issuer that was not sent, its name
  std::string notes;   // "not sent", "self-signed", "the server's own", "also sent, not needed"
  double days_left = 0;
  bool sent = true;  // days_left says something
};

/// The fact `chain` as a tree: each certificate below the one that issued it, the server's own deepest.
/// Issuers that were not sent are named; certificates that belong to no path stand at the top by themselves.
std::vector<ChainLine> chain_lines(const fact::Observation& seen, bool utf8);

}  // namespace aztriage::cli
