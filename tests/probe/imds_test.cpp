// The answers are written after learn.microsoft.com (instance-metadata-service, how-to-use-vm-token,
// overview-managed-identity, Arc's managed-identity-authentication) and public traces of the errors.
#include "probe/json_facts.h"
#include "support/looking.h"
#include "support/web_server.h"

#include <doctest/doctest.h>
#include <stdlib.h>

namespace aztriage {
namespace {

using test::fact_of;
using test::failure_of;
using test::has;
using test::Looker;
using test::response;
using test::WebServer;

constexpr const char* kJson =
    "Content-Type: application/json; charset=utf-8\r\nServer: IMDS/150.870.65.1854\r\n";
// {"alg":"RS256"}.{"oid":"o-1","tid":"t-1","iat":1764000000,"xms_mirid":"/subscriptions/s/x"}.signature
constexpr const char* kToken =
    "eyJhbGciOiJSUzI1NiJ9."
    "eyJvaWQiOiJvLTEiLCJ0aWQiOiJ0LTEiLCJpYXQiOjE3NjQwMDAwMDAsInhtc19taXJpZCI6Ii9zdWJzY3JpcHRpb25zL3MveCJ9."
    "c2lnbmF0dXJlLXNpZ25hdHVyZQ";

std::string instance() {
  return response(
      "200 OK", kJson,
      R"({"compute":{"azEnvironment":"AzurePublicCloud","location":"westeurope","name":"web-1",)"
      R"("offer":"ubuntu-24_04-lts","osType":"Linux","publisher":"Canonical","resourceGroupName":"shop",)"
      R"("sku":"server","vmId":"02aab8a4-74ef-476e-8182-f6d2ba4166a6","vmScaleSetName":"",)"
      R"("vmSize":"Standard_D2s_v5","zone":"2"},"network":{"interface":[{"ipv4":{"ipAddress":)"
      R"([{"privateIpAddress":"10.0.0.4","publicIpAddress":"203.0.113.7"}]}}]}})");
}

std::string token_answer() {
  return response("200 OK", kJson,
                  std::string(R"({"access_token":")") + kToken +
                      R"(","client_id":"c-1","expires_in":"86000","expires_on":"1764086400",)"
                      R"("resource":"https://vault.azure.net","token_type":"Bearer"})");
}

std::string refusal(const std::string& line, const std::string& error, const std::string& words) {
  return response(line, kJson, R"({"error":")" + error + R"(","error_description":")" + words + R"("})");
}

/// A machine whose identity answers `identity`.
std::function<std::string(const std::string&)> machine(const std::string& identity) {
  return [identity](const std::string& request) {
    if (!has(request, "Metadata: true\r\n") || has(request, "X-Forwarded-For"))
      return refusal("400 Bad Request", "bad_request_102", "Required metadata header not specified");
    if (request.starts_with("GET /metadata/instance?api-version=")) return instance();
    return identity;
  };
}

TEST_CASE("imds: the machine and its identity, and no token anywhere") {
  WebServer server(machine(token_answer()));
  const auto seen = Looker().look("imds", {{"url", server.url("/")},
                                           {"resource", "https://vault.azure.net"},
                                           {"client_id", "c-1"},
                                           {"msi-resource", "/subscriptions/s/x"}});
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "status") == "200");
  CHECK(fact_of(seen, "answered-by") == "imds");
  CHECK(fact_of(seen, "via-proxy") == "false");
  CHECK(fact_of(seen, "identity.client-id") == "c-1");
  CHECK(fact_of(seen, "identity.object-id") == "o-1");
  CHECK(fact_of(seen, "identity.tenant") == "t-1");
  CHECK(fact_of(seen, "identity.resource") == "https://vault.azure.net");
  CHECK(fact_of(seen, "identity.resource-id") == "/subscriptions/s/x");
  CHECK(fact_of(seen, "identity.expires") == "2025-11-25T16:00:00Z");
  CHECK(seen.facts.at("identity.left").as_number() < 0);
  CHECK(fact_of(seen, "compute.location") == "westeurope");
  CHECK(fact_of(seen, "compute.vm-id") == "02aab8a4-74ef-476e-8182-f6d2ba4166a6");
  CHECK(fact_of(seen, "compute.size") == "Standard_D2s_v5");
  CHECK(fact_of(seen, "compute.os") == "Linux");
  CHECK(fact_of(seen, "compute.zone") == "2");
  CHECK(fact_of(seen, "compute.sku") == "server");
  CHECK(fact_of(seen, "compute.scale-set") == "-");
  CHECK(fact_of(seen, "network.private") == "10.0.0.4");
  CHECK(fact_of(seen, "network.public") == "203.0.113.7");
  CHECK(has(server.request("GET /metadata/identity"),
            "api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net&client_id=c-1&msi_res_id=%"
            "2Fsubscriptions"));
  CHECK_FALSE(test::mentions(seen, "c2lnbmF0dXJl"));
  CHECK(fact_of(seen, "body") == "-");
}

TEST_CASE("imds: each refusal of a token has its words") {
  struct Case {
    const char *line, *error, *words;
  };
  for (const auto& [line, error, words] : {Case{"400 Bad Request", "invalid_request", "Identity not found"},
                                           Case{"400 Bad Request", "invalid_request",
                                                "Multiple user assigned identities exist, please specify the "
                                                "clientId / resourceId of the identity in "
                                                "the token request"},
                                           Case{"429 Too Many Requests", "too_many", "Too many requests"},
                                           Case{"410 Gone", "gone", "The service is being updated"}}) {
    WebServer server(machine(refusal(line, error, words)));
    const auto seen = Looker().look("imds", {{"url", server.url("")}});
    CHECK(seen.answered);
    CHECK(fact_of(seen, "status") == std::string(line).substr(0, 3));
    CHECK(fact_of(seen, "error") == error);
    CHECK(fact_of(seen, "error.detail") == words);
    CHECK(fact_of(seen, "answered-by") == "imds");
    CHECK(fact_of(seen, "instance.status") == "200");
    CHECK(fact_of(seen, "identity.client-id") == "-");
  }
}

TEST_CASE("imds: who answers in its place: a proxy, another server, nobody") {
  WebServer squid(
      response("403 Forbidden", "Server: squid/6.10\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\n", "<html>"));
  const auto proxied = Looker().look("imds", {{"url", squid.url("")}});
  CHECK(fact_of(proxied, "answered-by") == "proxy");
  CHECK(fact_of(proxied, "via-proxy") == "true");
  WebServer other(response("404 Not Found", "Server: nginx\r\n", "<html>"));
  CHECK(fact_of(Looker().look("imds", {{"url", other.url("")}}), "answered-by") == "other");
  test::LoopbackServer silent([](int fd) {
    test::receive_text(fd);
    test::receive_text(fd);
  });
  const auto late = Looker().look("imds", {{"url", "http://127.0.0.1:" + std::to_string(silent.port())}}, {},
                                  Milliseconds(300));
  CHECK(failure_of(late) == "http-timeout at response");
  CHECK(fact_of(late, "answered-by") == "-");
  CHECK(has(fact_of(late, "instance.failure"), "http-timeout"));
  CHECK(failure_of(Looker().look("imds", {{"url", "ftp://169.254.169.254"}})) == "bad-target at request");
}

TEST_CASE("imds: the proxy that the environment names is tried apart, and never for a token") {
  WebServer server(machine(token_answer()));
  WebServer proxy(response("503 Service Unavailable", "Via: 1.1 proxy.contoso.com\r\n", ""));
  setenv("http_proxy", ("http://127.0.0.1:" + std::to_string(proxy.port())).c_str(), 1);
  const auto seen = Looker().look("imds", {{"url", server.url("")}});
  unsetenv("http_proxy");
  CHECK(fact_of(seen, "status") == "200");
  CHECK(fact_of(seen, "proxy") == "-");
  CHECK(seen.proxy.empty());
  CHECK(fact_of(seen, "environment-proxy") == "127.0.0.1:" + std::to_string(proxy.port()));
  CHECK(fact_of(seen, "by-proxy.status") == "503");
  CHECK(fact_of(seen, "by-proxy.good") == "false");
  for (const auto& request : proxy.requests()) CHECK_FALSE(has(request, "identity"));
}

TEST_CASE("imds: an app's endpoint and its header, and the agent of Arc with its file") {
  WebServer app([](const std::string& request) {
    if (!has(request, "X-IDENTITY-HEADER: abcdef-0123\r\n"))
      return response("400 Bad Request", kJson, R"({"statusCode":400,"message":"No MSI found"})");
    return token_answer();
  });
  const auto good = Looker().look("imds", {{"identity-endpoint", app.url("/msi/token")},
                                           {"identity-header", "abcdef-0123"},
                                           {"object_id", "o-1"}});
  CHECK(fact_of(good, "status") == "200");
  CHECK(fact_of(good, "answered-by") == "app-service");
  CHECK(fact_of(good, "identity.client-id") == "c-1");
  CHECK(fact_of(good, "instance.status") == "-");
  CHECK(has(app.request("GET /msi/token"), "?api-version=2019-08-01&resource="));
  CHECK(has(app.request("GET /msi/token"), "&principal_id=o-1"));
  const auto bad =
      Looker().look("imds", {{"identity-endpoint", app.url("/msi/token")}, {"identity-header", "x"}});
  CHECK(fact_of(bad, "answered-by") == "app-service");
  CHECK(fact_of(bad, "error.detail") == "No MSI found");
  WebServer arc([](const std::string& request) {
    if (request.starts_with("GET /metadata/instance"))
      return response("200 OK", kJson, R"({"compute":{"vmId":"v"}})");
    return response("401 Unauthorized",
                    "Www-Authenticate: Basic realm=/var/opt/azcmagent/tokens/fac6e58f.key\r\n", "");
  });
  net::Settings settings;
  settings.connect_to = {"localhost:40342:127.0.0.1:" + std::to_string(arc.port())};
  const auto agent = Looker(settings).look("imds", {{"arc", "true"}});
  CHECK(fact_of(agent, "answered-by") == "arc");
  CHECK(fact_of(agent, "challenge-file") == "/var/opt/azcmagent/tokens/fac6e58f.key");
  CHECK(fact_of(agent, "compute.vm-id") == "v");
}

TEST_CASE("imds: the platform's own address, port by port") {
  WebServer server(machine(token_answer()));
  WebServer wire(response("200 OK", "", "<Versions/>"));
  const int closed = [] {
    test::LoopbackServer gone([](int) {});
    return gone.port();
  }();
  net::Settings settings;
  settings.connect_to = {"168.63.129.16:80:127.0.0.1:" + std::to_string(wire.port()),
                         "168.63.129.16:32526:127.0.0.1:" + std::to_string(closed)};
  const auto seen =
      Looker(settings).look("imds", {{"url", server.url("")}, {"identity", "false"}, {"wireserver", "true"}});
  CHECK(fact_of(seen, "wireserver.status") == "200");
  CHECK(fact_of(seen, "wireserver.open") == "80");
  CHECK(fact_of(seen, "wireserver.closed") == "32526");
  CHECK(fact_of(seen, "wireserver.failure-kind") == "tcp-refused");
  CHECK(fact_of(seen, "status") == "200");
  CHECK(fact_of(seen, "compute.location") == "westeurope");
  CHECK(server.request("GET /metadata/identity").empty());
}

TEST_CASE("json_member: of the outermost object only, whole") {
  const std::string large(5000, 'x');
  CHECK(probe::json_member("{\"a\":{\"t\":\"no\"},\"t\":\"" + large + "\"}", "t") == large);
  CHECK(probe::json_member("{\"a\":[{\"t\":\"no\"}]}", "t").empty());
  CHECK(probe::json_member("{\"t\":5}", "t").empty());
  CHECK(probe::json_member("{\"t\":\"cut", "t").empty());
  CHECK(probe::json_member("[{\"t\":\"x\"}]", "t").empty());
  CHECK(probe::json_member("{\"t\":\"early\"", "t") == "early");
  CHECK(probe::json_member("", "t").empty());
}

}  // namespace
}  // namespace aztriage
