#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cli/command.h"

#include <string>
#include <string_view>

namespace aztriage::cli {

/// How a piece of text stands out on a screen. Colour only repeats what the words say.
enum class Style { plain, strong, dim, good, bad, warn };

/// The streams: standard output carries the result and nothing else, standard error carries progress, prompts
/// and diagnostics. Text from servers and files must be `text::printable` before it comes here.
class Console {
 public:
  Console();
  /// --color, --quiet, --verbose, --no-input, --output and --tz; NO_COLOR and TERM=dumb count where --color
  /// is auto.
  Result<void> apply(const Options& options);

  /// To standard output, at once. A failed write is remembered and makes `finish` fail.
  void out(std::string_view text);
  /// To standard error, as a line of its own; not with --quiet.
  void note(std::string_view line);
  /// `note`, but only with --verbose.
  void detail(std::string_view line);
  /// `aztriage: what` and the hint to standard error; with a machine format the same as the one document on
  /// standard output, unless the result is already there. Returns `code`.
  ExitCode fail(const Error& error, ExitCode code);
  /// A warning to standard error, also with --quiet.
  void warn(std::string_view line);
  /// One line that the next one replaces; only on a terminal, not with --quiet. Empty text takes it away.
  void progress(std::string_view line);

  /// False, with a message on standard error, when the result could not be written.
  bool finish();

  std::string paint(Style style, std::string_view text) const;        // for standard output
  std::string paint_error(Style style, std::string_view text) const;  // for standard error

  bool json() const { return json_; }
  bool quiet() const { return quiet_; }
  bool verbose() const { return verbose_; }
  /// Somebody sits there: standard input and error are terminals, and --no-input was not given.
  bool interactive() const { return interactive_; }
  std::size_t width() const;  // of the screen that shows standard output

  /// `14:02 UTC`, and the time in the zone of --tz behind it.
  std::string screen_time(UtcTime time) const;

 private:
  bool color_out_ = false;
  bool color_error_ = false;
  bool json_ = false;
  bool quiet_ = false;
  bool verbose_ = false;
  bool interactive_ = false;
  bool zone_ = false;      // show local time too
  bool wrote_ = false;     // something went to standard output
  bool progress_ = false;  // a line of progress is on the screen
  int write_error_ = 0;
};

}  // namespace aztriage::cli
