#include "base/text.h"
#include "decode/readers/json_document.h"
#include "decode/readers/lines.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

// Shapes: /azure/virtual-machines/states-billing, /azure/virtual-machines/extensions/troubleshoot, and the
// REST reference of virtual machines and scale sets, operation Instance View.

namespace aztriage::decode {
namespace {

using fact::Kind;
using fact::Value;
using nlohmann::json;

constexpr std::size_t kMostInstances = 1000;
constexpr std::size_t kMostMessages = 16 * 1024;

constexpr std::array<std::string_view, 8> kPower = {"running",  "stopped",      "deallocated", "starting",
                                                    "stopping", "deallocating", "unknown",     "mixed"};
constexpr std::array<std::string_view, 3> kAgent = {"ready", "not-ready", "missing"};

/// `PowerState/deallocated`, `ProvisioningState/failed/AllocationFailed`.
struct Code {
  std::string state, detail;
};
Code code_of(const json& status, std::string_view family) {
  const std::string code = text::lower(json_text(status, "code"));
  if (!code.starts_with(family)) return {};
  const std::string rest = code.substr(family.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string::npos) return {rest, ""};
  // The detail as it was written: codes of errors are compared with their case.
  return {rest.substr(0, slash), json_text(status, "code").substr(family.size() + slash + 1)};
}

std::string power_word(const std::string& state) {
  return std::find(kPower.begin(), kPower.end(), state) != kPower.end() ? state : "unknown";
}

/// What one virtual machine's view says.
struct View {
  std::string power, provisioning, code, message, health;
};

View view_of(const json& view) {
  View out;
  for (const json& status : json_items(view, "statuses")) {
    if (const Code code = code_of(status, "powerstate/"); !code.state.empty())
      out.power = power_word(code.state);
    if (const Code code = code_of(status, "provisioningstate/"); !code.state.empty()) {
      out.provisioning = code.state;
      out.code = code.detail;
      out.message = json_text(status, "message");
    }
  }
  out.health =
      code_of(json_at(view, "vmHealth.status") != nullptr ? *json_at(view, "vmHealth.status") : json(),
              "healthstate/")
          .state;
  return out;
}

class InstanceView {
 public:
  bool take(const json& document) {
    if (document.is_array()) {
      for (const json& one : document) take_instance(one);
      return document.empty() || instances_.size() > 0;
    }
    if (const json* summary = json_at(document, "virtualMachine.statusesSummary")) {
      take_summary(*summary);
      take_extensions(document);
      return true;
    }
    const json* view = json_member(document, "instanceView");
    if (view == nullptr && json_member(document, "statuses") != nullptr) view = &document;
    if (view == nullptr && json_member(document, "powerState") != nullptr) return take_details(document);
    if (view == nullptr) return false;
    take_view(*view);
    if (provisioning_.empty()) provisioning_ = text::lower(json_text(document, "provisioningState"));
    return true;
  }

  void put(fact::Observation& seen) {
    seen.answered = true;
    put_text(seen.facts, "power", power_, Kind::choice);
    put_text(seen.facts, "provisioning", provisioning_);
    put_text(seen.facts, "code", code_);
    put_text(seen.facts, "message", message_);
    put_text(seen.facts, "agent", agent_, Kind::choice);
    put_text(seen.facts, "agent.message", agent_message_);
    put_text(seen.facts, "agent.version", agent_version_);
    put_text(seen.facts, "os", os_);
    put_text(seen.facts, "generation", generation_);
    put_text(seen.facts, "boot-diagnostics.error", boot_error_);
    put_text(seen.facts, "messages", messages_);
    seen.facts["extensions"] = Value::list(std::move(extensions_));
    seen.facts["extensions.failed"] = Value::list_of(Kind::text, failed_extensions_);
    seen.facts["instances.count"] = Value::number(std::max(counted_, static_cast<double>(instances_.size())));
    seen.facts["instances"] = Value::list(std::move(instances_));
    seen.facts["instances.failed"] = Value::number(failed_);
    seen.facts["instances.running"] = Value::number(running_);
    seen.facts["instances.unhealthy"] = Value::number(unhealthy_);
    seen.facts["instances.outdated"] = Value::number(outdated_);
    for (const char* group : {"power", "provisioning", "code", "message", "agent", "extensions", "instances",
                              "messages", "boot-diagnostics"})
      seen.read.insert(group);
  }

 private:
  void take_view(const json& view) {
    const View one = view_of(view);
    power_ = one.power;
    provisioning_ = one.provisioning;
    code_ = one.code;
    message_ = one.message;
    add_message(one.message);
    os_ = json_text(view, "osName");
    if (!os_.empty() && !json_text(view, "osVersion").empty()) os_ += " " + json_text(view, "osVersion");
    generation_ = text::lower(json_text(view, "hyperVGeneration"));
    boot_error_ = json_text(view, "bootDiagnostics.status.message");
    take_agent(view);
    take_extensions(view);
  }

  void take_agent(const json& view) {
    agent_version_ = json_text(view, "vmAgent.vmAgentVersion");
    agent_ = "missing";
    for (const json& status : json_items(view, "vmAgent.statuses")) {
      const bool ready = text::equal_ignoring_case(json_text(status, "displayStatus"), "Ready") ||
                         text::equal_ignoring_case(json_text(status, "code"), "ProvisioningState/succeeded");
      agent_ = ready ? "ready" : "not-ready";
      agent_message_ = json_text(status, "message");
    }
  }

  void take_extensions(const json& view) {
    for (const json& extension : json_items(view, "extensions")) {
      if (extensions_.size() >= kMostInstances) return;
      const json& summary = json_items(extension, "statusesSummary");
      const json& statuses = summary.empty() ? json_items(extension, "statuses") : summary;
      const std::string name = json_text(extension, "name");
      std::string state, detail, message;
      for (const json& status : statuses) {
        const Code code = code_of(status, "provisioningstate/");
        if (state.empty() || code.state == "failed") {
          state = code.state;
          detail = code.detail;
          message = json_text(status, "message");
        }
      }
      if (state == "failed") failed_extensions_.push_back(name);
      if (state != "succeeded") add_message(message);
      Value::Record record;
      put_field(record, "name", name);
      put_field(record, "type", json_text(extension, "type"));
      put_field(record, "version", json_text(extension, "typeHandlerVersion"));
      put_field(record, "state", state);
      put_field(record, "code", detail);
      put_field(record, "message", message);
      extensions_.push_back(Value::record(std::move(record)));
    }
  }

  /// `az vmss list-instances --expand instanceView`; without it only the provisioning state is there.
  void take_instance(const json& node) {
    if (instances_.size() >= kMostInstances || json_text(node, "instanceId").empty()) return;
    const json* view = json_member(node, "instanceView");
    View one = view != nullptr ? view_of(*view) : View();
    if (one.provisioning.empty()) one.provisioning = text::lower(json_text(node, "provisioningState"));
    const std::optional<bool> latest = json_flag(node, "latestModelApplied");
    failed_ += one.provisioning == "failed" ? 1 : 0;
    running_ += one.power == "running" ? 1 : 0;
    unhealthy_ += one.health == "unhealthy" ? 1 : 0;
    outdated_ += latest == false ? 1 : 0;
    join_state(power_, one.power);
    join_state(provisioning_, one.provisioning);
    if (code_.empty()) code_ = one.code;
    add_message(one.message);
    if (view != nullptr) take_extensions(*view);
    Value::Record record;
    put_field(record, "id", json_text(node, "instanceId"));
    put_field(record, "power", one.power);
    put_field(record, "provisioning", one.provisioning);
    put_field(record, "code", one.code);
    put_field(record, "message", one.message);
    put_field(record, "health", one.health);
    put_field(record, "latest-model", latest);
    instances_.push_back(Value::record(std::move(record)));
  }

  /// `az vm show -d`: `powerState` is "VM running", and there is no view.
  bool take_details(const json& document) {
    std::string word = text::lower(json_text(document, "powerState"));
    if (word.starts_with("vm ")) word = word.substr(3);
    power_ = power_word(word);
    provisioning_ = text::lower(json_text(document, "provisioningState"));
    return true;
  }

  void take_summary(const json& summary) {
    for (const json& status : summary.is_array() ? summary : json::array()) {
      const double count = json_number(status, "count").value_or(0);
      const Code power = code_of(status, "powerstate/");
      const Code provisioning = code_of(status, "provisioningstate/");
      const Code health = code_of(status, "healthstate/");
      if (!provisioning.state.empty()) counted_ += count;
      if (provisioning.state == "failed") failed_ += count;
      if (power.state == "running") running_ += count;
      if (health.state == "unhealthy") unhealthy_ += count;
      if (!power.state.empty()) join_state(power_, power_word(power.state));
      if (!provisioning.state.empty()) join_state(provisioning_, provisioning.state);
      if (code_.empty()) code_ = provisioning.detail;
    }
  }

  static void join_state(std::string& all, const std::string& one) {
    if (one.empty()) return;
    all = all.empty() || all == one ? one : "mixed";
  }

  void add_message(const std::string& message) {
    if (message.empty() || messages_.size() + message.size() > kMostMessages) return;
    if (("\n" + messages_).find("\n" + message + "\n") == std::string::npos) messages_ += message + "\n";
  }

  std::string power_, provisioning_, code_, message_, agent_, agent_message_, agent_version_, os_;
  std::string generation_, boot_error_, messages_;
  Value::List extensions_, instances_;
  std::vector<std::string> failed_extensions_;
  double counted_ = 0, failed_ = 0, running_ = 0, unhealthy_ = 0, outdated_ = 0;
};

Reading read(std::string_view text, const ReaderParams&, std::span<const Wanted>) {
  Reading reading;
  const json document = find_document(text);
  InstanceView view;
  if (document.is_discarded() || !view.take(document)) {
    reading.observation = unreadable("JSON of az vm get-instance-view or az vmss list-instances");
  } else {
    view.put(reading.observation);
  }
  return reading;
}

constexpr std::array<fact::FactSpec, 6> kExtensionFields = {{
    {"name", {Kind::text}, "its name"},
    {"type", {Kind::text}, "publisher and type"},
    {"version", {Kind::text}, "version of its handler"},
    {"state", {Kind::text}, "succeeded, failed, transitioning, ..."},
    {"code", {Kind::text}, "what stands behind the state"},
    {"message", {Kind::text}, "what it says"},
}};
constexpr std::array<fact::FactSpec, 7> kInstanceFields = {{
    {"id", {Kind::text}, "number of the instance"},
    {"power", {Kind::text}, "its power state"},
    {"provisioning", {Kind::text}, "its provisioning state"},
    {"code", {Kind::text}, "the error code behind it"},
    {"message", {Kind::text}, "the message behind it"},
    {"health", {Kind::text}, "what the health extension or probe says"},
    {"latest-model", {Kind::boolean}, "whether it follows the scale set's present model"},
}};
constexpr std::array<fact::FactSpec, 20> kFacts = {{
    {"text", {Kind::text}, "the text itself, the first 64 KiB"},
    {"power",
     {.kind = Kind::choice, .words = kPower},
     "the power state; mixed where instances of a scale set differ"},
    {"provisioning",
     {Kind::text},
     "the provisioning state: succeeded, failed, updating, creating, ..., mixed"},
    {"code", {Kind::text}, "the error code of a failed provisioning, such as AllocationFailed"},
    {"message", {Kind::text}, "the message that goes with it"},
    {"agent", {.kind = Kind::choice, .words = kAgent}, "what is heard from the agent inside"},
    {"agent.message", {Kind::text}, "the platform's words on the agent"},
    {"agent.version", {Kind::text}, "version of the agent"},
    {"os", {Kind::text}, "the operating system, as the agent tells it", "agent"},
    {"generation", {Kind::text}, "v1 or v2", "agent"},
    {"boot-diagnostics.error", {Kind::text}, "why boot diagnostics does not work"},
    {"messages", {Kind::text}, "messages of failures, extensions' too, a line each"},
    {"extensions", {.kind = Kind::list, .item = Kind::record, .fields = kExtensionFields}, "the extensions"},
    {"extensions.failed", {.kind = Kind::list, .item = Kind::text}, "names of those that failed"},
    {"instances",
     {.kind = Kind::list, .item = Kind::record, .fields = kInstanceFields},
     "instances of a scale set"},
    {"instances.count", {Kind::number}, "how many"},
    {"instances.failed", {Kind::number}, "how many failed to be provisioned"},
    {"instances.running", {Kind::number}, "how many run"},
    {"instances.unhealthy", {Kind::number}, "how many are unhealthy"},
    {"instances.outdated", {Kind::number}, "how many do not follow the present model"},
}};

}  // namespace

extern const ReaderSpec kInstanceViewReader;
const ReaderSpec kInstanceViewReader = {
    "instance-view",
    "JSON of az vm get-instance-view, az vm show -d, az vmss get-instance-view or az vmss list-instances",
    {},
    kFacts,
    read};

}  // namespace aztriage::decode
