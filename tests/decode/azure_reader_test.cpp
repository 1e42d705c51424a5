#include "decode/read.h"

#include <doctest/doctest.h>

namespace aztriage::decode {
namespace {

ReaderParams traffic(const char* port, const char* source = nullptr, const char* direction = nullptr,
                     const char* destination = nullptr) {
  ReaderParams params;
  if (port) params.emplace("port", fact::Value::text(port));
  if (source) params.emplace("source", fact::Value::text(source));
  if (direction) params.emplace("direction", fact::Value::text(direction));
  if (destination) params.emplace("destination", fact::Value::text(destination));
  return params;
}

// Shape: /azure/virtual-network/diagnose-network-traffic-filter-problem, with both groups of one interface.
const char* const kEffective = R"({"nextLink": null, "value": [
  {"association": {"networkInterface": null, "networkManager": null,
     "subnet": {"id": "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/web"}},
   "networkSecurityGroup": {"id": "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/web-nsg"},
   "effectiveSecurityRules": [
     {"access": "Deny", "name": "defaultSecurityRules/DenyAllInBound", "priority": 65500, "direction": "Inbound",
      "protocol": "All", "sourceAddressPrefix": "0.0.0.0/0", "sourceAddressPrefixes": ["0.0.0.0/0"],
      "destinationAddressPrefix": "0.0.0.0/0", "destinationPortRange": "0-65535", "destinationPortRanges": ["0-65535"],
      "expandedSourceAddressPrefix": null},
     {"access": "Allow", "name": "securityRules/allow-ssh", "priority": 300, "direction": "Inbound",
      "protocol": "Tcp", "sourceAddressPrefix": "203.0.113.0/24", "sourceAddressPrefixes": ["203.0.113.0/24"],
      "destinationAddressPrefix": "0.0.0.0/0", "destinationPortRange": "22-22", "destinationPortRanges": ["22-22"]},
     {"access": "Allow", "name": "defaultSecurityRules/AllowVnetInBound", "priority": 65000, "direction": "Inbound",
      "protocol": "All", "sourceAddressPrefix": "VirtualNetwork", "destinationAddressPrefix": "VirtualNetwork",
      "destinationPortRange": "0-65535",
      "expandedSourceAddressPrefix": ["10.0.0.0/16", "168.63.129.16/32"],
      "expandedDestinationAddressPrefix": ["10.0.0.0/16", "168.63.129.16/32"]},
     {"access": "Deny", "name": "securityRules/no-smtp", "priority": 200, "direction": "Outbound",
      "protocol": "*", "sourceAddressPrefix": "*", "destinationAddressPrefix": "Internet", "destinationPortRange": "25"},
     {"access": "Allow", "name": "defaultSecurityRules/AllowInternetOutBound", "priority": 65001, "direction": "Outbound",
      "protocol": "All", "sourceAddressPrefix": "0.0.0.0/0", "destinationAddressPrefix": "Internet",
      "destinationPortRange": "0-65535", "expandedDestinationAddressPrefix": ["1.0.0.0/8", "12.0.0.0/6"]}]},
  {"association": {"networkInterface": {"id": "/subscriptions/s/networkInterfaces/vm1"}, "subnet": null},
   "networkSecurityGroup": {"id": "/subscriptions/s/networkSecurityGroups/vm1-nsg"},
   "effectiveSecurityRules": [
     {"access": "Deny", "name": "securityRules/no-22", "priority": 100, "direction": "Inbound", "protocol": "Tcp",
      "sourceAddressPrefix": "203.0.113.66/32", "destinationAddressPrefix": "0.0.0.0/0", "destinationPortRange": "22"},
     {"access": "Allow", "name": "securityRules/all", "priority": 110, "direction": "Inbound", "protocol": "All",
      "sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "destinationPortRange": "*"},
     {"access": "Allow", "name": "defaultSecurityRules/AllowInternetOutBound", "priority": 65001,
      "direction": "Outbound", "protocol": "All", "sourceAddressPrefix": "*", "destinationAddressPrefix": "Internet",
      "destinationPortRange": "*"}]}]})";

TEST_CASE("nsg: both groups have to allow") {
  const Reading allowed = checked_read("nsg", kEffective, traffic("22", "203.0.113.9"));
  CHECK(fact_of(allowed, "access") == "allow");
  CHECK(fact_of(allowed, "rule") == "allow-ssh");
  CHECK(fact_of(allowed, "at") == "subnet");
  CHECK(fact_of(allowed, "groups") == "2");
  const Reading denied = checked_read("nsg", kEffective, traffic("22", "203.0.113.66"));
  CHECK(fact_of(denied, "access") == "deny");
  CHECK(fact_of(denied, "rule") == "no-22");
  CHECK(fact_of(denied, "nsg") == "vm1-nsg");
  CHECK(fact_of(denied, "at") == "nic");
  CHECK(fact_of(denied, "default") == "false");
  const Reading other = checked_read("nsg", kEffective, traffic("22", "198.51.100.1"));
  CHECK(fact_of(other, "access") == "deny");
  CHECK(fact_of(other, "rule") == "DenyAllInBound");
  CHECK(fact_of(other, "priority") == "65500");
  CHECK(fact_of(other, "default") == "true");
  CHECK(fact_of(checked_read("nsg", kEffective, traffic("22", "10.0.3.4")), "rule") == "AllowVnetInBound");
  CHECK(field_of(other, "rules", 0, "name") == "no-smtp");
  CHECK(field_of(other, "rules", 1, "ports") == "22-22, 22-22");
}

TEST_CASE("nsg: what is not given leaves the answer open only where it decides") {
  CHECK(fact_of(checked_read("nsg", kEffective, traffic("22")), "access") == "unknown");
  CHECK(fact_of(checked_read("nsg", kEffective, traffic("22")), "rule") == "allow-ssh");
  const Reading udp = checked_read("nsg", kEffective,
                                   {{"port", fact::Value::text("22")},
                                    {"protocol", fact::Value::text("udp")},
                                    {"source", fact::Value::text("203.0.113.9")}});
  CHECK(fact_of(udp, "rule") == "DenyAllInBound");
}

TEST_CASE("nsg: outbound") {
  CHECK(fact_of(checked_read("nsg", kEffective, traffic("25", nullptr, "outbound", "13.107.21.200")),
                "rule") == "no-smtp");
  CHECK(fact_of(checked_read("nsg", kEffective, traffic("443", nullptr, "outbound", "13.107.21.200")),
                "access") == "allow");
}

TEST_CASE("nsg: a group, its rules alone, and several groups") {
  const char* const group = R"({"name": "n1", "securityRules": [
      {"name": "web", "access": "Allow", "direction": "Inbound", "priority": 100, "protocol": "Tcp",
       "sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "destinationPortRange": null,
       "destinationPortRanges": ["80", "8000-8100"]},
      {"name": "fd", "access": "Allow", "direction": "Inbound", "priority": 120, "protocol": "Tcp",
       "sourceAddressPrefix": "AzureFrontDoor.Backend", "destinationAddressPrefix": "*", "destinationPortRange": "443"},
      {"name": "asg", "access": "Allow", "direction": "Inbound", "priority": 130, "protocol": "Tcp",
       "sourceAddressPrefix": "", "sourceApplicationSecurityGroups": [{"id": "x"}],
       "destinationAddressPrefix": "*", "destinationPortRange": "1433"}],
    "defaultSecurityRules": [{"name": "DenyAllInBound", "access": "Deny", "direction": "Inbound", "priority": 65500,
       "id": "/x/defaultSecurityRules/DenyAllInBound",
       "protocol": "*", "sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "destinationPortRange": "*"}]})";
  CHECK(fact_of(checked_read("nsg", group, traffic("8080", "198.51.100.1")), "rule") == "web");
  CHECK(fact_of(checked_read("nsg", group, traffic("8101", "198.51.100.1")), "access") == "deny");
  CHECK(fact_of(checked_read("nsg", group, traffic("443", "198.51.100.1")), "access") == "unknown");
  CHECK(fact_of(checked_read("nsg", group, traffic("1433", "198.51.100.1")), "access") == "unknown");
  CHECK(fact_of(checked_read("nsg", std::string("[") + group + "]", traffic("80", "1.2.3.4")), "access") ==
        "allow");
  const Reading rules = checked_read("nsg", R"([{"name": "a", "access": "Deny", "direction": "Inbound",
      "priority": 1, "protocol": "*", "destinationPortRange": "22"}])",
                                     traffic("80", "1.2.3.4"));
  CHECK(fact_of(rules, "access") == "none");
  CHECK(fact_of(rules, "rule") == "-");
  CHECK(fact_of(checked_read("nsg", "[]", traffic("80")), "access") == "none");
  CHECK(fact_of(checked_read("nsg", R"({"value": []})", traffic("80")), "groups") == "0");
}

TEST_CASE("nsg: an administrator's rule outranks the groups") {
  const char* const text = R"({"value": [
    {"association": {"networkManager": {"id": "/m/corp"}}, "networkSecurityGroup": null, "effectiveSecurityRules": [
      {"name": "keep-open", "access": "AlwaysAllow", "direction": "Inbound", "priority": 1, "protocol": "Tcp",
       "sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "destinationPortRange": "3389"}]},
    {"association": {"subnet": {"id": "/s/web"}}, "effectiveSecurityRules": [
      {"name": "no", "access": "Deny", "direction": "Inbound", "priority": 100, "protocol": "*",
       "sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "destinationPortRange": "*"}]}]})";
  CHECK(fact_of(checked_read("nsg", text, traffic("3389", "1.2.3.4")), "access") == "allow");
  CHECK(fact_of(checked_read("nsg", text, traffic("3389", "1.2.3.4")), "at") == "manager");
  CHECK(fact_of(checked_read("nsg", text, traffic("22", "1.2.3.4")), "access") == "deny");
}

TEST_CASE("nsg: PowerShell's names, and what is none") {
  const Reading shell = checked_read("nsg", R"([{"NetworkSecurityGroup": {"Id": "/a/n2"},
    "Association": {"Subnet": {"Id": "/s"}}, "EffectiveSecurityRules": [
    {"Name": "UserRule_rdp", "Access": "Allow", "Direction": "Inbound", "Priority": 100, "Protocol": "Tcp",
     "SourceAddressPrefix": ["0.0.0.0/0"], "DestinationAddressPrefix": ["0.0.0.0/0"],
     "DestinationPortRange": ["3389-3389"]}]}])",
                                     traffic("3389", "1.2.3.4"));
  CHECK(fact_of(shell, "access") == "allow");
  CHECK(fact_of(shell, "rule") == "rdp");
  CHECK(fact_of(shell, "nsg") == "n2");
  for (const char* text : {"hello", "{}", "[1, 2]", R"({"value": 3})", ""})
    CHECK(failure_of(checked_read("nsg", text, traffic("1"))) == "unreadable");
  CHECK(checked_read("nsg", R"({"value": [{"effectiveSecurityRules": [{"access": "x", "destinationPortRange":
      "9999999999999-", "sourceAddressPrefix": {}}]}, 7, null]})",
                     traffic("80", "1.2.3.4"))
            .observation.answered);
}

// Shape: /azure/application-gateway/application-gateway-backend-health-troubleshooting.
TEST_CASE("backend-health: servers of all pools") {
  const Reading reading = checked_read("backend-health", R"({"backendAddressPools": [
    {"backendAddressPool": {"id": "/subscriptions/s/applicationGateways/g/backendAddressPools/web"},
     "backendHttpSettingsCollection": [{"backendHttpSettings": {"id": "/x/backendHttpSettingsCollection/https"},
       "servers": [
         {"address": "10.0.1.4", "health": "Healthy", "healthProbeLog": "Success. Received 200 status code"},
         {"address": "10.0.1.5", "health": "Unhealthy",
          "healthProbeLog": "Backend server certificate is not whitelisted with Application Gateway."},
         {"address": "10.0.1.6", "health": "Unknown", "healthProbeLog": "Cannot connect to backend server."}]}]},
    {"backendAddressPool": {"id": "/x/empty"}, "backendHttpSettingsCollection": [{"servers": []}]}]})");
  CHECK(fact_of(reading, "health") == "some");
  CHECK(fact_of(reading, "servers.count") == "3");
  CHECK(fact_of(reading, "servers.healthy") == "1");
  CHECK(fact_of(reading, "servers.unhealthy") == "1");
  CHECK(fact_of(reading, "servers.unknown") == "1");
  CHECK(field_of(reading, "servers", 1, "pool") == "web");
  CHECK(field_of(reading, "servers", 1, "settings") == "https");
  CHECK(field_of(reading, "servers", 1, "health") == "unhealthy");
  CHECK(fact_of(reading, "messages") ==
        "Backend server certificate is not whitelisted with Application Gateway.\n"
        "Cannot connect to backend server.\n");
}

TEST_CASE("backend-health: none, one probed on demand, and what is none") {
  CHECK(fact_of(checked_read("backend-health", R"({"backendAddressPools": []})"), "health") == "no-servers");
  const Reading one = checked_read("backend-health", R"({"backendAddressPool": {"id": "/x/web"},
    "backendHealthHttpSettings": {"servers": [{"address": "a", "health": "Unhealthy", "healthProbeLog": null}]}})");
  CHECK(fact_of(one, "health") == "none");
  CHECK(fact_of(one, "messages") == "-");
  CHECK(fact_of(checked_read("backend-health", R"({"BackendAddressPools": [{"BackendHttpSettingsCollection":
    [{"Servers": [{"Address": "a", "Health": "Unknown"}]}]}]})"),
                "health") == "unknown");
  CHECK(failure_of(checked_read("backend-health", "{}")) == "unreadable");
  CHECK(failure_of(checked_read("backend-health", "[]")) == "unreadable");
  CHECK(
      checked_read("backend-health", R"({"backendAddressPools": [7, {"backendHttpSettingsCollection": {}}]})")
          .observation.answered);
}

// Shape: /azure/virtual-machines/extensions/troubleshoot and /azure/virtual-machines/states-billing.
TEST_CASE("instance-view: a machine with a failed extension") {
  const Reading reading = checked_read("instance-view", R"({"name": "vm1", "provisioningState": "Failed",
    "instanceView": {
      "osName": "ubuntu", "osVersion": "22.04", "hyperVGeneration": "V2",
      "bootDiagnostics": {"consoleScreenshotBlobUri": null, "status": null},
      "vmAgent": {"vmAgentVersion": "2.15.0.1", "statuses": [{"code": "ProvisioningState/succeeded",
        "displayStatus": "Ready", "message": "Guest Agent is running"}]},
      "extensions": [
        {"name": "customScript", "type": "Microsoft.Azure.Extensions.customScript", "typeHandlerVersion": "2.0.6",
         "statuses": [{"code": "ProvisioningState/failed/0", "displayStatus": "Provisioning failed",
           "message": "Enable failed: command terminated with exit status=127"}]},
        {"name": "AADSSHLogin", "statuses": [{"code": "ProvisioningState/succeeded"}]}],
      "statuses": [{"code": "ProvisioningState/failed/VMExtensionProvisioningError", "message": "VM has reported a failure"},
                   {"code": "PowerState/running", "displayStatus": "VM running"}]}})");
  CHECK(fact_of(reading, "power") == "running");
  CHECK(fact_of(reading, "provisioning") == "failed");
  CHECK(fact_of(reading, "code") == "VMExtensionProvisioningError");
  CHECK(fact_of(reading, "message") == "VM has reported a failure");
  CHECK(fact_of(reading, "agent") == "ready");
  CHECK(fact_of(reading, "agent.version") == "2.15.0.1");
  CHECK(fact_of(reading, "os") == "ubuntu 22.04");
  CHECK(fact_of(reading, "generation") == "v2");
  CHECK(fact_of(reading, "extensions.failed") == "customScript");
  CHECK(field_of(reading, "extensions", 0, "state") == "failed");
  CHECK(field_of(reading, "extensions", 1, "state") == "succeeded");
  CHECK(fact_of(reading, "messages").find("exit status=127") != std::string::npos);
  CHECK(fact_of(reading, "boot-diagnostics.error") == "-");
  CHECK(fact_of(reading, "instances.count") == "0");
}

TEST_CASE("instance-view: states, agents and short forms") {
  const auto view = [](const std::string& rest) {
    return checked_read("instance-view", R"({"instanceView": {)" + rest + "}}");
  };
  const Reading stopped =
      view(R"("statuses": [{"code": "ProvisioningState/succeeded"}, {"code": "PowerState/deallocated"}])");
  CHECK(fact_of(stopped, "power") == "deallocated");
  CHECK(fact_of(stopped, "agent") == "missing");
  const Reading silent = view(R"("vmAgent": {"statuses": [{"code": "ProvisioningState/Unavailable",
      "displayStatus": "Not Ready", "message": "VM status blob is found but not yet populated."}]},
      "bootDiagnostics": {"status": {"message": "storage account not found"}}, "statuses": [{"code": "PowerState/odd"}])");
  CHECK(fact_of(silent, "agent") == "not-ready");
  CHECK(fact_of(silent, "power") == "unknown");
  CHECK(fact_of(silent, "boot-diagnostics.error") == "storage account not found");
  CHECK(fact_of(checked_read("instance-view", R"({"statuses": [{"code": "PowerState/stopped"}]})"),
                "power") == "stopped");
  const Reading details =
      checked_read("instance-view", R"({"powerState": "VM deallocated", "provisioningState": "Succeeded"})");
  CHECK(fact_of(details, "power") == "deallocated");
  CHECK(fact_of(details, "provisioning") == "succeeded");
  for (const char* text : {"{}", "[{}]", "x", R"({"power": 1})"})
    CHECK(failure_of(checked_read("instance-view", text)) == "unreadable");
}

TEST_CASE("instance-view: scale sets") {
  const Reading summary =
      checked_read("instance-view", R"({"statuses": [{"code": "ProvisioningState/succeeded"}],
    "virtualMachine": {"statusesSummary": [{"code": "ProvisioningState/succeeded", "count": 2},
      {"code": "ProvisioningState/failed/AllocationFailed", "count": 1}, {"code": "PowerState/running", "count": 2}]},
    "extensions": [{"name": "health", "statusesSummary": [{"code": "ProvisioningState/failed/1", "count": 3}]}]})");
  CHECK(fact_of(summary, "instances.count") == "3");
  CHECK(fact_of(summary, "instances.failed") == "1");
  CHECK(fact_of(summary, "instances.running") == "2");
  CHECK(fact_of(summary, "provisioning") == "mixed");
  CHECK(fact_of(summary, "power") == "running");
  CHECK(fact_of(summary, "code") == "AllocationFailed");
  CHECK(fact_of(summary, "extensions.failed") == "health");
  const Reading list = checked_read("instance-view", R"([
    {"instanceId": "0", "latestModelApplied": true, "provisioningState": "Succeeded", "instanceView":
      {"statuses": [{"code": "ProvisioningState/succeeded"}, {"code": "PowerState/running"}],
       "vmHealth": {"status": {"code": "HealthState/unhealthy"}}}},
    {"instanceId": "3", "latestModelApplied": false, "provisioningState": "Failed", "instanceView": null}])");
  CHECK(fact_of(list, "instances.count") == "2");
  CHECK(fact_of(list, "instances.unhealthy") == "1");
  CHECK(fact_of(list, "instances.outdated") == "1");
  CHECK(fact_of(list, "instances.failed") == "1");
  CHECK(field_of(list, "instances", 0, "health") == "unhealthy");
  CHECK(field_of(list, "instances", 1, "provisioning") == "failed");
  CHECK(field_of(list, "instances", 1, "latest-model") == "false");
}

}  // namespace
}  // namespace aztriage::decode
