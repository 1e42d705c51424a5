#pragma once

#include "base/result.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage {

/// A child process with its output on two pipes; standard input is empty. It leads a process group of its
/// own.
struct Child {
  int pid = -1;
  int output = -1;  // non-blocking, close-on-exec; the caller closes it
  int errors = -1;
};

/// Starts an argument vector, found by PATH, never through a shell.
Result<Child> start_process(const std::vector<std::string>& argv);

/// Runs it to its end with `input` on standard input and its output thrown away; its exit code. One that has
/// not ended after `longest` is an error, and is ended.
Result<int> run_with_input(const std::vector<std::string>& argv, std::string_view input,
                           std::chrono::milliseconds longest);

/// The exit code, 128 + signal, or -1 while it runs. Reaps it.
int poll_process(int pid);

/// Ends the whole group at once and reaps the child.
void end_process(int pid);

/// `NAME=value` of every variable of the environment.
std::vector<std::string> process_environment();

/// No core file will hold what this process knows, nor that of a program it starts, whatever the limits are,
/// and no other process of the same user may read its memory. Not where a sanitizer has to.
void keep_memory_private();

/// Calls `handler` on SIGINT, SIGTERM and SIGHUP; it must be async-signal-safe.
void on_interrupt(void (*handler)(int));
/// Ctrl-Z calls `before`, and the process stops; once it goes on, whatever had stopped it, `after` is called.
/// Both must be async-signal-safe.
void on_stop(void (*before)(), void (*after)());
/// A closed pipe, and a limit on the size of files, then is a failed write instead of a silent end.
void let_writes_fail();

}  // namespace aztriage
