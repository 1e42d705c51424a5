// Discovery, keys, error pages and realms as Entra ID gives them
// (learn.microsoft.com/entra/identity-platform).
#include "decode/encoding.h"
#include "probe/federation_metadata.h"
#include "probe/http_error.h"
#include "support/looking.h"
#include "support/pki.h"
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

constexpr const char* kTenant = "11111111-2222-3333-4444-555555555555";
constexpr const char* kJson = "Content-Type: application/json; charset=utf-8\r\n";

/// One provider: discovery, keys, sign-in, tokens, realms.
struct Entra {
  std::string base;
  std::string authorize = response("200 OK", "Content-Type: text/html\r\n",
                                   "<title>Sign in to your account</title><form></form>");
  WebServer server{[this](const std::string& request) { return answer(request); }};

  Entra() { base = "http://127.0.0.1:" + std::to_string(server.port()); }

  std::string answer(const std::string& request) const {
    const auto asks = [&](const char* part) { return has(request.substr(0, request.find('\r')), part); };
    if (asks("/nowhere.example/"))
      return response(
          "400 Bad Request", kJson,
          R"({"error":"invalid_tenant","error_description":"AADSTS90002: Tenant 'nowhere.example' not )"
          R"(found.\r\nTrace ID: 1","error_codes":[90002]})");
    if (asks("openid-configuration")) return discovery();
    if (asks("/keys"))
      return response("200 OK", kJson,
                      R"({"keys":[{"kty":"RSA","use":"sig","kid":"a1","x5t":"AAECAwQFBgcICQoLDA0ODxAREhM"},)"
                      R"({"kty":"RSA","kid":"b2"}]})");
    if (asks("/authorize")) return authorize;
    if (asks("POST /token"))
      return response(
          "401 Unauthorized", kJson,
          R"({"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret )"
          R"(provided."})");
    if (asks("/GetUserRealm.srf"))
      return response(
          "200 OK", kJson,
          R"({"State":3,"Login":"reader@fed.contoso.com","NameSpaceType":"Federated","DomainName":)"
          R"("fed.contoso.com","AuthURL":"https://adfs.contoso.com/adfs/ls/?username=x",)"
          R"("FederationBrandName":"Contoso","CloudInstanceName":"microsoftonline.com"})");
    if (asks("/userrealm/"))
      return response("200 OK", kJson,
                      R"({"ver":"1.0","account_type":"Federated","domain_name":"fed.contoso.com",)"
                      R"("federation_protocol":"WSTrust","federation_metadata_url":)"
                      R"("https://adfs.contoso.com/adfs/services/trust/mex","federation_active_auth_url":)"
                      R"("https://adfs.contoso.com/adfs/services/trust/2005/usernamemixed"})");
    return response("404 Not Found", "", "");
  }

  std::string discovery() const {
    return response(
        "200 OK", kJson,
        R"({"issuer":")" + base + "/" + kTenant + R"(/v2.0","authorization_endpoint":")" + base +
            R"(/authorize","token_endpoint":")" + base + R"(/token","jwks_uri":")" + base +
            R"(/keys","tenant_region_scope":"EU","tenant_region_sub_scope":null,)"
            R"("cloud_instance_name":"microsoftonline.com","msgraph_host":"graph.microsoft.com"})");
  }

  fact::Observation look(std::map<std::string, std::string> given) const {
    given.emplace("authority", base);
    return Looker().look("oidc", given);
  }
};

TEST_CASE("oidc: discovery, issuer, tenant, region and keys") {
  Entra entra;
  const auto seen = entra.look({{"tenant", kTenant}});
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "status") == "200");
  CHECK(fact_of(seen, "issuer-match") == "true");
  CHECK(fact_of(seen, "tenant-id") == kTenant);
  CHECK(fact_of(seen, "region-scope") == "EU");
  CHECK(fact_of(seen, "region-sub-scope") == "-");
  CHECK(seen.read.contains("discovery"));
  CHECK(fact_of(seen, "cloud-instance") == "microsoftonline.com");
  CHECK(fact_of(seen, "keys.count") == "2");
  CHECK(fact_of(seen, "keys.kids") == "a1, b2");
  CHECK(fact_of(seen, "signing") == "000102030405060708090A0B0C0D0E0F10111213");
  CHECK(fact_of(seen, "codes").empty());
  CHECK(fact_of(entra.look({{"tenant", "contoso.com"}}), "issuer-match") == "true");
  CHECK(fact_of(entra.look({{"tenant", "99999999-2222-3333-4444-555555555555"}}), "issuer-match") == "false");
  const std::string issuer = entra.base + "/" + kTenant + "/v2.0";
  CHECK(fact_of(Looker().look("oidc", {{"issuer", issuer}}), "issuer-match") == "true");
  CHECK(fact_of(Looker().look("oidc", {{"tenant", issuer}}), "issuer-match") == "true");
  CHECK(fact_of(Looker().look("oidc", {{"issuer", issuer + "/"}}), "issuer-match") == "false");
}

TEST_CASE("oidc: a tenant that is not there") {
  Entra entra;
  const auto seen = entra.look({{"tenant", "nowhere.example"}});
  CHECK(seen.answered);
  CHECK(fact_of(seen, "status") == "400");
  CHECK(fact_of(seen, "error.code") == "AADSTS90002");
  CHECK(fact_of(seen, "codes") == "AADSTS90002");
  CHECK(fact_of(seen, "issuer") == "-");
}

TEST_CASE("oidc: the start of a sign-in tells what is wrong with an application") {
  Entra entra;
  const auto fine =
      entra.look({{"tenant", kTenant}, {"client_id", "app"}, {"redirect_uri", "https://a.contoso.com/cb"}});
  CHECK(fact_of(fine, "authorize.sign-in") == "true");
  CHECK(fact_of(fine, "authorize.codes").empty());
  CHECK(has(entra.server.request("GET /authorize"),
            "?client_id=app&response_type=code&redirect_uri=https%3A%2F%2Fa.contoso.com%2Fcb&scope=openid&"
            "response_mode=query&state=aztriage&nonce="));
  entra.authorize =
      response("200 OK", "Content-Type: text/html\r\n",
               "<title>Sign in to your account</title><script>$Config={\"strServiceExceptionMessage\":"
               "\"AADSTS50011: The redirect URI \\u0027https://a\\u0027 specified\"}</script><form>");
  const auto uri = entra.look({{"tenant", kTenant}, {"client_id", "app"}});
  CHECK(fact_of(uri, "authorize.codes") == "AADSTS50011");
  CHECK(fact_of(uri, "authorize.sign-in") == "false");
  CHECK(fact_of(uri, "authorize.detail").starts_with("The redirect URI"));
  entra.authorize =
      response("302 Found",
               "Location: https://a.contoso.com/cb#error=unsupported_response_type&error_description="
               "AADSTS700054%3a+response_type+%27id_token%27+is+not+enabled\r\n",
               "");
  const auto type = entra.look(
      {{"tenant", kTenant}, {"client_id", "app"}, {"response_type", "id_token"}, {"wrong-secret", "true"}});
  CHECK(fact_of(type, "authorize.codes") == "AADSTS700054");
  CHECK(has(entra.server.request("POST /token"), "application/x-www-form-urlencoded"));
  CHECK(fact_of(type, "token.codes") == "AADSTS7000215");
  CHECK(fact_of(type, "token.error") == "invalid_client");
  CHECK(type.facts.at("codes").as_list().size() == 2);
}

TEST_CASE("oidc: the realm of a user") {
  Entra entra;
  const auto seen = entra.look({{"tenant", kTenant}, {"user", "reader@fed.contoso.com"}});
  CHECK(fact_of(seen, "realm.type") == "federated");
  CHECK(fact_of(seen, "realm.auth-url") == "https://adfs.contoso.com/adfs/ls/?username=x");
  CHECK(fact_of(seen, "realm.domain") == "fed.contoso.com");
  CHECK(fact_of(seen, "realm.brand") == "Contoso");
  CHECK(fact_of(seen, "realm.protocol") == "WSTrust");
  CHECK(fact_of(seen, "realm.metadata-url") == "https://adfs.contoso.com/adfs/services/trust/mex");
  CHECK(has(entra.server.request("GET /GetUserRealm.srf"), "?login=reader%40fed.contoso.com&json=1 "));
}

std::string body_of(const test::Identity& identity) {
  return decode::base64_encode(identity.der());
}

TEST_CASE("oidc: metadata of a federation: who signs, and until when") {
  const auto old =
      test::self_signed({.common_name = "ADFS Signing old", .valid_from = -400, .valid_until = -3});
  const auto next = test::self_signed({.common_name = "ADFS Signing", .valid_until = 300});
  const auto other = test::self_signed({.common_name = "ADFS Encryption", .valid_until = 10});
  const std::string xml =
      "<?xml version=\"1.0\"?><md:EntityDescriptor ID=\"_1\" "
      "entityID=\"http://adfs.contoso.com/adfs/services/trust\">"
      "<md:KeyDescriptor use=\"encryption\"><X509Data><X509Certificate>" +
      body_of(other) +
      "</X509Certificate></X509Data></md:KeyDescriptor><md:KeyDescriptor "
      "use=\"signing\"><ds:X509Certificate>\n" +
      body_of(next) +
      "\n</ds:X509Certificate></md:KeyDescriptor><KeyDescriptor use='signing'><X509Certificate>" +
      body_of(old) + "</X509Certificate></KeyDescriptor><KeyDescriptor><X509Certificate>" + body_of(next) +
      "</X509Certificate></KeyDescriptor></md:EntityDescriptor>";
  const auto read = probe::read_federation_metadata(xml);
  CHECK(read.entity_id == "http://adfs.contoso.com/adfs/services/trust");
  REQUIRE(read.signing.size() == 2);
  for (std::size_t cut = 0; cut < xml.size(); cut += 7)
    CHECK(probe::read_federation_metadata(std::string_view(xml).substr(0, cut)).signing.size() <= 2);
  Entra entra;
  WebServer adfs(response("200 OK", "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n", xml));
  const auto seen = entra.look({{"tenant", kTenant}, {"metadata", adfs.url("/FederationMetadata.xml")}});
  CHECK(fact_of(seen, "metadata.status") == "200");
  CHECK(fact_of(seen, "metadata.entity-id") == "http://adfs.contoso.com/adfs/services/trust");
  CHECK(fact_of(seen, "metadata.signing") == read.signing[0].thumbprint + ", " + read.signing[1].thumbprint);
  CHECK(seen.facts.at("metadata.days-left").as_number() < -2);
  CHECK(seen.facts.at("metadata.clock-offset").as_number() < -86400);
  CHECK(fact_of(seen, "metadata.expires") < fact_of(seen, "metadata.newest-expires"));
}

TEST_CASE("oidc: no provider, no answer, no target") {
  CHECK(failure_of(Looker().look("oidc", {{"tenant", "x"}, {"authority", "https://a.example/path"}})) ==
        "bad-target at request");
  CHECK(failure_of(Looker().look("oidc", {{"issuer", "ftp://a.example"}})) == "bad-target at request");
  WebServer page(response("200 OK", "", "<html>"));
  const auto other = Looker().look("oidc", {{"authority", page.url("")}});
  CHECK(other.answered);
  CHECK(fact_of(other, "issuer") == "-");
  CHECK_FALSE(other.read.contains("discovery"));
  WebServer cut("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{\"issuer\":");
  CHECK(failure_of(Looker().look("oidc", {{"authority", cut.url("")}})) == "http-closed at body");
}

TEST_CASE("oidc: codes are found once each, in their order") {
  const auto codes =
      probe::find_aadsts_codes("AADSTS50011 x AADSTS90002: AADSTS50011 AADSTS12 AADSTSx AADSTS");
  CHECK(codes == std::vector<std::string>{"AADSTS50011", "AADSTS90002"});
}

}  // namespace
}  // namespace aztriage
