// PostgreSQL: the dialogue by what a server says, then the server itself.
#include "probe/wire/postgres.h"

#include "decode/digest.h"
#include "decode/encoding.h"
#include "probe/wire/bytes.h"
#include "support/looking.h"
#include "support/loopback.h"
#include "support/pki.h"
#include "support/server.h"
#include "support/talk.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace aztriage {
namespace {

using probe::wire::ByteWriter;
using probe::wire::PostgresAsked;
using probe::wire::PostgresTalk;
using probe::wire::Scram;
using test::fact_of;
using test::failure_of;
using test::Looker;
using Given = std::map<std::string, std::string>;
using Tls = PostgresAsked::Tls;

std::string message(char type, const std::string& body) {
  return ByteWriter().put(std::string(1, type)).u32(body.size() + 4).put(body).bytes();
}
std::string auth(std::uint32_t kind, const std::string& more = "") {
  return message('R', ByteWriter().u32(kind).put(more).bytes());
}
const std::string kNul(1, '\0');
std::string error(const std::string& code, const std::string& text) {
  return message('E', "SFATAL" + kNul + "VFATAL" + kNul + "C" + code + kNul + "M" + text + kNul + kNul);
}
test::Talked talk(PostgresAsked asked, const std::vector<std::string>& words, test::TalkWay way = {}) {
  if (asked.user.empty()) asked.user = "app";
  PostgresTalk one(std::move(asked));
  return test::talk(one, words, way);
}

TEST_CASE("postgres talk: the answers to the request for TLS") {
  const auto yes = talk({}, {"S", auth(10, "SCRAM-SHA-256-PLUS" + kNul + "SCRAM-SHA-256" + kNul + kNul)});
  CHECK(yes.tls);
  CHECK(yes.end == "done");
  CHECK(yes.fact("tls-answer") == "yes");
  CHECK(yes.fact("auth") == "scram");
  CHECK(yes.fact("mechanisms") == "SCRAM-SHA-256-PLUS, SCRAM-SHA-256");
  CHECK(yes.fact("login") == "not-tried");
  CHECK(yes.sent.find("user" + kNul + "app") != std::string::npos);
  const auto no = talk({}, {"N", auth(5, "salt")});
  CHECK_FALSE(no.tls);
  CHECK(no.fact("tls-answer") == "no");
  CHECK(no.fact("auth") == "md5");
  const auto must = talk({.tls = Tls::on}, {"N"});
  CHECK(must.end == "tls-not-tls");
  CHECK(must.seen.answered);
  const auto full = talk({}, {error("53300", "sorry, too many clients already")});
  CHECK(full.fact("tls-answer") == "error");
  CHECK(full.fact("error.code") == "53300");
  CHECK(full.end == "done");
  const auto slipped = talk({}, {"S" + auth(0)});
  CHECK(slipped.end == "answer-malformed");
  CHECK(talk({.tls = Tls::direct}, {auth(3)}).fact("tls-answer") == "none");
}

TEST_CASE("postgres talk: errors, their codes and the address they name") {
  const std::string text =
      "no pg_hba.conf entry for host \"20.1.2.3\", user \"app\", database \"app\", no encryption";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}}) {
    const auto seen = talk({.tls = Tls::off}, {error("28000", text)}, {.piece = piece});
    CHECK(seen.end == "done");
    CHECK(seen.seen.answered);
    CHECK(seen.fact("error.code") == "28000");
    CHECK(seen.fact("error.severity") == "FATAL");
    CHECK(seen.fact("error.text") == text);
    CHECK(seen.fact("error.address") == "20.1.2.3");
    CHECK(seen.fact("login") == "refused");
    CHECK(seen.seen.summary.starts_with("28000 no pg_hba.conf"));
  }
  CHECK(talk({.tls = Tls::off}, {"Ecould not fork new process" + kNul}).fact("error.text") ==
        "could not fork new process");
  CHECK(talk({.tls = Tls::off}, {error("57P03", "the database system is starting up")}).fact("error.code") ==
        "57P03");
}

TEST_CASE("postgres talk: a login without one, and what the session tells") {
  const std::string ready = message('S', "server_version" + kNul + "15.4" + kNul) +
                            message('S', "default_transaction_read_only" + kNul + "on" + kNul) +
                            message('S', "in_hot_standby" + kNul + "off" + kNul) + message('K', "12345678") +
                            message('Z', "I");
  const auto seen = talk({.tls = Tls::off}, {auth(0) + ready});
  CHECK(seen.end == "done");
  CHECK(seen.fact("auth") == "none");
  CHECK(seen.fact("login") == "accepted");
  CHECK(seen.fact("version") == "15.4");
  CHECK(seen.fact("read-only") == "true");
  CHECK(seen.fact("standby") == "false");
  CHECK(seen.sent.ends_with(std::string("X\0\0\0\x04", 5)));
  const auto lost = talk({.tls = Tls::off}, {auth(0) + error("3D000", "database \"app\" does not exist")});
  CHECK(lost.fact("login") == "refused");
}

TEST_CASE("postgres talk: passwords go where they may") {
  const auto clear = [](Tls tls, bool trusted) {
    const std::vector<std::string> words =
        tls == Tls::on ? std::vector<std::string>{"S", auth(3)} : std::vector<std::string>{auth(3)};
    return talk({.tls = tls, .password = "s3cret"}, words, {.trusted = trusted, .close = false});
  };
  CHECK(clear(Tls::on, true).sent.find("s3cret") != std::string::npos);
  for (const auto& kept : {clear(Tls::on, false), clear(Tls::off, true), clear(Tls::off, false)}) {
    CHECK(kept.sent.find("s3cret") == std::string::npos);
    CHECK(kept.fact("withheld") == "true");
    CHECK(kept.fact("login") == "not-tried");
  }
  const auto md5 =
      talk({.tls = Tls::off, .user = "app", .password = "pw"}, {auth(5, "abcd")}, {.close = false});
  CHECK(md5.sent.find("md5") != std::string::npos);
  CHECK(talk({.tls = Tls::off, .password = "pw"}, {auth(5, "abcd")}, {.trusted = false}).fact("withheld") ==
        "true");
}

TEST_CASE("scram: the exchange of RFC 7677") {
  // Its user name stands in the exchange; PostgreSQL's is empty, so the proof is checked by the server's
  // side.
  Scram client("pencil", "rOprNGfwEbeRWgbNEkqO");
  CHECK(client.first() == "n,,n=,r=rOprNGfwEbeRWgbNEkqO");
  const std::string first =
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
  const auto answer = client.answer(first);
  REQUIRE(answer.has_value());
  const std::string salted =
      decode::pbkdf2_sha256("pencil", *decode::base64_decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
  const std::string bare = answer->substr(0, answer->find(",p="));
  const std::string text = "n=,r=rOprNGfwEbeRWgbNEkqO," + first + "," + bare;
  const std::string stored =
      decode::digest(decode::Digest::sha256, decode::hmac_sha256(salted, "Client Key"));
  std::string key = *decode::base64_decode(answer->substr(answer->find(",p=") + 3));
  const std::string signature = decode::hmac_sha256(stored, text);
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<char>(key[i] ^ signature[i]);
  CHECK(decode::digest(decode::Digest::sha256, key) == stored);
  const std::string proof =
      decode::base64_encode(decode::hmac_sha256(decode::hmac_sha256(salted, "Server Key"), text));
  CHECK(client.proves("v=" + proof));
  CHECK_FALSE(client.proves("v=" + decode::base64_encode("somebody else")));
  CHECK_FALSE(Scram("pencil", "x").proves("v="));
  for (const char* bad : {"", "r=other,s=W22Z,i=4096", "r=abcd,s=W22Z,i=2000000000", "r=abcd,s=W22Z,i=0",
                          "r=abcd,s=,i=4096", "r=abcd,s=W22Z,i=4096x"})
    CHECK_MESSAGE(!Scram("pencil", "abc").answer(bad).has_value(), bad);
}

TEST_CASE("postgres talk: servers that are none, lie or break off") {
  CHECK(talk({}, {"HTTP/1.1 400 Bad Request\r\n"}).end == "protocol-mismatch");
  CHECK(talk({}, {"SSH-2.0-OpenSSH_9.2\r\n"}).end == "protocol-mismatch");  // though S is a yes
  CHECK(talk({}, {std::string("\x15\x03\x01\0\x02\x02\x46", 7)}).end == "protocol-mismatch");
  CHECK(talk({.tls = Tls::off}, {"HTTP/1.1 400 Bad Request\r\n"}).end == "protocol-mismatch");
  CHECK(talk({.tls = Tls::off}, {auth(0) + std::string("S\xff\xff\xff\xff", 5)}).end == "answer-malformed");
  CHECK(talk({.tls = Tls::off}, {message('R', "ab")}).end == "answer-malformed");
  CHECK(talk({.tls = Tls::off, .password = "x"}, {auth(11, "r=,s=,i=")}).end == "answer-malformed");
  const std::string whole = auth(10, "SCRAM-SHA-256" + kNul + kNul);
  for (std::size_t cut = 0; cut < whole.size(); ++cut)
    CHECK(talk({.tls = Tls::off}, {whole.substr(0, cut)}).end == "tcp-closed");
}

/// Runs it as `postgres` when we are root, which the server refuses to be.
std::vector<std::string> as_postgres(std::vector<std::string> words) {
  if (geteuid() == 0) words.insert(words.begin(), {"/usr/sbin/runuser", "-u", "postgres", "--"});
  return words;
}
bool run(const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : as_postgres(words)) line += "'" + word + "' ";
  return std::system((line + ">/dev/null 2>&1").c_str()) == 0;
}

struct Postgres {
  test::TempDir folder;
  test::Identity root = test::self_signed({.common_name = "Contoso Root", .authority = true});
  int port = test::free_port();
  std::string ca_file = folder.write("root.pem", root.certificate_pem());
  std::unique_ptr<test::Server> server;

  static std::string programs() {
    for (const char* version : {"17", "16", "15", "14", "13"}) {
      const std::string path = std::string("/usr/lib/postgresql/") + version + "/bin/";
      if (access((path + "postgres").c_str(), X_OK) == 0) return path;
    }
    return {};
  }
  Postgres() {
    const std::string dir = folder.path().string();
    const std::string data = dir + "/data";
    const auto leaf = test::issue(root, {.common_name = "db.contoso.com", .dns = {"db.contoso.com"}});
    folder.write("leaf.pem", leaf.certificate_pem());
    folder.write("leaf.key", leaf.key_pem());
    folder.write("pw", "s3cret\n");
    give(dir);
    if (!run({programs() + "initdb", "-D", data, "-U", "app", "--pwfile=" + dir + "/pw", "-A",
              "scram-sha-256", "--no-sync", "-E", "UTF8", "--locale=C"}))
      throw std::runtime_error("initdb failed");
    folder.write("data/pg_hba.conf",
                 "hostssl all blocked 127.0.0.1/32 reject\nhostssl all all 127.0.0.1/32 scram-sha-256\n");
    server = std::make_unique<test::Server>(
        as_postgres({programs() + "postgres", "-D", data, "-p", std::to_string(port), "-k", "", "-c",
                     "listen_addresses=127.0.0.1", "-c", "ssl=on", "-c", "ssl_cert_file=" + dir + "/leaf.pem",
                     "-c", "ssl_key_file=" + dir + "/leaf.key", "-c", "fsync=off"}),
        port, dir + "/log");
  }
  static void give(const std::string& dir) {
    const passwd* user = geteuid() == 0 ? getpwnam("postgres") : nullptr;
    for (const char* name : {"", "/leaf.pem", "/leaf.key", "/pw", "/root.pem"}) {
      chmod((dir + name).c_str(), *name == '\0' ? 0700 : 0600);
      if (user != nullptr && chown((dir + name).c_str(), user->pw_uid, user->pw_gid) != 0)
        throw std::runtime_error("chown");
    }
  }
  fact::Observation look(Given given = {}, const std::string& name = "db.contoso.com") const {
    net::Settings settings;
    settings.ca_file = ca_file;
    settings.resolve = {name + ":" + std::to_string(port) + ":127.0.0.1"};
    Looker looker(settings);
    given["host"] = name;
    given["port"] = std::to_string(port);
    return looker.look("postgres", given);
  }
};

TEST_CASE("postgres probe: the server itself") {
  const bool can = geteuid() != 0 || getpwnam("postgres") != nullptr;
  if (Postgres::programs().empty() || !can) {
    MESSAGE("PostgreSQL is not installed: this case is skipped");
    return;
  }
  const Postgres postgres;
  fact::Observation seen;
  for (int i = 0; i < 100; ++i) {
    seen = postgres.look();
    if (fact_of(seen, "error.code") != "57P03") break;  // starting up
    usleep(50000);
  }
  CHECK(seen.answered);
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "tls-answer") == "yes");
  CHECK(fact_of(seen, "protocol") == "1.3");
  CHECK(fact_of(seen, "certificate.problems").empty());
  CHECK(fact_of(seen, "auth") == "scram");
  CHECK(seen.summary == "asks for a login by scram, TLS");

  const auto plain = postgres.look({{"tls", "off"}});
  CHECK(fact_of(plain, "error.code") == "28000");
  CHECK(fact_of(plain, "error.text").find("no encryption") != std::string::npos);
  CHECK(fact_of(plain, "error.address") == "127.0.0.1");

  const auto blocked = postgres.look({{"user", "blocked"}});
  CHECK(fact_of(blocked, "error.code") == "28000");
  CHECK(fact_of(blocked, "tls-answer") == "yes");

  const auto wrong = postgres.look({{"user", "app"}, {"password", "wrong"}});
  CHECK(fact_of(wrong, "error.code") == "28P01");
  CHECK(fact_of(wrong, "login") == "refused");

  const auto good = postgres.look({{"user", "app"}, {"password", "s3cret"}, {"database", "postgres"}});
  CHECK(fact_of(good, "login") == "accepted");
  CHECK(fact_of(good, "read-only") == "false");
  CHECK(fact_of(good, "version") != "-");

  const auto missing = postgres.look({{"user", "app"}, {"password", "s3cret"}, {"database", "none"}});
  CHECK(fact_of(missing, "error.code") == "3D000");

  const auto withheld = postgres.look({{"user", "app"}, {"password", "s3cret"}}, "other.contoso.com");
  CHECK(fact_of(withheld, "certificate.problems") == "name-mismatch");
  CHECK(fact_of(withheld, "withheld") == "true");
  CHECK(fact_of(withheld, "login") == "not-tried");
}

TEST_CASE("postgres probe: a server that never answers") {
  const test::LoopbackServer server([](int fd) {
    while (!test::receive_text(fd).empty()) {
    }
  });
  Looker looker;
  const auto seen = looker.look("postgres", {{"host", "127.0.0.1"}, {"port", std::to_string(server.port())}},
                                {}, Milliseconds(500));
  CHECK(failure_of(seen) == "answer-timeout at starttls");
  CHECK_FALSE(seen.answered);
}

}  // namespace
}  // namespace aztriage
