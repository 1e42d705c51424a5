#include "base/text.h"
#include "decode/readers/json_document.h"
#include "decode/readers/kubectl_objects.h"
#include "decode/readers/kubectl_parts.h"

#include <nlohmann/json.hpp>

namespace aztriage::decode {
namespace {

using fact::Value;
using nlohmann::json;

std::string joined(const json& list, std::string_view path) {
  Collected found;
  for (const json& item : list) found.word(json_text(item, path));
  return text::join(found.words, ", ");
}

/// The first address or name that a load balancer gave.
std::string ingress_address(const json& object) {
  for (const json& one : json_items(object, "status.loadBalancer.ingress")) {
    std::string address = json_text(one, "ip");
    if (address.empty()) address = json_text(one, "hostname");
    if (!address.empty()) return address;
  }
  return {};
}

std::string selector_of(const json& service) {
  const json* selector = json_at(service, "spec.selector");
  Collected pairs;
  if (selector != nullptr && selector->is_object()) {
    for (auto it = selector->begin(); it != selector->end(); ++it)
      pairs.word(text::to_utf8(it.key()) + "=" + json_text(it.value()));
  }
  return text::join(pairs.words, ",");
}

bool asks_for_internal(const json& service) {
  const json* annotations = json_at(service, "metadata.annotations");
  const json* internal =
      annotations == nullptr
          ? nullptr
          : json_member(*annotations, "service.beta.kubernetes.io/azure-load-balancer-internal");
  return internal != nullptr && text::equal_ignoring_case(json_text(*internal), "true");
}

Value service_of(const json& service, bool pending) {
  const json& ports = json_items(service, "spec.ports");
  Value::Record record;
  put_field(record, "name", json_text(service, "metadata.name"));
  put_field(record, "namespace", json_text(service, "metadata.namespace"));
  put_field(record, "type", json_text(service, "spec.type"));
  put_field(record, "address", ingress_address(service));
  record.emplace("pending", Value::boolean(pending));
  record.emplace("internal", Value::boolean(asks_for_internal(service)));
  put_field(record, "ports", joined(ports, "port"));
  put_field(record, "target-ports", joined(ports, "targetPort"));
  put_field(record, "selector", selector_of(service));
  put_field(record, "traffic-policy", json_text(service, "spec.externalTrafficPolicy"));
  put_field(record, "source-ranges", joined(json_items(service, "spec.loadBalancerSourceRanges"), ""));
  return Value::record(std::move(record));
}

struct Count {
  double ready = 0, not_ready = 0;
};

Count endpoints_of(const json& object) {
  Count count;
  for (const json& subset : json_items(object, "subsets")) {
    count.ready += static_cast<double>(json_items(subset, "addresses").size());
    count.not_ready += static_cast<double>(json_items(subset, "notReadyAddresses").size());
  }
  for (const json& endpoint : json_items(object, "endpoints")) {
    // A slice that does not say is to be taken as ready.
    const bool ready = json_flag(endpoint, "conditions.ready").value_or(true);
    (ready ? count.ready : count.not_ready) += static_cast<double>(json_items(endpoint, "addresses").size());
  }
  return count;
}

/// The service that a slice belongs to stands in a label; an Endpoints object has the service's name.
std::string service_name(const json& object) {
  const json* labels = json_at(object, "metadata.labels");
  const json* label = labels == nullptr ? nullptr : json_member(*labels, "kubernetes.io/service-name");
  return label != nullptr ? json_text(*label) : json_text(object, "metadata.name");
}

Value ingress_of(const json& ingress, const std::string& address) {
  Collected hosts, services;
  for (const json& rule : json_items(ingress, "spec.rules")) {
    hosts.word(json_text(rule, "host"));
    for (const json& path : json_items(rule, "http.paths")) {
      std::string port = json_text(path, "backend.service.port.number");
      if (port.empty()) port = json_text(path, "backend.service.port.name");
      services.word(json_text(path, "backend.service.name") + ":" + port);
    }
  }
  const json* annotations = json_at(ingress, "metadata.annotations");
  const json* old_class =
      annotations == nullptr ? nullptr : json_member(*annotations, "kubernetes.io/ingress.class");
  Value::Record record;
  put_field(record, "name", json_text(ingress, "metadata.name"));
  put_field(record, "class", json_text(ingress, "spec.ingressClassName"));
  if (old_class != nullptr) put_field(record, "class", json_text(*old_class));
  put_field(record, "hosts", text::join(hosts.words, ", "));
  put_field(record, "address", address);
  put_field(record, "services", text::join(services.words, ", "));
  return Value::record(std::move(record));
}

void add_endpoints(const json& items, fact::Facts& facts) {
  Value::List list;
  Count all;
  for (const json& item : items) {
    if ((!is_kind(item, "Endpoints") && !is_kind(item, "EndpointSlice")) || list.size() >= kMostObjects)
      continue;
    const Count count = endpoints_of(item);
    all.ready += count.ready;
    all.not_ready += count.not_ready;
    Value::Record record;
    put_field(record, "name", service_name(item));
    record.emplace("ready", Value::number(count.ready));
    record.emplace("not-ready", Value::number(count.not_ready));
    list.push_back(Value::record(std::move(record)));
  }
  facts["endpoints"] = Value::list(std::move(list));
  facts["endpoints.ready"] = Value::number(all.ready);
  facts["endpoints.not-ready"] = Value::number(all.not_ready);
}

void add_ingresses(const json& items, fact::Facts& facts) {
  Value::List list;
  double without = 0;
  for (const json& item : items) {
    if (!is_kind(item, "Ingress") || list.size() >= kMostObjects) continue;
    const std::string address = ingress_address(item);
    without += address.empty() ? 1 : 0;
    list.push_back(ingress_of(item, address));
  }
  facts["ingresses.count"] = Value::number(static_cast<double>(list.size()));
  facts["ingresses"] = Value::list(std::move(list));
  facts["ingresses.without-address"] = Value::number(without);
}

}  // namespace

void add_services(const json& items, fact::Facts& facts) {
  Value::List list;
  double pending = 0;
  for (const json& item : items) {
    if (!is_kind(item, "Service") || list.size() >= kMostObjects) continue;
    const bool waits = json_text(item, "spec.type") == "LoadBalancer" && ingress_address(item).empty();
    pending += waits ? 1 : 0;
    list.push_back(service_of(item, waits));
  }
  facts["services"] = Value::list(std::move(list));
  facts["services.pending"] = Value::number(pending);
  add_endpoints(items, facts);
  add_ingresses(items, facts);
}

}  // namespace aztriage::decode
