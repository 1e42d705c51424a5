#pragma once

#include <cstddef>

namespace aztriage::cli {

bool is_terminal(int descriptor);
/// Columns of the terminal behind a descriptor, else $COLUMNS, else 100.
std::size_t terminal_width(int descriptor);

/// Whether the terminal at standard error marks what is pasted. Async-signal-safe.
void mark_pastes(bool on);
/// From now on Ctrl-Z, and `give_terminal_back`, leave the terminal behind standard input as it is now.
void keep_terminal();
/// Async-signal-safe. Without an effect before `keep_terminal`.
void give_terminal_back();
/// True once after the process had been stopped and went on: the shell has changed the terminal meanwhile.
bool terminal_came_back();

/// Standard descriptors that are closed are opened on nothing, so that no socket or file takes their number:
/// reads then see the end, and writes to standard output fail as they should.
void protect_standard_descriptors();

/// Writes everything, over short and interrupted writes. Returns 0 or errno.
int write_all(int descriptor, const char* data, std::size_t size);

}  // namespace aztriage::cli
