#include "decode/paste_clean.h"
#include "decode/paste_lack.h"
#include "decode/read.h"
#include "decode/reader.h"

#include <doctest/doctest.h>

namespace aztriage::decode {
namespace {

std::string lack(std::string_view reader, std::string_view text) {
  const auto reading = checked_read(reader, text);
  REQUIRE(reading.observation.failure);
  return reading.observation.failure->text;
}

fact::Observation names(std::string_view text) {
  return checked_read("nslookup", text).observation;
}

TEST_CASE("paste: prompts of every shell end where the typed begins") {
  for (const char* prompt : {"PS C:\\Users\\a> ", "PS /home/a> ", "C:\\Users\\a>", "D:\\home>",
                             "admin@host:~$ ", "root@0a1b:/app# ", "[azureuser@vm1 ~]$ ", "jane [ ~ ]$ ",
                             "bash-5.1# ", "sh-4.2$ ", "/ # ", "/app $ ", "$ "}) {
    CAPTURE(prompt);
    CHECK(after_prompt(std::string(prompt) + "nslookup a.contoso.com") == std::string_view(prompt).size());
  }
  for (const char* line : {"Server:  10.0.0.4", "> GET / HTTP/1.1", "< HTTP/1.1 200 OK", "# comment",
                           "/etc/resolv.conf", "a@b.contoso.com", "root@x failed: 5$",
                           "C:\\path\\file.log was read", "mail to a@contoso.com: costs 5 $ more"}) {
    CAPTURE(line);
    CHECK(after_prompt(line) == std::string_view::npos);
  }
}

TEST_CASE("paste: the prompt goes, the echoed command and the numbers of the lines stay") {
  CHECK(clean_paste("PS C:\\> nslookup a\r\nName: a\r\nPS C:\\> ") == "nslookup a\nName: a\n");
}

TEST_CASE("paste: a mail around a quoted output loses the marks, and curl keeps its own") {
  CHECK(clean_paste("Here it is\n> Name: a\n> Address: 1.2.3.4") == "Here it is\nName: a\nAddress: 1.2.3.4");
  CHECK(clean_paste("> GET / HTTP/1.1\n> Host: a\n< HTTP/1.1 200 OK") ==
        "> GET / HTTP/1.1\n> Host: a\n< HTTP/1.1 200 OK");
}

TEST_CASE("paste: nslookup of Windows in other languages") {
  for (const char* text :
       {"Server:  dns.contoso.com\nAddress:  10.0.0.4\n\nNicht autorisierende Antwort:\nName:    "
        "a.contoso.com\nAddress:  20.1.2.3\n",
        "Serveur :   dns.contoso.com\nAddress:  10.0.0.4\n\nRéponse ne faisant pas autorité :\nNom :    "
        "a.contoso.com\nAddress:  20.1.2.3\n",
        "Servidor:  dns.contoso.com\nAddress:  10.0.0.4\n\nRespuesta no autoritativa:\nNombre:  "
        "a.contoso.com\nAddress:  20.1.2.3\n",
        "サーバー:  dns.contoso.com\nAddress:  10.0.0.4\n\n権限のない回答:\n名前:    a.contoso.com\nAddress: "
        " 20.1.2.3\n",
        // A language that nobody has listed: the name server stands first all the same.
        "Xserver:  dns.contoso.com\nAddress:  10.0.0.4\n\nXname:    a.contoso.com\nAddress:  20.1.2.3\n"}) {
    CAPTURE(text);
    const auto seen = names(text);
    REQUIRE(seen.answered);
    CHECK(fact::to_text(seen.facts.at("addresses")) == "20.1.2.3");
    CHECK(fact::to_text(seen.facts.at("server")) == "10.0.0.4");
  }
}

TEST_CASE("paste: getent stands in for nslookup in small images") {
  const auto seen = names(
      "/ # getent ahosts a.contoso.com\n10.1.2.3   STREAM a.contoso.com\n10.1.2.3   DGRAM\n10.1.2.3   RAW\n");
  REQUIRE(seen.answered);
  CHECK(fact::to_text(seen.facts.at("addresses")) == "10.1.2.3");
}

TEST_CASE("paste: lines that a terminal broke at its width are joined") {
  const std::string first(60, 'x');
  CHECK(unwrapped(first + "\nyy\nz") == first + "yy\nz");
  CHECK_FALSE(unwrapped("short\nlines"));
  CHECK_FALSE(unwrapped(first + "\n  indented"));
  CHECK_FALSE(unwrapped(std::string(1000, 'x') + "\ny"));
}

TEST_CASE("paste: what is missing is said") {
  CHECK(lack("nslookup", "") == "the text is no output of nslookup: it is empty");
  CHECK(lack("nslookup", "PS C:\\> nslookup a.contoso.com") ==
        "the text is no output of nslookup: only the command is there; the output under it is missing");
  CHECK(lack("nslookup", "nothing to see") ==
        "the text is no output of nslookup: the lines Name and Address, or the error in their place, are "
        "missing");
  CHECK(lack("openssl", "bash: openssl: command not found")
            .ends_with("not installed there; another shell may have it"));
  CHECK(lack("json", "{\"a\": [1, 2").ends_with("its end is missing"));
  CHECK(lack("json", "\"b\": 1\n}").ends_with("the beginning of the JSON is missing"));
  CHECK(lack("json", "Please run 'az login' to setup account.").ends_with("az login comes first"));
  for (const ReaderSpec* reader : all_readers()) {
    CAPTURE(reader->name);
    CHECK_FALSE(paste_lack(reader->name, "x").empty());
  }
}

TEST_CASE("paste: whole texts as people send them") {
  struct Case {
    const char* reader;
    const char* fact;
    const char* value;
    const char* text;
  };
  const Case cases[] = {
      // Coloured, a German Windows, both prompts copied along.
      {"nslookup", "addresses", "10.1.0.5",
       "\x1b[32mPS C:\\Users\\anna>\x1b[0m nslookup sql.contoso.com\r\nServer:  UnKnown\r\nAddress:  "
       "10.0.0.4\r\n\r\nNicht autorisierende Antwort:\r\nName:    "
       "sql.privatelink.contoso.com\r\nAddress:  10.1.0.5\r\nAliases:  sql.contoso.com\r\n\r\n\x1b[32mPS "
       "C:\\Users\\anna>\x1b[0m "},
      {"nslookup", "addresses", "20.1.2.3",
       "C:\\>nslookup a.contoso.com\n服务器:  UnKnown\nAddress:  10.0.0.4\n\n非权威应答:\n名称:    "
       "a.contoso.com\nAddress:  20.1.2.3\n"},
      {"nslookup", "addresses", "20.1.2.3",
       "D:\\home>nameresolver a.contoso.com\nServer: 168.63.129.16\n\nNon-authoritative answer:\nName: "
       "a.contoso.com\nAddresses: \n\t20.1.2.3\n"},
      // A whole mail, quoted twice.
      {"nslookup", "addresses", "20.1.2.3",
       ">> Hello, this is what it says:\n>> ~ $ nslookup a.contoso.com\n>> Server:    10.0.0.4\n>> Address:  "
       " "
       "10.0.0.4#53\n>>\n>> Name:  a.contoso.com\n>> Address: 20.1.2.3\n"},
      {"dig", "addresses", "20.1.2.3",
       "jane [ ~ ]$ dig a.contoso.com\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n;; ANSWER "
       "SECTION:\na.contoso.com.  60 IN A 20.1.2.3\n"},
      {"curl-headers", "status", "403",
       "> D:\\home>curl -sv -o NUL https://a.contoso.com/ 2>&1\n> *   Trying 20.1.2.3:443...\n> > GET / "
       "HTTP/1.1\n> > Host: a.contoso.com\n> < HTTP/1.1 403 Ip Forbidden\n> < Content-Length: 1892\n> <\n"},
      {"curl-headers", "headers.x-azure-ref", "20261124T140203Z-r17c9f",
       "root@7c2a91:/home# curl -svo /dev/null https://shop.contoso.com/\n\x1b[1m< HTTP/2 503\x1b[0m\n< "
       "x-azure-ref: 20261124T140203Z-r17c9f\n<\n"},
      {"test-connection", "connected", "false",
       "PS C:\\> Test-NetConnection db.contoso.com -Port 1433\nAVERTISSEMENT : TCP connect to (10.0.0.4 : "
       "1433) failed\n\nComputerName     : db.contoso.com\nRemoteAddress    : 10.0.0.4\nRemotePort       : "
       "1433\nTcpTestSucceeded : False\n"},
      // What curl says where there is no nc, and Kudu's own tool.
      {"test-connection", "connected", "true",
       "bash: nc: command not found\n*   Trying 10.0.0.4:1433...\n* Connected to db.contoso.com (10.0.0.4) "
       "port 1433 (#0)\n* Time-out\n* Closing connection 0\n"},
      {"test-connection", "connected", "false",
       "*   Trying 10.0.0.4:1433...\n* connect to 10.0.0.4 port 1433 failed: Connection refused\n* Failed to "
       "connect to db.contoso.com port 1433 after 6 ms: Couldn't connect to server\n* Closing connection "
       "0\n"},
      {"test-connection", "connected", "true",
       "D:\\home>tcpping db.contoso.com:1433\nConnected to db.contoso.com:1433, time taken: 31ms\n"},
      {"test-connection", "connected", "false",
       "D:\\home>tcpping db.contoso.com:1433\nConnection attempt failed: Connection timed out.\n"},
      // The terminal broke the string at its width.
      {"json", "name", "a-very-long-name-of-an-origin-group-that-nobody-can-remember",
       "azureuser@vm1:~$ az afd origin show -o json\n{\n  \"name\": "
       "\"a-very-long-name-of-an-origin-group-that-nobo\ndy-can-remember\",\n  \"enabledState\": "
       "\"Enabled\"\n}\n"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.text);
    const std::vector<Wanted> wanted =
        std::string_view(one.reader) == "json" ? std::vector<Wanted>{{"name"}} : std::vector<Wanted>{};
    const auto reading = checked_read(one.reader, one.text, {}, wanted);
    CHECK(fact_of(reading, one.fact) == one.value);
  }
}

}  // namespace
}  // namespace aztriage::decode
