#pragma once

#include "base/result.h"
#include "fact/observation.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::cli {

/// One step or target of a saved result.
struct SavedLook {
  std::string label;  // the step, or the target; with the playbook before it when a file has several
  std::string outcome;
  std::optional<fact::Observation> seen;  // none: a question or a command without a reader
};

/// What `run -o json` or `probe -o json` wrote.
struct Saved {
  std::string name;                           // of the file, or of the route
  std::string what;                           // "front-door/5xx-from-edge", "http https://shop.contoso.com/"
  std::string at;                             // UTC
  std::string said;                           // the verdict, or the probe's summary
  std::map<std::string, std::string> judged;  // verdict, cause and symptom of each run
  std::vector<SavedLook> looks;
};

/// At most 64 MiB. Secrets that another tool, or an older version, left in it are masked. Of a watch the last
/// look counts; of `-o jsonl` the last line.
Result<Saved> read_saved(const std::string& path);
/// The same from the text itself; `name` is for messages.
Result<Saved> parse_saved(const std::string& name, std::string_view text);

}  // namespace aztriage::cli
