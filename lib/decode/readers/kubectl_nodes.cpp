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

class Nodes {
 public:
  void add(const json& node) {
    if (list_.size() >= kMostObjects) return;
    Value::Record record;
    put_field(record, "name", json_text(node, "metadata.name"));
    put_field(record, "version", json_text(node, "status.nodeInfo.kubeletVersion"));
    add_labels(node, record);
    add_conditions(node, record);
    add_taints(node, record);
    const bool cordoned = json_flag(node, "spec.unschedulable").value_or(false);
    cordoned_ += cordoned ? 1 : 0;
    record.emplace("cordoned", Value::boolean(cordoned));
    for (const json& address : json_items(node, "status.addresses")) {
      if (json_text(address, "type") == "InternalIP")
        put_field(record, "address", json_text(address, "address"));
    }
    list_.push_back(Value::record(std::move(record)));
  }

  void put(fact::Facts& facts) {
    facts["nodes.count"] = Value::number(static_cast<double>(list_.size()));
    facts["nodes"] = Value::list(std::move(list_));
    facts["nodes.not-ready"] = Value::number(not_ready_);
    facts["nodes.unknown"] = Value::number(unknown_);
    facts["nodes.cordoned"] = Value::number(cordoned_);
    facts["nodes.conditions"] = Value::list_of(Kind::text, conditions_.words);
    facts["nodes.reasons"] = Value::list_of(Kind::text, told_.words);
    if (!told_.lines.empty()) facts["nodes.messages"] = Value::text(told_.lines);
    facts["nodes.taints"] = Value::list_of(Kind::text, taints_.words);
    facts["nodes.images"] = Value::list_of(Kind::text, images_.words);
  }

 private:
  void add_labels(const json& node, Value::Record& record) {
    const json* labels = json_at(node, "metadata.labels");
    std::string image;
    if (labels != nullptr) {
      // Names of labels have dots, so they are members, not paths.
      const auto label = [&](std::string_view name) {
        const json* found = json_member(*labels, name);
        return found != nullptr ? json_text(*found) : std::string();
      };
      image = label("kubernetes.azure.com/node-image-version");
      put_field(record, "pool", label("kubernetes.azure.com/agentpool"));
      put_field(record, "pool", label("agentpool"));
    }
    if (image.empty()) image = json_text(node, "status.nodeInfo.osImage");
    images_.word(image);
    put_field(record, "image", image);
  }

  /// Every condition but Ready tells of trouble when it holds, those of AKS's problem detector, too.
  void add_conditions(const json& node, Value::Record& record) {
    Collected bad;
    std::string ready = "Unknown";
    for (const json& condition : json_items(node, "status.conditions")) {
      const std::string type = json_text(condition, "type");
      const std::string status = json_text(condition, "status");
      const std::string reason = json_text(condition, "reason");
      const std::string message = json_text(condition, "message");
      const bool trouble = type == "Ready" ? status != "True" : status == "True";
      if (type == "Ready") {
        ready = status;
        put_field(record, "reason", reason);
        put_field(record, "message", message);
      } else if (trouble) {
        bad.word(type);
        conditions_.word(type);
      }
      if (trouble) told_.word(reason);
      if (trouble) told_.line(message);
    }
    not_ready_ += ready != "True" ? 1 : 0;
    unknown_ += ready != "True" && ready != "False" ? 1 : 0;
    record.emplace("ready", Value::text(ready == "True"    ? "yes"
                                        : ready == "False" ? "no"
                                                           : "unknown",
                                        Kind::choice));
    put_field(record, "conditions", text::join(bad.words, ", "));
  }

  void add_taints(const json& node, Value::Record& record) {
    Collected own;
    for (const json& taint : json_items(node, "spec.taints")) {
      own.word(json_text(taint, "key"));
      taints_.word(json_text(taint, "key"));
    }
    put_field(record, "taints", text::join(own.words, ", "));
  }

  Value::List list_;
  Collected conditions_, told_, taints_, images_;
  double not_ready_ = 0, unknown_ = 0, cordoned_ = 0;
};

std::string first_of(const json& event, std::initializer_list<std::string_view> paths) {
  for (const std::string_view path : paths) {
    if (std::string found = json_text(event, path); !found.empty()) return found;
  }
  return {};
}

}  // namespace

void add_nodes(const json& items, fact::Facts& facts) {
  Nodes nodes;
  for (const json& item : items) {
    if (is_kind(item, "Node")) nodes.add(item);
  }
  nodes.put(facts);
}

void add_events(const json& items, fact::Facts& facts) {
  Value::List list;
  Collected told;
  double warnings = 0;
  for (const json& item : items) {
    if (!is_kind(item, "Event") || list.size() >= kMostObjects) continue;
    const std::string type = json_text(item, "type");
    const std::string reason = json_text(item, "reason");
    const std::string message = first_of(item, {"message", "note"});  // events.k8s.io/v1 calls it a note
    if (type == "Warning") {
      ++warnings;
      told.word(reason);
      told.line(message);
    }
    Value::Record record;
    put_field(record, "type", type);
    put_field(record, "reason", reason);
    put_field(record, "message", message);
    put_field(record, "kind", first_of(item, {"involvedObject.kind", "regarding.kind"}));
    put_field(record, "name", first_of(item, {"involvedObject.name", "regarding.name"}));
    put_field(record, "source",
              first_of(item, {"source.component", "reportingComponent", "reportingController"}));
    std::optional<double> count = json_number(item, "count");
    if (!count) count = json_number(item, "series.count");
    record.emplace("count", Value::number(count.value_or(1)));
    list.push_back(Value::record(std::move(record)));
  }
  facts["events"] = Value::list(std::move(list));
  facts["events.warnings"] = Value::number(warnings);
  facts["events.reasons"] = Value::list_of(Kind::text, told.words);
  if (!told.lines.empty()) facts["events.messages"] = Value::text(told.lines);
}

}  // namespace aztriage::decode
