#include "probe/wire/ftps.h"

#include "support/looking.h"
#include "support/loopback.h"
#include "support/pki.h"
#include "support/recording.h"
#include "support/server.h"
#include "support/talk.h"
#include "support/temp_dir.h"

#include <filesystem>

#include <doctest/doctest.h>
#include <unistd.h>

namespace aztriage {
namespace {

using namespace probe::wire;
using test::fact_of;
using test::failure_of;
using test::Looker;
using test::LoopbackServer;
using test::Talked;

Talked told(const std::vector<std::string>& words, const FtpsPlan& plan = {}, test::TalkWay way = {}) {
  FtpsTalk talk(plan);
  return test::talk(talk, words, way);
}

const std::string kHello = "220-Microsoft FTP Service\r\n220 ready\r\n";
const std::string kFeatures =
    "211-Extended features supported:\r\n LANG EN*\r\n UTF8\r\n AUTH TLS\r\n211 END\r\n";

TEST_CASE("ftps: a talk with TLS on request, in pieces of any size") {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{9}, std::size_t{1000}}) {
    const Talked talked = told({kHello, kFeatures, "234 AUTH command ok. Expecting TLS Negotiation.\r\n",
                                "200 PBSZ command successful.\r\n", "200 PROT command successful.\r\n"},
                               {}, {.piece = piece});
    CHECK(talked.end == "done");
    CHECK(talked.tls);
    CHECK(talked.sent == "FEAT\r\nAUTH TLS\r\nPBSZ 0\r\nPROT P\r\nQUIT\r\n");
    CHECK(talked.fact("banner") == "Microsoft FTP Service\nready");
    CHECK(talked.fact("features") == "LANG EN*, UTF8, AUTH TLS");
    CHECK(talked.fact("auth-tls") == "true");
    CHECK(talked.fact("auth.code") == "234");
    CHECK(talked.fact("protection") == "true");
    CHECK(talked.fact("reply.code") == "200");
    CHECK(talked.seen.summary == "FTP that begins TLS when asked: Microsoft FTP Service");
  }
}

TEST_CASE("ftps: TLS from the start, a server without FEAT or PROT") {
  const Talked talked =
      told({"220 hi\r\n", "500 unknown\r\n", "200 ok\r\n", "536 no\r\n"}, {.implicit = true});
  CHECK(talked.end == "done");
  CHECK(talked.sent == "FEAT\r\nPBSZ 0\r\nPROT P\r\nQUIT\r\n");
  CHECK(talked.fact("features").empty());
  CHECK(talked.fact("auth-tls") == "-");
  CHECK(talked.fact("protection") == "false");
  CHECK(talked.seen.summary == "FTP with TLS from the start, not for data: hi");
}

TEST_CASE("ftps: a login without TLS") {
  FtpsTalk talk({.plain = true, .user = "bob"});
  const Talked talked = test::talk(talk, {kHello, "534 Policy requires SSL.\r\n"});
  CHECK(talked.end == "done");
  CHECK(talked.sent == "USER bob\r\nQUIT\r\n");
  REQUIRE(talk.user_reply().has_value());
  CHECK(talk.user_reply()->code == 534);
  CHECK(talk.user_reply()->text == "Policy requires SSL.");
}

TEST_CASE("ftps: refusals keep code and text") {
  const Talked busy = told({"421 Too many users\r\n"});
  CHECK(busy.end == "answer-refused");
  CHECK(busy.seen.answered);
  CHECK(busy.fact("reply.code") == "421");
  CHECK(busy.text.find("421 Too many users") != std::string::npos);
  const Talked plain = told({kHello, kFeatures, "502 Command not implemented.\r\n"});
  CHECK(plain.end == "answer-refused");
  CHECK_FALSE(plain.tls);
  CHECK(plain.fact("auth-tls") == "false");
  CHECK(plain.fact("auth.text") == "Command not implemented.");
  CHECK(plain.fact("features") != "-");
  const Talked later = told({"120 in a minute\r\n", "220 now\r\n"});
  CHECK(later.fact("banner") == "now");
}

TEST_CASE("ftps: other servers and replies that break the rules") {
  CHECK(told({"SSH-2.0-OpenSSH_9.2p1\r\n"}).end == "protocol-mismatch");
  const Talked tls = told({std::string("\x15\x03\x01\0\x02\x02\x0a", 7)});
  CHECK(tls.end == "protocol-mismatch");
  CHECK(tls.fact("preface") != "-");
  CHECK(told({kHello, "nonsense\r\n"}).end == "answer-malformed");
  CHECK(told({kHello, kFeatures, "234 go\r\n331 injected\r\n"}).end == "answer-malformed");
  CHECK(told({"220-" + std::string(9000, 'x')}).end != "done");
  std::string endless = "220-hello\r\n";
  for (int i = 0; i < 5000; ++i) endless += " more and more and more\r\n";
  const Talked talked = told({endless + "220 at last\r\n"});
  CHECK(talked.fact("banner").size() <= 4096);
}

TEST_CASE("ftps: closed after every byte") {
  const std::string said = kHello + kFeatures + "234 go\r\n";
  for (std::size_t size = 0; size < said.size(); ++size) {
    const Talked talked = told({said.substr(0, size)});
    CHECK(talked.end == "tcp-closed");
    CHECK(talked.seen.answered == (size >= kHello.size()));
    CHECK_FALSE(talked.tls);
  }
  CHECK(told({test::recording("ftps/vsftpd")}, {}, {.close = true}).seen.answered);
}

fact::Observation look(int port, std::map<std::string, std::string> given = {}) {
  Looker looker;
  given["host"] = "127.0.0.1";
  given["port"] = std::to_string(port);
  return looker.look("ftps", given);
}

TEST_CASE("ftps probe: ports without a server, and parameters that make no sense") {
  CHECK(failure_of(look(test::free_port())) == "tcp-refused at connect");
  const LoopbackServer closing([](int) {});
  CHECK(failure_of(look(closing.port())) == "tcp-closed at banner");
  CHECK(failure_of(look(1, {{"user", "a\r\nDELE b"}})) == "bad-target at resolve");
}

TEST_CASE("ftps probe: TLS agreed to, then none") {
  const LoopbackServer server([](int fd) {
    test::send_text(fd, "220 hi\r\n");
    test::receive_text(fd);
    test::send_text(fd, "211 no features\r\n");
    test::receive_text(fd);
    test::send_text(fd, "234 go\r\n");
    test::receive_text(fd);
  });
  const auto seen = look(server.port());
  CHECK(failure_of(seen) == "tls-closed at handshake");
  CHECK(fact_of(seen, "auth-tls") == "true");
  CHECK(seen.answered);
}

/// vsftpd, which needs root for its jail.
struct Vsftpd {
  test::TempDir folder;
  int port = test::free_port();
  std::unique_ptr<test::Server> server;

  explicit Vsftpd(const std::string& more) {
    const test::Identity leaf = test::self_signed({.common_name = "ftp.contoso.com", .key = "rsa-2048"});
    const std::string dir = folder.path().string();
    std::filesystem::create_directories(dir + "/empty");
    const std::string conf =
        "listen=YES\nbackground=NO\nlisten_address=127.0.0.1\nlisten_port=" + std::to_string(port) +
        "\nanonymous_enable=NO\nlocal_enable=YES\nssl_enable=YES\nseccomp_sandbox=NO\nrsa_cert_file=" +
        folder.write("cert.pem", leaf.certificate_pem()) +
        "\nrsa_private_key_file=" + folder.write("key.pem", leaf.key_pem()) + "\nsecure_chroot_dir=" + dir +
        "/empty\n" + more;
    server = std::make_unique<test::Server>(
        std::vector<std::string>{test::find_program("vsftpd"), folder.write("conf", conf)}, port,
        dir + "/log");
  }
};

TEST_CASE("ftps probe: vsftpd") {
  if (test::find_program("vsftpd").empty() || geteuid() != 0) {
    MESSAGE("vsftpd is not installed, or this is not root: this case is skipped");
    return;
  }
  const Vsftpd strict("force_local_logins_ssl=YES\n");
  const auto seen = look(strict.port, {{"plain", "true"}, {"user", "bob"}});
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "auth-tls") == "true");
  CHECK(fact_of(seen, "protection") == "true");
  CHECK(fact_of(seen, "plain") == "refused");
  CHECK(fact_of(seen, "plain.code") == "530");
  CHECK(fact_of(seen, "certificate.problems").find("self-signed") != std::string::npos);
  CHECK(fact_of(seen, "features").find("AUTH TLS") != std::string::npos);
  const Vsftpd lax("force_local_logins_ssl=NO\n");
  CHECK(fact_of(look(lax.port, {{"plain", "true"}, {"user", "bob"}}), "plain") == "accepted");
  const Vsftpd implicit("implicit_ssl=YES\n");
  const auto first = look(implicit.port, {{"implicit", "true"}});
  CHECK(failure_of(first) == "none");
  CHECK(fact_of(first, "auth-tls") == "-");
  CHECK(fact_of(first, "banner").find("vsFTPd") != std::string::npos);
}

}  // namespace
}  // namespace aztriage
