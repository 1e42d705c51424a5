// The probe `registry` on scripted servers: the token protocol of distribution, and the refusals of Azure's.
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

constexpr const char* kApi =
    "Docker-Distribution-Api-Version: registry/2.0\r\nContent-Type: application/json\r\n";
constexpr const char* kIndex = "application/vnd.oci.image.index.v1+json";
constexpr const char* kToken = "tokentokentokentokentokentoken0123456789";

std::string error(const std::string& line, const std::string& code, const std::string& words,
                  const std::string& headers = "") {
  return response(line, kApi + headers,
                  R"({"errors":[{"code":")" + code + R"(","message":")" + words + R"("}]})");
}

std::string digest(char c) {
  return "sha256:" + std::string(64, c);
}

/// A registry whose layers are at another server.
struct Registry {
  bool anonymous = true;
  std::string index =
      std::string(R"({"schemaVersion":2,"manifests":[)") +  // three images and a provenance
      R"({"digest":")" + digest('a') +
      R"(","platform":{"os":"linux","architecture":"arm64","variant":"v8"}},)" + R"({"digest":")" +
      digest('b') + R"(","platform":{"os":"linux","architecture":"amd64"}},)" + R"({"digest":")" +
      digest('c') + R"(","platform":{"os":"unknown","architecture":"unknown"}},)" + R"({"digest":")" +
      digest('d') + R"(","platform":{"os":"windows","architecture":"amd64"}}]})";
  std::string image = R"({"schemaVersion":2,"config":{"digest":")" + digest('e') +
                      R"("},"layers":[{"digest":")" + digest('f') + R"(","size":1000},{"digest":")" +
                      digest('0') + R"(","size":234}]})";
  WebServer data{response("200 OK", "", R"({"os":"linux","architecture":"amd64"})")};
  std::string data_url = data.url("/signed?sig=secret");
  WebServer server{[this](const std::string& request) { return answer(request); }};

  std::string answer(const std::string& request) const {
    const std::string base = "http://127.0.0.1:" + std::to_string(server.port());
    const bool token = has(request, std::string("Authorization: Bearer ") + kToken);
    if (request.starts_with("GET /token")) {
      const bool login = has(request, "Authorization: Basic cmVhZGVyOnB3LTEyMzQ1\r\n");  // reader:pw-12345
      if (has(request, "Authorization") ? !login : !anonymous)
        return error("401 Unauthorized", "UNAUTHORIZED", "authentication required");
      return response("200 OK", kApi, std::string(R"({"access_token":")") + kToken + R"("})");
    }
    if (!token)
      return error("401 Unauthorized", "UNAUTHORIZED", "authentication required",
                   "Www-Authenticate: Bearer realm=\"" + base + "/token\",service=\"reg.contoso.com\"\r\n");
    if (has(request, "/manifests/v1 "))
      return response(
          "200 OK",
          std::string("Docker-Content-Digest: ") + digest('9') + "\r\nContent-Type: " + kIndex + "\r\n",
          index);
    if (has(request, "/manifests/" + digest('b'))) return response("200 OK", kApi, image);
    if (has(request, "/blobs/"))
      return response("307 Temporary Redirect", "Location: " + data_url + "\r\n", "");
    return error("404 Not Found", "MANIFEST_UNKNOWN", "manifest unknown");
  }

  fact::Observation look(std::map<std::string, std::string> given) const {
    given.emplace("host", "127.0.0.1");
    given.emplace("port", std::to_string(server.port()));
    given.emplace("tls", "false");
    return Looker().look("registry", given);
  }
};

TEST_CASE("registry: the challenge alone, and a healthy registry that wants a login") {
  const Registry registry;
  const auto seen = registry.look({});
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "status") == "401");
  CHECK(fact_of(seen, "is-registry") == "true");
  CHECK(fact_of(seen, "challenge.service") == "reg.contoso.com");
  CHECK(has(fact_of(seen, "challenge.realm"), "/token"));
  CHECK(fact_of(seen, "anonymous") == "-");
}

TEST_CASE("registry: a pull without a login down to the data host") {
  Registry registry;
  const auto seen = registry.look({{"repository", "shop/web"}, {"tag", "v1"}});
  CHECK(fact_of(seen, "anonymous") == "true");
  CHECK(fact_of(seen, "anonymous.status") == "200");
  CHECK(fact_of(seen, "manifest.status") == "200");
  CHECK(fact_of(seen, "manifest.type") == kIndex);
  CHECK(fact_of(seen, "manifest.digest") == digest('9'));
  CHECK(fact_of(seen, "platforms") == "linux/arm64/v8, linux/amd64, windows/amd64");
  CHECK(fact_of(seen, "layers") == "2");
  CHECK(fact_of(seen, "layers.size") == "1234");
  CHECK(fact_of(seen, "data-hosts") == "127.0.0.1");
  CHECK(fact_of(seen, "data.failed").empty());
  CHECK(fact_of(seen, "data.status") == "200");
  CHECK(has(registry.server.request("GET /token"),
            "service=reg.contoso.com&scope=repository%3Ashop%2Fweb%3Apull "));
  CHECK(has(registry.server.request("GET /v2/shop/web/manifests/v1"), kIndex));
  for (const auto& request : registry.data.requests()) CHECK_FALSE(has(request, "Authorization"));
  CHECK_FALSE(test::mentions(seen, kToken));
  const auto none = registry.look({{"repository", "shop/web"}, {"tag", "v2"}});
  CHECK(fact_of(none, "manifest.status") == "404");
  CHECK(fact_of(none, "manifest.error") == "MANIFEST_UNKNOWN");
  CHECK(fact_of(none, "platforms") == "-");
}

TEST_CASE("registry: a login is told from none, and a wrong one from both") {
  Registry registry;
  registry.anonymous = false;
  const auto look = [&](const std::string& password) {
    return registry.look(
        {{"repository", "shop/web"}, {"tag", "v1"}, {"user", "reader"}, {"password", password}});
  };
  const auto good = look("pw-12345");
  CHECK(fact_of(good, "anonymous") == "false");
  CHECK(fact_of(good, "anonymous.error") == "UNAUTHORIZED");
  CHECK(fact_of(good, "login.ok") == "true");
  CHECK(fact_of(good, "manifest.status") == "200");
  const auto wrong = look("pw-99999");
  CHECK(fact_of(wrong, "login.ok") == "false");
  CHECK(fact_of(wrong, "login.status") == "401");
  CHECK(fact_of(wrong, "login.error") == "UNAUTHORIZED");
  CHECK(fact_of(wrong, "manifest.status") == "-");
  CHECK_FALSE(test::mentions(wrong, "pw-99999"));
}

TEST_CASE("registry: a data host that can't be reached is named, and why") {
  Registry registry;
  const int closed = [] {
    test::LoopbackServer gone([](int) {});
    return gone.port();
  }();
  registry.data_url = "http://127.0.0.1:" + std::to_string(closed) + "/x";
  const auto seen = registry.look({{"repository", "shop/web"}, {"tag", "v1"}});
  CHECK(fact_of(seen, "manifest.status") == "200");
  CHECK(fact_of(seen, "data.failed") == "127.0.0.1");
  CHECK(fact_of(seen, "data.failure-kind") == "tcp-refused");
  CHECK(fact_of(seen, "data.status") == "-");
}

TEST_CASE("registry: the firewall's refusal names the address, too many requests their time") {
  WebServer firewall(error("403 Forbidden", "DENIED",
                           "client with IP \\u0027203.0.113.44\\u0027 is not allowed access. Refer "
                           "https://aka.ms/acr/firewall to grant access."));
  const auto given = [](const WebServer& server) {
    return std::map<std::string, std::string>{{"host", "127.0.0.1"},
                                              {"port", std::to_string(server.port())},
                                              {"tls", "false"},
                                              {"repository", "a"}};
  };
  const auto denied = Looker().look("registry", given(firewall));
  CHECK(fact_of(denied, "status") == "403");
  CHECK(fact_of(denied, "error.code") == "DENIED");
  CHECK(fact_of(denied, "error.address") == "203.0.113.44");
  CHECK(fact_of(denied, "is-registry") == "true");
  WebServer busy(
      error("429 Too Many Requests", "TOOMANYREQUESTS", "too many requests", "Retry-After: 30\r\n"));
  const auto full = Looker().look("registry", given(busy));
  CHECK(fact_of(full, "error.code") == "TOOMANYREQUESTS");
  CHECK(fact_of(full, "retry-after") == "30");
  WebServer page(response("200 OK", "Content-Type: text/html\r\n", "<title>Portal</title>"));
  CHECK(fact_of(Looker().look("registry", given(page)), "is-registry") == "false");
  CHECK(failure_of(Looker().look("registry", {{"host", "a.azurecr.io"}, {"repository", "../../etc"}})) ==
        "bad-target at request");
  CHECK(failure_of(
            Looker().look("registry", {{"host", "a.azurecr.io"}, {"repository", "a"}, {"tag", "b/c"}})) ==
        "bad-target at request");
}

}  // namespace
}  // namespace aztriage
