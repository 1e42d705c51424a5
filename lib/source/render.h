#pragma once

#include "source/diagnostic.h"

#include <string>

namespace aztriage::source {

/// `file:line:col: error[P012]: message`, the line, a caret, then context and hints. Control characters of
/// the file are made visible and long lines are cut around the caret.
std::string render(const Diagnostic& diagnostic, const Source& source);
/// All of them, at most `limit`, then how many more there are.
std::string render(const Diagnostics& diagnostics, const Source& source, std::size_t limit = 20);

}  // namespace aztriage::source
