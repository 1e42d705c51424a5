// The answers are written after learn.microsoft.com/rest/api/storageservices and public traces of the
// service.
#include "probe/challenge.h"
#include "probe/storage_names.h"
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

constexpr const char* kServer =
    "Server: Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0\r\nx-ms-request-id: "
    "8c9b1a2e-001e-0042-0d9c-4b1d2e000000\r\nx-ms-version: 2021-12-02\r\n";
constexpr const char* kSas =
    "sv=2022-11-02&se=2026-01-02T00%3A00%3A00Z&sr=b&sp=r&sip=203.0.113.0-203.0.113.9&spr=https&sig="
    "c2lnbmF0dXJlLW9mLXRoaXJ0eS10d28tYnl0ZXMhISE%3D";

std::string fails(const std::string& status, const std::string& code, const std::string& detail = "",
                  const std::string& headers = "") {
  return response(
      status, kServer + headers + "x-ms-error-code: " + code + "\r\nContent-Type: application/xml\r\n",
      "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>" + detail + "</Message></Error>");
}

TEST_CASE("storage: an account's names are taken apart, with zones, secondaries and private links") {
  const auto parts = [](const std::string& host) -> std::string {
    const auto name = probe::parse_storage_name(host);
    if (!name) return "-";
    return name->account + " " + name->service + (name->secondary ? " secondary " : " ") +
           name->host_of("dfs") + " " + name->secondary_host();
  };
  CHECK(parts("Contoso.blob.core.windows.net.") ==
        "contoso blob contoso.dfs.core.windows.net contoso-secondary.blob.core.windows.net");
  CHECK(parts("contoso-secondary.table.core.usgovcloudapi.net") ==
        "contoso table secondary contoso.dfs.core.usgovcloudapi.net "
        "contoso-secondary.table.core.usgovcloudapi.net");
  CHECK(parts("contoso.z05.web.storage.azure.net") ==
        "contoso web contoso.z05.dfs.storage.azure.net contoso-secondary.z05.web.storage.azure.net");
  CHECK(parts("contoso.privatelink.queue.core.chinacloudapi.cn").starts_with("contoso queue "));
  for (const char* other :
       {"contoso.com", "blob.core.windows.net", "core.windows.net", "a.b.blob.core.windows.net",
        "contoso.vault.core.windows.net", "contosoblob.core.windows.net", ""})
    CHECK_MESSAGE(parts(other) == "-", other);
  CHECK(probe::service_of_server("Windows-Azure-HDFS/1.0 Microsoft-HTTPAPI/2.0") == "dfs");
  CHECK(probe::service_of_server("Azurite-Queue/3.35.0") == "queue");
  CHECK(probe::service_of_server("nginx").empty());
}

TEST_CASE("storage: what an anonymous answer says of public access") {
  CHECK(probe::public_access(200, "") == "open");
  CHECK(probe::public_access(404, "BlobNotFound") == "open");
  CHECK(probe::public_access(404, "ResourceNotFound") == "closed");
  CHECK(probe::public_access(409, "PublicAccessNotPermitted") == "forbidden-by-account");
  CHECK(probe::public_access(403, "AuthorizationFailure") == "network-denied");
  CHECK(probe::public_access(500, "InternalError") == "unknown");
}

TEST_CASE("storage: the answer to a signature and the one without a login stand apart") {
  WebServer server([](const std::string& request) {
    if (has(request, "sig="))
      return fails("403 Forbidden", "AuthenticationFailed", "Signature not valid in the specified time frame",
                   "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n");
    return fails("404 Not Found", "ResourceNotFound");
  });
  const auto seen = Looker().look("storage", {{"url", server.url("/contoso/images/logo.png?snapshot=x")},
                                              {"sas", std::string("?") + kSas}});
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "status") == "403");
  CHECK(fact_of(seen, "error.code") == "AuthenticationFailed");
  CHECK(fact_of(seen, "error.detail") == "Signature not valid in the specified time frame");
  CHECK(fact_of(seen, "service") == "blob");
  CHECK(fact_of(seen, "account") == "contoso");
  CHECK(fact_of(seen, "is-storage") == "true");
  CHECK(fact_of(seen, "request-id") == "8c9b1a2e-001e-0042-0d9c-4b1d2e000000");
  CHECK(fact_of(seen, "server-version") == "2021-12-02");
  CHECK(fact_of(seen, "sas.expired-by-server") == "false");  // though it has by this machine's clock
  CHECK(fact_of(seen, "sas.expires") == "2026-01-02T00:00:00Z");
  CHECK(fact_of(seen, "sas.permissions") == "r");
  CHECK(fact_of(seen, "anonymous.status") == "404");
  CHECK(fact_of(seen, "anonymous.error") == "ResourceNotFound");
  CHECK(fact_of(seen, "public-access") == "closed");
  CHECK(fact_of(seen, "class") == "private");
  const std::string with = server.request("GET /contoso/images/logo.png?snapshot=x&sv=");
  CHECK(has(with, "x-ms-version: 2021-12-02\r\n"));
  const std::string without = server.request("GET /contoso/images/logo.png?snapshot=x HTTP");
  CHECK_FALSE(has(without, "x-ms-version"));
  CHECK_FALSE(test::mentions(seen, "c2lnbmF0dXJl"));
}

TEST_CASE("storage: a closed account names tenant and resource, a firewall the address it refuses") {
  WebServer closed(
      fails("401 Unauthorized", "NoAuthenticationInformation", "",
            "WWW-Authenticate: Bearer "
            "authorization_uri=https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/"
            "oauth2/authorize resource_id=https://storage.azure.com\r\n"));
  const auto login = Looker().look("storage", {{"url", closed.url("/contoso")}});
  CHECK(fact_of(login, "challenge.tenant") == "11111111-2222-3333-4444-555555555555");
  CHECK(fact_of(login, "challenge.resource") == "https://storage.azure.com");
  WebServer denied(fails("403 Forbidden", "AuthorizationSourceIPMismatch",
                         "Source IP address of request is not in range: 198.51.100.7."));
  const auto by_address = Looker().look("storage", {{"url", denied.url("/contoso/a")}, {"method", "HEAD"}});
  CHECK(fact_of(by_address, "error.code") == "AuthorizationSourceIPMismatch");
  CHECK(fact_of(by_address, "error.detail") == "-");  // HEAD has no body
  const auto with_body = Looker().look("storage", {{"url", denied.url("/contoso/a")}, {"version", "none"}});
  CHECK(fact_of(with_body, "error.address") == "198.51.100.7");
  CHECK_FALSE(has(denied.requests().back(), "x-ms-version"));
}

TEST_CASE("storage: a preflight is judged as a browser would") {
  std::string allow =
      "Access-Control-Allow-Origin: https://app.contoso.com\r\n"
      "Access-Control-Allow-Methods: PUT\r\nAccess-Control-Allow-Headers: x-ms-*,content-type\r\n";
  WebServer server([&](const std::string& request) {
    if (request.starts_with("OPTIONS"))
      return has(request, "Origin: https://app.contoso.com\r\n")
                 ? response("200 OK", kServer + allow, "")
                 : fails("403 Forbidden", "CorsPreflightFailure", "No CORS rules matches this request");
    return response("200 OK", kServer, "text");
  });
  const auto ask = [&](const std::string& origin, const std::string& method, const std::string& names) {
    return Looker().look(
        "storage",
        {{"url", server.url("/c/x")}, {"origin", origin}, {"cors-method", method}, {"cors-headers", names}});
  };
  const auto good = ask("https://app.contoso.com", "PUT", "x-ms-blob-type, Content-Type");
  CHECK(fact_of(good, "cors.allowed") == "true");
  CHECK(fact_of(good, "cors.status") == "200");
  CHECK(fact_of(good, "public-access") == "open");
  CHECK(has(server.request("OPTIONS"), "Access-Control-Request-Headers: x-ms-blob-type, Content-Type\r\n"));
  CHECK(fact_of(ask("https://app.contoso.com", "DELETE", ""), "cors.allowed") == "false");
  CHECK(fact_of(ask("https://app.contoso.com", "PUT", "authorization"), "cors.allowed") == "false");
  const auto slash = ask("https://app.contoso.com/", "GET", "");
  CHECK(fact_of(slash, "cors.allowed") == "false");
  CHECK(fact_of(slash, "cors.error") == "CorsPreflightFailure");
  CHECK(fact_of(slash, "cors.detail") == "No CORS rules matches this request");
  CHECK(fact_of(slash, "status") == "200");
}

TEST_CASE("storage: an account without a name does not exist; other endpoints are told by their class") {
  net::Settings settings;
  settings.dns_server = "127.0.0.1:9";
  const auto port = [](const WebServer& server) { return std::to_string(server.port()); };
  WebServer server(response("200 OK", kServer, "x"));
  for (const char* host : {"contoso.blob", "contoso-secondary.blob"})
    settings.resolve.push_back(std::string(host) + ".core.windows.net:" + port(server) + ":127.0.0.1");
  settings.resolve.push_back("contoso.dfs.core.windows.net:" + port(server) + ":203.0.113.9");
  const auto seen = Looker(settings).look(
      "storage",
      {{"url", "http://contoso.blob.core.windows.net:" + port(server) + "/a/b"}, {"endpoints", "true"}});
  CHECK(fact_of(seen, "account") == "contoso");
  CHECK(fact_of(seen, "endpoints.private") == "blob");
  CHECK(fact_of(seen, "endpoints.public") == "dfs");
  CHECK(seen.facts.at("endpoints").as_list().size() == 2);  // nobody answered for the others
  CHECK(fact_of(seen, "secondary.status") == "200");
  CHECK(fact_of(seen, "secondary.exists") == "true");
  CHECK(fact_of(seen, "exists") == "-");  // the name was given, not asked for
}

TEST_CASE("storage: no answer, and an end in the middle, keep what came") {
  WebServer server([](const std::string& request) {
    return has(request, "x-ms-version") ? std::string() : fails("404 Not Found", "ResourceNotFound");
  });
  const auto seen = Looker().look("storage", {{"url", server.url("/c/x")}});
  CHECK(failure_of(seen) == "http-closed at response");
  CHECK(fact_of(seen, "anonymous.error") == "ResourceNotFound");
  test::LoopbackServer silent([](int fd) {
    test::receive_text(fd);
    test::receive_text(fd);
  });
  const auto late =
      Looker().look("storage", {{"url", "http://127.0.0.1:" + std::to_string(silent.port()) + "/c/x"}}, {},
                    Milliseconds(300));
  CHECK(failure_of(late) == "http-timeout at response");
  CHECK_FALSE(late.answered);
  CHECK(failure_of(Looker().look("storage", {{"url", "ftp://contoso.com/"}})) == "bad-target at request");
}

TEST_CASE("challenge: each form of it, and no more than is kept") {
  const auto key_vault = probe::parse_challenges(
      "Bearer authorization=\"https://login.microsoftonline.com/t1\", resource=\"https://vault.azure.net\"");
  REQUIRE(key_vault.size() == 1);
  CHECK(key_vault[0].value("resource") == "https://vault.azure.net");
  const auto several = probe::parse_challenges(
      "Negotiate YII==, NTLM, Basic realm=\"a \\\"b\\\" c\", Bearer realm=x , error=\"invalid_token\"");
  REQUIRE(several.size() == 4);
  CHECK(several[0].scheme == "Negotiate");
  CHECK(several[2].value("realm") == "a \"b\" c");
  CHECK(several[3].value("error") == "invalid_token");
  CHECK(probe::parse_challenges("").empty());
  CHECK(probe::parse_challenges(",= \"=,").empty());
  CHECK(probe::parse_challenges("Basic realm=\"open").at(0).value("realm") == "open");
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "Scheme" + std::to_string(i) + " a=b, c=d, ";
  CHECK(probe::parse_challenges(many).size() == 16);
  CHECK(probe::tenant_of("https://login.microsoftonline.us/common/oauth2") == "common");
  CHECK(probe::tenant_of("https://login.microsoftonline.us/").empty());
  CHECK(probe::tenant_of("nonsense").empty());
}

}  // namespace
}  // namespace aztriage
