#include "decode/read.h"

#include <doctest/doctest.h>

namespace aztriage::decode {
namespace {

// Shapes: /powershell/module/nettcpip/test-netconnection and
// /azure/storage/files/storage-how-to-use-files-windows, which shows the same names in every language.
TEST_CASE("test-connection: PowerShell, in several languages") {
  const std::string list =
      "\nComputerName     : acct.file.core.windows.net\nRemoteAddress    : 20.60.10.4\nRemotePort       : "
      "445\n"
      "InterfaceAlias   : Ethernet\nSourceAddress    : 10.0.0.5\nTcpTestSucceeded : True\n";
  const Reading good = checked_read("test-connection", list);
  CHECK(fact_of(good, "connected") == "true");
  CHECK(fact_of(good, "remote-address") == "20.60.10.4");
  CHECK(fact_of(good, "port") == "445");
  CHECK(fact_of(good, "source") == "10.0.0.5");
  CHECK(fact_of(good, "interface") == "Ethernet");
  CHECK(fact_of(good, "resolved") == "true");
  for (const char* warning : {"WARNING: TCP connect to (20.60.10.4 : 445) failed",
                              "WARNUNG: TCP connect to (20.60.10.4 : 445) failed",
                              "AVERTISSEMENT : \xc3\x89"
                              "chec de la connexion TCP (20.60.10.4 : 445)"}) {
    CAPTURE(warning);
    const Reading bad = checked_read(
        "test-connection", std::string(warning) +
                               "\nWARNING: Ping to 20.60.10.4 failed with status: TimedOut\n\n"
                               "ComputerName           : acct.file.core.windows.net\n"
                               "RemoteAddress          : 20.60.10.4\n"
                               "RemotePort             : 445\nInterfaceAlias         : \xe4\xbb\xa5\n"
                               "SourceAddress          : 10.0.0.5\nPingSucceeded          : False\n"
                               "PingReplyDetails (RTT) : 0 ms\nTcpTestSucceeded       : False\n");
    CHECK(fact_of(bad, "connected") == "false");
    CHECK(fact_of(bad, "ping") == "false");
    CHECK(failure_of(bad) == "-");
    const Reading alone = checked_read("test-connection", warning);
    CHECK(fact_of(alone, "connected") == "false");
    CHECK(fact_of(alone, "remote-address") == "20.60.10.4");
    CHECK(fact_of(alone, "port") == "445");
  }
}

TEST_CASE("test-connection: shorter forms and names that do not resolve") {
  CHECK(fact_of(checked_read("test-connection", "PS C:\\> tnc x -Port 22 -InformationLevel Quiet\nFalse\n"),
                "connected") == "false");
  const Reading table = checked_read("test-connection",
                                     "ComputerName RemotePort RemoteAddress TcpTestSucceeded\n"
                                     "------------ ---------- ------------- ----------------\n"
                                     "cache        6380       10.0.0.7                  True\n");
  CHECK(fact_of(table, "connected") == "true");
  const Reading missing =
      checked_read("test-connection",
                   "WARNING: Name resolution of nope.contoso.com failed\nComputerName   : nope\n"
                   "RemoteAddress  :\nPingSucceeded  : False\n");
  CHECK(fact_of(missing, "resolved") == "false");
  CHECK(fact_of(missing, "connected") == "-");
  CHECK(fact_of(checked_read("test-connection",
                             "PingSucceeded          : True\nPingReplyDetails (RTT) : 12 ms\n"),
                "round-trip") == "0.012");
}

TEST_CASE("test-connection: nc and telnet") {
  CHECK(fact_of(checked_read("test-connection", "Connection to db 1433 port [tcp/*] succeeded!"),
                "connected") == "true");
  const Reading refused =
      checked_read("test-connection", "nc: connect to db port 1433 (tcp) failed: Connection refused");
  CHECK(fact_of(refused, "connected") == "false");
  CHECK(failure_of(refused) == "tcp-refused");
  CHECK(failure_of(checked_read("test-connection",
                                "nc: connect to db port 1433 (tcp) failed: Connection timed out")) ==
        "tcp-timeout");
  CHECK(failure_of(checked_read("test-connection", "Ncat: TIMEOUT.")) == "tcp-timeout");
  const Reading both =
      checked_read("test-connection",
                   "nc: connect to db (fd00::1) port 22 (tcp) failed: Network is unreachable\n"
                   "Connection to db (10.0.0.4) 22 port [tcp/ssh] succeeded!");
  CHECK(fact_of(both, "connected") == "true");
  CHECK(failure_of(both) == "-");
  CHECK(failure_of(checked_read("test-connection", "nothing")) == "unreadable");
}

// Shape: redis.io/docs/latest/commands/info, versions 4 to 7.
TEST_CASE("redis-info: a full cache") {
  const Reading reading = checked_read(
      "redis-info",
      "cache:6380> INFO\r\n# Server\r\nredis_version:6.0.14\r\nredis_mode:standalone\r\nrun_id:abc\r\n"
      "uptime_in_seconds:86\r\n\r\n# Clients\r\nconnected_clients:998\r\nmaxclients:1000\r\n\r\n# Memory\r\n"
      "used_memory:1000\r\nmaxmemory:1000\r\nmaxmemory_policy:noeviction\r\n\r\n# Stats\r\nevicted_keys:0\r\n"
      "keyspace_hits:3\r\nkeyspace_misses:1\r\n# Replication\r\nrole:slave\r\nmaster_host:10.0.0.9\r\n"
      "master_port:15000\r\nmaster_link_status:down\r\n# Commandstats\r\ncmdstat_flushall:calls=2,usec=9\r\n"
      "# Keyspace\r\ndb0:keys=10,expires=5,avg_ttl=0\r\n");
  CHECK(fact_of(reading, "version") == "6.0.14");
  CHECK(fact_of(reading, "clients-used-share") == "0.998");
  CHECK(fact_of(reading, "memory.used-share") == "1");
  CHECK(fact_of(reading, "memory.policy") == "noeviction");
  CHECK(fact_of(reading, "hit-share") == "0.75");
  CHECK(fact_of(reading, "role") == "slave");
  CHECK(fact_of(reading, "replication.primary") == "10.0.0.9:15000");
  CHECK(fact_of(reading, "flushes") == "2");
  CHECK(fact_of(reading, "keys-expiring-share") == "0.5");
}

TEST_CASE("redis-info: errors instead") {
  CHECK(fact_of(checked_read("redis-info", "(error) NOAUTH Authentication required."), "reply.error") ==
        "NOAUTH");
  CHECK(fact_of(checked_read("redis-info", "NOPERM this user has no permissions to run the 'info' command"),
                "reply.error") == "NOPERM");
  CHECK(failure_of(checked_read("redis-info", "Could not connect to Redis at c:6380: Connection refused")) ==
        "tcp-refused");
  CHECK(failure_of(checked_read("redis-info", "hello: world")) == "unreadable");
  CHECK(failure_of(checked_read("redis-info", "")) == "unreadable");
}

}  // namespace
}  // namespace aztriage::decode
