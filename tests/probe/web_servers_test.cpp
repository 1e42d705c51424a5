// The probes of the web against real servers: docker-registry, nginx with a private authority, Azurite. One
// that is not installed is named and skipped.
#include "base/sha256.h"
#include "decode/encoding.h"
#include "support/looking.h"
#include "support/pki.h"
#include "support/server.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/stat.h>

namespace aztriage {
namespace {

using test::fact_of;
using test::failure_of;
using test::Looker;

bool installed(const std::string& program) {
  if (!test::find_program(program).empty()) return true;
  MESSAGE(program << " is not installed: this case is skipped");
  return false;
}

/// docker-registry with one image, laid out on disk as it stores it.
struct DockerRegistry {
  test::TempDir folder;
  int port = test::free_port();
  std::unique_ptr<test::Server> server;

  explicit DockerRegistry(bool login) {
    const std::string config =
        put_blob(R"({"os":"linux","architecture":"s390x","rootfs":{"type":"layers"}})");
    const std::string layer = put_blob("not really a layer");
    const std::string type = "application/vnd.docker.distribution.manifest.v2+json";
    const std::string manifest = put_blob(
        R"({"schemaVersion":2,"mediaType":")" + type +
        R"(","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":69,"digest":"sha256:)" +
        config +
        R"("},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":18,)" +
        R"("digest":"sha256:)" + layer + R"("}]})");
    const std::string repository = "data/docker/registry/v2/repositories/shop/web/";
    for (const std::string& digest : {config, layer})
      put(repository + "_layers/sha256/" + digest + "/link", "sha256:" + digest);
    for (const std::string& place :
         {"revisions/sha256/" + manifest + "/link", std::string("tags/v1/current/link"),
          "tags/v1/index/sha256/" + manifest + "/link"})
      put(repository + "_manifests/" + place, "sha256:" + manifest);
    // reader with pw-12345
    const std::string users =
        folder.write("users", "reader:$2b$05$abcdefghijklmnopqrstuuQgVkHszY..MjbohqvOOQHqPUz4Z81Bu\n");
    const std::string file = folder.write(
        "config.yml", "version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: " +
                          (folder.path() / "data").string() +
                          "}}\nhttp: {addr: '127.0.0.1:" + std::to_string(port) + "'}\n" +
                          (login ? "auth: {htpasswd: {realm: Contoso, path: " + users + "}}\n" : ""));
    server = std::make_unique<test::Server>(
        std::vector<std::string>{test::find_program("docker-registry"), "serve", file}, port,
        (folder.path() / "log").string());
  }
  void put(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder.path() / name).parent_path());
    folder.write(name, text);
  }
  std::string put_blob(const std::string& text) const {
    const std::string digest = sha256_hex(text);
    put("data/docker/registry/v2/blobs/sha256/" + digest.substr(0, 2) + "/" + digest + "/data", text);
    return digest;
  }
  fact::Observation look(std::map<std::string, std::string> given) const {
    given.insert({{"host", "127.0.0.1"}, {"port", std::to_string(port)}, {"tls", "false"}});
    return Looker().look("registry", given);
  }
};

TEST_CASE("web servers: docker-registry, open to all") {
  if (!installed("docker-registry")) return;
  const DockerRegistry registry(false);
  const auto good = registry.look({{"repository", "shop/web"}, {"tag", "v1"}});
  CHECK(fact_of(good, "status") == "200");
  CHECK(fact_of(good, "is-registry") == "true");
  CHECK(fact_of(good, "anonymous") == "true");
  CHECK(fact_of(good, "manifest.status") == "200");
  CHECK(fact_of(good, "platforms") == "linux/s390x");
  CHECK(fact_of(good, "layers") == "1");
  CHECK(fact_of(good, "layers.size") == "18");
  CHECK(fact_of(good, "data-hosts") == "127.0.0.1");
  CHECK(fact_of(good, "data.status") == "200");
  const auto tag = registry.look({{"repository", "shop/web"}, {"tag", "v9"}});
  CHECK(fact_of(tag, "manifest.status") == "404");
  CHECK(fact_of(tag, "manifest.error") == "MANIFEST_UNKNOWN");
  const auto name = registry.look({{"repository", "shop/nothing"}});
  CHECK(fact_of(name, "manifest.status") == "404");
}

TEST_CASE("web servers: docker-registry behind a password") {
  if (!installed("docker-registry")) return;
  const DockerRegistry registry(true);
  const auto none = registry.look({{"repository", "shop/web"}, {"tag", "v1"}});
  CHECK(fact_of(none, "status") == "401");
  CHECK(fact_of(none, "error.code") == "UNAUTHORIZED");
  CHECK(fact_of(none, "challenge.realm") == "Contoso");
  CHECK(fact_of(none, "challenge.schemes") == "Basic");
  CHECK(fact_of(none, "anonymous") == "false");
  const auto with = [&](const std::string& password) {
    return registry.look(
        {{"repository", "shop/web"}, {"tag", "v1"}, {"user", "reader"}, {"password", password}});
  };
  const auto good = with("pw-12345");
  CHECK(fact_of(good, "manifest.status") == "200");
  CHECK(fact_of(good, "platforms") == "linux/s390x");
  CHECK(fact_of(good, "anonymous") == "false");
  const auto wrong = with("pw-00000");
  CHECK(fact_of(wrong, "manifest.status") == "401");
  CHECK(fact_of(wrong, "manifest.error") == "UNAUTHORIZED");
  CHECK_FALSE(test::mentions(wrong, "pw-00000"));
  const auto login = registry.look({{"user", "reader"}, {"password", "pw-12345"}});
  CHECK(fact_of(login, "login.ok") == "true");
  CHECK(fact_of(registry.look({{"user", "reader"}, {"password", "x"}}), "login.status") == "401");
}

/// nginx in the place of an API server: TLS by the cluster's own authority, and recorded answers.
struct Cluster {
  test::TempDir folder;
  int port = test::free_port();
  test::Identity root = test::self_signed({.common_name = "ca", .authority = true});
  test::Identity other = test::self_signed({.common_name = "Contoso Inspection", .authority = true});
  std::unique_ptr<test::Server> server;

  Cluster() {
    chmod(folder.path().c_str(), 0755);
    const auto leaf = test::issue(root, {.common_name = "apiserver", .dns = {"kube.contoso.com"}});
    folder.write("leaf.pem", leaf.certificate_pem() + root.certificate_pem());
    folder.write("leaf.key", leaf.key_pem());
    const std::string dir = folder.path().string();
    const std::string conf =
        "daemon off; pid " + dir +
        "/pid; error_log stderr; worker_processes 1;\n"
        "events { worker_connections 64; }\nhttp { access_log off; client_body_temp_path " +
        dir + "; proxy_temp_path " + dir + "; fastcgi_temp_path " + dir + "; uwsgi_temp_path " + dir +
        "; scgi_temp_path " + dir + ";\nserver { listen 127.0.0.1:" + std::to_string(port) +
        " ssl; ssl_certificate " + dir + "/leaf.pem; ssl_certificate_key " + dir +
        "/leaf.key;\n"
        "default_type application/json;\n"
        "if ($http_authorization != 'Bearer token-of-the-cluster') { return 401 "
        "'{\"kind\":\"Status\",\"reason\":\"Unauthorized\",\"message\":\"Unauthorized\",\"code\":401}'; }\n"
        "location /livez { return 200 ok; } location /readyz { return 200 ok; }\n"
        "location /version { return 200 '{\"gitVersion\":\"v1.30.7\"}'; }\n"
        "location /apis/metrics.k8s.io { return 503 '{\"kind\":\"Status\",\"message\":\"error dialing "
        "backend: "
        "dial tcp 10.1.0.4:10250: i/o timeout\"}'; }\n"
        "location /api { return 200 '{\"kind\":\"APIVersions\"}'; } } }\n";
    const std::string file = folder.write("nginx.conf", conf);
    server = std::make_unique<test::Server>(
        std::vector<std::string>{test::find_program("nginx"), "-p", dir, "-c", file}, port, dir + "/log");
  }
  fact::Observation look(const std::string& host, const std::string& ca) const {
    net::Settings settings;
    for (const char* name : {"kube.contoso.com", "other.contoso.com"})
      settings.resolve.push_back(std::string(name) + ":" + std::to_string(port) + ":127.0.0.1");
    std::map<std::string, std::string> given = {{"server", host + ":" + std::to_string(port)},
                                                {"token", "token-of-the-cluster"}};
    if (!ca.empty()) given["ca"] = ca;
    return Looker(settings).look("kubernetes", given);
  }
};

TEST_CASE("web servers: an API server behind its own authority gets its token only when that is given") {
  if (!installed("nginx")) return;
  const Cluster cluster;
  const auto blind = cluster.look("kube.contoso.com", "");
  CHECK(fact_of(blind, "status") == "401");
  CHECK(fact_of(blind, "withheld") == "true");
  CHECK(fact_of(blind, "certificate.problems") == "untrusted-root");
  CHECK(fact_of(blind, "certificate.issuer").starts_with("CN=ca,"));
  for (const std::string& ca :
       {cluster.root.certificate_pem(), decode::base64_encode(cluster.root.certificate_pem())}) {
    const auto seen = cluster.look("kube.contoso.com", ca);
    CHECK(fact_of(seen, "certificate.problems").empty());
    CHECK(fact_of(seen, "status") == "200");
    CHECK(fact_of(seen, "unauthorized") == "false");
    CHECK(fact_of(seen, "is-kubernetes") == "true");
    CHECK(fact_of(seen, "live") == "true");
    CHECK(fact_of(seen, "version") == "v1.30.7");
    CHECK(fact_of(seen, "anonymous-enabled") == "false");
    CHECK(fact_of(seen, "tunnel-error") == "error dialing backend: dial tcp 10.1.0.4:10250: i/o timeout");
    CHECK_FALSE(test::mentions(seen, "token-of-the-cluster"));
  }
  const auto wrong = cluster.look("other.contoso.com", cluster.root.certificate_pem());
  CHECK(fact_of(wrong, "certificate.problems") == "name-mismatch");
  CHECK(fact_of(wrong, "withheld") == "true");
  const auto inspected = cluster.look("kube.contoso.com", cluster.other.certificate_pem());
  CHECK(fact_of(inspected, "certificate.problems") == "untrusted-root");
}

/// An account SAS of the emulator's own account, whose key everybody knows, for reading and listing blobs
/// (learn.microsoft.com, rest/api/storageservices/create-account-sas and storage-use-azurite).
std::string emulator_sas() {
  const std::string account = "devstoreaccount1", version = "2021-12-02", until = "2099-01-01T00:00:00Z";
  const auto key = decode::base64_decode(
      "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==");
  const std::string text =
      account + "\nrl\nb\nsco\n\n" + until + "\n\n\n" + version + "\n\n";  // no start, addresses, protocols
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key->data(), static_cast<int>(key->size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), sum, &size);
  return "sv=" + version + "&ss=b&srt=sco&sp=rl&se=" + decode::percent_encode(until) +
         "&sig=" + decode::percent_encode(decode::base64_encode({reinterpret_cast<const char*>(sum), size}));
}

TEST_CASE("web servers: Azurite takes a signature apart from none") {
  if (!installed("azurite-blob")) return;
  const test::TempDir folder;
  const int port = test::free_port();
  const test::Server server(
      {test::find_program("azurite-blob"), "--silent", "--skipApiVersionCheck", "--blobHost", "127.0.0.1",
       "--blobPort", std::to_string(port), "--location", folder.path().string()},
      port, (folder.path() / "log").string());
  const std::string account = "http://127.0.0.1:" + std::to_string(port) + "/devstoreaccount1";
  const auto signed_in =
      Looker().look("storage", {{"url", account + "/?comp=list"}, {"sas", emulator_sas()}});
  CHECK(failure_of(signed_in) == "none");
  CHECK(fact_of(signed_in, "status") == "200");
  CHECK(fact_of(signed_in, "sas.kind") == "account");
  CHECK(fact_of(signed_in, "sas.expired-by-server") == "false");
  CHECK(fact_of(signed_in, "service") == "blob");
  CHECK(fact_of(signed_in, "is-storage") == "true");
  CHECK(fact_of(signed_in, "account") == "devstoreaccount1");
  CHECK(fact_of(signed_in, "anonymous.status") == "403");
  CHECK(fact_of(signed_in, "public-access") == "network-denied");  // the emulator's word for any refusal
  const auto missing =
      Looker().look("storage", {{"url", account + "/images/logo.png"}, {"sas", emulator_sas()}});
  CHECK(fact_of(missing, "status") == "404");
  CHECK(fact_of(missing, "error.code") == "ContainerNotFound");
  std::string broken = emulator_sas();
  broken.replace(broken.find("sp=rl"), 5, "sp=rw");
  const auto wrong = Looker().look("storage", {{"url", account + "/?comp=list"}, {"sas", broken}});
  CHECK(fact_of(wrong, "status") == "403");
  CHECK_FALSE(fact_of(wrong, "error.code") == "-");
}

}  // namespace
}  // namespace aztriage
