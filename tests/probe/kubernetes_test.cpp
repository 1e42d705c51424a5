// The answers are those of kube-apiserver (Status objects, verbose health checks) and of clusters whose
// tunnel is broken, as learn.microsoft.com shows them.
#include "support/looking.h"
#include "support/web_server.h"

#include <doctest/doctest.h>

namespace aztriage {
namespace {

using test::fact_of;
using test::failure_of;
using test::has;
using test::Looker;
using test::response;
using test::WebServer;

constexpr const char* kJson = "Content-Type: application/json\r\nAudit-Id: 1\r\n";
// A token for tests: {"alg":"RS256"}.{"exp":1700000000,"sub":"system:serviceaccount:default:ci"}.signature
constexpr const char* kToken =
    "eyJhbGciOiJSUzI1NiJ9."
    "eyJleHAiOjE3MDAwMDAwMDAsInN1YiI6InN5c3RlbTpzZXJ2aWNlYWNjb3VudDpkZWZhdWx0OmNpIn0."
    "c2lnbmF0dXJlLXNpZ25hdHVyZQ";

std::string status(const std::string& line, const std::string& reason, const std::string& message,
                   const std::string& headers = "") {
  return response(line, kJson + headers,
                  R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":")" +
                      message + R"(","reason":")" + reason + R"(","code":)" + line.substr(0, 3) + "}");
}

std::string version() {
  return response("200 OK", kJson,
                  R"({"major":"1","minor":"31","gitVersion":"v1.31.4","platform":"linux/amd64"})");
}

bool signed_in(const std::string& request) {
  return has(request, std::string("Authorization: Bearer ") + kToken);
}

/// A cluster that lets nobody in without a token, as AKS does.
std::string closed_cluster(const std::string& request) {
  if (!signed_in(request)) return status("401 Unauthorized", "Unauthorized", "Unauthorized");
  if (request.starts_with("GET /livez")) return response("200 OK", "", "ok");
  if (request.starts_with("GET /readyz"))
    return response(
        "500 Internal Server Error", "",
        "[+]ping ok\n[-]etcd failed: reason withheld\n[+]log ok\n[-]poststarthook/x failed: reason "
        "withheld\nreadyz check failed\n");
  if (request.starts_with("GET /version")) return version();
  if (request.starts_with("GET /apis/metrics"))
    return status("503 Service Unavailable", "ServiceUnavailable",
                  "error trying to reach service: No agent available");
  return status("403 Forbidden", "Forbidden",
                "forbidden: User \\\"system:serviceaccount:default:ci\\\" cannot get path \\\"/api\\\"");
}

TEST_CASE("kubernetes: a cluster that lets nobody in says 401, and no more") {
  WebServer server(closed_cluster);
  const auto seen = Looker().look("kubernetes", {{"server", server.url()}});
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "status") == "401");
  CHECK(fact_of(seen, "reason") == "Unauthorized");
  CHECK(fact_of(seen, "message") == "Unauthorized");
  CHECK(fact_of(seen, "is-kubernetes") == "true");
  CHECK(fact_of(seen, "unauthorized") == "true");
  CHECK(fact_of(seen, "forbidden") == "false");
  CHECK(fact_of(seen, "anonymous-enabled") == "false");
  CHECK(fact_of(seen, "anonymous-allowed") == "false");
  for (const char* name : {"live", "ready", "version", "tunnel-error", "backend.status"})
    CHECK_MESSAGE(fact_of(seen, name) == "-", name);
}

TEST_CASE("kubernetes: with a token, the right is told from the login, and the tunnel from both") {
  WebServer server(closed_cluster);
  const auto seen = Looker().look("kubernetes", {{"server", server.url()}, {"token", kToken}});
  CHECK(fact_of(seen, "status") == "403");
  CHECK(fact_of(seen, "reason") == "Forbidden");
  CHECK(fact_of(seen, "user") == "system:serviceaccount:default:ci");
  CHECK(fact_of(seen, "forbidden") == "true");
  CHECK(fact_of(seen, "unauthorized") == "false");
  CHECK(fact_of(seen, "anonymous-enabled") == "false");
  CHECK(fact_of(seen, "live") == "true");
  CHECK(fact_of(seen, "ready") == "false");
  CHECK(fact_of(seen, "ready.failed") == "etcd, poststarthook/x");
  CHECK(fact_of(seen, "version") == "v1.31.4");
  CHECK(fact_of(seen, "platform") == "linux/amd64");
  CHECK(fact_of(seen, "backend.status") == "503");
  CHECK(fact_of(seen, "tunnel-error") == "error trying to reach service: No agent available");
  CHECK(fact_of(seen, "jwt.expired") == "true");
  CHECK(has(seen.summary, "not ready"));
  CHECK_FALSE(test::mentions(seen, "c2lnbmF0dXJl"));
}

TEST_CASE("kubernetes: a cluster that answers anybody, one that is too busy, and what is none") {
  WebServer open([](const std::string& request) {
    if (request.starts_with("GET /version")) return version();
    if (request.starts_with("GET /livez") || request.starts_with("GET /readyz"))
      return response("200 OK", "", "ok");
    return status("403 Forbidden", "Forbidden",
                  "forbidden: User \\\"system:anonymous\\\" cannot get path \\\"/api\\\"");
  });
  const auto anybody =
      Looker().look("kubernetes", {{"server", "http://127.0.0.1:" + std::to_string(open.port())}});
  CHECK(fact_of(anybody, "user") == "system:anonymous");
  CHECK(fact_of(anybody, "anonymous-enabled") == "true");
  CHECK(fact_of(anybody, "anonymous-allowed") == "true");
  CHECK(fact_of(anybody, "ready") == "true");
  CHECK(fact_of(anybody, "version") == "v1.31.4");
  WebServer busy(status("429 Too Many Requests", "TooManyRequests", "too many", "Retry-After: 7\r\n"));
  const auto full = Looker().look("kubernetes", {{"server", busy.url()}});
  CHECK(fact_of(full, "reason") == "TooManyRequests");
  CHECK(fact_of(full, "retry-after") == "7");
  CHECK(fact_of(full, "live") == "-");
  WebServer page(response("200 OK", "Content-Type: text/html\r\n", "<title>Sign in</title>"));
  const auto other = Looker().look("kubernetes", {{"server", page.url()}});
  CHECK(fact_of(other, "is-kubernetes") == "false");
  CHECK(fact_of(other, "reason") == "-");
}

TEST_CASE("kubernetes: no server, no answer, no URL") {
  const int port = [] {
    test::LoopbackServer gone([](int) {});
    return gone.port();
  }();
  const auto refused =
      Looker().look("kubernetes", {{"server", "127.0.0.1:" + std::to_string(port)}, {"proxy", "none"}});
  CHECK(failure_of(refused) == "tcp-refused at connect");
  CHECK(fact_of(refused, "is-kubernetes") == "-");
  WebServer plain(response("200 OK", "", ""));
  const auto mismatch =
      Looker().look("kubernetes", {{"server", "127.0.0.1:" + std::to_string(plain.port())}});
  CHECK(mismatch.failure->operation == "handshake");
  for (const char* bad :
       {"ftp://contoso.com", "https://contoso.com?x=y", "https://u:p@contoso.com", "a b", ""})
    CHECK_MESSAGE(failure_of(Looker().look("kubernetes", {{"server", bad}})) == "bad-target at request", bad);
}

}  // namespace
}  // namespace aztriage
