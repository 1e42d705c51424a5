#include "base/text.h"
#include "decode/readers/boot_signs.h"
#include "decode/readers/lines.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace aztriage::decode {
namespace {

using fact::Kind;
using fact::Value;

constexpr std::size_t kMostListed = 100;
constexpr std::size_t kLongestKept = 400;

void add_once(std::vector<std::string>& list, std::string_view one) {
  one = text::trim(one).substr(0, kLongestKept);
  while (one.ends_with('.')) one.remove_suffix(1);
  if (one.empty() || list.size() >= kMostListed) return;
  if (std::find(list.begin(), list.end(), one) == list.end()) list.push_back(text::to_utf8(one));
}

/// What stands behind `words` in a line, as it was written.
std::string_view behind(std::string_view line, std::string_view lower, std::string_view words) {
  const std::size_t at = lower.find(words);
  return at == std::string_view::npos ? std::string_view() : line.substr(at + words.size());
}

/// Serial logs, boot diagnostics' texts and what is written down of a screenshot. A log holds several starts;
/// the last one counts.
class BootLog {
 public:
  explicit BootLog(std::string_view text) : lines_(text) {}

  Reading read() {
    std::size_t from = 0;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (!begins_start(text::lower(lines_[i]))) continue;
      ++boots_;
      from = i;
    }
    for (std::size_t i = from; i < lines_.size(); ++i) take(text::trim(lines_[i]));
    return finish();
  }

 private:
  static bool begins_start(const std::string& lower) {
    const std::size_t at = lower.find("linux version ");
    // The kernel's first line; tools that print the version later have words before it.
    return at != std::string::npos && (at == 0 || lower.find(']') + 2 == at);
  }

  void take(std::string_view line) {
    if (line.empty()) return;
    last_ = line;
    const std::string lower = text::lower(line);
    console_ = console_ || is_console_line(lower);
    take_uptime(line);
    take_names(line, lower);
    take_codes(line, lower);
    take_failures(lower);
    take_state(lower);
    if (text::contains(lower, "starting security auditing service")) auditing_ = true;
    if (auditing_ && text::contains(lower, "started security auditing service")) auditing_ = false;
    if (auditing_ && state_ == "power-off") failures_.insert("audit-halt");
  }

  /// Without the start of the machine, `[  201.935612]` is the only clock of a console.
  void take_uptime(std::string_view line) {
    if (!line.starts_with('[')) return;
    const std::string_view number =
        text::trim(line.substr(1, line.find(']') == std::string_view::npos ? 0 : line.find(']') - 1));
    double seconds = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), seconds);
    if (error == std::errc() && end == number.data() + number.size()) uptime_ = seconds;
  }

  void take_names(std::string_view line, std::string_view lower) {
    if (const auto unit = behind(line, lower, "failed to start "); !unit.empty()) add_once(units_, unit);
    if (const auto mount = behind(line, lower, "failed to mount "); mount.starts_with('/'))
      add_once(mounts_, mount);
    if (const auto mount = behind(line, lower, "dependency failed for "); mount.starts_with('/'))
      add_once(mounts_, mount);
    if (const auto device = behind(line, lower, "timed out waiting for device "); !device.empty())
      add_once(devices_, device);
    if (const auto job = behind(line, lower, "a start job is running for "); !job.empty())
      add_once(waits_, job.substr(0, job.find(" (")));
    if (const auto service = behind(line, lower, "please wait for the "); !service.empty())
      add_once(waits_, service);
    for (const std::string_view words : {"warning: ", "alert!"}) {
      const auto device = text::trim(behind(line, lower, words));
      const std::size_t end = device.find(" does not exist");
      if (device.starts_with("/dev/") && end != std::string_view::npos) {
        add_once(devices_, device.substr(0, end));
        failures_.insert("root-missing");
      }
    }
    if (const auto version = behind(line, lower, "linux version "); !version.empty())
      kernel_ = version.substr(0, version.find(' '));
    if (const std::size_t at = lower.find("kernel panic"); at != std::string_view::npos && panic_.empty())
      panic_ = line.substr(at, kLongestKept);
    if (const auto pages = behind(line, lower, "hugepages_total="); !pages.empty()) {
      double count = 0;
      std::from_chars(pages.data(), pages.data() + pages.size(), count);
      hugepages_ = std::max(hugepages_, count);
    }
  }

  void take_codes(std::string_view line, std::string_view lower) {
    if (const StopCode stop = stop_code_in(line); !stop.code.empty()) {
      stop_ = stop;
      failures_.insert("bugcheck");
      state_ = "bugcheck";
    }
    const std::string status = boot_status_in(lower);
    if (status.empty()) return;
    status_ = status;
    if (const auto failure = failure_of_status(status); !failure.empty()) {
      failures_.insert(failure);
      state_ = "recovery";
    }
  }

  void take_failures(std::string_view lower) {
    for (const BootSign& sign : boot_failure_signs()) {
      if (text::contains(lower, sign.words)) failures_.insert(sign.name);
    }
  }

  void take_state(std::string_view lower) {
    for (const BootSign& sign : boot_state_signs()) {
      if (!text::contains(lower, sign.words)) continue;
      state_ = sign.name;
      return;
    }
    // `vm1 login:`, and nothing behind it but a name.
    const std::size_t login = lower.find(" login:");
    if (login != std::string_view::npos && lower.substr(0, login).find(' ') == std::string_view::npos)
      state_ = "login-prompt";
  }

  /// A panic has a reason of its own most of the time, and a unit that failed is often a known one.
  void drop_general() {
    for (const char* reason : {"no-initramfs", "init-killed", "out-of-memory"}) {
      if (failures_.contains(reason)) failures_.erase("kernel-panic");
    }
    for (const char* named : {"network-failed", "cloud-init-failed"}) {
      if (failures_.contains(named) && units_.size() == 1) failures_.erase("unit-failed");
    }
    if (!panic_.empty() && !failures_.contains("no-initramfs") && !failures_.contains("init-killed") &&
        !text::contains(text::lower(panic_), "memory"))
      failures_.insert("kernel-panic");
  }

  /// Screens that are known by their failure alone, in other languages, too.
  std::string_view implied_state() const {
    for (const char* screen : {"updates-reverting", "updating", "getting-ready", "checking-disk"}) {
      if (failures_.contains(screen)) return "waiting";
    }
    for (const char* screen : {"boot-configuration", "registry-damaged", "automatic-repair"}) {
      if (failures_.contains(screen)) return "recovery";
    }
    return "booting";
  }

  Reading finish() {
    Reading reading;
    fact::Observation& seen = reading.observation;
    if (last_.empty()) state_ = "empty";
    if (state_.empty() && failures_.empty() && !console_) {
      seen = unreadable("text of a console");
      return reading;
    }
    drop_general();
    seen.answered = true;
    put_text(seen.facts, "state", state_.empty() ? implied_state() : state_, Kind::choice);
    std::vector<std::string> names;
    for (const std::string_view name : kBootFailures) {
      if (failures_.contains(name)) names.emplace_back(name);
    }
    if (!names.empty()) put_text(seen.facts, "failure", names.front(), Kind::choice);
    seen.facts["failures"] = Value::list_of(Kind::choice, names);
    seen.facts["failed-mounts"] = Value::list_of(Kind::text, mounts_);
    seen.facts["failed-units"] = Value::list_of(Kind::text, units_);
    seen.facts["missing-devices"] = Value::list_of(Kind::text, devices_);
    seen.facts["waits-for"] = Value::list_of(Kind::text, waits_);
    put_text(seen.facts, "panic", panic_);
    put_text(seen.facts, "kernel", kernel_);
    put_text(seen.facts, "stop-code", stop_.code);
    put_text(seen.facts, "stop-name", stop_.name);
    put_text(seen.facts, "status", status_);
    put_text(seen.facts, "last", std::string_view(last_).substr(0, kLongestKept));
    if (uptime_) seen.facts["uptime"] = Value::number(*uptime_);
    if (hugepages_ > 0) seen.facts["hugepages"] = Value::number(hugepages_);
    seen.facts["boots"] = Value::number(boots_);
    for (const char* group :
         {"state", "failure", "failures", "failed-mounts", "failed-units", "missing-devices", "waits-for",
          "panic", "stop-code", "stop-name", "status", "hugepages", "last"})
      seen.read.insert(group);
    return reading;
  }

  Lines lines_;
  std::set<std::string_view> failures_;
  std::vector<std::string> mounts_, units_, devices_, waits_;
  std::string_view last_, panic_, kernel_, state_;
  std::string status_;
  StopCode stop_;
  std::optional<double> uptime_;
  double hugepages_ = 0, boots_ = 0;
  bool console_ = false, auditing_ = false;
};

Reading read(std::string_view text, const ReaderParams&, std::span<const Wanted>) {
  return BootLog(text).read();
}

constexpr fact::Type kTexts{.kind = Kind::list, .item = Kind::text};
constexpr std::array<fact::FactSpec, 17> kFacts = {{
    {"text", {Kind::text}, "the text itself, the first 64 KiB"},
    {"state", {.kind = Kind::choice, .words = kBootStates}, "what the console stands at in the end"},
    {"failure", {.kind = Kind::choice, .words = kBootFailures}, "the failure that tells most"},
    {"failures",
     {.kind = Kind::list, .item = Kind::choice, .words = kBootFailures},
     "all known failures of the last start"},
    {"failed-mounts", kTexts, "mount points that could not be mounted"},
    {"failed-units", kTexts, "services that did not start, by their descriptions"},
    {"missing-devices", kTexts, "devices that did not appear"},
    {"waits-for", kTexts, "what the start waits or waited for"},
    {"panic", {Kind::text}, "the kernel's last words"},
    {"kernel", {Kind::text}, "version of the Linux kernel", "panic"},
    {"stop-code", {Kind::text}, "code of a blue screen, as 0x0000007b"},
    {"stop-name", {Kind::text}, "its name, as INACCESSIBLE_BOOT_DEVICE"},
    {"status", {Kind::text}, "code of Windows' boot manager, as 0xc000000e"},
    {"last", {Kind::text}, "the last line that is not empty"},
    {"uptime", {Kind::number}, "seconds since the kernel started, by the last line that tells", "last"},
    {"boots", {Kind::number}, "starts of a kernel in the text; only the last one is read", "state"},
    {"hugepages", {Kind::number}, "huge pages set aside, where the kernel told when memory ran out"},
}};

}  // namespace

extern const ReaderSpec kBootLogReader;
const ReaderSpec kBootLogReader = {"boot-log",
                                   "text of a serial console or of boot diagnostics, of Linux, FreeBSD or "
                                   "Windows, or of what is on the screenshot",
                                   {},
                                   kFacts,
                                   read};

}  // namespace aztriage::decode
