#include "cli/saved.h"

#include "base/file.h"
#include "base/text.h"
#include "decode/mask.h"
#include "fact/json.h"
#include "probe/registry.h"

#include <nlohmann/json.hpp>

namespace aztriage::cli {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostBytes = 64u << 20;
constexpr int kMostLevels = 40;
constexpr std::string_view kHint = "give a file that 'run -o json' or 'probe -o json' wrote";

std::string text_of(const Json& json, const char* key) {
  const auto found = json.is_object() ? json.find(key) : json.end();
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Levels are counted before anything is built from a file that may be anything.
bool too_deep(std::string_view json) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == '{' || c == '[')) {
      if (++depth > kMostLevels) return true;
    } else if (!in_string && (c == '}' || c == ']')) {
      --depth;
    }
  }
  return false;
}

Json parsed(std::string_view text) {
  return too_deep(text) ? Json(Json::value_t::discarded)
                        : Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

class SavedReader {
 public:
  explicit SavedReader(std::string name) { saved_.name = std::move(name); }

  Result<Saved> read(const Json& document) {
    if (!document.is_object())
      return failed("'" + saved_.name + "' is no result of aztriage", std::string(kHint));
    if (document.contains("error") && !document.contains("probe")) {
      return failed(
          "'" + saved_.name + "' holds an error, no result: " + text_of(document.at("error"), "what"),
          std::string(kHint));
    }
    if (document.contains("schema") && document.at("schema") != 1)
      return failed("'" + saved_.name + "' was written by a newer aztriage", "compare with that version");
    auto done = read_document(document);
    if (!done) return tl::unexpected<Error>(done.error());
    hide_secrets();
    if (saved_.looks.empty())
      return failed("'" + saved_.name + "' has no looks to compare", std::string(kHint));
    return std::move(saved_);
  }

 private:
  using Done = Result<void>;

  void hide_secrets() {
    for (std::string* text : {&saved_.what, &saved_.at, &saved_.said}) *text = decode::mask(*text).text;
    for (auto& [name, value] : saved_.judged) value = decode::mask(value).text;
    for (SavedLook& look : saved_.looks) {
      look.label = decode::mask(look.label).text;
      look.outcome = decode::mask(look.outcome).text;
      if (look.seen) decode::mask(*look.seen);
    }
  }

  const Json& list(const Json& document, const char* key) {
    static const Json none = Json::array();
    const auto found = document.find(key);
    return found != document.end() && found->is_array() ? *found : none;
  }

  Done read_document(const Json& document) {
    if (document.contains("runs")) {
      const Json& runs = list(document, "runs");
      saved_.what = std::to_string(runs.size()) + " runs";
      std::size_t number = 0;
      for (const Json& run : runs) {
        if (auto done = read_run(run, runs.size() > 1 ? ++number : 0); !done) return done;
      }
      return {};
    }
    if (document.contains("steps")) return read_run(document, 0);
    if (document.contains("observations")) {
      for (const Json& one : list(document, "observations")) {
        if (auto done = add_look(text_of(one, "target"), "", one); !done) return done;
      }
      return {};
    }
    if (document.contains("watched")) {
      for (const Json& one : list(document, "watched")) {
        const auto last = one.find("last");
        if (last == one.end() || !last->is_object()) continue;
        if (auto done = add_look(text_of(one, "target"), "", *last); !done) return done;
      }
      return {};
    }
    if (!document.contains("probe"))
      return failed("'" + saved_.name + "' is no result of aztriage", std::string(kHint));
    return add_look(text_of(document, "target"), "", document);
  }

  /// `number` from 1 where a file has several runs.
  Done read_run(const Json& run, std::size_t number) {
    const std::string playbook = text_of(run, "playbook");
    const std::string before = number == 0 ? "" : playbook + " " + std::to_string(number) + " ";
    if (number == 0) saved_.what = playbook;
    if (saved_.at.empty()) saved_.at = text_of(run, "started");
    saved_.judged[before + "verdict"] = text_of(run, "verdict");
    saved_.judged[before + "symptom"] = text_of(run, "symptom");
    const auto cause = run.find("cause");
    const std::string id = cause != run.end() ? text_of(*cause, "id") : "";
    saved_.judged[before + "cause"] = id;
    if (number == 0) saved_.said = text_of(run, "verdict") + (id.empty() ? "" : " " + id);
    for (const Json& step : list(run, "steps")) {
      const std::string label = before + text_of(step, "id");
      const auto seen = step.find("observation");
      if (seen != step.end() && seen->is_object()) {
        if (auto done = add_look(label, text_of(step, "outcome"), *seen); !done) return done;
      } else if (!text_of(step, "outcome").empty()) {
        saved_.looks.push_back({label, text_of(step, "outcome"), std::nullopt});
      }
    }
    return {};
  }

  Done add_look(const std::string& label, std::string outcome, const Json& json) {
    if (!json.is_object())
      return failed("'" + saved_.name + "' has a look that is no object", std::string(kHint));
    Json own = json;
    own.erase("schema");
    const probe::ProbeSpec* spec = probe::find_probe(text_of(own, "probe"));
    auto seen = fact::from_json(own.dump(-1, ' ', false, Json::error_handler_t::replace),
                                spec == nullptr ? std::span<const fact::FactSpec>{} : spec->facts);
    if (!seen) {
      return failed("'" + saved_.name + "', " + text::printable(label, 80) + ": " + seen.error().what,
                    std::string(kHint));
    }
    if (saved_.what.empty()) saved_.what = seen->probe + " " + seen->target;
    if (saved_.at.empty()) saved_.at = text_of(own, "at");
    if (saved_.said.empty()) saved_.said = seen->summary;
    saved_.looks.push_back({label, std::move(outcome), std::move(*seen)});
    return {};
  }

  Saved saved_;
};

}  // namespace

Result<Saved> parse_saved(const std::string& name, std::string_view text) {
  Json document = parsed(text);
  if (document.is_discarded()) {
    // `-o jsonl`: the last line is the sum.
    const std::string_view lines = text::trim(text);
    const auto end = lines.rfind('\n');
    if (end != lines.npos) document = parsed(lines.substr(end + 1));
  }
  if (document.is_discarded()) return failed("'" + name + "' is not well-formed JSON", std::string(kHint));
  return SavedReader(name).read(document);
}

Result<Saved> read_saved(const std::string& path) {
  auto text = read_file(path, kMostBytes);
  if (!text) return tl::unexpected<Error>(Error{text.error().what, std::string(kHint)});
  return parse_saved(path, *text);
}

}  // namespace aztriage::cli
