// MySQL: the dialogue by what a server says, then MariaDB itself.
#include "probe/wire/mysql.h"

#include "decode/digest.h"
#include "probe/wire/bytes.h"
#include "support/looking.h"
#include "support/loopback.h"
#include "support/pki.h"
#include "support/server.h"
#include "support/talk.h"
#include "support/temp_dir.h"

#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <unistd.h>

namespace aztriage {
namespace {

using probe::wire::ByteWriter;
using probe::wire::MysqlAsked;
using probe::wire::MysqlTalk;
using probe::wire::Order;
using test::fact_of;
using test::failure_of;
using test::Looker;
using Given = std::map<std::string, std::string>;
using Tls = MysqlAsked::Tls;

const std::string kNul(1, '\0');
const std::string kChallenge = "abcdefghijklmnopqrst";

std::string packet(int sequence, const std::string& body) {
  return ByteWriter(Order::little)
      .number(body.size(), 3)
      .u8(static_cast<std::uint64_t>(sequence))
      .put(body)
      .bytes();
}
std::string greeting(const std::string& plugin = "caching_sha2_password", bool tls = true,
                     const std::string& version = "8.0.37-azure") {
  ByteWriter out(Order::little);
  const std::uint32_t offers = 0x81ff0000U | 0xf7ffU | (tls ? 0x800U : 0U);
  out.u8(10).put(version).u8(0).u32(7).put(kChallenge.substr(0, 8)).u8(0);
  out.u16((tls ? offers : offers & ~0x800U) & 0xffffU).u8(45).u16(2).u16(offers >> 16).u8(21);
  out.put(std::string(10, '\0')).put(kChallenge.substr(8)).u8(0).put(plugin).u8(0);
  return packet(0, out.bytes());
}
std::string error(int sequence, int code, const std::string& text, const std::string& state = "") {
  ByteWriter out(Order::little);
  out.u8(0xff).u16(static_cast<std::uint64_t>(code)).put(state.empty() ? "" : "#" + state).put(text);
  return packet(sequence, out.bytes());
}
test::Talked talk(MysqlAsked asked, const std::vector<std::string>& words, test::TalkWay way = {}) {
  if (asked.user.empty()) asked.user = "app";
  MysqlTalk one(std::move(asked));
  return test::talk(one, words, way);
}

TEST_CASE("mysql talk: the greeting, TLS and a refused login") {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}}) {
    const auto seen =
        talk({}, {greeting(), error(3, 1045, "Access denied for user 'app'@'20.1.2.3'", "28000")},
             {.piece = piece});
    CHECK(seen.tls);
    CHECK(seen.end == "done");
    CHECK(seen.fact("version") == "8.0.37-azure");
    CHECK(seen.fact("server") == "mysql");
    CHECK(seen.fact("tls-answer") == "yes");
    CHECK(seen.fact("auth-default") == "caching_sha2_password");
    CHECK(seen.fact("login") == "refused");
    CHECK(seen.fact("error.code") == "1045");
    CHECK(seen.fact("error.state") == "28000");
    CHECK(seen.fact("error.address") == "20.1.2.3");
    CHECK(seen.seen.summary.starts_with("1045 Access denied"));
    // SSLRequest, then the login: sequences 1 and 2.
    CHECK(seen.sent.starts_with(std::string("\x20\0\0\x01", 4)));
    CHECK(seen.sent.substr(39, 1) == "\x02");
    CHECK(seen.sent.find("app" + kNul) != std::string::npos);
  }
}

TEST_CASE("mysql talk: servers that let nobody as far as the greeting") {
  const auto full = talk({}, {error(0, 1040, "Too many connections")});
  CHECK(full.end == "done");
  CHECK(full.seen.answered);
  CHECK(full.fact("error.code") == "1040");
  CHECK(full.fact("error.state") == "-");
  CHECK(full.fact("login") == "-");
  const auto host =
      talk({}, {error(0, 1130, "Host '20.1.2.3' is not allowed to connect to this MySQL server", "HY000")});
  CHECK(host.fact("error.address") == "20.1.2.3");
  CHECK(talk({}, {error(0, 1129, "Host '20.1.2.3' is blocked because of many connection errors")})
            .fact("error.code") == "1129");
  CHECK(talk({}, {error(0, 9000,
                        "Client with IP address '20.1.2.3' is not allowed to connect to this MySQL server.",
                        "28000")})
            .fact("error.address") == "20.1.2.3");
}

TEST_CASE("mysql talk: TLS that is not wanted or not to be had") {
  const auto off =
      talk({.tls = Tls::off},
           {greeting(), error(2, 3159, "Connections using insecure transport are prohibited", "HY000")});
  CHECK_FALSE(off.tls);
  CHECK(off.fact("error.code") == "3159");
  CHECK(off.fact("tls-answer") == "yes");
  const auto none = talk({}, {greeting("mysql_native_password", false), error(2, 1045, "no", "28000")});
  CHECK_FALSE(none.tls);
  CHECK(none.fact("tls-answer") == "no");
  CHECK(talk({.tls = Tls::on}, {greeting("mysql_native_password", false)}).end == "tls-not-tls");
  CHECK(talk({}, {greeting() + "plain text"}).end == "answer-malformed");
}

TEST_CASE("mysql talk: proofs of a password by each plugin") {
  const std::string once = decode::digest(decode::Digest::sha1, "pw");
  std::string native =
      decode::digest(decode::Digest::sha1, kChallenge + decode::digest(decode::Digest::sha1, once));
  for (std::size_t i = 0; i < native.size(); ++i) native[i] = static_cast<char>(native[i] ^ once[i]);
  const std::string fine = packet(3, std::string("\0\0\0\x02\0\0\0", 7));
  const auto plain = talk({.password = "pw"}, {greeting("mysql_native_password"), fine});
  CHECK(plain.sent.find(native) != std::string::npos);
  CHECK(plain.fact("login") == "accepted");
  CHECK(plain.sent.ends_with(std::string("\x01\0\0\0\x01", 5)));  // says goodbye

  const auto changed = talk({.password = "pw"}, {greeting(),
                                                 packet(3,
                                                        "\xfe"
                                                        "mysql_native_password" +
                                                            kNul + kChallenge + kNul),
                                                 packet(5, std::string("\0\0\0\x02\0\0\0", 7))});
  CHECK(changed.sent.find(native) != std::string::npos);
  CHECK(changed.fact("auth") == "mysql_native_password");

  // caching_sha2: known already, or the password itself by TLS.
  CHECK(talk({.password = "pw"},
             {greeting(), packet(3, "\x01\x03"), packet(4, std::string("\0\0\0\x02\0\0\0", 7))})
            .fact("login") == "accepted");
  const auto whole = talk({.password = "s3cret"},
                          {greeting(), packet(3, "\x01\x04"), packet(5, std::string("\0\0\0\x02\0\0\0", 7))});
  CHECK(whole.sent.find("s3cret" + kNul) != std::string::npos);
  const auto open = talk({.tls = Tls::off, .password = "s3cret"}, {greeting(), packet(2, "\x01\x04")});
  CHECK(open.sent.find("s3cret") == std::string::npos);
  CHECK(open.fact("withheld") == "true");
}

TEST_CASE("mysql talk: a password is kept from a server that is not trusted") {
  const std::string clear = packet(3,
                                   "\xfe"
                                   "mysql_clear_password" +
                                       kNul);
  const auto kept = talk({.password = "s3cret"}, {greeting(), clear}, {.trusted = false, .close = false});
  CHECK(kept.sent.find("s3cret") == std::string::npos);
  CHECK(kept.fact("withheld") == "true");
  CHECK(talk({.password = "s3cret"}, {greeting(), clear}, {.close = false}).sent.find("s3cret") !=
        std::string::npos);
  CHECK(talk({.tls = Tls::off, .password = "s3cret"}, {greeting(), packet(2, clear.substr(4))})
            .sent.find("s3cret") == std::string::npos);
}

TEST_CASE("mysql talk: other ways of login, and servers that lie or are none") {
  const auto odd = talk({.password = "pw"}, {greeting(), packet(3,
                                                                "\xfe"
                                                                "client_ed25519" +
                                                                    kNul + "salt")});
  CHECK(odd.end == "done");
  CHECK(odd.fact("auth") == "client_ed25519");
  CHECK(odd.fact("login") == "not-tried");
  CHECK(talk({}, {greeting(), packet(3, "\xfe")}).fact("auth") == "mysql_old_password");
  const std::string again = packet(3,
                                   "\xfe"
                                   "mysql_native_password" +
                                       kNul + kChallenge);
  CHECK(talk({}, {greeting(), again, again, again, again, again, again, again}).end == "answer-malformed");
  CHECK(talk({}, {"HTTP/1.1 400 Bad Request\r\n"}).end == "protocol-mismatch");
  CHECK(talk({}, {"SSH-2.0-OpenSSH_9.2\r\n"}).end == "protocol-mismatch");
  CHECK(talk({}, {packet(0,
                         "\x09"
                         "3.20.1" +
                             kNul)})
            .end == "protocol-mismatch");
  CHECK(talk({}, {greeting(), packet(3, "?")}).end == "answer-malformed");
  CHECK(talk({}, {greeting(), std::string("\xff\xff\xff\x03", 4)}).end == "answer-malformed");
  const std::string whole = greeting();
  for (std::size_t cut = 0; cut < whole.size(); ++cut)
    CHECK(talk({}, {whole.substr(0, cut)}).end == "tcp-closed");
  for (std::size_t length = 1; length < 29; ++length)  // packets that end before what they offer
    CHECK(talk({}, {packet(0, whole.substr(4, length))}).end == "protocol-mismatch");
}

struct Mariadb {
  test::TempDir folder;
  test::Identity root = test::self_signed({.common_name = "Contoso Root", .authority = true});
  int port = test::free_port();
  std::string ca_file = folder.write("root.pem", root.certificate_pem());
  std::unique_ptr<test::Server> server;

  explicit Mariadb(std::vector<std::string> more = {}) {
    const std::string dir = folder.path().string();
    const auto leaf =
        test::issue(root, {.common_name = "db.contoso.com", .dns = {"db.contoso.com"}, .key = "rsa-2048"});
    const std::string user = geteuid() == 0 ? "--user=root" : "--skip-name-resolve";
    const std::string log = dir + "/install.log";
    const std::string install = test::find_program("mariadb-install-db") + " --no-defaults " + user +
                                " --datadir=" + dir + "/data --tmpdir=" + dir +
                                " --auth-root-authentication-method=normal --skip-test-db >" + log + " 2>&1";
    if (std::system(install.c_str()) != 0) {
      std::ostringstream said;
      said << std::ifstream(log).rdbuf();
      throw std::runtime_error("mariadb-install-db failed: " + said.str());
    }
    const std::string init = folder.write(
        "init.sql",
        "CREATE USER 'app'@'%' IDENTIFIED BY 's3cret';\nCREATE USER 'old'@'10.0.0.1' IDENTIFIED BY 'x';\n");
    std::vector<std::string> argv = {test::find_program("mariadbd"),
                                     "--no-defaults",
                                     user,
                                     "--datadir=" + dir + "/data",
                                     "--tmpdir=" + dir,
                                     "--socket=" + dir + "/sock",
                                     "--bind-address=127.0.0.1",
                                     "--port=" + std::to_string(port),
                                     "--init-file=" + init,
                                     "--skip-name-resolve",
                                     "--innodb-flush-log-at-trx-commit=0",
                                     "--ssl-ca=" + ca_file,
                                     "--ssl-cert=" + folder.write("leaf.pem", leaf.certificate_pem()),
                                     "--ssl-key=" + folder.write("leaf.key", leaf.key_pem())};
    argv.insert(argv.end(), more.begin(), more.end());
    server = std::make_unique<test::Server>(argv, port, dir + "/log");
  }
  fact::Observation look(Given given = {}, const std::string& name = "db.contoso.com") const {
    net::Settings settings;
    settings.ca_file = ca_file;
    settings.resolve = {name + ":" + std::to_string(port) + ":127.0.0.1"};
    Looker looker(settings);
    given["host"] = name;
    given["port"] = std::to_string(port);
    return looker.look("mysql", given);
  }
};

TEST_CASE("mysql probe: MariaDB itself") {
  if (test::find_program("mariadbd").empty() || test::find_program("mariadb-install-db").empty()) {
    MESSAGE("MariaDB is not installed: this case is skipped");
    return;
  }
  const Mariadb mariadb({"--require-secure-transport=ON", "--max-connections=10"});
  const auto seen = mariadb.look();
  CHECK(seen.answered);
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "server") == "mariadb");
  CHECK(fact_of(seen, "version").starts_with("1"));
  CHECK(fact_of(seen, "tls-answer") == "yes");
  CHECK(fact_of(seen, "protocol") == "1.3");
  CHECK(fact_of(seen, "certificate.problems").empty());
  CHECK(fact_of(seen, "error.code") == "1045");
  CHECK(fact_of(seen, "error.address") == "127.0.0.1");
  CHECK(fact_of(seen, "login") == "refused");

  const auto plain = mariadb.look({{"tls", "off"}, {"user", "app"}, {"password", "s3cret"}});
  CHECK(fact_of(plain, "error.code") == "1045");  // MySQL would say 3159
  CHECK(fact_of(plain, "protocol") == "-");

  const auto good = mariadb.look({{"user", "app"}, {"password", "s3cret"}});
  CHECK(fact_of(good, "login") == "accepted");
  CHECK(fact_of(good, "auth") == "mysql_native_password");
  CHECK(fact_of(mariadb.look({{"user", "app"}, {"password", "wrong"}}), "error.code") == "1045");
  CHECK(fact_of(mariadb.look({{"user", "app"}, {"password", "s3cret"}, {"database", "none"}}), "login") ==
        "refused");

  const auto withheld = mariadb.look({{"user", "app"}, {"password", "s3cret"}}, "other.contoso.com");
  CHECK(fact_of(withheld, "withheld") == "true");
  CHECK(fact_of(withheld, "login") == "refused");

  std::vector<int> held;  // the root's spare connection, too
  for (int i = 0; i < 12; ++i) held.push_back(test::connect_to(mariadb.port));
  usleep(200000);
  const auto full = mariadb.look();
  CHECK(full.answered);
  CHECK(fact_of(full, "error.code") == "1040");
  for (const int fd : held) close(fd);
}

TEST_CASE("mysql probe: a server that never answers") {
  const test::LoopbackServer server([](int fd) {
    while (!test::receive_text(fd).empty()) {
    }
  });
  Looker looker;
  const auto seen = looker.look("mysql", {{"host", "127.0.0.1"}, {"port", std::to_string(server.port())}}, {},
                                Milliseconds(500));
  CHECK(failure_of(seen) == "answer-timeout at greeting");
}

}  // namespace
}  // namespace aztriage
