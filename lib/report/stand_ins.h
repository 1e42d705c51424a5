#pragma once

#include "decode/pseudonym.h"
#include "report/case_report.h"

namespace aztriage::report {

/// Replaces what names the customer, everywhere in the report. What is known of it by its place (inputs,
/// hosts that were looked at) is replaced wherever it stands; ids that services gave to requests stay.
void use_stand_ins(CaseReport& report, decode::Pseudonyms& names);

}  // namespace aztriage::report
