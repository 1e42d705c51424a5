#include "base/text.h"
#include "decode/readers/json_document.h"
#include "decode/readers/kubectl_objects.h"
#include "decode/readers/kubectl_parts.h"

#include <nlohmann/json.hpp>

namespace aztriage::decode {
namespace {

using fact::Kind;
using fact::Value;
using nlohmann::json;

/// What every container that was not started says; other reasons tell more.
bool tells_little(const std::string& reason) {
  return reason.empty() || reason == "ContainerCreating" || reason == "PodInitializing" ||
         reason == "Completed";
}

/// One container's state, and how it ended before.
struct Container {
  std::string name, image, reason, message, last_reason, last_message;
  std::optional<double> exit_code;
  double restarts = 0;
  bool ready = false;
};

Container container_of(const json& status) {
  Container one;
  one.name = json_text(status, "name");
  one.image = json_text(status, "image");
  one.restarts = json_number(status, "restartCount").value_or(0);
  one.ready = json_flag(status, "ready").value_or(false);
  one.reason = json_text(status, "state.waiting.reason");
  one.message = json_text(status, "state.waiting.message");
  if (one.reason.empty()) {
    one.reason = json_text(status, "state.terminated.reason");
    one.message = json_text(status, "state.terminated.message");
    one.exit_code = json_number(status, "state.terminated.exitCode");
  }
  one.last_reason = json_text(status, "lastState.terminated.reason");
  one.last_message = json_text(status, "lastState.terminated.message");
  if (!one.exit_code) one.exit_code = json_number(status, "lastState.terminated.exitCode");
  return one;
}

class Pods {
 public:
  void add(const json& pod) {
    if (list_.size() >= kMostObjects) return;
    const std::string phase = json_text(pod, "status.phase");
    Value::Record record;
    put_field(record, "name", json_text(pod, "metadata.name"));
    put_field(record, "namespace", json_text(pod, "metadata.namespace"));
    put_field(record, "phase", phase);
    put_field(record, "node", json_text(pod, "spec.nodeName"));
    phases_.word(phase);
    const bool ready = add_conditions(pod);
    record.emplace("ready", Value::boolean(ready));
    if (!ready && phase != "Succeeded") ++not_ready_;
    add_containers(pod, record);
    list_.push_back(Value::record(std::move(record)));
  }

  void put(fact::Facts& facts) {
    facts["pods.count"] = Value::number(static_cast<double>(list_.size()));
    facts["pods"] = Value::list(std::move(list_));
    facts["pods.not-ready"] = Value::number(not_ready_);
    facts["pods.phases"] = Value::list_of(Kind::text, phases_.words);
    facts["pods.reasons"] = Value::list_of(Kind::text, told_.words);
    if (!told_.lines.empty()) facts["pods.messages"] = Value::text(told_.lines);
    facts["pods.exit-codes"] = Value::list(std::move(exit_codes_));
    facts["pods.restarts"] = Value::number(restarts_);
  }

 private:
  /// Why it was not placed stands in a condition, why it was evicted in the pod itself.
  bool add_conditions(const json& pod) {
    reason_ = json_text(pod, "status.reason");
    message_ = json_text(pod, "status.message");
    bool ready = false;
    for (const json& condition : json_items(pod, "status.conditions")) {
      const std::string type = json_text(condition, "type");
      const bool holds = json_text(condition, "status") == "True";
      if (type == "Ready") ready = holds;
      if (type != "PodScheduled" || holds) continue;
      reason_ = json_text(condition, "reason");
      message_ = json_text(condition, "message");
    }
    told_.word(reason_);
    told_.line(message_);
    return ready;
  }

  void add_containers(const json& pod, Value::Record& record) {
    Container worst;
    double restarts = 0;
    double ready = 0;
    for (const char* list : {"status.initContainerStatuses", "status.containerStatuses"}) {
      for (const json& status : json_items(pod, list)) {
        Container one = container_of(status);
        restarts += one.restarts;
        ready += one.ready ? 1 : 0;
        for (const std::string* reason : {&one.reason, &one.last_reason}) told_.word(*reason);
        for (const std::string* message : {&one.message, &one.last_message}) told_.line(*message);
        add_exit_code(one.exit_code);
        const bool bad = !tells_little(one.reason) || one.restarts > worst.restarts;
        if (worst.name.empty() || (bad && tells_little(worst.reason))) worst = std::move(one);
      }
    }
    restarts_ = std::max(restarts_, restarts);
    put_field(record, "reason", reason_.empty() ? worst.reason : reason_);
    put_field(record, "message", message_.empty() ? worst.message : message_);
    put_field(record, "container", worst.name);
    put_field(record, "image", worst.image);
    put_field(record, "last-reason", worst.last_reason);
    put_field(record, "exit-code", worst.exit_code);
    record.emplace("restarts", Value::number(restarts));
    record.emplace("ready-containers", Value::number(ready));
  }

  void add_exit_code(const std::optional<double>& code) {
    if (!code || *code == 0 || exit_codes_.size() >= kMostObjects) return;
    const auto same = [&](const Value& one) { return one.as_number() == *code; };
    if (std::none_of(exit_codes_.begin(), exit_codes_.end(), same))
      exit_codes_.push_back(Value::number(*code));
  }

  Value::List list_, exit_codes_;
  Collected told_, phases_;
  std::string reason_, message_;
  double not_ready_ = 0, restarts_ = 0;
};

}  // namespace

void add_pods(const json& items, fact::Facts& facts) {
  Pods pods;
  for (const json& item : items) {
    if (is_kind(item, "Pod")) pods.add(item);
  }
  pods.put(facts);
}

}  // namespace aztriage::decode
