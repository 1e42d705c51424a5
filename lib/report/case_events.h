#pragma once

#include "engine/event.h"
#include "report/case_report.h"

#include <span>

namespace aztriage::report {

/// What a case file recorded, into the report's timeline and notes, instead of what observations alone tell.
void take_events(CaseReport& report, std::span<const engine::Event> events);

}  // namespace aztriage::report
