#pragma once

#include "engine/session.h"
#include "engine/summary.h"
#include "engine/vocabulary.h"
#include "isolation/belief.h"
#include "playbook/load.h"
#include "source/render.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <doctest/doctest.h>

/// A session over a playbook written in the test, with looks that the test answers when it wants to.
namespace scene {

using namespace aztriage;

inline playbook::InputDictionary dictionary() {
  playbook::InputDictionary result;
  const auto add = [&](std::string name, fact::Type type, bool secret = false) {
    playbook::Input input;
    input.name = std::move(name);
    input.type = type;
    input.secret = secret;
    input.ask = "What is it?";
    result.inputs.push_back(std::move(input));
  };
  add("endpoint", {fact::Kind::host});
  add("origin", {fact::Kind::host});
  add("path", {fact::Kind::text});
  add("port", fact::kPort);
  add("address", {fact::Kind::ip});
  add("key", {fact::Kind::text}, true);
  return result;
}

inline playbook::Clouds clouds() {
  playbook::Clouds result;
  result.clouds["public"]["vault"] = fact::Value::text("vault.azure.net", fact::Kind::host);
  return result;
}

inline playbook::Playbook load(const std::string& text) {
  static const auto inputs = dictionary();
  static const auto all_clouds = clouds();
  const source::Source source("scene.yaml", text);
  source::Diagnostics diagnostics;
  auto playbook = playbook::load(source, "scene/test",
                                 {engine::vocabulary(), inputs, all_clouds, false, {}, nullptr}, diagnostics);
  INFO(source::render(diagnostics, source));
  REQUIRE(playbook);
  playbook->built_in = true;
  return std::move(*playbook);
}

inline fact::Observation answered(std::map<std::string, fact::Value> facts,
                                  std::set<std::string, std::less<>> read = {}) {
  fact::Observation seen;
  seen.answered = true;
  for (auto& [name, value] : facts) seen.facts.emplace(name, value);
  seen.read = std::move(read);
  return seen;
}

inline fact::Observation failed(fact::FailureKind kind, std::string operation = "connect") {
  fact::Observation seen;
  seen.failure = fact::Failure{std::move(operation), kind, ""};
  return seen;
}

inline fact::Value number(double value) {
  return fact::Value::number(value);
}
inline fact::Value text(std::string value) {
  return fact::Value::text(std::move(value));
}

/// Holds every look until the test lets it through.
class HeldSource : public engine::Source {
 public:
  struct Held {
    engine::StepPlan plan;
    std::vector<std::string> argv;
    engine::SeenDone done;
    bool alive = true;
  };
  std::map<std::string, std::shared_ptr<Held>> looks;  // by step
  std::vector<std::string> started;
  std::function<void(engine::PlaceSigns)> vantage;
  engine::PlaceSigns place;
  fact::Observation on_stop;

  /// Answers the look of a step, once for every look that it planned.
  void answer(engine::Session& session, const std::string& step, std::vector<fact::Observation> seen) {
    REQUIRE(looks.contains(step));
    const auto held = looks.at(step);
    looks.erase(step);
    engine::Seen result;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      result.varied.push_back(i < held->plan.looks.size() ? held->plan.looks[i].varied
                                                          : decltype(result.varied)::value_type{});
    }
    result.observations = std::move(seen);
    due_.push_back([held, result = std::move(result)]() mutable {
      if (held->alive) held->done(std::move(result));
    });
    while (session.turn(Milliseconds(0))) {
    }
  }
  void answer(engine::Session& session, const std::string& step, fact::Observation seen) {
    answer(session, step, std::vector<fact::Observation>{std::move(seen)});
  }

  std::unique_ptr<engine::Looking> begin(const engine::StepPlan& plan, engine::SeenDone done) override {
    return hold(plan.step->id, {plan, {}, std::move(done)});
  }
  std::unique_ptr<engine::Looking> begin_command(const playbook::Step& step,
                                                 const std::vector<std::string>& argv, Milliseconds,
                                                 engine::SeenDone done) override {
    return hold(step.id, {{}, argv, std::move(done)});
  }
  std::unique_ptr<engine::Looking> begin_vantage(const playbook::VantageData&, bool,
                                                 std::function<void(engine::PlaceSigns)> done) override {
    due_.push_back([this, done = std::move(done)] { done(place); });
    return std::make_unique<Look>(std::make_shared<Held>(), on_stop);
  }
  bool turn(Milliseconds) override {
    if (due_.empty()) return false;
    auto next = std::move(due_.front());
    due_.pop_front();
    next();
    return true;
  }

 private:
  class Look : public engine::Looking {
   public:
    Look(std::shared_ptr<Held> held, const fact::Observation& on_stop)
        : held_(std::move(held)), on_stop_(on_stop) {}
    ~Look() override { held_->alive = false; }
    engine::Seen stop(fact::FailureKind kind) override {
      held_->alive = false;
      engine::Seen seen;
      seen.observations.push_back(on_stop_);
      if (!seen.observations[0].answered) seen.observations[0].failure = fact::Failure{"connect", kind, ""};
      seen.varied.emplace_back();
      return seen;
    }

   private:
    std::shared_ptr<Held> held_;
    const fact::Observation& on_stop_;
  };

  std::unique_ptr<engine::Looking> hold(const std::string& step, Held held) {
    started.push_back(step);
    auto shared = std::make_shared<Held>(std::move(held));
    looks[step] = shared;
    return std::make_unique<Look>(shared, on_stop);
  }

  std::deque<std::function<void()>> due_;
};

struct Scene {
  HeldSource source;
  playbook::Clouds all_clouds = clouds();
  playbook::VantageData vantage;
  std::vector<playbook::Family> families;
  std::unique_ptr<engine::Session> session;

  Scene(const std::string& yaml,
        const std::map<std::string, std::string>& inputs = {{"endpoint", "shop.contoso.com"}},
        engine::SessionOptions options = {}) {
    auto playbook = load(yaml);
    auto bound = engine::bind(playbook, inputs, all_clouds, options.cloud);
    REQUIRE(bound.problems.empty());
    session = std::make_unique<engine::Session>(
        std::move(playbook), std::move(bound.inputs), std::move(options),
        engine::SessionData{all_clouds, vantage, families}, source, system_clock());
  }
  engine::Session& operator*() { return *session; }
  engine::Session* operator->() { return session.get(); }
  void start() {
    session->start();
    while (session->turn(Milliseconds(0))) {
    }
  }
  void answer(const std::string& step, fact::Observation seen) {
    source.answer(*session, step, std::move(seen));
  }
  const engine::StepResult& step(const std::string& id) {
    return session->step(session->playbook().step_index(id));
  }
  engine::RunResult result() { return engine::summarise(*session); }
};

}  // namespace scene
