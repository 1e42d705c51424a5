#pragma once

#include "base/text.h"
#include "fact/observation.h"
#include "fuzz/must.h"
#include "probe/probe.h"
#include "probe/wire/dialogue.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <malloc.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/allocator_interface.h>
#define AZTRIAGE_COUNTED_BY_SANITIZER
#endif
#endif

namespace aztriage::test {

/// What every dialogue is held to, whatever it hears.
struct DialogueBounds {
  std::size_t kept = std::size_t{512} << 10;  // bytes of memory, and `kept_per_byte` for each byte heard
  std::size_t kept_per_byte = 64;
  std::size_t sent = std::size_t{64} << 10;  // bytes said, and `sent_per_byte` for each byte heard
  std::size_t sent_per_byte = 16;
  std::size_t text = std::size_t{64} << 10;  // bytes of one fact's text
  std::size_t items = 1000;                  // of a list, and facts in all
};

/// Drives one dialogue as a conversation does. The input's first four bytes say how its rest, which is what
/// the server says, is cut into pieces, how fast time passes, whether secrets may be said and how the server
/// ends; so a seed is four bytes (zero: all in one piece, no secrets) before a recording.
class DialogueDriver {
 public:
  using Make = std::function<std::unique_ptr<probe::wire::Dialogue>()>;

  DialogueDriver(const probe::ProbeSpec& spec, const Make& make, DialogueBounds bounds = {})
      : spec_(spec), bounds_(bounds), before_(allocated()), dialogue_(make()) {
    base_ = allocated() - std::min(allocated(), before_);
  }

  /// What the dialogue tells in the end.
  fact::Observation run(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kHead = 4;
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const std::string_view head = all.substr(0, kHead);
    std::string_view left = all.substr(std::min(size, kHead));
    const auto control = [&](std::size_t i) {
      return i < head.size() ? static_cast<unsigned char>(head[i]) : 0U;
    };
    most_piece_ = control(0) == 0 ? std::max<std::size_t>(left.size(), 1) : control(0);
    random_ = control(1) + 1;
    dialogue_->set_trusted((control(2) & 1U) != 0);
    call([&] { return dialogue_->begin(); });
    while (!over_ && !left.empty()) {
      if (tls_next_) {
        tls_next_ = false;
        call([&] { return dialogue_->secured(); });
        continue;
      }
      if (waiting_ && (control(2) & 2U) != 0 && next() % 8 == 0) {
        wake();
        continue;
      }
      const std::size_t piece = std::min(left.size(), 1 + next() % most_piece_);
      const std::string_view bytes = control(0) == 0 ? left : left.substr(0, piece);
      left.remove_prefix(bytes.size());
      hear(bytes);
    }
    end(control(3));
    return observe();
  }

 private:
  using Step = probe::wire::Dialogue::Step;

  static std::size_t allocated() {
#ifdef AZTRIAGE_COUNTED_BY_SANITIZER
    return __sanitizer_get_current_allocated_bytes();
#else
    const auto info = mallinfo2();
    return info.uordblks + info.hblkhd;
#endif
  }

  std::size_t next() {
    random_ = random_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>(random_ >> 40);
  }

  void hear(std::string_view bytes) {
    heard_ += bytes.size();
    if (heard_ > dialogue_->most_bytes()) {
      over_ = true;
      return;
    }
    // A copy of its own, so that reading behind a piece is seen.
    const std::vector<char> copy(bytes.begin(), bytes.end());
    call([&] { return dialogue_->take({copy.data(), copy.size()}); });
  }

  void wake() {
    now_ += static_cast<double>(waiting_->count()) / 1000;
    waiting_.reset();
    call([&] { return dialogue_->woken(); });
  }

  /// What is left to wait for, then the server's end: proper, broken, or none (a deadline).
  void end(unsigned how) {
    if (tls_next_ && !over_) {
      tls_next_ = false;
      call([&] { return dialogue_->secured(); });
    }
    for (int i = 0; i < 50 && waiting_ && !over_; ++i) wake();
    if (over_ || how % 3 == 2) return;
    std::optional<fact::Failure> failure;
    if (how % 3 == 1) failure = fact::Failure{{}, fact::FailureKind::tcp_reset, "Connection reset by peer"};
    check_operation();
    check(dialogue_->closed(failure));
    over_ = true;
  }

  template <typename Call>
  void call(Call what) {
    must(!over_, "nothing is asked of a dialogue that is over");
    now_ += 0.001;
    dialogue_->set_now(now_);
    check_operation();
    const Step step = what();
    check(step);
    over_ = step.done || step.failure.has_value();
    if (step.start_tls) waiting_.reset();
    tls_next_ = step.start_tls;
    if (step.wait.count() > 0) waiting_ = step.wait;
    if (++calls_ <= 64) {
      const std::size_t now = allocated();
      const std::size_t kept = now - std::min(now, before_ + base_);
      must(kept <= bounds_.kept + bounds_.kept_per_byte * heard_, "what is kept is bounded",
           std::to_string(kept) + " bytes after " + std::to_string(heard_));
      observe();
    }
  }

  bool is_operation(std::string_view name) const {
    return std::ranges::find(spec_.operations, name) != spec_.operations.end();
  }

  void check_operation() const {
    must(is_operation(dialogue_->operation()), "the operation is one of the probe's", dialogue_->operation());
  }

  void check(const Step& step) {
    const int ends = static_cast<int>(step.done) + static_cast<int>(step.failure.has_value()) +
                     static_cast<int>(step.start_tls);
    must(ends <= 1, "a step is done, fails or starts TLS");
    must(step.wait.count() >= 0, "time passes forwards");
    must(!step.start_tls || !tls_, "TLS begins once");
    tls_ = tls_ || step.start_tls;
    sent_ += step.send.size();
    must(sent_ <= bounds_.sent + bounds_.sent_per_byte * heard_, "what is said is bounded",
         std::to_string(sent_) + " bytes after " + std::to_string(heard_));
    if (!step.failure) return;
    must(step.failure->operation.empty() || is_operation(step.failure->operation),
         "a failure's operation is one of the probe's", step.failure->operation);
    must(!step.failure->text.empty(), "a failure says what failed");
    check_line(step.failure->text, "a failure's text");
    check_line(step.failure->code, "a failure's code");
  }

  fact::Observation observe() const {
    fact::Observation seen;
    dialogue_->fill(seen);
    must(seen.facts.size() <= bounds_.items, "facts are bounded", std::to_string(seen.facts.size()));
    for (const auto& [name, value] : seen.facts) {
      check_line(name, "a fact's name");
      const fact::FactSpec* declared = find(spec_.facts, name);
      must(declared != nullptr, "a fact is declared", name);
      check_value(value, declared->type, name);
    }
    for (const auto& group : seen.read)
      must(std::ranges::any_of(spec_.facts,
                               [&](const fact::FactSpec& fact) { return fact::group_of(fact) == group; }),
           "a group that was read is one of the probe's", group);
    check_line(seen.summary, "the summary");
    return seen;
  }

  static const fact::FactSpec* find(std::span<const fact::FactSpec> specs, std::string_view name) {
    const fact::FactSpec* best = nullptr;
    for (const fact::FactSpec& spec : specs) {
      if (spec.name == name) return &spec;
      if (spec.name.ends_with('*') && name.size() >= spec.name.size() &&
          name.starts_with(spec.name.substr(0, spec.name.size() - 1)))
        best = &spec;
    }
    return best;
  }

  void check_value(const fact::Value& value, const fact::Type& type, std::string_view name) const {
    must(value.kind() == type.kind, "a fact has its declared kind", name);
    switch (type.kind) {
      case fact::Kind::boolean:
        return;
      case fact::Kind::number:
        return must(std::isfinite(value.as_number()), "a number is finite", name);
      case fact::Kind::list:
        must(value.as_list().size() <= bounds_.items, "a list is bounded", name);
        for (const fact::Value& item : value.as_list()) {
          fact::Type one = type;
          one.kind = type.item;
          check_value(item, one, name);
        }
        return;
      case fact::Kind::record:
        for (const auto& [field, inner] : value.as_record()) {
          const fact::FactSpec* declared = find(type.fields, field);
          must(declared != nullptr, "a record's field is declared", std::string(name) + " " + field);
          check_value(inner, declared->type, field);
        }
        return;
      default:
        must(text::first_invalid_utf8(value.as_text()) == std::string_view::npos, "text is UTF-8", name);
        must(value.as_text().size() <= bounds_.text, "text is bounded", name);
        if (type.kind == fact::Kind::choice)
          must(std::ranges::find(type.words, value.as_text()) != type.words.end(), "a choice is a known word",
               std::string(name) + " " + value.as_text());
    }
  }

  static void check_line(std::string_view line, const char* what) {
    must(text::first_invalid_utf8(line) == std::string_view::npos, what, "is not UTF-8");
    must(line.size() <= 4096, what, "is too long");
  }

  const probe::ProbeSpec& spec_;
  DialogueBounds bounds_;
  std::size_t before_;
  std::size_t base_ = 0;
  std::unique_ptr<probe::wire::Dialogue> dialogue_;
  std::uint64_t random_ = 1;
  std::size_t most_piece_ = 1;
  double now_ = 0;
  std::optional<Milliseconds> waiting_;
  bool tls_ = false;
  bool tls_next_ = false;
  bool over_ = false;
  int calls_ = 0;
  std::size_t heard_ = 0;
  std::size_t sent_ = 0;
};

/// Makes the dialogue and drives it through one input.
inline fact::Observation drive_dialogue(const probe::ProbeSpec& spec, const DialogueDriver::Make& make,
                                        const std::uint8_t* data, std::size_t size,
                                        DialogueBounds bounds = {}) {
  return DialogueDriver(spec, make, bounds).run(data, size);
}

}  // namespace aztriage::test
