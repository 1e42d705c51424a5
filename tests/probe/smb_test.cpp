#include "probe/wire/smb.h"

#include "probe/wire/bytes.h"
#include "support/looking.h"
#include "support/loopback.h"
#include "support/recording.h"
#include "support/server.h"
#include "support/talk.h"
#include "support/temp_dir.h"

#include <filesystem>

#include <doctest/doctest.h>

namespace aztriage {
namespace {

using namespace probe::wire;
using test::fact_of;
using test::failure_of;
using test::Looker;
using test::LoopbackServer;
using test::Talked;

SmbPlan plan_of() {
  SmbPlan plan;
  for (const auto& one : kSmbDialects) plan.offer.dialects.push_back(one.number);
  for (const auto& one : kSmbCiphers) plan.offer.ciphers.push_back(one.number);
  plan.offer.server_name = "files01.contoso.com";
  plan.utc = [] { return 1.7e9; };
  plan.random = [](std::size_t count) { return std::string(count, '\x42'); };
  return plan;
}

Talked told(const std::vector<std::string>& words, const SmbPlan& plan = plan_of(), test::TalkWay way = {}) {
  SmbTalk talk(plan);
  return test::talk(talk, words, way);
}

/// The first message of a recording, and the others.
std::vector<std::string> messages(const std::string& said) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at + 4 <= said.size();) {
    const std::size_t length = 4 + ByteReader(std::string_view(said).substr(at)).u32();
    out.push_back(said.substr(at, length));
    at += length;
  }
  return out;
}

/// The same message with another status.
std::string with_status(std::string message, std::uint32_t status) {
  return message.replace(4 + 8, 4, ByteWriter(Order::little).u32(status).bytes());
}

TEST_CASE("smb: what Samba said by 3.1.1, in pieces of any size") {
  const std::string said = test::recording("smb/samba-3.1.1");
  for (const std::size_t piece : {std::size_t{1}, std::size_t{50}, std::size_t{5000}}) {
    const Talked talked = told({said}, plan_of(), {.piece = piece});
    CHECK(talked.end == "done");
    CHECK(talked.seen.answered);
    CHECK(talked.fact("dialect") == "3.1.1");
    CHECK(talked.fact("signing") == "enabled");
    CHECK(talked.fact("signing-algorithm") == "aes-gmac");
    CHECK(talked.fact("encryption") == "true");
    CHECK(talked.fact("encryption.cipher") == "aes-128-gcm");
    CHECK(talked.fact("capabilities") == "dfs, leasing, large-mtu, multichannel");
    CHECK(talked.fact("mechanisms") == "ntlm");
    CHECK(talked.fact("max.read") == "8388608");
    CHECK(talked.fact("ntlm.computer") == "FILES01");
    CHECK(talked.fact("session.challenged") == "true");
    CHECK(talked.fact("session.status") == "STATUS_SUCCESS");
    CHECK(talked.fact("session.anonymous") == "true");
    CHECK(talked.seen.facts.at("clock-offset").as_number() > 1e7);
    CHECK(talked.fact("server.guid").size() == 36);
  }
}

TEST_CASE("smb: an older dialect has no encryption") {
  const Talked talked = told({test::recording("smb/samba-2.1")});
  CHECK(talked.end == "done");
  CHECK(talked.fact("dialect") == "2.1");
  CHECK(talked.fact("encryption") == "false");
  CHECK(talked.fact("encryption.cipher") == "-");
}

TEST_CASE("smb: closed after every byte, what was seen stays") {
  const std::string said = test::recording("smb/samba-3.1.1");
  const std::size_t first = messages(said).front().size();
  for (std::size_t size = 0; size < said.size(); ++size) {
    const Talked talked = told({said.substr(0, size)});
    CHECK(talked.end == "tcp-closed");
    CHECK(talked.seen.answered == (size >= first));
    CHECK((talked.fact("dialect") == "3.1.1") == (size >= first));
  }
}

TEST_CASE("smb: refusals at each step") {
  const auto said = messages(test::recording("smb/samba-3.1.1"));
  REQUIRE(said.size() == 3);
  const Talked none = told({test::recording("smb/not-supported")});
  CHECK(none.end == "answer-refused");
  CHECK(none.seen.answered);
  CHECK(none.fact("error.code") == "STATUS_NOT_SUPPORTED");
  CHECK(none.fact("error.number") == "0xC00000BB");
  CHECK(none.fact("dialect") == "-");
  const Talked early = told({said[0], with_status(said[1], 0xc0000022)});
  CHECK(early.end == "answer-refused");
  CHECK(early.fact("error.code") == "STATUS_ACCESS_DENIED");
  CHECK(early.fact("session.status") == "STATUS_ACCESS_DENIED");
  CHECK(early.fact("session.challenged") == "false");
  // That nobody gets no session is as it should be.
  const Talked late = told({said[0], said[1], with_status(said[2], 0xc000006d)});
  CHECK(late.end == "done");
  CHECK(late.fact("session.status") == "STATUS_LOGON_FAILURE");
  CHECK(late.fact("session.anonymous") == "false");
  CHECK(late.fact("error.code") == "-");
  CHECK(late.fact("ntlm.computer") == "FILES01");
  const Talked odd = told({said[0], with_status(said[1], 0xc0ffee00)});
  CHECK(odd.fact("error.code") == "0xC0FFEE00");
  const Talked pending = told({said[0], with_status(said[1], 0x103), said[1], said[2]});
  CHECK(pending.end == "done");
}

TEST_CASE("smb: other servers and answers that make no sense") {
  const Talked ssh = told({"SSH-2.0-OpenSSH_9.2p1\r\n"});
  CHECK(ssh.end == "protocol-mismatch");
  CHECK(ssh.fact("preface") == "SSH-2.0-OpenSSH_9.2p1\r\n");
  CHECK(told({std::string("\0\xff\xff\xff", 4)}).end == "answer-malformed");
  CHECK(told({smb_frame("nothing")}).end == "answer-malformed");
  CHECK(told({smb_frame("")}).end == "answer-malformed");
  const auto said = messages(test::recording("smb/samba-3.1.1"));
  for (const std::uint16_t dialect : {std::uint16_t{0x02ff}, std::uint16_t{0x0444}}) {
    std::string bad = said[0];
    bad.replace(4 + 64 + 4, 2, ByteWriter(Order::little).u16(dialect).bytes());
    CHECK(told({bad}).end == "answer-malformed");
  }
  CHECK(told({said[1]}).end == "answer-malformed");           // a login where a version is due
  CHECK(told({said[0], said[0]}).end == "answer-malformed");  // and the other way round
  // Offsets that point outside: the pieces are not there, nothing is read behind the message.
  std::string lying = said[0];
  lying.replace(4 + 64 + 56, 8, std::string(8, '\xff'));
  const Talked talked = told({lying, said[1], said[2]});
  CHECK(talked.fact("dialect") == "3.1.1");
  CHECK(talked.fact("mechanisms").empty());
  CHECK(talked.fact("encryption") == "false");
}

TEST_CASE("smb: SMB 1") {
  SmbPlan one = plan_of();
  one.smb1 = true;
  SmbTalk talk(one);
  CHECK(talk.begin().send.find("NT LM 0.12") != std::string::npos);
  CHECK(told({test::recording("smb/samba-smb1-refused")}, one).end == "done");
  const auto answer = [](std::uint16_t index) {
    return smb_frame(ByteWriter(Order::little)
                         .put(std::string_view("\xffSMB\x72", 5))
                         .put(std::string(27, '\0'))
                         .u8(17)
                         .u16(index)
                         .put(std::string(34, '\0'))
                         .bytes());
  };
  const auto smb1 = [&](const std::string& said) {
    SmbTalk asked(one);
    test::talk(asked, {said});
    return asked.smb1();
  };
  CHECK(smb1(answer(0)) == true);
  CHECK(smb1(answer(0xffff)) == false);
  CHECK(smb1("") == false);
  CHECK(told({answer(0)}).end == "protocol-mismatch");  // to a question in SMB 2
}

fact::Observation look(int port, std::map<std::string, std::string> given = {}) {
  Looker looker;
  given["host"] = "127.0.0.1";
  given["port"] = std::to_string(port);
  return looker.look("smb", given);
}

TEST_CASE("smb probe: ports without a file server") {
  CHECK(failure_of(look(test::free_port())) == "tcp-refused at connect");
  const LoopbackServer closing([](int fd) { test::receive_text(fd); });
  const auto closed = look(closing.port());
  CHECK(failure_of(closed) == "tcp-closed at negotiate");
  CHECK(fact_of(closed, "smb1") == "refused");
  CHECK_FALSE(closed.answered);
  const LoopbackServer cutting([](int fd) {
    test::receive_text(fd);
    test::reset(fd);
  });
  CHECK(failure_of(look(cutting.port())) == "tcp-reset at negotiate");
}

TEST_CASE("smb probe: a server that speaks only SMB 1") {
  const LoopbackServer old([](int fd) {
    const std::string asked = test::receive_text(fd);
    if (asked.find("NT LM 0.12") == std::string::npos) return;
    test::send_text(fd, smb_frame(ByteWriter(Order::little)
                                      .put(std::string_view("\xffSMB\x72", 5))
                                      .put(std::string(27, '\0'))
                                      .u8(17)
                                      .put(std::string(36, '\0'))
                                      .bytes()));
  });
  const auto seen = look(old.port());
  CHECK(seen.answered);
  CHECK(failure_of(seen) == "answer-refused at negotiate");
  CHECK(fact_of(seen, "dialect") == "1.0");
  CHECK(fact_of(seen, "smb1") == "accepted");
}

/// Samba with folders of its own.
struct Samba {
  test::TempDir folder;
  int port = test::free_port();
  std::unique_ptr<test::Server> server;

  explicit Samba(const std::string& more) {
    const std::string dir = folder.path().string();
    std::string conf =
        "[global]\nworkgroup = CONTOSO\nnetbios name = FILES01\nbind interfaces only = yes\n"
        "interfaces = lo\ndisable spoolss = yes\nsmb ports = " +
        std::to_string(port) + "\nlog file = " + dir + "/log.smbd\n";
    for (const char* one :
         {"private dir", "lock directory", "state directory", "cache directory", "pid directory"}) {
      const std::string path = dir + "/" + std::string(one).substr(0, std::string(one).find(' '));
      std::filesystem::create_directories(path);
      conf += std::string(one) + " = " + path + "\n";
    }
    server = std::make_unique<test::Server>(
        std::vector<std::string>{test::find_program("smbd"), "-F", "--no-process-group", "-s",
                                 folder.write("smb.conf", conf + more)},
        port, dir + "/log");
  }
};

TEST_CASE("smb probe: Samba") {
  if (test::find_program("smbd").empty()) {
    MESSAGE("Samba is not installed: this case is skipped");
    return;
  }
  const Samba samba("server min protocol = SMB2_10\nserver signing = mandatory\nrestrict anonymous = 2\n");
  const auto seen = look(samba.port, {{"dialects", "true"}, {"ciphers", "true"}});
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "dialect") == "3.1.1");
  CHECK(fact_of(seen, "accepted") == "2.1, 3.0, 3.0.2, 3.1.1");
  CHECK(fact_of(seen, "smb1") == "refused");
  CHECK(fact_of(seen, "signing") == "required");
  CHECK(fact_of(seen, "encryption.ciphers") == "aes-128-gcm, aes-256-gcm, aes-128-ccm, aes-256-ccm");
  CHECK(fact_of(seen, "ntlm.computer") == "FILES01");
  CHECK(std::abs(seen.facts.at("clock-offset").as_number()) < 30);
  const auto old = look(samba.port, {{"max", "2.1"}, {"session", "false"}});
  CHECK(fact_of(old, "dialect") == "2.1");
  CHECK(fact_of(old, "encryption") == "false");
  CHECK(fact_of(old, "session.status") == "-");
  const auto oldest = look(samba.port, {{"max", "2.0.2"}});
  CHECK(failure_of(oldest) == "answer-refused at negotiate");
  CHECK(fact_of(oldest, "error.code") == "STATUS_NOT_SUPPORTED");
}

TEST_CASE("smb probe: Samba with SMB 1 alone") {
  if (test::find_program("smbd").empty()) return;
  const Samba samba("server min protocol = NT1\nserver max protocol = NT1\n");
  const auto seen = look(samba.port);
  CHECK(fact_of(seen, "dialect") == "1.0");
  CHECK(failure_of(seen) == "answer-refused at negotiate");
}

}  // namespace
}  // namespace aztriage
