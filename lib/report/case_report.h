#pragma once

#include "engine/result.h"
#include "report/report.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::report {

enum class Audience { engineering, customer };

/// Something that happened, for the timeline.
struct TimelineEntry {
  enum class Kind { look, answer, command, note, workaround, verdict, other };
  UtcTime at{};
  Kind kind = Kind::other;
  std::string who;   // a step's id, "engineer", "aztriage"; may be empty
  std::string text;  // what was seen, said or done
  Milliseconds took{};
  bool bad = false;  // it shows the complaint, or something that is wrong
};
std::string_view name_of(TimelineEntry::Kind kind);  // "look", "answer", ...

struct Note {
  UtcTime at{};
  std::string text;
};

/// A name that a service gave to one request, by which its engineers find it in their logs.
struct SupportId {
  std::string name;  // "x-azure-ref", "x-ms-request-id", "correlation id"
  std::string value;
  std::string step;
  std::string target;
  UtcTime at{};
};

/// Everything that reports are made of: the whole of a case, or the results of one run.
struct CaseReport {
  std::string case_id;  // empty: a run without a case
  std::string ticket;
  std::string tool;  // with its version
  std::vector<engine::RunResult> rounds;
  std::vector<TimelineEntry> timeline;  // in order of time
  std::vector<Note> notes;              // in order of time; never for customers
  std::vector<SupportId> ids;
  bool pseudonyms = false;  // names were replaced by stand-ins
};

/// Of results alone: the timeline and the ids are read from the observations.
CaseReport report_of(std::vector<engine::RunResult> rounds);

/// Request, reference, correlation, activity and trace ids in what was observed, each once.
std::vector<SupportId> support_ids(const std::vector<engine::RunResult>& rounds);
std::vector<TimelineEntry> timeline_of(const std::vector<engine::RunResult>& rounds);

/// Applies `change` to every text that may hold something of the customer's or a server's; names that the
/// tool and its playbooks gave (steps, outcomes, causes) stay.
using Change = std::function<std::string(std::string_view)>;
void change_texts(CaseReport& report, const Change& change);

/// One whole document that ends with a new line. The format junit knows no audience.
std::string render(Format format, const CaseReport& report, Audience audience, const Style& style);

}  // namespace aztriage::report
