#include "casefile/record.h"

#include "base/text.h"

#include <algorithm>

namespace aztriage::casefile {
namespace {

std::string numbered(int number, const Error& error) {
  return "line " + std::to_string(number) + " can't be read: " + error.what;
}

/// Calls `use(number, line)` for each line with its end, and gives the bytes that they take.
template <typename Use>
std::size_t each_line(std::string_view text, Use use) {
  std::size_t at = 0;
  for (int number = 1; at < text.size(); ++number) {
    const auto end = text.find('\n', at);
    if (end == text.npos) break;
    const auto line = text.substr(at, end - at);
    at = end + 1;
    if (!line.empty()) use(number, line);
  }
  return at;
}

}  // namespace

Result<std::unique_ptr<Record>> read_record(std::string text) {
  if (text.size() > kMostBytes) return failed("it is larger than 64 MiB");
  auto record = std::make_unique<Record>();
  record->text = std::move(text);
  std::string_view all = record->text;
  Error first{"it is empty", ""};
  std::size_t events = 0;
  bool too_many = false;
  const auto use = [&](int number, std::string_view line) {
    if (kind_of_line(line) == "start") {
      auto begin = read_begin(line);
      if (begin) {
        record->parts.push_back({std::move(*begin), {}});
      } else if (record->parts.empty()) {
        first = begin.error();
      } else {
        record->warnings.push_back(numbered(number, begin.error()));
      }
    } else if (record->parts.empty()) {
      if (number == 1) first = {"it does not begin as a case does", "a case is a file of aztriage"};
    } else if (events >= kMostEvents) {
      too_many = true;
    } else {
      ++events;
      record->parts.back().lines.push_back({number, line});
    }
  };
  record->whole = each_line(all, use);
  if (record->whole < all.size()) {
    // A last line without its end: whole, if only the end is missing; torn otherwise.
    const auto rest = all.substr(record->whole);
    const int number = static_cast<int>(std::count(all.begin(), all.end(), '\n')) + 1;
    if (!kind_of_line(rest).empty() && (read_event(rest, {}) || read_begin(rest))) {
      use(number, rest);
      record->whole = all.size();
      record->unended = true;
    } else {
      record->torn = true;
      record->warnings.push_back("line " + std::to_string(number) +
                                 ", the last one, is torn and was left out");
    }
  }
  if (record->parts.empty()) return tl::unexpected<Error>(first);
  if (too_many) record->warnings.push_back("there are more than 100,000 events; the rest was left out");
  return record;
}

std::vector<engine::Event> events_of(const Part& part, const Declared& declared,
                                     std::vector<std::string>& warnings) {
  std::vector<engine::Event> events;
  for (const auto& line : part.lines) {
    auto read = read_event(line.text, declared);
    if (!read) {
      warnings.push_back(numbered(line.number, read.error()));
      continue;
    }
    if (read->cut) {
      warnings.push_back("line " + std::to_string(line.number) + ": the observation of '" +
                         text::printable(read->event.name, 60) + "' was too large to be kept whole");
    }
    events.push_back(std::move(read->event));
  }
  return events;
}

Result<Summary> summarise(std::string_view text) {
  if (text.size() > kMostBytes) return failed("it is larger than 64 MiB");
  Summary summary;
  Error first{text.empty() ? "it is empty" : "it does not begin as a case does", ""};
  bool begun = false;
  each_line(text, [&](int, std::string_view line) {
    const auto kind = kind_of_line(line);
    if (kind == "start") {
      auto begin = read_begin(line);
      if (!begin) {
        if (!begun) first = begin.error();
        return;
      }
      if (!begun) summary.at = begin->start.at;
      if (!begun || summary.ticket.empty()) summary.ticket = begin->header.ticket;
      begun = true;
      summary.id = begin->header.id;
      summary.playbook = begin->start.playbook;
      summary.mode = begin->header.mode;
      summary.inputs = begin->start.inputs;
      summary.pid = begin->header.pid;
      summary.verdict.clear();
      summary.cause.clear();
      summary.ended = false;
      return;
    }
    if (!begun) return;
    if (kind != "verdict" && kind != "end" && kind != "resume" && kind != "trial" && kind != "confirmed")
      return;
    const auto read = read_event(line, {});
    if (!read) return;
    const auto& event = read->event;
    if (kind == "verdict") {
      summary.verdict = event.value;
      summary.cause = event.name;
      summary.confirmed = event.flag.value_or(false);
    } else if (kind == "resume") {
      summary.pid = read->pid;
      summary.ended = false;
    } else if (kind == "end") {
      summary.ended = true;
    } else {
      summary.confirmed = event.flag.value_or(false);
    }
  });
  if (!begun) return tl::unexpected<Error>(first);
  return summary;
}

}  // namespace aztriage::casefile
