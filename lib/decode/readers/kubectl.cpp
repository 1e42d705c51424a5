#include "base/text.h"
#include "decode/fact_list.h"
#include "decode/readers/json_document.h"
#include "decode/readers/kubectl_objects.h"
#include "decode/readers/kubectl_parts.h"
#include "decode/readers/lines.h"

#include <nlohmann/json.hpp>

namespace aztriage::decode {

bool is_kind(const nlohmann::json& object, std::string_view kind) {
  return json_text(object, "kind") == kind;
}

namespace {

using fact::FailureKind;
using fact::Kind;
using fact::Value;
using nlohmann::json;

struct Trouble {
  std::string_view words;  // in lower case
  std::string_view operation;
  FailureKind kind;
};
// What stopped kubectl before the API server could answer.
constexpr std::array<Trouble, 12> kTroubles = {{
    {"no such host", "resolve", FailureKind::dns_nxdomain},
    {"server misbehaving", "resolve", FailureKind::dns_servfail},
    {"connection refused", "connect", FailureKind::tcp_refused},
    {"actively refused", "connect", FailureKind::tcp_refused},
    {"tls handshake timeout", "handshake", FailureKind::tls_timeout},
    {"x509:", "handshake", FailureKind::tls_certificate},
    {"remote error: tls", "handshake", FailureKind::tls_alert},
    {"client.timeout exceeded", "connect", FailureKind::tcp_timeout},
    {"i/o timeout", "connect", FailureKind::tcp_timeout},
    {"did not properly respond", "connect", FailureKind::tcp_timeout},
    {"connection reset by peer", "connect", FailureKind::tcp_reset},
    {"no route to host", "connect", FailureKind::host_unreachable},
}};

struct Refusal {
  std::string_view words;  // in lower case
  std::string_view name;
};
// What the API server, or kubectl before it asks, says instead of objects.
constexpr std::array<Refusal, 10> kRefusals = {{
    {"you must be logged in", "unauthorized"},
    {"(unauthorized)", "unauthorized"},
    {"asked for the client to provide credentials", "unauthorized"},
    {"(forbidden)", "forbidden"},
    {"(notfound)", "not-found"},
    {"failed calling webhook", "webhook"},
    {"too many requests", "throttled"},
    {"doesn't have a resource type", "unknown-type"},
    {"executable kubelogin not found", "no-kubelogin"},
    {"current-context is not set", "no-context"},
}};
constexpr std::array<std::string_view, 9> kErrorNames = {"none",         "unauthorized", "forbidden",
                                                         "not-found",    "webhook",      "throttled",
                                                         "unknown-type", "no-kubelogin", "no-context"};

void read_objects(const json& items, Reading& reading) {
  fact::Observation& seen = reading.observation;
  Collected kinds;
  for (const json& item : items) kinds.word(json_text(item, "kind"));
  seen.answered = true;
  seen.facts["items"] = Value::number(static_cast<double>(items.size()));
  seen.facts["kinds"] = Value::list_of(Kind::text, kinds.words);
  put_text(seen.facts, "error", "none", Kind::choice);
  add_pods(items, seen.facts);
  add_nodes(items, seen.facts);
  add_events(items, seen.facts);
  add_services(items, seen.facts);
  // The document is here whole: what is not in it is known to be missing.
  for (const char* group : {"pods", "nodes", "events", "services", "endpoints", "ingresses", "error"})
    seen.read.insert(group);
}

void read_error(std::string_view text, Reading& reading) {
  const std::string lower = text::lower(text);
  fact::Observation& seen = reading.observation;
  for (const Refusal& row : kRefusals) {
    if (!text::contains(lower, row.words)) continue;
    seen.answered = true;
    put_text(seen.facts, "error", row.name, Kind::choice);
    return;
  }
  for (const Trouble& row : kTroubles) {
    if (!text::contains(lower, row.words)) continue;
    seen.failure =
        fact::Failure{std::string(row.operation), row.kind, std::string(fact::failure_meaning(row.kind))};
    return;
  }
  if (starts_with_word(text::trim(text), "No resources found")) {
    read_objects(json::array(), reading);
    return;
  }
  seen = unreadable("output of kubectl get -o json");
}

Reading read(std::string_view text, const ReaderParams&, std::span<const Wanted>) {
  Reading reading;
  const json document = find_document(text);
  const bool list = !document.is_discarded() && json_member(document, "items") != nullptr;
  if (document.is_discarded() || !document.is_object() || json_text(document, "kind").empty()) {
    read_error(text, reading);
  } else {
    read_objects(list ? json_items(document, "items") : json::array({document}), reading);
  }
  return reading;
}

constexpr std::array<fact::FactSpec, 4> kOwnFacts = {{
    {"text", {Kind::text}, "the text itself, the first 64 KiB"},
    {"items", {Kind::number}, "how many objects there are"},
    {"kinds", {.kind = Kind::list, .item = Kind::text}, "their kinds, each once"},
    {"error", {.kind = Kind::choice, .words = kErrorNames}, "what came instead of objects"},
}};
constexpr auto kFacts = fact_list(kOwnFacts, kObjectFacts);

}  // namespace

extern const ReaderSpec kKubectlReader;
const ReaderSpec kKubectlReader = {
    "kubectl",
    "output of kubectl get -o json: pods, nodes, events, services, endpoints, ingresses; kubectl's errors",
    {},
    kFacts,
    read};

}  // namespace aztriage::decode
