#pragma once

#include "engine/environment.h"
#include "playbook/model.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aztriage::engine {

/// What to run in the customer's shell to learn what a step wants to know: its own command, or for a probe
/// the everyday tool that shows the same. Pairs of a shell's name and a line to copy; empty when there is
/// none.
std::vector<std::pair<std::string, std::string>> client_commands(const playbook::Step& step,
                                                                 const match::Environment& environment);

/// The line that looks at the same with this tool; empty when the step is no probe.
std::string probe_command(const playbook::Step& step, const match::Environment& environment);

/// Names of the readers that understand the output of those commands, the first that can read it counts; none
/// when no reader does.
std::vector<std::string_view> client_readers(const playbook::Step& step);

/// Text for people: a value that is not known, or can't stand there safely, shows as its name in capitals,
/// never as nothing. Lines to copy are encoded for their shell, since values may come from a hostile server.
std::string fill_for_people(const match::Template& text, const match::Environment& environment,
                            match::Template::Encode encode = match::Template::Encode::none);

}  // namespace aztriage::engine
