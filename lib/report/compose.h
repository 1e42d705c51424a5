#pragma once

#include "report/case_report.h"
#include "report/document.h"

/// Documents out of a report, one for each audience.
namespace aztriage::report {

Document for_engineering(const CaseReport& report);
Document for_customer(const CaseReport& report);

/// `2026-11-24 14:02:03 UTC`, `14:02:03 UTC`, and `14:02:03.250` for tables whose head says UTC.
std::string utc_text(UtcTime time);
std::string utc_clock(UtcTime time);
std::string utc_precise(UtcTime time);

/// The result of a step in a word, with its tone: SEEN, fine, BAD, failed; empty when there is none.
Span state_word(const engine::RunResult& run, const engine::StepResult& step);
/// What a step saw, in one line for people.
std::string seen_text(const engine::StepResult& step);
/// Whether somebody or something looked.
bool was_done(const engine::StepResult& step);

/// The looks of a round on one axis, with the phases of each.
Chart waterfall_of(const engine::RunResult& run);
/// What happened when, a lane for each kind.
Chart timeline_chart(const std::vector<TimelineEntry>& timeline);

/// What to do with its command, time, risk and undo.
void add_workaround(std::vector<Block>& blocks, const engine::WorkaroundResult& workaround);

}  // namespace aztriage::report
