#include "cli/look/watch.h"

#include "cli/interrupt.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace aztriage::cli {
namespace {

using fact::FailureKind;
using fact::Observation;
using Ended = Watched::Ended;

constexpr Milliseconds kRedraw{200};
constexpr Milliseconds kTick{1000};

class Watch {
 public:
  Watch(const WatchPlan& plan, net::Net& net, Console& console)
      : plan_(plan),
        net_(net),
        console_(console),
        begin_(system_clock().steady()),
        places_(plan.looks.targets.size()) {
    watched_.started = system_clock().utc();
    watched_.series.resize(places_.size());
    for (auto& place : places_) place.next = begin_;
  }

  Watched run() {
    while (!over()) {
      start_due();
      net_.turn(rest());
      collect();
      redraw();
    }
    stop_all();
    console_.progress({});
    watched_.took = spent();
    return std::move(watched_);
  }

 private:
  struct Place {
    std::unique_ptr<probe::Running> running;
    std::optional<Observation> seen;  // finished, not counted yet
    SteadyTime next{};
    std::uint64_t begun = 0;
    bool met = false;
  };

  Milliseconds spent() const {
    return std::chrono::duration_cast<Milliseconds>(system_clock().steady() - begin_);
  }
  bool over_time() const { return plan_.length && spent() >= *plan_.length; }
  bool wants_more(const Place& place) const {
    return !over_time() && (plan_.repeat == 0 || place.begun < plan_.repeat);
  }

  bool met() const {
    if (plan_.until.what() == Until::What::nothing) return false;
    const auto holds = [](const Place& place) { return place.met; };
    return plan_.until.any() ? std::any_of(places_.begin(), places_.end(), holds)
                             : std::all_of(places_.begin(), places_.end(), holds);
  }

  bool over() {
    const auto end = [&](Ended why) {
      watched_.ended = why;
      return true;
    };
    if (met()) return end(Ended::until);
    if (bad_target_) return end(Ended::bad_target);
    if (interrupted()) return end(Ended::interrupted);
    if (plan_.looks.deadline && spent() >= *plan_.looks.deadline) return end(Ended::deadline);
    const bool idle = std::all_of(places_.begin(), places_.end(), [&](const Place& place) {
      return place.running == nullptr && !wants_more(place);
    });
    return idle && end(over_time() ? Ended::length : Ended::repeat);
  }

  void start_due() {
    const SteadyTime now = system_clock().steady();
    for (std::size_t i = 0; i < places_.size(); ++i) {
      Place& place = places_[i];
      if (place.running != nullptr || !wants_more(place) || place.next > now) continue;
      // A look that took longer than the interval is followed at once, but missed ones are not made up for.
      place.next = std::max(place.next + plan_.every, now);
      ++place.begun;
      place.running = plan_.looks.spec->start(plan_.looks.targets[i].params, plan_.looks.timeout, net_,
                                              [&place](Observation seen) { place.seen = std::move(seen); });
    }
  }

  /// How long a turn may wait: to the next look, the end, or the next redraw.
  Milliseconds rest() const {
    const SteadyTime now = system_clock().steady();
    Milliseconds most = kTick;
    const auto at_most = [&](Milliseconds wait) { most = std::clamp(wait, Milliseconds(0), most); };
    for (const Place& place : places_) {
      if (place.running == nullptr && wants_more(place))
        at_most(std::chrono::ceil<Milliseconds>(place.next - now));
    }
    if (plan_.length) at_most(std::max(*plan_.length - spent(), Milliseconds(1)));
    if (plan_.looks.deadline) at_most(std::max(*plan_.looks.deadline - spent(), Milliseconds(1)));
    return most;
  }

  void collect() {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      Place& place = places_[i];
      if (!place.seen) continue;
      place.running.reset();
      Observation seen = shown(*std::exchange(place.seen, std::nullopt), plan_.looks);
      const ExitCode code = judge(seen);
      bad_target_ = bad_target_ || code == ExitCode::usage;
      place.met = plan_.until.holds(seen, code);
      if (plan_.tell_looks) console_.out(look_line(seen));
      const bool changed = watched_.series[i].add(std::move(seen));
      if (changed && plan_.tell_changes) console_.out(change_line(plan_, i, watched_.series[i], console_));
    }
  }

  void redraw() {
    if (!console_.redraws()) return;
    const SteadyTime now = system_clock().steady();
    if (now - drawn_ < kRedraw || spent() < kRedraw) return;
    drawn_ = now;
    watched_.took = spent();
    console_.progress(status_line(plan_, watched_, console_));
  }

  void stop_all() {
    const FailureKind why =
        watched_.ended == Ended::interrupted ? FailureKind::interrupted : FailureKind::deadline;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (places_[i].running == nullptr) continue;
      watched_.series[i].add_unfinished(shown(places_[i].running->stop(why), plan_.looks));
      places_[i].running.reset();
    }
  }

  const WatchPlan& plan_;
  net::Net& net_;
  Console& console_;
  SteadyTime begin_;
  SteadyTime drawn_{};
  std::vector<Place> places_;
  Watched watched_;
  bool bad_target_ = false;
};

}  // namespace

Watched watch(const WatchPlan& plan, net::Net& net, Console& console) {
  return Watch(plan, net, console).run();
}

ExitCode exit_code(const WatchPlan& plan, const Watched& watched) {
  if (watched.ended == Ended::interrupted) return ExitCode::interrupted;
  ExitCode last = ExitCode::ok;
  ExitCode worst = ExitCode::ok;
  for (const Series& series : watched.series) {
    if (series.count() == 0) {
      last = worse(last, ExitCode::unsure);
      worst = worse(worst, ExitCode::unsure);
      continue;
    }
    last = worse(last, judge(*series.last()));
    worst = worse(worst, series.worst());
  }
  if (watched.ended == Ended::bad_target) return ExitCode::usage;
  switch (plan.until.what()) {
    case Until::What::nothing:
      return worst;
    case Until::What::recovered:
    case Until::What::broken:
      return last;
    case Until::What::condition:
      return watched.ended == Ended::until ? ExitCode::ok : ExitCode::unsure;
  }
  return worst;
}

}  // namespace aztriage::cli
