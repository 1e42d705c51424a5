#include "decode/read.h"

#include <doctest/doctest.h>

namespace aztriage::decode {
namespace {

// Shapes: the Kubernetes API reference (core/v1 PodStatus, NodeStatus, Event, Service, Endpoints;
// discovery.k8s.io/v1; networking.k8s.io/v1) and /troubleshoot/azure/azure-kubernetes/.
const char* const kPods = R"(user@host:~$ kubectl get pods -n shop -o json
{
  "apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""},
  "items": [
    {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-6d9-x2", "namespace": "shop"},
     "spec": {"nodeName": "aks-pool-1"},
     "status": {"phase": "Pending", "conditions": [
        {"type": "Initialized", "status": "True"}, {"type": "Ready", "status": "False", "reason": "ContainersNotReady"},
        {"type": "PodScheduled", "status": "True"}],
      "containerStatuses": [
        {"name": "sidecar", "ready": true, "restartCount": 0, "image": "contoso.azurecr.io/side:1",
         "state": {"running": {"startedAt": "2026-11-24T10:00:00Z"}}, "lastState": {}},
        {"name": "web", "ready": false, "restartCount": 0, "image": "contoso.azurecr.io/web:2",
         "state": {"waiting": {"reason": "ImagePullBackOff",
           "message": "Back-off pulling image \"contoso.azurecr.io/web:2\": 401 Unauthorized"}}, "lastState": {}}]}},
    {"kind": "Pod", "metadata": {"name": "job-1", "namespace": "shop"},
     "status": {"phase": "Succeeded", "conditions": [{"type": "Ready", "status": "False", "reason": "PodCompleted"}],
      "containerStatuses": [{"name": "job", "ready": false, "restartCount": 0,
        "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}]}},
    {"kind": "Pod", "metadata": {"name": "api-1", "namespace": "shop"},
     "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}],
      "initContainerStatuses": [{"name": "init", "ready": true, "restartCount": 0,
        "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}],
      "containerStatuses": [{"name": "api", "ready": false, "restartCount": 14, "image": "api:3",
        "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}},
        "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}]}},
    {"kind": "Pod", "metadata": {"name": "big-1", "namespace": "shop"},
     "status": {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False",
       "reason": "Unschedulable", "message": "0/3 nodes are available: 3 Insufficient memory."}]}},
    {"kind": "Pod", "metadata": {"name": "old-1", "namespace": "shop"},
     "status": {"phase": "Failed", "reason": "Evicted",
       "message": "The node was low on resource: ephemeral-storage."}}
  ]
}
user@host:~$ )";

TEST_CASE("kubectl: pods") {
  const Reading reading = checked_read("kubectl", kPods);
  CHECK(reading.observation.answered);
  CHECK(fact_of(reading, "items") == "5");
  CHECK(fact_of(reading, "kinds") == "Pod");
  CHECK(fact_of(reading, "error") == "none");
  CHECK(fact_of(reading, "pods.count") == "5");
  CHECK(fact_of(reading, "pods.not-ready") == "4");
  CHECK(fact_of(reading, "pods.phases") == "Pending, Succeeded, Running, Failed");
  CHECK(fact_of(reading, "pods.reasons") ==
        "ImagePullBackOff, Completed, CrashLoopBackOff, OOMKilled, Unschedulable, Evicted");
  CHECK(fact_of(reading, "pods.messages").find("401 Unauthorized\n") != std::string::npos);
  CHECK(fact_of(reading, "pods.messages").find("ephemeral-storage") != std::string::npos);
  CHECK(fact_of(reading, "pods.exit-codes") == "137");
  CHECK(fact_of(reading, "pods.restarts") == "14");
  CHECK(field_of(reading, "pods", 0, "reason") == "ImagePullBackOff");
  CHECK(field_of(reading, "pods", 0, "container") == "web");
  CHECK(field_of(reading, "pods", 0, "ready-containers") == "1");
  CHECK(field_of(reading, "pods", 0, "node") == "aks-pool-1");
  CHECK(field_of(reading, "pods", 2, "reason") == "CrashLoopBackOff");
  CHECK(field_of(reading, "pods", 2, "last-reason") == "OOMKilled");
  CHECK(field_of(reading, "pods", 2, "exit-code") == "137");
  CHECK(field_of(reading, "pods", 3, "reason") == "Unschedulable");
  CHECK(field_of(reading, "pods", 3, "container") == "-");
  CHECK(field_of(reading, "pods", 4, "reason") == "Evicted");
  // What is not in the document is known to be missing.
  CHECK(fact_of(reading, "nodes").empty());
  CHECK(fact_of(reading, "nodes.count") == "0");
  CHECK(fact::look(reading.observation, "events.messages", "events").known);
}

TEST_CASE("kubectl: one pod that runs") {
  const Reading reading = checked_read("kubectl", R"({"kind": "Pod", "metadata": {"name": "a"},
    "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
    "containerStatuses": [{"name": "a", "ready": true, "restartCount": 2,
      "state": {"running": {}}, "lastState": {"terminated": {"exitCode": 1, "reason": "Error"}}}]}})");
  CHECK(fact_of(reading, "items") == "1");
  CHECK(fact_of(reading, "pods.not-ready") == "0");
  CHECK(fact_of(reading, "pods.reasons") == "Error");
  CHECK(field_of(reading, "pods", 0, "reason") == "-");
  CHECK(field_of(reading, "pods", 0, "last-reason") == "Error");
  CHECK(field_of(reading, "pods", 0, "ready") == "true");
  CHECK(fact_of(reading, "pods.messages") == "-");
}

TEST_CASE("kubectl: nodes") {
  const Reading reading = checked_read("kubectl", R"({"kind": "NodeList", "items": [
    {"kind": "Node", "metadata": {"name": "aks-a-0", "labels": {"agentpool": "a",
      "kubernetes.azure.com/node-image-version": "AKSUbuntu-2204gen2containerd-202611.01.0"}},
     "spec": {"unschedulable": true, "taints": [
       {"key": "node.kubernetes.io/unreachable", "effect": "NoExecute"},
       {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}]},
     "status": {"addresses": [{"type": "InternalIP", "address": "10.224.0.4"}, {"type": "Hostname", "address": "x"}],
       "nodeInfo": {"kubeletVersion": "v1.33.2", "osImage": "Ubuntu 22.04.5 LTS"},
       "conditions": [{"type": "MemoryPressure", "status": "Unknown", "reason": "NodeStatusUnknown"},
         {"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown",
          "message": "Kubelet stopped posting node status."}]}},
    {"kind": "Node", "metadata": {"name": "aks-a-1"},
     "status": {"nodeInfo": {"osImage": "Windows Server 2022 Datacenter"},
       "conditions": [
         {"type": "FrequentKubeletRestart", "status": "False", "reason": "NoFrequentKubeletRestart"},
         {"type": "DiskPressure", "status": "True", "reason": "KubeletHasDiskPressure", "message": "kubelet has disk pressure"},
         {"type": "Ready", "status": "False", "reason": "KubeletNotReady",
          "message": "container runtime network not ready: cni plugin not initialized"}]}},
    {"kind": "Node", "metadata": {"name": "aks-a-2"},
     "status": {"conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}]}}]})");
  CHECK(fact_of(reading, "nodes.count") == "3");
  CHECK(fact_of(reading, "nodes.not-ready") == "2");
  CHECK(fact_of(reading, "nodes.unknown") == "1");
  CHECK(fact_of(reading, "nodes.cordoned") == "1");
  CHECK(fact_of(reading, "nodes.conditions") == "DiskPressure");
  CHECK(fact_of(reading, "nodes.reasons") == "NodeStatusUnknown, KubeletHasDiskPressure, KubeletNotReady");
  CHECK(fact_of(reading, "nodes.messages").find("cni plugin not initialized") != std::string::npos);
  CHECK(fact_of(reading, "nodes.taints") ==
        "node.kubernetes.io/unreachable, node.kubernetes.io/unschedulable");
  CHECK(fact_of(reading, "nodes.images") ==
        "AKSUbuntu-2204gen2containerd-202611.01.0, Windows Server 2022 Datacenter");
  CHECK(field_of(reading, "nodes", 0, "ready") == "unknown");
  CHECK(field_of(reading, "nodes", 0, "pool") == "a");
  CHECK(field_of(reading, "nodes", 0, "address") == "10.224.0.4");
  CHECK(field_of(reading, "nodes", 1, "ready") == "no");
  CHECK(field_of(reading, "nodes", 1, "conditions") == "DiskPressure");
  CHECK(field_of(reading, "nodes", 2, "ready") == "yes");
}

TEST_CASE("kubectl: events of both APIs") {
  const Reading reading = checked_read("kubectl", R"({"kind": "List", "items": [
    {"kind": "Event", "type": "Warning", "reason": "FailedScheduling", "message": "0/1 nodes are available",
     "count": 7, "involvedObject": {"kind": "Pod", "name": "web-1"}, "source": {"component": "default-scheduler"}},
    {"kind": "Event", "type": "Warning", "reason": "Unhealthy", "note": "Readiness probe failed: HTTP 503",
     "regarding": {"kind": "Pod", "name": "web-2"}, "reportingController": "kubelet", "series": {"count": 3}},
    {"kind": "Event", "type": "Normal", "reason": "Pulled", "message": "ok", "involvedObject": {"kind": "Pod"}}]})");
  CHECK(fact_of(reading, "events.warnings") == "2");
  CHECK(fact_of(reading, "events.reasons") == "FailedScheduling, Unhealthy");
  CHECK(fact_of(reading, "events.messages") == "0/1 nodes are available\nReadiness probe failed: HTTP 503\n");
  CHECK(field_of(reading, "events", 0, "count") == "7");
  CHECK(field_of(reading, "events", 1, "name") == "web-2");
  CHECK(field_of(reading, "events", 1, "count") == "3");
  CHECK(field_of(reading, "events", 2, "count") == "1");
}

TEST_CASE("kubectl: services, what stands behind them, and ingresses") {
  const Reading reading = checked_read("kubectl", R"({"kind": "List", "items": [
    {"kind": "Service", "metadata": {"name": "web", "namespace": "shop", "annotations":
       {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"}},
     "spec": {"type": "LoadBalancer", "externalTrafficPolicy": "Local", "selector": {"app": "web"},
       "loadBalancerSourceRanges": ["203.0.113.0/24"],
       "ports": [{"port": 80, "targetPort": 8080}, {"port": 443, "targetPort": "https"}]},
     "status": {"loadBalancer": {}}},
    {"kind": "Service", "metadata": {"name": "api"}, "spec": {"type": "LoadBalancer"},
     "status": {"loadBalancer": {"ingress": [{"ip": "20.105.224.40"}]}}},
    {"kind": "Endpoints", "metadata": {"name": "web"}, "subsets": [
      {"addresses": [{"ip": "10.244.0.5"}], "notReadyAddresses": [{"ip": "10.244.0.6"}, {"ip": "10.244.0.7"}]}]},
    {"kind": "EndpointSlice", "metadata": {"name": "api-x7k", "labels": {"kubernetes.io/service-name": "api"}},
     "endpoints": [{"addresses": ["10.244.0.9"], "conditions": {"ready": true}},
                   {"addresses": ["10.244.0.8"], "conditions": {"ready": false}}, {"addresses": ["10.244.0.1"]}]},
    {"kind": "Ingress", "metadata": {"name": "shop"}, "spec": {"ingressClassName": "nginx", "rules": [
      {"host": "shop.contoso.com", "http": {"paths": [{"backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]},
     "status": {"loadBalancer": {"ingress": [{"ip": "20.105.224.41"}]}}},
    {"kind": "Ingress", "metadata": {"name": "old", "annotations": {"kubernetes.io/ingress.class": "agic"}}, "spec": {}}]})");
  CHECK(fact_of(reading, "services.pending") == "1");
  CHECK(field_of(reading, "services", 0, "pending") == "true");
  CHECK(field_of(reading, "services", 0, "internal") == "true");
  CHECK(field_of(reading, "services", 0, "ports") == "80, 443");
  CHECK(field_of(reading, "services", 0, "target-ports") == "8080, https");
  CHECK(field_of(reading, "services", 0, "selector") == "app=web");
  CHECK(field_of(reading, "services", 0, "traffic-policy") == "Local");
  CHECK(field_of(reading, "services", 0, "source-ranges") == "203.0.113.0/24");
  CHECK(field_of(reading, "services", 1, "address") == "20.105.224.40");
  CHECK(field_of(reading, "services", 1, "pending") == "false");
  CHECK(fact_of(reading, "endpoints.ready") == "3");
  CHECK(fact_of(reading, "endpoints.not-ready") == "3");
  CHECK(field_of(reading, "endpoints", 0, "not-ready") == "2");
  CHECK(field_of(reading, "endpoints", 1, "name") == "api");
  CHECK(fact_of(reading, "ingresses.count") == "2");
  CHECK(fact_of(reading, "ingresses.without-address") == "1");
  CHECK(field_of(reading, "ingresses", 0, "services") == "web:80");
  CHECK(field_of(reading, "ingresses", 0, "hosts") == "shop.contoso.com");
  CHECK(field_of(reading, "ingresses", 1, "class") == "agic");
}

TEST_CASE("kubectl: errors instead of objects") {
  struct Row {
    const char* text;
    const char* failure;
    const char* error;
  };
  for (const Row& row : {
           Row{"Unable to connect to the server: dial tcp: lookup x.hcp.westeurope.azmk8s.io on 10.0.0.4:53: "
               "no such host",
               "dns-nxdomain", "-"},
           Row{"Unable to connect to the server: dial tcp 20.1.2.3:443: i/o timeout", "tcp-timeout", "-"},
           Row{"Unable to connect to the server: net/http: TLS handshake timeout", "tls-timeout", "-"},
           Row{"Unable to connect to the server: x509: certificate signed by unknown authority",
               "tls-certificate", "-"},
           Row{"The connection to the server localhost:8080 was refused - did you specify the right host or "
               "port? "
               "connection refused",
               "tcp-refused", "-"},
           Row{"error: You must be logged in to the server (Unauthorized)", "-", "unauthorized"},
           Row{"Error from server (Forbidden): pods is forbidden: User \"u\" cannot list resource \"pods\"",
               "-", "forbidden"},
           Row{"Error from server (NotFound): pods \"x\" not found", "-", "not-found"},
           Row{"No resources found in shop namespace.", "-", "none"},
           Row{"NAME  READY  STATUS\nweb   0/1    Pending", "unreadable", "-"},
           Row{"{\"a\": 1}", "unreadable", "-"},
           Row{"", "unreadable", "-"},
       }) {
    CAPTURE(row.text);
    const Reading reading = checked_read("kubectl", row.text);
    CHECK(failure_of(reading) == row.failure);
    CHECK(fact_of(reading, "error") == row.error);
  }
}

TEST_CASE("kubectl: shapes that are not what they should be") {
  for (const char* text :
       {R"({"kind": "List", "items": {}})", R"({"kind": "List", "items": [1, null, "x", [], {"kind": 3}]})",
        R"({"kind": "Pod", "status": 7})",
        R"({"kind": "Pod", "status": {"conditions": {}, "containerStatuses": [3]}})",
        R"({"kind": "Node", "metadata": {"labels": []}, "spec": {"taints": [null]}})",
        R"({"kind": "Service", "spec": {"selector": [1], "ports": [[]]}})",
        R"({"kind": "Endpoints", "subsets": [7], "endpoints": [{"conditions": 3}]})"}) {
    CAPTURE(text);
    CHECK(checked_read("kubectl", text).observation.answered);
  }
}

}  // namespace
}  // namespace aztriage::decode
