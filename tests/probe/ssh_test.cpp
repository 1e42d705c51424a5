#include "probe/wire/ssh.h"

#include "probe/wire/bytes.h"
#include "support/looking.h"
#include "support/loopback.h"
#include "support/recording.h"
#include "support/server.h"
#include "support/talk.h"
#include "support/temp_dir.h"

#include <cstdlib>
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
using test::TalkWay;

const std::string kBanner = "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n";

SshPlan plan_of(const std::string& user = "azureuser") {
  SshPlan plan;
  plan.user = user;
  plan.random = [](std::size_t count) { return std::string(count, '\x42'); };
  return plan;
}

SshPlan plain_plan() {
  SshPlan plan = plan_of();
  plan.offer.ciphers_in = plan.offer.ciphers_out = {"none"};
  plan.offer.macs_in = plan.offer.macs_out = {"none"};
  return plan;
}

Talked told(const std::vector<std::string>& words, const SshPlan& plan = plan_of(), TalkWay way = {}) {
  SshTalk talk(plan);
  return test::talk(talk, words, way);
}

std::string packet(const std::string& payload) {
  SshDirection out;
  return out.wrap(payload, [](std::size_t count) { return std::string(count, '\0'); });
}

TEST_CASE("ssh: what OpenSSH 9.2 said, in pieces of any size") {
  const std::string said = test::recording("ssh/openssh");
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1000}, said.size()}) {
    CAPTURE(piece);
    const Talked talked = told({said}, plan_of(), {.piece = piece});
    CHECK(talked.end == "done");
    CHECK(talked.seen.answered);
    CHECK(talked.fact("software") == "OpenSSH_9.2p1");
    CHECK(talked.fact("version") == "2.0");
    CHECK(talked.fact("hostkey.type") == "ssh-ed25519");
    CHECK(talked.fact("hostkey.verified") == "true");
    CHECK(talked.fact("hostkey.bits") == "256");
    CHECK(talked.fact("fingerprint").starts_with("SHA256:JhnKvN27"));
    CHECK(talked.fact("methods") == "publickey, password, keyboard-interactive");
    CHECK(talked.fact("login.open") == "false");
    CHECK(talked.fact("common.hostkeys") == "ssh-ed25519, ecdsa-sha2-nistp256, rsa-sha2-512, rsa-sha2-256");
    CHECK(talked.fact("server-sig-algs").find("rsa-sha2-512") != std::string::npos);
    CHECK(talked.sent.starts_with("SSH-2.0-"));
  }
}

TEST_CASE("ssh: closed after every byte, what was seen stays") {
  const std::string said = test::recording("ssh/openssh");
  for (std::size_t size = 0; size < said.size(); ++size) {
    CAPTURE(size);
    SshTalk talk(plan_of());
    const Talked talked = test::talk(talk, {said.substr(0, size)});
    CHECK(talked.end == "tcp-closed");
    CHECK(talked.seen.answered == (size >= said.find('\n') + 1));
    if (talked.seen.facts.contains("kex")) CHECK(talked.seen.facts.contains("common.kex"));
  }
  CHECK(told({said.substr(0, 1200)}).fact("kex") != "-");
}

TEST_CASE("ssh: a changed byte behind the keys does not go unseen") {
  const std::string said = test::recording("ssh/openssh");
  for (const std::size_t back : {1U, 20U, 60U}) {
    std::string bad = said;
    bad[bad.size() - back] = static_cast<char>(bad[bad.size() - back] ^ 1);
    const Talked talked = told({bad});
    CHECK(talked.end != "done");
    CHECK(talked.fact("fingerprint") != "-");
  }
}

TEST_CASE("ssh: other servers, and refusals in place of the banner") {
  const auto check = [](const std::string& said, const std::string& end, const std::string& text) {
    CAPTURE(said);
    const Talked talked = told({said});
    CHECK(talked.end == end);
    CHECK(talked.text.find(text) != std::string::npos);
    CHECK_FALSE(talked.seen.answered);
    CHECK(talked.sent.empty());
  };
  check("", "tcp-closed", "closed");
  check("Exceeded MaxStartups\r\n", "answer-refused", "Exceeded MaxStartups");
  check("Not allowed at this time\r\n", "answer-refused", "Not allowed");
  check("HTTP/1.1 400 Bad Request\r\n", "protocol-mismatch", "HTTP/1.1 400");
  check("220 ftp.contoso.com ready\r\n", "protocol-mismatch", "220 ftp");
  check("\x15\x03\x01", "protocol-mismatch", "x15");
  check("go away\r\n", "tcp-closed", "after it said: go away");
  check(std::string(5000, 'x'), "protocol-mismatch", "xxxx");
  const Talked old = told({"SSH-1.5-Cisco-1.25\r\n"});
  CHECK(old.end == "protocol-mismatch");
  CHECK(old.fact("version") == "1.5");
  std::string lines;
  for (int i = 0; i < 2000; ++i) lines += "a line of text\r\n";
  CHECK(told({lines}).end == "protocol-mismatch");
}

TEST_CASE("ssh: text before the banner is kept") {
  const Talked talked = told({"Welcome to Contoso\r\n" + kBanner});
  CHECK(talked.fact("preface") == "Welcome to Contoso\n");
  CHECK(talked.fact("software") == "OpenSSH_9.2p1");
  CHECK(talked.end == "tcp-closed");
}

TEST_CASE("ssh: a server that waits is spoken to after a while") {
  SshTalk talk(plan_of());
  const auto step = talk.begin();
  CHECK(step.send.empty());
  CHECK(step.wait.count() > 0);
  CHECK(talk.woken().send.starts_with("SSH-2.0-"));
  CHECK(talk.operation() == "banner");
  const auto next = talk.take(kBanner);
  CHECK(next.send.empty());
  CHECK(talk.operation() == "algorithms");
}

TEST_CASE("ssh: algorithms that a current client lacks are told, and the key is seen all the same") {
  SshAlgorithms old = ssh_offer();
  old.kex = {"diffie-hellman-group1-sha1"};
  old.hostkeys = {"ssh-rsa", "ssh-dss"};
  const Talked talked = told({kBanner, packet(write_kexinit(std::string(16, 'c'), old))});
  CHECK(talked.fact("common.kex").empty());
  CHECK(talked.fact("common.hostkeys").empty());
  CHECK(talked.fact("hostkeys") == "ssh-rsa, ssh-dss");
  CHECK(talked.sent.size() > 128);  // it began the exchange
  old.hostkeys = {"ssh-dss"};
  const Talked none = told({kBanner, packet(write_kexinit(std::string(16, 'c'), old))});
  CHECK(none.end == "answer-refused");
  CHECK(none.text == "no host key in common");
  CHECK(none.fact("hostkeys") == "ssh-dss");
}

TEST_CASE("ssh: a server that ends it says why") {
  const Talked talked = told({test::recording("ssh/disconnect")});
  CHECK(talked.end == "answer-refused");
  CHECK(talked.fact("disconnect.code") == "2");
  CHECK(talked.fact("disconnect.text") == "Too many authentication failures");
}

TEST_CASE("ssh: banner, methods and a host that does not prove its key") {
  const Talked talked = told({test::recording("ssh/plain")}, plain_plan());
  CHECK(talked.end == "done");
  CHECK(talked.fact("methods") == "publickey");
  CHECK(talked.fact("login.banner") == "Authorized users only\n");
  CHECK(talked.fact("server-sig-algs") == "ssh-ed25519, rsa-sha2-256");
  CHECK(talked.fact("hostkey.verified") == "false");
  CHECK(talked.seen.summary.starts_with("the server did not prove its host key"));
  SshPlan nobody = plain_plan();
  nobody.user.clear();
  const Talked unasked = told({test::recording("ssh/plain")}, nobody);
  CHECK(unasked.end == "done");
  CHECK(unasked.fact("methods") == "-");
  CHECK(unasked.fact("server-sig-algs") != "-");
}

TEST_CASE("ssh: packets that break the rules") {
  const auto raw = [](std::uint32_t length, unsigned padding) {
    return ByteWriter().u32(length).u8(padding).put(std::string(32, 'x')).bytes();
  };
  for (const std::string& bad :
       {raw(0xffffffff, 4), raw(0, 4), raw(13, 4), raw(28, 200), raw(0x80000000, 0)}) {
    CHECK(told({kBanner, bad}).end == "answer-malformed");
  }
  CHECK(told({kBanner, packet("\x14")}).end == "answer-malformed");
  CHECK(told({kBanner, packet(std::string(1, '\x1f') + "no")}).end == "answer-malformed");
  // A point of no order: what would be agreed on is nothing.
  const std::string zero = ByteWriter()
                               .u8(kSshKexReply)
                               .counted("key", 4)
                               .counted(std::string(32, '\0'), 4)
                               .counted("signature", 4)
                               .bytes();
  const Talked talked =
      told({kBanner, packet(write_kexinit(std::string(16, 'c'), ssh_offer())), packet(zero)});
  CHECK(talked.end == "answer-malformed");
  CHECK(talked.text.find("key exchange") != std::string::npos);
}

TEST_CASE("ssh: a wrong guess of the server is left aside") {
  SshAlgorithms guessing = ssh_offer();
  guessing.kex = {"ecdh-sha2-nistp256", "curve25519-sha256"};
  guessing.guess_follows = true;
  const std::string guess = packet(std::string(1, static_cast<char>(kSshKexReply)));
  const Talked talked = told({kBanner, packet(write_kexinit(std::string(16, 'c'), guessing)), guess});
  CHECK(talked.end == "tcp-closed");
}

TEST_CASE("ssh: host keys as people have them") {
  const std::string print = "SHA256:5a9CuhYNIvj786dnLRd3MCYwISPucAm1cCCvUFsJJT4";
  for (const std::string& text : {print, "3072 " + print + " root@vm (RSA)", print + "="}) {
    const auto known = read_known_host_key(text);
    REQUIRE(known.has_value());
    CHECK(known->fingerprint == print);
    CHECK(known->type.empty());
  }
  const std::string key = "AAAAC3NzaC1lZDI1NTE5AAAAIFTuUMCWLGXWdS5nmnEsVA3DEXmlGjITnpprMUi1rcAL";
  const auto line = read_known_host_key("vm.contoso.com,10.0.0.4 ssh-ed25519 " + key);
  REQUIRE(line.has_value());
  CHECK(line->type == "ssh-ed25519");
  CHECK(line->fingerprint.size() == print.size());
  for (const char* text : {"", "SHA256:short", "MD5:aa:bb", "ssh-ed25519"}) {
    CHECK_FALSE(read_known_host_key(text).has_value());
  }
}

fact::Observation look(int port, std::map<std::string, std::string> given = {}) {
  Looker looker;
  given["host"] = "127.0.0.1";
  given["port"] = std::to_string(port);
  return looker.look("ssh", given, {}, Milliseconds(30000));
}

TEST_CASE("ssh probe: ports without a server") {
  CHECK(failure_of(look(test::free_port())) == "tcp-refused at connect");
  const LoopbackServer closing([](int) {});
  CHECK(failure_of(look(closing.port())) == "tcp-closed at banner");
  const LoopbackServer resetting([](int fd) { test::reset_once_connected(fd); });
  CHECK(failure_of(look(resetting.port())) == "tcp-reset at banner");
  CHECK(failure_of(look(1, {{"known", "nothing"}})) == "bad-target at resolve");
}

TEST_CASE("ssh probe: a silent server") {
  const LoopbackServer silent([](int fd) {
    while (!test::receive_text(fd).empty()) {
    }
  });
  Looker looker;
  const auto seen = looker.look("ssh", {{"host", "127.0.0.1"}, {"port", std::to_string(silent.port())}}, {},
                                Milliseconds(300));
  CHECK(failure_of(seen) == "answer-timeout at banner");
  CHECK(seen.address == "127.0.0.1");
}

/// Keys of three kinds, made once.
std::string host_key(const std::string& type) {
  static const test::TempDir folder;
  const std::string key = (folder.path() / type).string();
  if (!std::filesystem::exists(key) &&
      std::system(("ssh-keygen -q -t " + type + " -N '' -f " + key).c_str()) != 0) {
    throw std::runtime_error("no host key");
  }
  return key;
}

/// OpenSSH with keys of three kinds.
struct Sshd {
  test::TempDir folder;
  int port = test::free_port();
  std::unique_ptr<test::Server> server;

  explicit Sshd(const std::string& more = {}) {
    const std::string dir = folder.path().string();
    std::string conf = "ListenAddress 127.0.0.1\nUsePAM no\nPidFile none\nStrictModes no\n" + more;
    conf += "\nPort " + std::to_string(port) + "\n";
    for (const char* type : {"ed25519", "ecdsa", "rsa"}) conf += "HostKey " + host_key(type) + "\n";
    std::error_code ignored;
    if (geteuid() == 0) std::filesystem::create_directories("/run/sshd", ignored);
    server = std::make_unique<test::Server>(
        std::vector<std::string>{test::find_program("sshd"), "-D", "-e", "-f", folder.write("conf", conf)},
        port, dir + "/log");
  }
  /// What ssh-keygen says of a key.
  std::string print(const std::string& type) const {
    const std::string out = folder.path().string() + "/print";
    if (std::system(("ssh-keygen -lf " + host_key(type) + " > " + out).c_str()) != 0) {
      return {};
    }
    std::ifstream file(out);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
};

bool no_sshd() {
  const bool missing = test::find_program("sshd").empty() || test::find_program("ssh-keygen").empty();
  if (missing) MESSAGE("OpenSSH is not installed: this case is skipped");
  return missing;
}

TEST_CASE("ssh probe: OpenSSH, and its keys against the expected one") {
  if (no_sshd()) return;
  const Sshd sshd("PasswordAuthentication no\nKbdInteractiveAuthentication no\n");
  const auto seen = look(sshd.port, {{"user", "azureuser"}, {"known", sshd.print("rsa")}});
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "methods") == "publickey");
  CHECK(fact_of(seen, "hostkey.verified") == "true");
  CHECK(sshd.print("ed25519").find(fact_of(seen, "fingerprint")) != std::string::npos);
  CHECK(fact_of(seen, "hostkey.matches") == "true");  // its other key
  const auto other = look(
      sshd.port, {{"known", "SHA256:5a9CuhYNIvj786dnLRd3MCYwISPucAm1cCCvUFsJJT4"}, {"all-keys", "true"}});
  CHECK(fact_of(other, "hostkey.matches") == "false");
  CHECK(other.summary.starts_with("not the expected host key"));
  REQUIRE(other.facts.contains("fingerprints"));
  CHECK(other.facts.at("fingerprints").as_list().size() == 3);
  CHECK(fact_of(other, "methods") == "-");
}

TEST_CASE("ssh probe: every way to agree on keys and to protect, with OpenSSH") {
  if (no_sshd()) return;
  for (const std::string kex :
       {"ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521", "diffie-hellman-group14-sha256",
        "diffie-hellman-group16-sha512", "diffie-hellman-group14-sha1"}) {
    CAPTURE(kex);
    const Sshd sshd("KexAlgorithms " + kex + "\nCiphers aes256-gcm@openssh.com\n");
    const auto seen = look(sshd.port, {{"user", "azureuser"}});
    CHECK(failure_of(seen) == "none");
    CHECK(fact_of(seen, "used.kex") == kex);
    CHECK(fact_of(seen, "hostkey.verified") == "true");
    CHECK(fact_of(seen, "methods").find("publickey") != std::string::npos);
  }
  struct Way {
    const char* cipher;
    const char* mac;
    const char* key;
  };
  for (const Way& way :
       {Way{"chacha20-poly1305@openssh.com", "hmac-sha2-256", "rsa-sha2-512"},
        Way{"aes192-ctr", "hmac-sha2-512-etm@openssh.com", "rsa-sha2-256"},
        Way{"aes256-ctr", "hmac-sha2-256", "ecdsa-sha2-nistp256"}, Way{"aes128-cbc", "hmac-sha1", "ssh-rsa"},
        Way{"3des-cbc", "hmac-sha2-256-etm@openssh.com", "ssh-ed25519"}}) {
    CAPTURE(std::string(way.cipher));
    const Sshd sshd("Ciphers " + std::string(way.cipher) + "\nMACs " + way.mac + "\nHostKeyAlgorithms " +
                    way.key + "\n");
    const auto seen = look(sshd.port, {{"user", "azureuser"}});
    CHECK(failure_of(seen) == "none");
    CHECK(fact_of(seen, "used.cipher") == way.cipher);
    CHECK(fact_of(seen, "hostkey.verified") == "true");
    CHECK(fact_of(seen, "methods").find("publickey") != std::string::npos);
  }
}

}  // namespace
}  // namespace aztriage
