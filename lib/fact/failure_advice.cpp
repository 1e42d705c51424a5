#include "fact/failure_advice.h"

#include "base/text.h"

#include <map>

namespace aztriage::fact {
namespace {

using Table = std::map<FailureKind, FailureAdvice>;

// What Azure does on its network is from Learn: name-resolution-for-vms-and-role-instances (168.63.129.16),
// private-endpoint-dns, load-balancer-tcp-reset (idle time-out, 4 minutes unless said otherwise), nat-gateway
// (idle time-out, ports), network-security-groups-overview (drops without an answer),
// firewall/rule-processing.

void add_names(Table& table) {
  table[FailureKind::dns_nxdomain] = {
      {"the name is misspelt, or the resource was deleted or renamed",
       "a private DNS zone (privatelink...) is linked to this VNet but has no record for the resource",
       "the private DNS zone is not linked to the VNet that asks, and no public record exists",
       "a CNAME in the customer's zone points to a name that is gone",
       "the client asks a name server that does not forward to Azure (168.63.129.16)"},
      {{"dns",
        "the same name at another server (-w server=168.63.129.16): `denied-by` names the zone that says no"},
       {"dns", "-w type=CNAME: which alias the chain breaks at"},
       {"", "private DNS zones: which exist, their records, and which VNets they are linked to"}}};
  table[FailureKind::dns_no_data] = {
      {"there is no IPv6 address (AAAA), which is usual for Azure services",
       "the private DNS zone has a record of another type, or an empty record set",
       "the record was made at the wrong level, such as at the zone's top instead of www"},
      {{"dns", "-w type=A and -w type=AAAA: which types the name has"},
       {"dns", "another server, to tell a private zone from the public one"}}};
  table[FailureKind::dns_servfail] = {
      {"a forwarder behind the name server does not answer (a DNS server in Azure or on premises is down)",
       "the zone is delegated to name servers that do not know it, often after a move of the zone",
       "a DNSSEC signature or DS record does not fit", "conditional forwarders send the name in a circle"},
      {{"dns", "-w cd=true: it answers then when only DNSSEC fails"},
       {"dns", "-w type=NS of the zone, then each of its servers by -w server=..."},
       {"dns", "-w server=168.63.129.16 from inside the VNet: Azure's own resolver without the forwarder"}}};
  table[FailureKind::dns_refused] = {
      {"the name server answers only its own networks (an ACL, or a resolver endpoint that is not for this "
       "VNet)",
       "the zone is delegated to Azure DNS servers that no longer host it",
       "recursion is switched off on the server that the client is set to"},
      {{"dns", "another server by -w server=..., to see whether only this one refuses"},
       {"dns", "-w type=NS: whether the delegation fits the servers of the zone"}}};
  table[FailureKind::dns_timeout] = {
      {"the name server of the VNet or the machine is down or was removed",
       "an NSG, a firewall or a route keeps port 53 (UDP and TCP) from the name server",
       "large answers are lost: UDP fragments are dropped and TCP port 53 is closed",
       "a VPN or ExpressRoute between here and the name server is down"},
      {{"tcp", "port 53 of the name server: reachable at all?"},
       {"dns", "-w server=168.63.129.16, or a public server: whether only this server is silent"},
       {"",
        "DNS servers of the VNet and of its interfaces (a machine keeps old ones until its lease is "
        "renewed)"}}};
  table[FailureKind::dns_malformed] = {
      {"a firewall or an appliance between rewrites DNS answers", "the address is not that of a name server",
       "a captive portal or an old forwarder answers in its own way"},
      {{"dns", "another server by -w server=..."}, {"tcp", "port 53 of the server: who answers there"}}};
  table[FailureKind::dns_loop] = {
      {"a CNAME points back to a name that leads to it",
       "a private zone and the public zone point at each other",
       "a chain of Traffic Manager profiles or Front Door names refers to itself"},
      {{"dns", "-w type=CNAME of each name in `chain`: where it turns back"}}};
}

void add_connections(Table& table) {
  table[FailureKind::tcp_refused] = {
      {"nothing listens on the port: the service is stopped, still starting or on another port",
       "a firewall rejects (most Azure firewalls drop instead, so this speaks for the host itself)",
       "a port that Azure keeps closed unless it is enabled, such as 6379 of Azure Cache for Redis",
       "the name leads to the wrong host, such as an old address"},
      {{"dns", "whether the address is the one that is meant, private or public"},
       {"tcp", "the other ports of the service, and the same port from inside the VNet"},
       {"", "on the host: which process listens, and on which address (0.0.0.0 or only 127.0.0.1)"}}};
  table[FailureKind::tcp_timeout] = {
      {"an NSG, a service's firewall or an appliance drops the packets without a word",
       "a route (UDR) leads the way there or back to an appliance that does not know the connection",
       "the name resolves to a private address that this machine has no way to, or to a public one that is "
       "switched off",
       "the host is stopped, or it is behind a load balancer without a healthy member",
       "outbound ports for SNAT are used up: only new connections fail, and only some of them"},
      {{"dns", "private or public address: does it fit the place that this is run from?"},
       {"tcp", "another port of the same host, and another host in the same subnet"},
       {"path", "how far packets come"},
       {"",
        "effective security rules and effective routes of the interface; Network Watcher: IP flow verify, "
        "connection troubleshoot"}}};
  table[FailureKind::tcp_reset] = {
      {"an idle time-out on the way: Azure's load balancer and NAT gateway forget a silent connection, after "
       "4 "
       "minutes unless said otherwise",
       "a firewall or appliance allows the connection and then cuts what it does not like (host name, "
       "protocol)",
       "the service closes: it restarts, fails over, or a limit of connections is reached",
       "the client speaks to a TLS port without TLS, or the other way round",
       "a gateway or proxy between has shorter keep-alive times than the client's pool"},
      {{"tls", "whether it happens in the handshake, and whether with another name (-w sni=...)"},
       {"tcp", "-w hold=300 keeps a connection idle: is it cut, and after how many seconds?"},
       {"http", "--repeat 20: always or only sometimes, and from which address"},
       {"", "logs of the firewall for this source, target and time (UTC)"}}};
  table[FailureKind::tcp_closed] = {
      {"a load balancer or proxy accepted the connection and has no healthy host behind it",
       "the server refuses this client's address after accepting (an allow list in the service)",
       "the server waits for TLS, or for another protocol, and gave up", "a limit of connections is reached"},
      {{"tls", "whether the port speaks TLS"},
       {"", "health of the members behind the load balancer or gateway"}}};
  table[FailureKind::host_unreachable] = {
      {"the address is not in use: no machine answers to it in its subnet",
       "a router or VPN gateway on the way has no path to it", "a firewall on the way rejects and says so"},
      {{"path", "which hop says it"}, {"dns", "whether the address is right"}}};
  table[FailureKind::network_unreachable] = {
      {"the name has an IPv6 address and this network has no IPv6",
       "the VPN that leads to the private network is not connected", "this machine has no default route"},
      {{"tcp", "-w family=4"}, {"", "routes of this machine (ip route, route print)"}}};
  table[FailureKind::local_denied] = {
      {"a firewall on this machine forbids the connection to this program",
       "a security product or a container's policy forbids it"},
      {{"tcp", "the same from another machine"}, {"", "the firewall's rules on this machine"}}};
}

void add_proxies(Table& table) {
  table[FailureKind::proxy_unreachable] = {
      {"https_proxy names a proxy that is gone or is reachable only from another network",
       "the proxy's port is blocked for this subnet",
       "the target should not go through the proxy and is missing in no_proxy (private endpoints, "
       "169.254.169.254, "
       "168.63.129.16)"},
      {{"tcp", "the proxy's host and port with --proxy none"}, {"http", "the target with --proxy none"}}};
  table[FailureKind::proxy_auth] = {
      {"the proxy wants a user and password, and the program has none",
       "the proxy wants Kerberos or NTLM (Negotiate), which services and agents often cannot do",
       "the password in the proxy's URL is over or has signs that must be percent-encoded"},
      {{"http", "`proxy` and the failure's text say which methods it offers"},
       {"", "an exception in the proxy for the hosts that the service needs, without a login"}}};
  table[FailureKind::proxy_denied] = {
      {"the proxy's allow list lacks this host, often one of several that a service needs (login, data, "
       "redirect "
       "hosts)",
       "the proxy allows CONNECT to port 443 only"},
      {{"http", "the same with --proxy none, and another host of the service"},
       {"", "the proxy's log for this host: the rule that refused it"}}};
  table[FailureKind::proxy_failed] = {
      {"the proxy cannot resolve or reach the target: it asks another name server and has its own firewall",
       "a private endpoint's name that only the VNet resolves",
       "the proxy inspects TLS and does not like the target's certificate"},
      {{"dns", "the name as the proxy's name server sees it (-w server=...)"},
       {"http", "the same with --proxy none"}}};
}

void add_tls(Table& table) {
  table[FailureKind::tls_timeout] = {
      {"large packets are lost (MTU of a VPN, ExpressRoute or tunnel): the certificate never arrives",
       "an appliance holds the handshake back while it inspects it",
       "the port accepts connections and does not speak TLS", "the server is overloaded"},
      {{"path", "the largest packet that gets through"},
       {"tcp", "the connection alone works?"},
       {"tls", "from another network"}}};
  table[FailureKind::tls_alert] = {
      {"the name that was asked for (SNI) is not configured on the server or gateway",
       "the server wants a client certificate, or refuses the one it got",
       "no TLS version or cipher in common (services that end TLS 1.0 and 1.1)",
       "a firewall with TLS inspection refuses the host"},
      {{"tls", "-w versions=true: which versions are accepted; -w sni=none and other names"},
       {"", "the alert's number is in the failure's code (RFC 8446, 6)"}}};
  table[FailureKind::tls_version] = {
      {"the server wants TLS 1.2 or newer and the client is older: most Azure services end 1.0 and 1.1",
       "the server is old and offers nothing newer than TLS 1.1",
       "a minimum TLS version is set on the resource"},
      {{"tls", "-w versions=true: each version alone"},
       {"", "the client's runtime: .NET and Windows registry settings for TLS"}}};
  table[FailureKind::tls_cipher] = {
      {"the client offers only old ciphers (no ECDHE or GCM)",
       "a gateway's or Front Door's TLS policy is stricter than the client or the origin",
       "the certificate's key type (RSA or EC) does not fit what the client accepts"},
      {{"tls", "-w versions=true: `cipher` of each version that works"},
       {"", "the TLS policy of the gateway and the cipher order of the client"}}};
  table[FailureKind::tls_not_tls] = {
      {"the port speaks plain HTTP, or another protocol that begins in plain text",
       "a proxy or portal answers in plain text", "a backend setting says HTTPS for an HTTP port"},
      {{"http", "the same host and port with http://"},
       {"tls", "-w starttls=... for SMTP, FTP, PostgreSQL and others"},
       {"tcp", "-w listen=3: what it says by itself"}}};
  table[FailureKind::tls_closed] = {
      {"a firewall cuts the connection when it reads the host name (an application rule is missing)",
       "no site or certificate is bound to this name",
       "the load balancer has no healthy member, or the server restarts", "the port is not for TLS"},
      {{"tls", "-w sni=none, and another name on the same address: is it the name?"},
       {"tls", "the same from outside this network"},
       {"", "logs of the firewall for this host name"}}};
  table[FailureKind::tls_certificate] = {
      {"the certificate is over, for another name, or its issuer is not known here",
       "the server does not send its intermediate certificate",
       "a proxy or firewall inspects TLS with its own authority"},
      {{"tls", "`certificate.problems` names everything that is wrong, the chain shows who issued it"},
       {"tls", "--ca-file with the private authority"}}};
  table[FailureKind::tls_client_certificate] = {
      {"the service is set to want client certificates and the client has none",
       "a gateway between takes the client's certificate away or does not pass it on",
       "the client's certificate is over or from an authority that the service does not accept"},
      {{"tls", "`client-certificate-asked` and the authorities that are accepted"},
       {"",
        "the setting for client certificates on the service or gateway, and paths that are left out of it"}}};
  table[FailureKind::tls_protocol] = {
      {"a middlebox changes the handshake", "the port speaks something that looks like TLS only at first",
       "a broken implementation on the other side"},
      {{"tls", "-w max=1.2, to see whether TLS 1.3 is what disturbs"}, {"tls", "from another network"}}};
}

void add_http(Table& table) {
  table[FailureKind::http_timeout] = {
      {"the app is slow or waits for something behind it (database, DNS, SNAT ports)",
       "a first request after idle time starts the app",
       "the request is longer than a time-out on the way: App Service's front end ends at 230 s",
       "large packets are lost on the way, so that only long answers hang"},
      {{"http", "a small path such as /health, then the slow one: `time.first-byte`"},
       {"http", "--repeat 20: percentiles; always or only some"},
       {"tcp", "the database and other hosts behind, from the app's own network"}}};
  table[FailureKind::http_closed] = {
      {"the app crashed or was restarted while it answered", "a gateway's or load balancer's idle time-out",
       "a keep-alive connection that the server had closed already",
       "a firewall does not like something in the answer"},
      {{"http", "--repeat 20: always at the same size or time?"},
       {"http", "the origin directly, without the gateway"},
       {"", "the app's log at that time (UTC)"}}};
  table[FailureKind::http_malformed] = {
      {"the port speaks another protocol, or TLS",
       "a header of the app breaks the rules (line breaks, too long)", "a proxy mixes up answers"},
      {{"tls", "whether the port speaks TLS"}, {"tcp", "-w listen=3"}}};
  table[FailureKind::http_redirects] = {
      {"the gateway speaks HTTP to an app that redirects to HTTPS",
       "the app and Front Door or Application Gateway redirect to each other (host name, scheme)",
       "a login that never succeeds, since its cookie is not kept"},
      {{"http",
        "-w follow=true: `redirects` lists each address, `redirects.loop` says whether it is a circle"},
       {"http", "-w headers.X-Forwarded-Proto=https to the origin"}}};
  table[FailureKind::http_too_large] = {{"the address is that of a download", "an answer without an end"},
                                        {{"http", "-w read=65536: only the first part"}}};
}

void add_answers(Table& table) {
  table[FailureKind::protocol_mismatch] = {
      {"another service listens on this port than the one that is meant",
       "a proxy, portal or firewall answers in the service's place with an HTTP page",
       "the port wants TLS and was spoken to in plain text, or the other way round"},
      {{"tcp", "-w listen=3: what the server says by itself"},
       {"tls", "whether the port speaks TLS, and whose certificate it has"},
       {"http", "what an HTTP request to this port gets"}}};
  table[FailureKind::answer_timeout] = {
      {"the server is overloaded, or still starting",
       "a firewall lets the connection through and holds back what it does not know",
       "the port speaks TLS, and the server waits for it",
       "a proxy or load balancer accepted the connection, and nothing is behind it"},
      {{"tls", "whether the port speaks TLS"},
       {"tcp", "-w listen=3: whether the server says anything"},
       {"", "health and load of the service at that time (UTC)"}}};
  table[FailureKind::answer_malformed] = {
      {"an appliance between changes what is said",
       "another service that looks alike, or a very old version of this one",
       "the connection was cut and what arrived is not whole"},
      {{"tcp", "-w listen=3"}, {"tls", "whose certificate is on the port"}}};
  table[FailureKind::answer_refused] = {
      {"the service's own firewall or allow list does not have this client's address",
       "the login is not allowed: method switched off, account locked, wrong tenant",
       "public network access is disabled and the request came by the public way",
       "the server, database or host that is named does not exist there"},
      {{"dns", "private or public address: by which way the request came"},
       {"", "the failure's code and text: error codes have a meaning of their own (aztriage explain CODE)"}}};
  table[FailureKind::answer_too_large] = {
      {"the server sends data where a short answer is due", "another protocol on this port"},
      {{"tcp", "-w listen=3: what the server says by itself"}}};
}

void add_own(Table& table) {
  table[FailureKind::deadline] = {
      {"--deadline is shorter than what was asked needs", "a target that neither answers nor refuses"},
      {{"", "the same with a longer --deadline"}}};
  table[FailureKind::interrupted] = {{"Ctrl-C, or the process was told to end"}, {}};
  table[FailureKind::bad_target] = {{"a host name with signs that no host name has",
                                     "a port, a URL or a parameter that does not fit the probe"},
                                    {{"", "'aztriage probe --help', and the parameters by TAB behind -w"}}};
  table[FailureKind::command_failed] = {
      {"the tool (az, kubectl) is not installed or not logged in", "no right to read the resource"},
      {{"", "the command by hand; `az login`, `az account show`"}}};
  table[FailureKind::unreadable] = {
      {"the text was cut when it was copied", "it is the output of another command or another format"},
      {{"decode", "the text alone, without what stands around it"}}};
  table[FailureKind::internal] = {{"a library is missing on this machine (libcurl)",
                                   "no more descriptors or memory", "a mistake in aztriage"},
                                  {{"", "'aztriage --version' names the libraries"}}};
}

Table make_table() {
  Table table;
  add_names(table);
  add_connections(table);
  add_proxies(table);
  add_tls(table);
  add_http(table);
  add_answers(table);
  add_own(table);
  return table;
}

}  // namespace

const FailureAdvice& failure_advice(FailureKind kind) {
  static const Table table = make_table();
  static const FailureAdvice none;
  const auto found = table.find(kind);
  return found == table.end() ? none : found->second;
}

std::optional<FailureKind> failure_of_code(std::string_view code) {
  // errno(3), Windows Sockets error codes, and RCODEs (RFC 1035 4.1.1, RFC 2136 2.2).
  static const std::map<std::string_view, FailureKind> codes = {
      {"econnrefused", FailureKind::tcp_refused},
      {"wsaeconnrefused", FailureKind::tcp_refused},
      {"10061", FailureKind::tcp_refused},
      {"econnreset", FailureKind::tcp_reset},
      {"wsaeconnreset", FailureKind::tcp_reset},
      {"10054", FailureKind::tcp_reset},
      {"wsaeconnaborted", FailureKind::tcp_reset},
      {"10053", FailureKind::tcp_reset},
      {"econnaborted", FailureKind::tcp_reset},
      {"epipe", FailureKind::tcp_closed},
      {"etimedout", FailureKind::tcp_timeout},
      {"wsaetimedout", FailureKind::tcp_timeout},
      {"10060", FailureKind::tcp_timeout},
      {"ehostunreach", FailureKind::host_unreachable},
      {"wsaehostunreach", FailureKind::host_unreachable},
      {"10065", FailureKind::host_unreachable},
      {"enetunreach", FailureKind::network_unreachable},
      {"wsaenetunreach", FailureKind::network_unreachable},
      {"10051", FailureKind::network_unreachable},
      {"eacces", FailureKind::local_denied},
      {"eperm", FailureKind::local_denied},
      {"wsaeacces", FailureKind::local_denied},
      {"10013", FailureKind::local_denied},
      {"nxdomain", FailureKind::dns_nxdomain},
      {"enotfound", FailureKind::dns_nxdomain},
      {"wsahost_not_found", FailureKind::dns_nxdomain},
      {"11001", FailureKind::dns_nxdomain},
      {"nodata", FailureKind::dns_no_data},
      {"wsano_data", FailureKind::dns_no_data},
      {"11004", FailureKind::dns_no_data},
      {"servfail", FailureKind::dns_servfail},
      {"eai_again", FailureKind::dns_timeout},
      {"refused", FailureKind::dns_refused},
  };
  const auto found = codes.find(text::lower(code));
  return found == codes.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace aztriage::fact
