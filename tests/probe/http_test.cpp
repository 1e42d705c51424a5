#include "support/looking.h"
#include "support/web_server.h"

#include <doctest/doctest.h>

namespace aztriage {
namespace {

using test::fact_of;
using test::failure_of;
using test::has;
using test::Looker;
using test::LoopbackServer;
using test::response;
using test::WebServer;

TEST_CASE("http: status, reason, headers, cookies and body of a plain answer") {
  WebServer server(
      response("403 Site Disabled",
               "Content-Type: text/html\r\nX-Ms-Error-Code: SiteDisabled\r\nVary: a\r\nvary: b\r\n"
               "Set-Cookie: ARRAffinity=abc; Path=/; HttpOnly; Domain=.contoso.com; SameSite=None\r\n"
               "ETag: W/\"7\"\r\nLast-Modified: Tue, 24 Nov 2026 14:02:03 GMT\r\n",
               "<html><Title>\n Web  App &amp; more </title>"));
  const auto seen = Looker().look("http", {{"url", server.url("/a?b=c")}});
  CHECK(failure_of(seen) == "none");
  CHECK(seen.answered);
  CHECK(seen.address == "127.0.0.1");
  CHECK(seen.family == 4);
  CHECK(fact_of(seen, "status") == "403");
  CHECK(fact_of(seen, "reason") == "Site Disabled");
  CHECK(fact_of(seen, "version") == "1.1");
  CHECK(fact_of(seen, "headers.vary") == "a, b");
  CHECK(seen.facts.at("header-values.vary").as_list().size() == 2);
  CHECK(fact_of(seen, "cookies.ARRAffinity") == "abc");
  const auto& cookie = seen.facts.at("cookies").as_list().at(0).as_record();
  CHECK(cookie.at("domain").as_text() == "contoso.com");
  CHECK(cookie.at("http-only").as_bool());
  CHECK_FALSE(cookie.at("secure").as_bool());
  CHECK(cookie.at("same-site").as_text() == "None");
  CHECK(fact_of(seen, "etag") == "\"7\"");
  CHECK(fact_of(seen, "title") == "Web App & more");
  CHECK(fact_of(seen, "error.code") == "SiteDisabled");
  CHECK(fact_of(seen, "size") == "43");
  CHECK(fact_of(seen, "complete") == "true");
  CHECK(seen.facts.at("digest").as_text().size() == 64);
  for (const char* group : {"headers", "cookies", "body"}) CHECK(seen.read.contains(group));
  CHECK(seen.summary.starts_with("403 Site Disabled after "));
  for (const char* time : {"time.dns", "time.connect", "time.first-byte", "time.total"})
    CHECK(seen.facts.at(time).as_number() > 0);
}

TEST_CASE("http: an error that names the client's address, and a challenge") {
  WebServer server(
      response("403 Forbidden",
               "Content-Type: application/json\r\nWWW-Authenticate: Bearer "
               "authorization=\"https://login.microsoftonline.com/t-1\", "
               "resource=\"https://vault.azure.net\"\r\n",
               "{\"error\":{\"code\":\"Forbidden\",\"message\":\"Client address is not authorized and "
               "caller is not a trusted service.\\r\\nClient address: 203.0.113.5\\r\\nCaller: "
               "name/from-infra\"}}"));
  const auto seen = Looker().look("http", {{"url", server.url()}});
  CHECK(fact_of(seen, "error.code") == "Forbidden");
  CHECK(fact_of(seen, "error.address") == "203.0.113.5");
  CHECK(fact_of(seen, "challenge.tenant") == "t-1");
  CHECK(fact_of(seen, "challenge.resource") == "https://vault.azure.net");
}

TEST_CASE("http: the request says what it was told to, and nothing else") {
  WebServer server(response("200 OK", "", ""));
  Looker looker;
  looker.look("http", {{"url", server.url("/a/../b?x=1#part")},
                       {"host", "shop.contoso.com"},
                       {"headers.X-Azure-DebugInfo", "1"},
                       {"headers.X-Empty", ""},
                       {"user-agent", "probe of contoso"}});
  looker.look("http", {{"url", server.url("/login")}, {"method", "POST"}, {"body", "grant_type=x"}});
  looker.look("http", {{"url", server.url()}, {"compressed", "true"}, {"unique", "true"}});
  const auto requests = server.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[0] ==
        "GET /a/../b?x=1 HTTP/1.1\r\nHost: shop.contoso.com\r\nAccept: */*\r\nX-Azure-DebugInfo: "
        "1\r\nX-Empty:\r\n"
        "User-Agent: probe of contoso\r\n\r\n");
  CHECK(requests[1].starts_with("POST /login HTTP/1.1\r\n"));
  CHECK(has(requests[1], "Content-Length: 12\r\n"));
  CHECK_FALSE(has(requests[1], "Expect:"));
  CHECK_FALSE(has(requests[1], "Content-Type:"));
  CHECK(has(requests[2], "Accept-Encoding: "));
  CHECK(has(requests[2], "GET /?aztriage="));
}

TEST_CASE("http: parameters that would change the request's shape are refused") {
  Looker looker;
  const auto refused = [&](const std::map<std::string, std::string>& given) {
    const auto seen = looker.look("http", given);
    CHECK_FALSE(seen.answered);
    return failure_of(seen);
  };
  CHECK(refused({{"url", "ftp://contoso.com/"}}) == "bad-target at request");
  CHECK(refused({{"url", "http://127.0.0.1/"}, {"headers.A", "b\r\nC: d"}}) == "bad-target at request");
  CHECK(refused({{"url", "http://127.0.0.1/"}, {"headers.A b", "c"}}) == "bad-target at request");
  CHECK(refused({{"url", "http://127.0.0.1/"}, {"body", "x"}}) == "bad-target at request");
  CHECK(refused({{"url", "http://127.0.0.1/"}, {"host", "a\nb"}}) == "bad-target at request");
}

TEST_CASE("http: each way to fail has its name and keeps what was seen") {
  Looker looker;
  const auto look = [&](const std::string& answer) {
    WebServer server(answer);
    return looker.look("http", {{"url", server.url()}});
  };
  const auto cut = look("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  CHECK(failure_of(cut) == "http-closed at body");
  CHECK(fact_of(cut, "status") == "200");
  CHECK(fact_of(cut, "body") == "half");
  CHECK(fact_of(cut, "complete") == "false");
  CHECK_FALSE(cut.read.contains("body"));
  CHECK(failure_of(look("")) == "http-closed at response");
  CHECK(failure_of(look("SSH-2.0-OpenSSH_9.2\r\n")) == "http-malformed at response");
  const auto chunks = look("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nZZ\r\n");
  CHECK(failure_of(chunks) == "http-malformed at body");
  CHECK(fact_of(chunks, "body") == "hello");
  CHECK(failure_of(look("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")) ==
        "http-closed at body");
  CHECK(failure_of(look("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nrough")) ==
        "http-malformed at body");
  LoopbackServer resets([](int fd) {
    test::receive_text(fd);
    test::reset(fd);
  });
  CHECK(
      failure_of(looker.look("http", {{"url", "http://127.0.0.1:" + std::to_string(resets.port()) + "/"}})) ==
      "tcp-reset at response");
  int port = 0;
  {
    LoopbackServer gone([](int) {});
    port = gone.port();
  }
  CHECK(failure_of(looker.look("http", {{"url", "http://127.0.0.1:" + std::to_string(port) + "/"}})) ==
        "tcp-refused at connect");
}

TEST_CASE("http: time-outs are told by what was under way") {
  Looker looker;
  LoopbackServer silent([](int fd) {
    while (!test::receive_text(fd).empty()) {
    }
  });
  const std::string port = std::to_string(silent.port());
  const auto seen = looker.look("http", {{"url", "http://127.0.0.1:" + port + "/"}}, {}, Milliseconds(300));
  CHECK(failure_of(seen) == "http-timeout at response");
  CHECK(seen.took >= Milliseconds(300));
  CHECK(fact_of(seen, "time.connect") != "-");
  LoopbackServer slow([](int fd) {
    test::receive_text(fd);
    test::send_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nX-Here: yes\r\n\r\nhalf");
    while (!test::receive_text(fd).empty()) {
    }
  });
  const auto half = looker.look("http", {{"url", "http://127.0.0.1:" + std::to_string(slow.port()) + "/"}},
                                {}, Milliseconds(500));
  CHECK(failure_of(half) == "http-timeout at body");
  CHECK(half.answered);
  CHECK(fact_of(half, "headers.x-here") == "yes");
  CHECK(fact_of(half, "complete") == "false");
  const auto handshake =
      looker.look("http", {{"url", "https://127.0.0.1:" + port + "/"}}, {}, Milliseconds(500));
  CHECK(failure_of(handshake) == "tls-timeout at handshake");
}

TEST_CASE("http: what a server sends without end is bounded") {
  Looker looker;
  WebServer large("HTTP/1.1 200 OK\r\n\r\n" + std::string(9 << 20, 'x'));
  const auto body = looker.look("http", {{"url", large.url()}});
  CHECK(failure_of(body) == "http-too-large at body");
  CHECK(fact_of(body, "body").size() == 65536);
  std::string headers;
  for (int i = 0; i < 3000; ++i) headers += "X-H" + std::to_string(i) + ": " + std::string(100, 'y') + "\r\n";
  WebServer many("HTTP/1.1 200 OK\r\n" + headers + "\r\n");
  CHECK(failure_of(looker.look("http", {{"url", many.url()}})) == "http-too-large at response");
  WebServer cut("HTTP/1.1 200 OK\r\n" + headers.substr(0, headers.find("X-H900:")) + "\r\n");
  const auto kept = looker.look("http", {{"url", cut.url()}});
  CHECK(failure_of(kept) == "none");
  CHECK(fact_of(kept, "headers-cut") == "true");
  CHECK_FALSE(kept.read.contains("headers"));
}

TEST_CASE("http: reading stops where it was told to") {
  Looker looker;
  WebServer server(response("200 OK", "", std::string(100000, 'x')));
  const auto some = looker.look("http", {{"url", server.url()}, {"read", "100"}});
  CHECK(failure_of(some) == "none");
  CHECK(fact_of(some, "complete") == "-");
  const auto none = looker.look("http", {{"url", server.url()}, {"read", "0"}});
  CHECK(failure_of(none) == "none");
  CHECK(fact_of(none, "status") == "200");
  CHECK(fact_of(none, "body") == "");
  const auto head = looker.look("http", {{"url", server.url()}, {"method", "HEAD"}});
  CHECK(failure_of(head) == "none");
  CHECK(fact_of(head, "status") == "200");
}

TEST_CASE("http: redirects are followed when asked, each noted, and a loop is seen") {
  Looker looker;
  WebServer server([](const std::string& request) {
    if (has(request, "GET /end ")) return response("200 OK", "", "here");
    if (has(request, "GET /a/1 ")) return response("302 Found", "Location: ../end\r\n", "");
    if (has(request, "GET /ping ")) return response("302 Found", "Location: /pong\r\n", "");
    if (has(request, "GET /pong ")) return response("307 Temporary Redirect", "Location: /ping\r\n", "");
    if (has(request, "GET /away ")) return response("301 Moved Permanently", "Location: app://x\r\n", "");
    return response("302 Found",
                    "Location: " + std::string("/n") + request.substr(4, request.find(' ', 4) - 4) + "\r\n",
                    "");
  });
  const auto not_followed = looker.look("http", {{"url", server.url("/a/1")}});
  CHECK(fact_of(not_followed, "status") == "302");
  CHECK(fact_of(not_followed, "location") == server.url("/end"));
  const auto followed = looker.look("http", {{"url", server.url("/a/1")}, {"follow", "true"}});
  CHECK(fact_of(followed, "status") == "200");
  CHECK(fact_of(followed, "final-url") == server.url("/end"));
  REQUIRE(followed.facts.at("redirects").as_list().size() == 1);
  CHECK(followed.facts.at("redirects").as_list()[0].as_record().at("status").as_number() == 302);
  CHECK(fact_of(followed, "redirects.loop") == "false");
  const auto loop = looker.look("http", {{"url", server.url("/ping")}, {"follow", "true"}});
  CHECK(failure_of(loop) == "http-redirects at response");
  CHECK(fact_of(loop, "redirects.loop") == "true");
  CHECK(loop.answered);
  const auto endless =
      looker.look("http", {{"url", server.url("/n")}, {"follow", "true"}, {"max-redirects", "3"}});
  CHECK(failure_of(endless) == "http-redirects at response");
  CHECK(fact_of(endless, "redirects.loop") == "false");
  const auto away = looker.look("http", {{"url", server.url("/away")}, {"follow", "true"}});
  CHECK(failure_of(away) == "none");
  CHECK(fact_of(away, "status") == "301");
}

TEST_CASE("http: cookies go along when asked, so that the same address with another cookie is no loop") {
  Looker looker;
  WebServer server([](const std::string& request) {
    if (has(request, "Cookie: step=1")) return response("200 OK", "", "in");
    return response("302 Found", "Location: /\r\nSet-Cookie: step=1; Path=/\r\n", "");
  });
  const auto with = looker.look("http", {{"url", server.url()}, {"follow", "true"}, {"cookies", "true"}});
  CHECK(fact_of(with, "status") == "200");
  const auto without = looker.look("http", {{"url", server.url()}, {"follow", "true"}});
  CHECK(failure_of(without) == "http-redirects at response");
  CHECK(fact_of(without, "redirects.loop") == "true");
}

TEST_CASE("http: JSON by path, the code of an error in it") {
  WebServer server(
      response("403 Forbidden", "Content-Type: application/json\r\n",
               R"({"error":{"code":"Denied","message":"no way"},"list":[{"a":1.50},true,null]})"));
  const auto seen = Looker().look("http", {{"url", server.url()}});
  CHECK(fact_of(seen, "json.error.code") == "Denied");
  CHECK(fact_of(seen, "json.list.0.a") == "1.50");
  CHECK(fact_of(seen, "json.list.1") == "true");
  CHECK(fact_of(seen, "json.list.2") == "-");
  CHECK(fact_of(seen, "error.code") == "Denied");
  CHECK(fact_of(seen, "error.detail") == "no way");
}

TEST_CASE("http: another host to connect to, and every address of a host among the tries") {
  WebServer server(response("200 OK", "", ""));
  const std::string port = std::to_string(server.port());
  net::Settings settings;
  settings.resolve = {"shop.contoso.com:" + port + ":127.0.0.2,127.0.0.1"};
  Looker looker(settings);
  const auto seen = looker.look("http", {{"url", "http://shop.contoso.com:" + port + "/"}});
  CHECK(fact_of(seen, "status") == "200");
  CHECK(fact_of(seen, "resolved-by") == "given");
  CHECK(seen.address == "127.0.0.1");
  REQUIRE(seen.tries.size() == 2);
  CHECK(failure_of(seen.tries[0]) == "tcp-refused at connect");
  CHECK(seen.tries[0].address == "127.0.0.2");
  CHECK(seen.tries[1].answered);
  const auto elsewhere =
      looker.look("http", {{"url", "http://edge.contoso.com/"}, {"connect", "127.0.0.1:" + port}});
  CHECK(fact_of(elsewhere, "status") == "200");
  CHECK(fact_of(elsewhere, "sent-host") == "edge.contoso.com");
}

TEST_CASE("http: stop tells what is known and says nothing more") {
  Looker looker;
  LoopbackServer silent([](int fd) {
    while (!test::receive_text(fd).empty()) {
    }
  });
  const auto* spec = probe::find_probe("http");
  const auto params =
      probe::check_params(*spec, {{"url", "http://127.0.0.1:" + std::to_string(silent.port()) + "/"}});
  bool called = false;
  const auto running =
      spec->start(*params, Milliseconds(5000), *looker.net, [&](const fact::Observation&) { called = true; });
  for (int i = 0; i < 10; ++i) looker.net->turn(Milliseconds(20));
  const auto seen = running->stop(fact::FailureKind::interrupted);
  CHECK(failure_of(seen) == "interrupted at response");
  looker.net->turn(Milliseconds(50));
  CHECK_FALSE(called);
}

TEST_CASE("http: a proxy for plain requests, and one that wants a login") {
  WebServer proxy([](const std::string& request) {
    if (has(request, "GET http://shop.contoso.com/ HTTP/1.1\r\n")) return response("200 OK", "", "by proxy");
    return response("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"x\"\r\n", "");
  });
  net::Settings settings;
  settings.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
  Looker looker(settings);
  const auto seen = looker.look("http", {{"url", "http://shop.contoso.com/"}});
  CHECK(fact_of(seen, "body") == "by proxy");
  CHECK(seen.proxy == "127.0.0.1:" + std::to_string(proxy.port()));
  CHECK(seen.address.empty());
  CHECK(failure_of(looker.look("http", {{"url", "http://other.contoso.com/"}})) == "proxy-auth at proxy");
  CHECK(failure_of(looker.look("http", {{"url", "https://shop.contoso.com/"}})) == "proxy-auth at proxy");
}

}  // namespace
}  // namespace aztriage
