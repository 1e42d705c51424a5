#include "decode/read.h"

#include <doctest/doctest.h>

namespace aztriage::decode {
namespace {

// Shapes: output of OpenSSH 7.4 to 9.6;
// /troubleshoot/azure/virtual-machines/linux/detailed-troubleshoot-ssh-connection.
const std::string kHello =
    "OpenSSH_8.9p1 Ubuntu-3, OpenSSL 3.0.2\ndebug1: Connecting to vm1.contoso.com [20.105.224.40] port 22.\n"
    "debug1: Connection established.\n"
    "debug1: Remote protocol version 2.0, remote software version OpenSSH_8.2p1 Ubuntu-4\n"
    "debug1: Server host key: ssh-ed25519 SHA256:abc\ndebug1: SSH2_MSG_SERVICE_ACCEPT received\n";

TEST_CASE("ssh-debug: a key that the server does not know") {
  const Reading reading =
      checked_read("ssh-debug", kHello +
                                    "debug1: Authentications that can continue: publickey,password\n"
                                    "debug1: Offering public key: /home/u/.ssh/id_rsa RSA SHA256:xyz\n"
                                    "debug1: Authentications that can continue: publickey\n"
                                    "azureuser@vm1.contoso.com: Permission denied (publickey).\n");
  CHECK(fact_of(reading, "stage") == "authenticate");
  CHECK(fact_of(reading, "result") == "denied");
  CHECK(fact_of(reading, "methods") == "publickey");
  CHECK(fact_of(reading, "offered") == "/home/u/.ssh/id_rsa RSA SHA256:xyz");
  CHECK(fact_of(reading, "key-accepted") == "false");
  CHECK(fact_of(reading, "server") == "OpenSSH_8.2p1 Ubuntu-4");
  CHECK(fact_of(reading, "key-problem") == "-");
}

TEST_CASE("ssh-debug: logged in, and closed again") {
  const std::string in = kHello +
                         "debug1: Server accepts key: /home/u/.ssh/id_rsa RSA SHA256:xyz\n"
                         "Authenticated to vm1.contoso.com ([20.105.224.40]:22) using \"publickey\".\n";
  CHECK(fact_of(checked_read("ssh-debug", in), "result") == "authenticated");
  CHECK(fact_of(checked_read("ssh-debug", in), "closed") == "false");
  const Reading closed = checked_read("ssh-debug", in + "Connection closed by 20.105.224.40 port 22\n");
  CHECK(fact_of(closed, "result") == "authenticated");
  CHECK(fact_of(closed, "closed") == "true");
  CHECK(fact_of(closed, "key-accepted") == "true");
  CHECK(fact_of(closed, "stage") == "session");
}

TEST_CASE("ssh-debug: failures by their lines") {
  struct Row {
    const char* text;
    const char* failure;
    const char* result;
    const char* problem;
  };
  for (const Row& row : {
           Row{"ssh: connect to host vm1 port 22: Connection timed out", "tcp-timeout", "-", "-"},
           Row{"ssh: connect to host vm1 port 22: Connection refused", "tcp-refused", "-", "-"},
           Row{"ssh: Could not resolve hostname vm1.contoso.com: Name or service not known", "dns-nxdomain",
               "-", "-"},
           Row{"kex_exchange_identification: read: Connection reset by peer", "tcp-reset", "-", "-"},
           Row{"kex_exchange_identification: Connection closed by remote host", "tcp-closed", "-", "-"},
           Row{"ssh_exchange_identification: Connection closed by remote host", "tcp-closed", "-", "-"},
           Row{"Connection timed out during banner exchange\nOpenSSH_9.2p1", "answer-timeout", "-", "-"},
           Row{"@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.",
               "-", "host-key-changed", "-"},
           Row{"Received disconnect from 10.0.0.4 port 22:2: Too many authentication failures", "-",
               "too-many-tries", "-"},
           Row{"@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @\nvm1: Permission denied "
               "(publickey).",
               "-", "denied", "permissions"},
           Row{"Load key \"id.ppk\": invalid format\nu@h: Permission denied (publickey).", "-", "denied",
               "format"},
       }) {
    CAPTURE(row.text);
    const Reading reading = checked_read("ssh-debug", row.text);
    CHECK(failure_of(reading) == row.failure);
    CHECK(fact_of(reading, "result") == row.result);
    CHECK(fact_of(reading, "key-problem") == row.problem);
  }
  CHECK(failure_of(checked_read("ssh-debug", "it does not let me in")) == "unreadable");
}

TEST_CASE("ssh-debug: nothing in common") {
  const Reading reading = checked_read("ssh-debug",
                                       "Unable to negotiate with 10.0.0.4 port 22: no matching host key type "
                                       "found. Their offer: ssh-rsa,ssh-dss");
  CHECK(fact_of(reading, "result") == "no-common-algorithm");
  CHECK(fact_of(reading, "no-match") == "host-key");
  CHECK(fact_of(reading, "their-offer") == "ssh-rsa, ssh-dss");
  CHECK(fact_of(checked_read("ssh-debug", "Unable to negotiate: no matching key exchange method found."),
                "no-match") == "key-exchange");
}

TEST_CASE("ssh-debug: an address that does not answer before one that does") {
  const Reading reading =
      checked_read("ssh-debug", "debug1: connect to address 2001:db8::1 port 22: Network is unreachable\n" +
                                    kHello + "Permission denied (publickey).");
  CHECK(failure_of(reading) == "-");
  CHECK(fact_of(reading, "result") == "denied");
}

TEST_CASE("sshd-config: sshd -T") {
  const Reading reading = checked_read(
      "sshd-config",
      "$ sudo sshd -T\nport 22\nport 2222\nlistenaddress 0.0.0.0:22\nusepam yes\npermitrootlogin "
      "without-password\n"
      "pubkeyauthentication yes\npasswordauthentication no\nkbdinteractiveauthentication no\nmaxauthtries 6\n"
      "maxstartups 10:30:100\nallowusers azureuser admin\nauthorizedkeysfile .ssh/authorized_keys "
      ".ssh/authorized_keys2\n"
      "hostkeyalgorithms ssh-ed25519,rsa-sha2-512\n");
  CHECK(fact_of(reading, "error") == "none");
  CHECK(fact_of(reading, "password") == "false");
  CHECK(fact_of(reading, "public-key") == "true");
  CHECK(fact_of(reading, "pam") == "true");
  CHECK(fact_of(reading, "root-login") == "without-password");
  CHECK(fact_of(reading, "max-tries") == "6");
  CHECK(fact_of(reading, "max-startups") == "10:30:100");
  CHECK(fact_of(reading, "ports") == "22, 2222");
  CHECK(fact_of(reading, "allow-users") == "azureuser, admin");
  CHECK(fact_of(reading, "deny-users") == "-");
  CHECK(fact_of(reading, "options.usepam") == "yes");
  CHECK(fact_of(reading, "host-key-algorithms") == "ssh-ed25519, rsa-sha2-512");
  CHECK(fact::look(reading.observation, "deny-users", "options").known);
}

TEST_CASE("sshd-config: a file with a part that holds for some only") {
  const Reading reading =
      checked_read("sshd-config",
                   "# comment\nPasswordAuthentication no\nPasswordAuthentication yes\nUsePAM yes\n"
                   "Match User sftp\n  PasswordAuthentication yes\n  AllowUsers nobody\n");
  CHECK(fact_of(reading, "password") == "false");
  CHECK(fact_of(reading, "allow-users") == "-");
}

TEST_CASE("sshd-config: what it complains of") {
  struct Row {
    const char* text;
    const char* error;
  };
  for (const Row& row : {
           Row{"/etc/ssh/sshd_config: line 12: Bad configuration option: PermitRoot", "bad-option"},
           Row{"sshd: no hostkeys available -- exiting.", "no-host-keys"},
           Row{"Missing privilege separation directory: /run/sshd", "no-directory"},
           Row{"/var/empty/sshd must be owned by root and not group or world-writable.", "directory-owner"},
           Row{"@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @", "host-key-permissions"},
       }) {
    CAPTURE(row.text);
    CHECK(fact_of(checked_read("sshd-config", row.text), "error") == row.error);
  }
  CHECK(fact_of(checked_read("sshd-config", "/etc/ssh/sshd_config: line 12: Bad configuration option: x"),
                "error.line") == "12");
  CHECK(failure_of(checked_read("sshd-config", "hello world of sockets")) == "unreadable");
}

// Shape: /entra/identity/devices/troubleshoot-device-dsregcmd.
TEST_CASE("dsregcmd: a hybrid device without a token") {
  const Reading reading = checked_read(
      "dsregcmd",
      "+----------------------------------------------------------------------+\n"
      "| Device State                                                         |\n"
      "+----------------------------------------------------------------------+\n\n"
      "             AzureAdJoined : YES\n          EnterpriseJoined : NO\n              DomainJoined : YES\n"
      "                DeviceId : 96fa76d0-5bfa-4b22-a3f3-0b9a43d9ad8a\n"
      " DeviceCertificateValidity : [ 2026-01-11 21:02:50.000 UTC -- 2036-01-11 21:32:50.000 UTC ]\n"
      "            TpmProtected : NO\n        DeviceAuthStatus : FAILED. Device is either disabled or "
      "deleted\n"
      "                TenantId : 11111111-5bfa-4b22-a3f3-0b9a43d9ad8a\n"
      "                    NgcSet : NO\n           WorkplaceJoined : NO\n"
      "                AzureAdPrt : NO\n       AzureAdPrtAuthority :\n"
      "            Attempt Status : 0xc000006d\n           Credential Type : Password\n"
      "                HTTP Error : 0x0\n         Server Error Code : invalid_grant\n"
      "  Server Error Description : AADSTS50126: Error validating credentials\n"
      "      AD Connectivity Test : FAIL [0x54b]\n        DRS Discovery Test : PASS\n"
      "               Error Phase : discover\n          Client ErrorCode : 0x801c0021\n");
  CHECK(fact_of(reading, "join") == "hybrid");
  CHECK(fact_of(reading, "entra-joined") == "true");
  CHECK(fact_of(reading, "prt") == "false");
  CHECK(fact_of(reading, "tpm") == "false");
  CHECK(fact_of(reading, "device.auth") == "FAILED. Device is either disabled or deleted");
  CHECK(fact_of(reading, "attempt.status") == "0xc000006d");
  CHECK(fact_of(reading, "server.error") == "invalid_grant");
  CHECK(fact_of(reading, "aadsts") == "AADSTS50126");
  CHECK(fact_of(reading, "tests.failed") == "ad connectivity test");
  CHECK(fact_of(reading, "error.phase") == "discover");
  CHECK(fact_of(reading, "error.client") == "0x801c0021");
  CHECK(reading.unread.empty());
}

TEST_CASE("dsregcmd: the ways to be joined") {
  const auto joined = [](const char* entra, const char* domain, const char* registered) {
    return fact_of(checked_read("dsregcmd", std::string("AzureAdJoined : ") + entra + "\nDomainJoined : " +
                                                domain + "\nWorkplaceJoined : " + registered + "\n"),
                   "join");
  };
  CHECK(joined("YES", "NO", "NO") == "entra");
  CHECK(joined("NO", "YES", "NO") == "domain");
  CHECK(joined("NO", "NO", "YES") == "registered");
  CHECK(joined("NO", "NO", "NO") == "none");
  CHECK(failure_of(checked_read("dsregcmd", "'dsregcmd' is not recognized")) == "unreadable");
}

}  // namespace
}  // namespace aztriage::decode
