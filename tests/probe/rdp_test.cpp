#include "probe/wire/rdp.h"

#include "probe/wire/bytes.h"
#include "probe/wire/der.h"
#include "support/looking.h"
#include "support/loopback.h"
#include "support/pki.h"
#include "support/recording.h"
#include "support/server.h"
#include "support/talk.h"
#include "support/temp_dir.h"

#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

namespace aztriage {
namespace {

using namespace probe::wire;
using test::fact_of;
using test::failure_of;
using test::Looker;
using test::LoopbackServer;
using test::Talked;

RdpPlan plan_of(std::uint32_t offer = 0xb) {
  RdpPlan plan;
  plan.offer = offer;
  plan.utc = [] { return 1.0e9; };
  return plan;
}

Talked told(const std::vector<std::string>& words, const RdpPlan& plan = plan_of(), test::TalkWay way = {}) {
  RdpTalk talk(plan);
  return test::talk(talk, words, way);
}

/// An X.224 confirmation with the server's choice (type 2) or refusal (type 3).
std::string confirmation(unsigned type, std::uint32_t value, unsigned flags = 0) {
  const std::string head("\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00", 11);
  return head + ByteWriter(Order::little).u8(type).u8(flags).u16(8).u32(value).bytes();
}

TEST_CASE("rdp: what is asked") {
  const Talked talked = told({}, plan_of(0xb));
  CHECK(talked.sent == std::string("\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x0b\0\0\0", 19));
}

TEST_CASE("rdp: choices of a server") {
  const auto selected = [](std::uint32_t value) { return told({confirmation(2, value, 0x9)}, plan_of(31)); };
  const Talked tls = selected(1);
  CHECK(tls.tls);
  CHECK(tls.end == "done");
  CHECK(tls.fact("selected") == "tls");
  CHECK(tls.fact("flags") == "extended-client-data, restricted-admin");
  CHECK(tls.fact("negotiates") == "true");
  const Talked plain = selected(0);
  CHECK_FALSE(plain.tls);
  CHECK(plain.end == "done");
  CHECK(plain.seen.summary == "RDP's own old security");
  CHECK(selected(16).fact("selected") == "rdsaad");
  CHECK(selected(77).end == "answer-malformed");
  CHECK(told({confirmation(2, 2)}, plan_of(1)).end == "answer-malformed");  // not what was offered
  const Talked old = told({test::recording("rdp/old-no-negotiation")});
  CHECK(old.end == "done");
  CHECK(old.fact("selected") == "rdp");
  CHECK(old.fact("negotiates") == "false");
}

TEST_CASE("rdp: refusals have a number and a name") {
  for (const auto& [code, name] : {std::pair<std::uint32_t, const char*>{1, "SSL_REQUIRED_BY_SERVER"},
                                   {3, "SSL_CERT_NOT_ON_SERVER"},
                                   {5, "HYBRID_REQUIRED_BY_SERVER"},
                                   {99, "99"}}) {
    const Talked talked = told({confirmation(3, code)});
    CHECK(talked.end == "answer-refused");
    CHECK(talked.seen.answered);
    CHECK(talked.fact("refused-with") == std::to_string(code));
    CHECK(talked.fact("refused-name") == name);
    CHECK(talked.fact("selected") == "-");
  }
  CHECK(told({test::recording("rdp/xrdp-goodbye")}).end == "answer-refused");
  CHECK(told({std::string("\x03\0\0\x0b\x06\x80\0\0\0\0\0", 11)}).end == "answer-refused");
}

TEST_CASE("rdp: other servers and answers that make no sense") {
  CHECK(told({"SSH-2.0-OpenSSH_9.2p1\r\n"}).end == "protocol-mismatch");
  CHECK(told({"HTTP/1.1 400 Bad Request\r\n"}).end == "protocol-mismatch");
  CHECK(told({std::string("\x03\0\0\x02", 4)}).end == "answer-malformed");
  CHECK(told({std::string("\x03\0\0\x07\x02\xe0\0", 7)}).end == "answer-malformed");
  CHECK(told({confirmation(7, 1)}).end == "answer-malformed");
  CHECK(told({confirmation(2, 1) + "plain text"}).end == "answer-malformed");
}

TEST_CASE("rdp: closed after every byte") {
  const std::string said = confirmation(2, 1);
  for (std::size_t size = 0; size < said.size(); ++size) {
    const Talked talked = told({said.substr(0, size)});
    CHECK(talked.end == "tcp-closed");
    CHECK_FALSE(talked.seen.answered);
  }
}

TEST_CASE("rdp: what a real server answers to CredSSP, in pieces of any size") {
  const std::string said = test::recording("rdp/freerdp-nla");
  const std::vector<std::string> words = {said.substr(0, 19), said.substr(19)};
  for (const std::size_t piece : {std::size_t{1}, std::size_t{10}, std::size_t{1000}}) {
    const Talked talked = told(words, plan_of(), {.piece = piece});
    CHECK(talked.end == "done");
    CHECK(talked.tls);
    CHECK(talked.fact("selected") == "hybrid");
    CHECK(talked.fact("credssp.answered") == "true");
    CHECK(talked.fact("credssp.version") == "6");
    CHECK(talked.fact("ntlm.computer") == "VM");
    CHECK(talked.fact("ntlm.version") == "6.1.7601");
    CHECK(talked.seen.facts.at("clock-offset").as_number() > 7e8);
    CHECK(talked.sent.find("NTLMSSP") != std::string::npos);
    CHECK(talked.seen.summary == "network level authentication, vm, Windows 6.1.7601");
  }
  for (std::size_t size = 0; size < words[1].size(); ++size) {
    const Talked cut = told({words[0], words[1].substr(0, size)});
    CHECK(cut.end == "tcp-closed");
    CHECK(cut.fact("credssp.answered") == "false");
    CHECK(cut.fact("selected") == "hybrid");
  }
  RdpPlan without = plan_of();
  without.credssp = false;
  CHECK(told({words[0]}, without).fact("credssp.answered") == "-");
}

TEST_CASE("rdp: CredSSP refused, or answered by something else") {
  const std::string version = make_der(der_context(0), make_der(kDerInteger, "\x06"));
  const std::string status("\xc0\x00\x00\x6d", 4);
  const std::string refused =
      make_der(kDerSequence, version + make_der(der_context(4), make_der(kDerInteger, status)));
  const Talked talked = told({confirmation(2, 2), refused});
  CHECK(talked.end == "answer-refused");
  CHECK(talked.fact("credssp.error") == "0xC000006D");
  CHECK(talked.fact("credssp.answered") == "true");
  for (const std::string& bad : {std::string("HTTP/1.1 400"), std::string("\x30\x84\xff\xff\xff\xff", 6),
                                 std::string("\x30\x89", 2), make_der(kDerSequence, "nonsense")}) {
    CHECK(told({confirmation(2, 2), bad}).end == "answer-malformed");
  }
  CHECK(told({confirmation(2, 2), make_der(kDerSequence, version)}).end == "done");
}

TEST_CASE("ntlm: challenges that lie") {
  CHECK_FALSE(read_ntlm_challenge("").has_value());
  CHECK_FALSE(read_ntlm_challenge(ntlm_negotiate()).has_value());
  const std::string head = std::string("NTLMSSP\0\x02\0\0\0", 12);
  // Names and pairs outside of the message.
  const std::string lying =
      head +
      ByteWriter(Order::little).u16(200).u16(200).u32(0xffffff00).u32(1).put(std::string(16, '\0')).bytes() +
      ByteWriter(Order::little).u16(9000).u16(9000).u32(20).bytes();
  const auto read = read_ntlm_challenge(lying);
  REQUIRE(read.has_value());
  CHECK(read->computer.empty());
  CHECK(read->domain.empty());
  CHECK_FALSE(read->time.has_value());
  CHECK_FALSE(read_ntlm_challenge(lying.substr(0, 30)).has_value());
}

TEST_CASE("spnego: tokens of both kinds") {
  const auto first = read_spnego(spnego_first("token"));
  REQUIRE(first.has_value());
  CHECK(first->mechanisms == std::vector<std::string>{"ntlm"});
  CHECK(first->token == "token");
  const auto next = read_spnego(spnego_next(std::string(300, 't')));
  REQUIRE(next.has_value());
  CHECK(next->token == std::string(300, 't'));
  const std::string whole = spnego_first("token");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_FALSE(read_spnego(whole.substr(0, size)).has_value());
  }
}

fact::Observation look(int port, std::map<std::string, std::string> given = {}) {
  Looker looker;
  given["host"] = "127.0.0.1";
  given["port"] = std::to_string(port);
  return looker.look("rdp", given);
}

TEST_CASE("rdp probe: a host that drops before and after its choice") {
  CHECK(failure_of(look(test::free_port())) == "tcp-refused at connect");
  const LoopbackServer before([](int fd) { test::receive_text(fd); });
  CHECK(failure_of(look(before.port())) == "tcp-closed at negotiate");
  const LoopbackServer after([](int fd) {
    test::receive_text(fd);
    test::send_text(fd, confirmation(2, 1));
    test::receive_text(fd);
  });
  const auto seen = look(after.port());
  CHECK(failure_of(seen) == "tls-closed at handshake");
  CHECK(seen.answered);
  CHECK(fact_of(seen, "selected") == "tls");
  CHECK(fact_of(seen, "cut") == "closed");
}

TEST_CASE("rdp probe: which offers are accepted, and an expired certificate") {
  const test::Identity old =
      test::self_signed({.common_name = "vm01.contoso.com", .valid_from = -30, .valid_until = -3});
  const auto tls = test::serve_tls(test::tls_context(old));
  const LoopbackServer server([&](int fd) {
    const std::string asked = test::receive_text(fd);
    if (asked.size() != 19) return;
    const unsigned offer = static_cast<unsigned char>(asked[15]);
    if ((offer & 2U) == 0) return test::send_text(fd, confirmation(3, 5));
    test::send_text(fd, confirmation(2, 2));
    tls(fd);
  });
  const auto seen = look(server.port(), {{"offers", "true"}, {"credssp", "false"}});
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "accepted") == "hybrid");
  CHECK(fact_of(seen, "nla") == "required");
  CHECK(fact_of(seen, "refusals").starts_with("rdp: HYBRID_REQUIRED_BY_SERVER, tls: HYBRID_REQUIRED"));
  CHECK(seen.summary.starts_with("certificate expired; network level authentication"));
  const auto only_tls = look(server.port(), {{"offer", "tls"}});
  CHECK(failure_of(only_tls) == "answer-refused at negotiate");
  CHECK(fact_of(only_tls, "refused-with") == "5");
}

TEST_CASE("rdp probe: only an old version of TLS") {
  const test::Identity leaf = test::self_signed({.common_name = "vm01", .key = "rsa-2048"});
  const auto context = test::tls_context(leaf);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
  const auto tls = test::serve_tls(context);
  const LoopbackServer server([&](int fd) {
    test::receive_text(fd);
    test::send_text(fd, confirmation(2, 1));
    tls(fd);
  });
  const auto seen = look(server.port(), {{"versions", "true"}});
  CHECK(failure_of(seen) == "tls-version at handshake");
  CHECK(fact_of(seen, "versions") == "1.0");
}

/// xrdp with one of its ways to protect.
fact::Observation look_at_xrdp(const std::string& layer, std::map<std::string, std::string> given) {
  test::TempDir folder;
  const int port = test::free_port();
  const test::Identity leaf = test::self_signed({.common_name = "vm01.contoso.com", .key = "rsa-2048"});
  std::ifstream installed("/etc/xrdp/xrdp.ini");
  std::string conf, line;
  while (std::getline(installed, line)) {
    const bool ours = line.starts_with("port=") || line.starts_with("security_layer=") ||
                      line.starts_with("certificate=") || line.starts_with("key_file=");
    if (!ours) conf += line + "\n";
    if (line != "[Globals]") continue;
    conf += "port=tcp://127.0.0.1:" + std::to_string(port) + "\nsecurity_layer=" + layer + "\n";
    conf += "certificate=" + folder.write("cert.pem", leaf.certificate_pem()) + "\n";
    conf += "key_file=" + folder.write("key.pem", leaf.key_pem()) + "\n";
  }
  const test::Server server({test::find_program("xrdp"), "-n", "-c", folder.write("xrdp.ini", conf)}, port,
                            (folder.path() / "log").string());
  return look(port, std::move(given));
}

TEST_CASE("rdp probe: xrdp") {
  if (test::find_program("xrdp").empty() || !std::ifstream("/etc/xrdp/xrdp.ini")) {
    MESSAGE("xrdp is not installed: this case is skipped");
    return;
  }
  const auto both = look_at_xrdp("negotiate", {{"offers", "true"}});
  CHECK(failure_of(both) == "none");
  CHECK(fact_of(both, "selected") == "tls");
  CHECK(fact_of(both, "accepted") == "rdp, tls");
  CHECK(fact_of(both, "nla") == "none");
  CHECK(fact_of(both, "certificate.subject") == "CN=vm01.contoso.com, O=Contoso");
  const auto strict = look_at_xrdp("tls", {{"offer", "rdp"}});
  CHECK(failure_of(strict) == "answer-refused at negotiate");
  CHECK(fact_of(strict, "refused-name") == "SSL_REQUIRED_BY_SERVER");
}

}  // namespace
}  // namespace aztriage
