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

}  // namespace
}  // namespace aztriage::decode
