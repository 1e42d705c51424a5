#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cli/command.h"
#include "decode/mask.h"

#include <string>
#include <string_view>

namespace aztriage::cli {

/// How a piece of text stands out on a screen. Colour only repeats what the words say.
enum class Style { plain, strong, dim, good, bad, warn };

/// The streams: standard output carries the result and nothing else, standard error carries progress, prompts
/// and diagnostics. Text from servers and files must be `text::printable` before it comes here.
/// Whether a stream gets colour: `when` is --color's word, `no_color` and `terminal_type` are NO_COLOR and
/// TERM (nullptr: not set). https://no-color.org: any value that is not empty counts.
bool wants_color(std::string_view when, const char* no_color, const char* terminal_type, bool is_terminal);

/// Whether the locale's texts are UTF-8, by LC_ALL, LC_CTYPE and LANG; the first that is set counts.
bool wants_utf8(const char* lc_all, const char* lc_ctype, const char* lang);

class Console {
 public:
  Console();
  /// --color, --quiet, --verbose, --no-input, --output and --tz; NO_COLOR and TERM=dumb count where --color
  /// is auto.
  Result<void> apply(const Options& options);

  /// From here on these values are shown nowhere, whoever says them. In messages nothing is shown that looks
  /// like a secret; a result masks its own texts, and is searched for these values only.
  void hide(const decode::SecretSet& secrets) { hidden_.add(secrets); }

  /// To standard output, at once. A failed write is remembered and makes `finish` fail.
  void out(std::string_view text);
  /// To standard error, as a line of its own; not with --quiet.
  void note(std::string_view line);
  /// `note`, but only with --verbose.
  void detail(std::string_view line);
  /// `aztriage: what` and the hint to standard error; with a machine format the same as the one document on
  /// standard output, unless the result is already there. Returns `code`.
  ExitCode fail(const Error& given, ExitCode code);
  /// A warning to standard error, also with --quiet.
  void warn(std::string_view line);
  /// One line that the next one replaces; only on a terminal, not with --quiet. Empty text takes it away.
  void progress(std::string_view line);

  /// False, with a message on standard error, when the result could not be written.
  bool finish();

  std::string paint(Style style, std::string_view text) const;        // for standard output
  std::string paint_error(Style style, std::string_view text) const;  // for standard error

  bool json() const { return json_; }
  bool colored() const { return color_out_; }  // standard output
  /// The screen shows more than ASCII; bars and trees are drawn plainer where it does not.
  bool utf8() const { return utf8_; }
  /// Standard error is a screen on which one line can be redrawn.
  bool redraws() const;
  bool quiet() const { return quiet_; }
  bool verbose() const { return verbose_; }
  /// Somebody sits there: standard input and error are terminals, and --no-input was not given.
  bool interactive() const { return interactive_; }
  std::size_t width() const;  // of the screen that shows standard output

  /// `14:02:31 UTC`, and the time in the zone of --tz behind it.
  std::string screen_second(UtcTime time) const;
  /// `14:02 UTC`, and the time in the zone of --tz behind it.
  std::string screen_time(UtcTime time) const;

 private:
  bool color_out_ = false;
  bool color_error_ = false;
  bool utf8_ = false;
  bool json_ = false;
  bool lines_ = false;  // a document is one line
  bool quiet_ = false;
  bool verbose_ = false;
  bool interactive_ = false;
  bool zone_ = false;     // show local time too
  bool wrote_ = false;    // something went to standard output
  std::string progress_;  // the line of progress that is on the screen
  int write_error_ = 0;
  decode::SecretSet hidden_;
};

}  // namespace aztriage::cli
