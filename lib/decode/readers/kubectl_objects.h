#pragma once

#include "fact/observation.h"

#include <array>

#include <nlohmann/json_fwd.hpp>

namespace aztriage::decode {

/// The facts of a list of Kubernetes objects, as `kubectl get ... -o json` prints them (Kubernetes API
/// reference: core/v1, discovery.k8s.io/v1, networking.k8s.io/v1). Objects of other kinds are passed over.
void add_pods(const nlohmann::json& items, fact::Facts& facts);
void add_nodes(const nlohmann::json& items, fact::Facts& facts);
void add_events(const nlohmann::json& items, fact::Facts& facts);
void add_services(const nlohmann::json& items, fact::Facts& facts);

inline constexpr std::array<std::string_view, 3> kNodeReady = {"yes", "no", "unknown"};

inline constexpr std::array<fact::FactSpec, 13> kPodFields = {{
    {"name", {fact::Kind::text}, "its name"},
    {"namespace", {fact::Kind::text}, "its namespace"},
    {"phase", {fact::Kind::text}, "Pending, Running, Succeeded, Failed or Unknown"},
    {"node", {fact::Kind::text}, "the node it was placed on"},
    {"ready", {fact::Kind::boolean}, "whether its condition Ready is true"},
    {"reason", {fact::Kind::text}, "the reason that tells most of why it does not run"},
    {"message", {fact::Kind::text}, "the message that goes with it"},
    {"container", {fact::Kind::text}, "the container it is about"},
    {"image", {fact::Kind::text}, "that container's image"},
    {"last-reason", {fact::Kind::text}, "why that container ended last time"},
    {"exit-code", {fact::Kind::number}, "with which code it ended last"},
    {"restarts", {fact::Kind::number}, "restarts of all its containers"},
    {"ready-containers", {fact::Kind::number}, "containers that are ready"},
}};
inline constexpr std::array<fact::FactSpec, 11> kNodeFields = {{
    {"name", {fact::Kind::text}, "its name"},
    {"ready", {.kind = fact::Kind::choice, .words = kNodeReady}, "its condition Ready"},
    {"reason", {fact::Kind::text}, "the reason of that condition"},
    {"message", {fact::Kind::text}, "the message of that condition"},
    {"conditions", {fact::Kind::text}, "conditions that should not hold and do, joined by commas"},
    {"taints", {fact::Kind::text}, "keys of its taints, joined by commas"},
    {"cordoned", {fact::Kind::boolean}, "whether pods may no longer be placed on it"},
    {"version", {fact::Kind::text}, "version of its kubelet"},
    {"image", {fact::Kind::text}, "its node image, or its system where that is not told"},
    {"pool", {fact::Kind::text}, "its node pool"},
    {"address", {fact::Kind::text}, "its internal address"},
}};
inline constexpr std::array<fact::FactSpec, 7> kEventFields = {{
    {"type", {fact::Kind::text}, "Normal or Warning"},
    {"reason", {fact::Kind::text}, "such as FailedScheduling"},
    {"message", {fact::Kind::text}, "its words"},
    {"kind", {fact::Kind::text}, "kind of the object it is about"},
    {"name", {fact::Kind::text}, "name of that object"},
    {"count", {fact::Kind::number}, "how often it was seen"},
    {"source", {fact::Kind::text}, "who reported it"},
}};
inline constexpr std::array<fact::FactSpec, 11> kServiceFields = {{
    {"name", {fact::Kind::text}, "its name"},
    {"namespace", {fact::Kind::text}, "its namespace"},
    {"type", {fact::Kind::text}, "ClusterIP, NodePort, LoadBalancer or ExternalName"},
    {"address", {fact::Kind::text}, "its first external address or name"},
    {"pending", {fact::Kind::boolean}, "whether it waits for an external address"},
    {"internal", {fact::Kind::boolean}, "whether an internal load balancer is asked for"},
    {"ports", {fact::Kind::text}, "its ports, joined by commas"},
    {"target-ports", {fact::Kind::text}, "ports of the pods they lead to, joined by commas"},
    {"selector", {fact::Kind::text}, "labels that it selects pods by, as name=value joined by commas"},
    {"traffic-policy", {fact::Kind::text}, "externalTrafficPolicy"},
    {"source-ranges", {fact::Kind::text}, "loadBalancerSourceRanges, joined by commas"},
}};
inline constexpr std::array<fact::FactSpec, 3> kEndpointFields = {{
    {"name", {fact::Kind::text}, "the service they belong to"},
    {"ready", {fact::Kind::number}, "addresses that are ready"},
    {"not-ready", {fact::Kind::number}, "addresses that are not"},
}};
inline constexpr std::array<fact::FactSpec, 5> kIngressFields = {{
    {"name", {fact::Kind::text}, "its name"},
    {"class", {fact::Kind::text}, "its ingress class; missing where none is named"},
    {"hosts", {fact::Kind::text}, "hosts of its rules, joined by commas"},
    {"address", {fact::Kind::text}, "its first address or name; missing while it has none"},
    {"services", {fact::Kind::text}, "services its rules lead to, as name:port joined by commas"},
}};

inline constexpr std::array<fact::FactSpec, 30> kObjectFacts = {{
    {"pods", {.kind = fact::Kind::list, .item = fact::Kind::record, .fields = kPodFields}, "the pods"},
    {"pods.count", {fact::Kind::number}, "how many"},
    {"pods.not-ready", {fact::Kind::number}, "how many are neither ready nor have done their work"},
    {"pods.phases", {.kind = fact::Kind::list, .item = fact::Kind::text}, "their phases, each once"},
    {"pods.reasons",
     {.kind = fact::Kind::list, .item = fact::Kind::text},
     "why containers wait or ended, why pods were not placed or were evicted; each once"},
    {"pods.messages", {fact::Kind::text}, "the messages that go with them, a line each"},
    {"pods.exit-codes",
     {.kind = fact::Kind::list, .item = fact::Kind::number},
     "codes other than 0 with which containers ended"},
    {"pods.restarts", {fact::Kind::number}, "the most restarts of one pod"},
    {"nodes", {.kind = fact::Kind::list, .item = fact::Kind::record, .fields = kNodeFields}, "the nodes"},
    {"nodes.count", {fact::Kind::number}, "how many"},
    {"nodes.not-ready", {fact::Kind::number}, "how many are not ready, unknown ones included"},
    {"nodes.unknown", {fact::Kind::number}, "of how many nothing is heard any more"},
    {"nodes.cordoned", {fact::Kind::number}, "on how many no pod may be placed"},
    {"nodes.conditions",
     {.kind = fact::Kind::list, .item = fact::Kind::text},
     "conditions that should not hold and do, such as DiskPressure; each once"},
    {"nodes.reasons",
     {.kind = fact::Kind::list, .item = fact::Kind::text},
     "reasons of those conditions and of Ready where it is not true; each once"},
    {"nodes.messages", {fact::Kind::text}, "the messages that go with them, a line each"},
    {"nodes.taints", {.kind = fact::Kind::list, .item = fact::Kind::text}, "keys of their taints, each once"},
    {"nodes.images", {.kind = fact::Kind::list, .item = fact::Kind::text}, "their node images, each once"},
    {"events", {.kind = fact::Kind::list, .item = fact::Kind::record, .fields = kEventFields}, "the events"},
    {"events.warnings", {fact::Kind::number}, "how many are warnings"},
    {"events.reasons",
     {.kind = fact::Kind::list, .item = fact::Kind::text},
     "reasons of the warnings, each once"},
    {"events.messages", {fact::Kind::text}, "messages of the warnings, a line each"},
    {"services",
     {.kind = fact::Kind::list, .item = fact::Kind::record, .fields = kServiceFields},
     "the services"},
    {"services.pending", {fact::Kind::number}, "how many wait for an external address"},
    {"endpoints",
     {.kind = fact::Kind::list, .item = fact::Kind::record, .fields = kEndpointFields},
     "what stands behind the services"},
    {"endpoints.ready", {fact::Kind::number}, "addresses that are ready, of all of them"},
    {"endpoints.not-ready", {fact::Kind::number}, "addresses that are not"},
    {"ingresses",
     {.kind = fact::Kind::list, .item = fact::Kind::record, .fields = kIngressFields},
     "the ingresses"},
    {"ingresses.count", {fact::Kind::number}, "how many"},
    {"ingresses.without-address", {fact::Kind::number}, "how many have no address"},
}};

}  // namespace aztriage::decode
