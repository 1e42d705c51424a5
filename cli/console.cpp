#include "cli/console.h"

#include "base/text.h"
#include "cli/terminal.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>

#include <nlohmann/json.hpp>

namespace aztriage::cli {
namespace {

constexpr int kOut = 1;
constexpr int kError = 2;

bool colors(std::string_view when, int descriptor) {
  return wants_color(when, std::getenv("NO_COLOR"), std::getenv("TERM"), is_terminal(descriptor));
}

std::string painted(bool color, Style style, std::string_view text) {
  const char* code = nullptr;
  switch (style) {
    case Style::plain:
      break;
    case Style::strong:
      code = "1";
      break;
    case Style::dim:
      code = "2";
      break;
    case Style::good:
      code = "32";
      break;
    case Style::bad:
      code = "1;31";
      break;
    case Style::warn:
      code = "33";
      break;
  }
  if (!color || code == nullptr) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

/// Makes the C library's local time that of `zone`.
Result<void> use_zone(const std::string& zone) {
  if (zone == "local") return {};
  std::error_code ignored;
  const bool plain = zone.find("..") == std::string::npos && zone.find_first_of(":/") != 0;
  if (zone != "UTC" &&
      (!plain || !std::filesystem::is_regular_file("/usr/share/zoneinfo/" + zone, ignored))) {
    return failed("unknown time zone '" + text::printable(zone) + "'",
                  "a name such as Europe/Berlin, or local; the names come with the package tzdata");
  }
  ::setenv("TZ", zone.c_str(), 1);
  ::tzset();
  return {};
}

std::string clock_text(const std::tm& time, const char* format) {
  std::array<char, 64> buffer{};
  std::strftime(buffer.data(), buffer.size(), format, &time);
  return buffer.data();
}

/// As much of it as fits into so many columns.
std::string cut_to(std::string text, std::size_t columns) {
  if (text::width(text) <= columns) return text;
  std::size_t end = 0;
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size();) {
    text::next_code_point(text, at);
    used += text::width(std::string_view(text).substr(end, at - end));
    if (used > columns) break;
    end = at;
  }
  text.resize(end);
  return text;
}

std::string time_text(UtcTime time, const char* utc, const char* local) {
  const std::time_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::string result = clock_text(parts, utc);
  if (local == nullptr) return result;
  ::localtime_r(&seconds, &parts);
  return result + clock_text(parts, local);
}

}  // namespace

bool wants_color(std::string_view when, const char* no_color, const char* terminal_type, bool is_terminal) {
  if (when == "always") return true;
  if (when == "never") return false;
  if (no_color != nullptr && *no_color != '\0') return false;
  if (terminal_type == nullptr || *terminal_type == '\0' || std::strcmp(terminal_type, "dumb") == 0)
    return false;
  return is_terminal;
}

bool wants_utf8(const char* lc_all, const char* lc_ctype, const char* lang) {
  for (const char* locale : {lc_all, lc_ctype, lang}) {
    if (locale == nullptr || *locale == '\0') continue;
    const std::string name = text::lower(locale);
    return text::contains(name, "utf-8") || text::contains(name, "utf8");
  }
  return false;
}

Console::Console()
    : color_out_(colors("auto", kOut)),
      color_error_(colors("auto", kError)),
      utf8_(wants_utf8(std::getenv("LC_ALL"), std::getenv("LC_CTYPE"), std::getenv("LANG"))),
      interactive_(is_terminal(0) && is_terminal(kError)) {}

Result<void> Console::apply(const Options& options) {
  json_ = options.json();
  lines_ = options.lines();
  const std::string color = options.get("color", "auto");
  color_out_ = !json_ && colors(color, kOut);
  color_error_ = colors(color, kError);
  quiet_ = options.flag("quiet");
  verbose_ = options.flag("verbose") && !quiet_;
  if (options.flag("no-input")) interactive_ = false;
  if (!options.has("tz")) return {};
  zone_ = true;
  return use_zone(options.get("tz"));
}

void Console::out(std::string_view text) {
  progress({});
  wrote_ = wrote_ || !text.empty();
  if (write_error_ != 0) return;
  const std::string shown = decode::mask_known(text, hidden_).text;
  const std::string safe = json_ ? text::printable_json(shown) : shown;
  write_error_ = write_all(kOut, safe.data(), safe.size());
}

void Console::warn(std::string_view line) {
  progress({});
  const std::string text = decode::mask(line, hidden_).text + "\n";
  write_all(kError, text.data(), text.size());
}

void Console::note(std::string_view line) {
  if (!quiet_) warn(line);
}

void Console::detail(std::string_view line) {
  if (verbose_) warn(line);
}

ExitCode Console::fail(const Error& given, ExitCode code) {
  const Error error{decode::mask(given.what, hidden_).text, decode::mask(given.hint, hidden_).text};
  warn("aztriage: " + text::printable(error.what, 2000));
  if (!error.hint.empty()) warn("  hint: " + text::printable(error.hint, 2000));
  if (json_ && !wrote_) {
    nlohmann::ordered_json document;
    document["schema"] = 1;
    document["error"]["what"] = text::to_utf8(error.what);
    document["error"]["hint"] = text::to_utf8(error.hint);
    out(document.dump(lines_ ? -1 : 2) + "\n");
  }
  return code;
}

bool Console::redraws() const {
  return !quiet_ && is_terminal(kError);
}

void Console::progress(std::string_view line) {
  if (line == progress_) return;  // a loop that turns often says the same often
  if (!redraws()) return;
  std::string text = "\r\x1b[K";
  if (!line.empty())
    text += cut_to(text::printable(decode::mask_known(line, hidden_).text, 2000), terminal_width(kError) - 1);
  progress_ = line;
  write_all(kError, text.data(), text.size());
}

bool Console::finish() {
  progress({});
  if (write_error_ == 0) return true;
  warn(std::string("aztriage: the result could not be written to standard output: ") +
       std::strerror(write_error_));
  return false;
}

std::string Console::paint(Style style, std::string_view text) const {
  return painted(color_out_, style, text);
}
std::string Console::paint_error(Style style, std::string_view text) const {
  return painted(color_error_, style, text);
}

std::size_t Console::width() const {
  return terminal_width(kOut);
}

std::string Console::screen_time(UtcTime time) const {
  return time_text(time, "%H:%M UTC", zone_ ? " (%H:%M %Z)" : nullptr);
}

std::string Console::screen_second(UtcTime time) const {
  return time_text(time, "%H:%M:%S UTC", zone_ ? " (%H:%M:%S %Z)" : nullptr);
}

}  // namespace aztriage::cli
