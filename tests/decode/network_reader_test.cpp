#include "decode/read.h"

#include <doctest/doctest.h>

namespace aztriage::decode {
namespace {

Reading routes(const std::string& text, const char* destination) {
  return checked_read("routes", text, {{"destination", fact::Value::text(destination)}});
}

// Shape: /azure/virtual-network/diagnose-network-routing-problem.
TEST_CASE("routes: effective routes") {
  const std::string text = R"({"nextLink": null, "value": [
    {"addressPrefix": ["10.0.0.0/16"], "nextHopIpAddress": [], "nextHopType": "VnetLocal", "source": "Default",
     "state": "Active", "name": null},
    {"addressPrefix": ["0.0.0.0/0"], "nextHopIpAddress": [], "nextHopType": "Internet", "source": "Default",
     "state": "Invalid"},
    {"addressPrefix": ["0.0.0.0/0"], "nextHopIpAddress": ["10.0.100.4"], "nextHopType": "VirtualAppliance",
     "source": "User", "state": "Active", "name": "to-firewall"},
    {"addressPrefix": ["10.1.0.0/16", "10.2.0.0/16"], "nextHopIpAddress": ["10.9.9.9"],
     "nextHopType": "VirtualNetworkGateway", "source": "VirtualNetworkGateway", "state": "Active"},
    {"addressPrefix": ["10.1.0.0/16"], "nextHopIpAddress": [], "nextHopType": "None", "source": "User",
     "state": "Active", "name": "black"},
    {"addressPrefix": ["Storage.WestEurope"], "nextHopType": "Internet", "source": "User", "state": "Active"}]})";
  const Reading out = routes(text, "20.105.224.40");
  CHECK(fact_of(out, "next-hop") == "VirtualAppliance");
  CHECK(fact_of(out, "address") == "10.0.100.4");
  CHECK(fact_of(out, "source") == "User");
  CHECK(fact_of(out, "name") == "to-firewall");
  CHECK(fact_of(out, "prefix") == "0.0.0.0/0");
  CHECK(fact_of(out, "default.next-hop") == "VirtualAppliance");
  CHECK(fact_of(out, "routes.count") == "7");
  CHECK(fact_of(routes(text, "10.0.3.4"), "next-hop") == "VnetLocal");
  CHECK(fact_of(routes(text, "10.2.3.4"), "next-hop") == "VirtualNetworkGateway");
  // Of equal prefixes the user's route counts.
  CHECK(fact_of(routes(text, "10.1.3.4"), "next-hop") == "None");
  const Reading table =
      routes(R"([{"addressPrefix": "0.0.0.0/0", "name": "d", "nextHopIpAddress": "10.0.100.4",
      "nextHopType": "VirtualAppliance"}])",
             "1.1.1.1");
  CHECK(fact_of(table, "address") == "10.0.100.4");
  const Reading printed = routes(
      "Source    State    Address Prefix    Next Hop Type     Next Hop IP\n"
      "--------  -------  ----------------  ----------------  -------------\n"
      "Default   Active   10.0.0.0/16       VnetLocal\n"
      "User      Active   0.0.0.0/0         VirtualAppliance  10.0.100.4\n",
      "1.1.1.1");
  CHECK(fact_of(printed, "next-hop") == "VirtualAppliance");
  CHECK(fact_of(routes(R"({"value": []})", "1.1.1.1"), "routes.count") == "0");
}

TEST_CASE("routes: a host's own, of every system") {
  const std::string linux_text =
      "$ ip route\ndefault via 10.0.0.1 dev eth0 proto dhcp src 10.0.0.4 metric 100 \n"
      "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.4 \n"
      "168.63.129.16 via 10.0.0.1 dev eth0 proto dhcp metric 100\nblackhole 10.7.0.0/16\n";
  CHECK(fact_of(routes(linux_text, "1.1.1.1"), "address") == "10.0.0.1");
  CHECK(fact_of(routes(linux_text, "10.0.0.9"), "next-hop") == "on-link");
  CHECK(fact_of(routes(linux_text, "168.63.129.16"), "prefix") == "168.63.129.16");
  CHECK(fact_of(routes(linux_text, "10.7.1.1"), "next-hop") == "blackhole");
  CHECK(fact_of(routes(linux_text, "1.1.1.1"), "default.next-hop") == "gateway");
  CHECK(fact_of(routes("default via fe80::1 dev eth0 proto ra metric 100 pref medium\n", "2001:db8::1"),
                "address") == "fe80::1");
  const Reading old = routes(
      "Kernel IP routing table\nDestination     Gateway         Genmask         Flags   MSS Window  irtt "
      "Iface\n"
      "0.0.0.0         10.0.0.1        0.0.0.0         UG        0 0          0 eth0\n"
      "10.0.0.0        0.0.0.0         255.255.255.0   U         0 0          0 eth0\n",
      "10.0.0.9");
  CHECK(fact_of(old, "next-hop") == "on-link");
  CHECK(fact_of(old, "default.address") == "10.0.0.1");
  for (const char* link : {"On-link", "Auf Verbindung", "En v\xc3\xadnculo"}) {
    CAPTURE(link);
    const std::string windows =
        std::string(
            "IPv4-Routentabelle\n===\n          0.0.0.0          0.0.0.0         10.0.0.1         10.0.0.4   "
            "  10\n"
            "         10.0.0.0    255.255.255.0  ") +
        link + "          10.0.0.4    266\n" +
        "St\xc3\xa4ndige Routen:\n          0.0.0.0          0.0.0.0         10.0.0.1       1\n"
        " 12    281 ::/0                     fe80::1\n";
    CHECK(fact_of(routes(windows, "10.0.0.9"), "next-hop") == "on-link");
    CHECK(fact_of(routes(windows, "1.1.1.1"), "address") == "10.0.0.1");
    CHECK(fact_of(routes(windows, "2001:db8::1"), "address") == "fe80::1");
    CHECK(fact_of(routes(windows, "1.1.1.1"), "routes.count") == "3");
  }
  const Reading shell = routes(
      "ifIndex DestinationPrefix    NextHop     RouteMetric ifMetric PolicyStore\n"
      "------- -----------------    -------     ----------- -------- -----------\n"
      "5       0.0.0.0/0            10.0.0.1              0 15       ActiveStore\n"
      "5       10.0.0.0/24          0.0.0.0             256 15       ActiveStore\n",
      "1.1.1.1");
  CHECK(fact_of(shell, "address") == "10.0.0.1");
  CHECK(field_of(shell, "routes", 1, "next-hop") == "on-link");
  CHECK(failure_of(routes("nothing here", "1.1.1.1")) == "unreadable");
  CHECK(failure_of(routes("{}", "1.1.1.1")) == "unreadable");
}

Reading sockets(const std::string& text, const char* port) {
  return checked_read("sockets", text, {{"port", fact::Value::text(port)}});
}

TEST_CASE("sockets: who listens, on Linux") {
  const std::string text =
      "State   Recv-Q  Send-Q   Local Address:Port    Peer Address:Port  Process\n"
      "LISTEN  0       128            0.0.0.0:22           0.0.0.0:*      users:((\"sshd\",pid=812,fd=3))\n"
      "LISTEN  0       511          127.0.0.1:8080         0.0.0.0:*\n"
      "LISTEN  0       4096     127.0.0.53%lo:53           0.0.0.0:*\n"
      "LISTEN  0       128               [::]:22              [::]:*\n"
      "ESTAB   0       0             10.0.0.4:22       203.0.113.9:51022\n";
  const Reading ssh = sockets(text, "22");
  CHECK(fact_of(ssh, "listening") == "true");
  CHECK(fact_of(ssh, "listening.scope") == "all");
  CHECK(fact_of(ssh, "ports") == "22, 8080, 53");
  CHECK(fact_of(ssh, "established") == "1");
  CHECK(field_of(ssh, "listeners", 0, "process") == "users:((\"sshd\",pid=812,fd=3))");
  CHECK(fact_of(sockets(text, "8080"), "listening.scope") == "loopback");
  const Reading none = sockets(text, "443");
  CHECK(fact_of(none, "listening") == "false");
  CHECK(fact_of(none, "listening.scope") == "none");
  const Reading old = sockets(
      "Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address  Foreign Address  State "
      " PID/Program name\n"
      "tcp        0      0 0.0.0.0:22       0.0.0.0:*     LISTEN      812/sshd: /usr/sbin\n"
      "tcp6       0      0 :::80            :::*          LISTEN      900/nginx\n"
      "udp        0      0 0.0.0.0:68       0.0.0.0:*                 600/dhclient\n",
      "80");
  CHECK(fact_of(old, "listening.scope") == "all");
  CHECK(fact_of(old, "listening.process") == "900/nginx");
  CHECK(fact_of(old, "ports") == "22, 80");
}

TEST_CASE("sockets: Windows, in any language") {
  for (const char* word : {"LISTENING", "ABH\xc3\x96REN",
                           "\xc3\x89"
                           "COUTE"}) {
    CAPTURE(word);
    const Reading reading = sockets(
        std::string("\nActive Connections\n\n  Proto  Local Address          Foreign Address        State\n"
                    "  TCP    0.0.0.0:3389           0.0.0.0:0              ") +
            word +
            "       1100\n  TCP    10.0.0.4:50000         20.60.10.4:443         ESTABLISHED     44\n"
            "  TCP    10.0.0.4:50001         20.60.10.4:443         TIME_WAIT       0\n"
            "  TCP    10.0.0.4:50002         20.60.10.9:443         SYN_SENT        45\n",
        "3389");
    CHECK(fact_of(reading, "listening") == "true");
    CHECK(fact_of(reading, "listening.process") == "1100");
    CHECK(fact_of(reading, "connections") == "3");
    CHECK(fact_of(reading, "established") == "1");
    CHECK(fact_of(reading, "time-wait") == "1");
    CHECK(fact_of(reading, "syn-sent") == "1");
    CHECK(fact_of(reading, "peer.most") == "20.60.10.4:443");
    CHECK(fact_of(reading, "peer.count") == "2");
  }
  CHECK(failure_of(sockets("hello 1.2.3", "22")) == "unreadable");
  CHECK(fact_of(sockets("State Recv-Q Send-Q Local Address:Port Peer Address:Port\n", "22"), "listening") ==
        "false");
}

}  // namespace
}  // namespace aztriage::decode
