#include "engine/client_command.h"
#include "engine/customer_shell.h"
#include "engine/scene.h"

#include <array>
#include <cstdio>

using namespace scene;
using engine::CustomerShell;

namespace {

const std::string kHost = "shop-production-westeurope.privatelink.azurewebsites.net";

/// One look of every kind, with what it must know.
const std::string kBook = R"(
format: 1
title: A test
summary: Of the lines for the customer's shell.
reviewed: 2026-11-24
symptoms: [it fails]
inputs: {endpoint: {}, path: {optional: true}}
causes:
  down: {title: It is down, seen: common, explain: It is., fix: Start it., docs: [/azure/test]}
  slow: {title: It is slow, seen: common, explain: It is., fix: Make it fast., docs: [/azure/test]}
steps:
  s1: {probe: http, with: {url: "https://${endpoint}${path?}"}, outcomes: [{name: any}]}
  s2: {probe: dns, with: {name: "${endpoint}"}, outcomes: [{name: any}]}
  s3: {probe: tls, with: {host: "${endpoint}"}, outcomes: [{name: any}]}
  s4: {probe: tcp, with: {host: "${endpoint}", port: 443}, outcomes: [{name: any}]}
  s5: {probe: ssh, with: {host: "${endpoint}"}, outcomes: [{name: any}]}
  s6: {probe: sql, with: {host: "${endpoint}"}, outcomes: [{name: any}]}
  s7: {probe: postgres, with: {host: "${endpoint}"}, outcomes: [{name: any}]}
  s8: {probe: mysql, with: {host: "${endpoint}"}, outcomes: [{name: any}]}
  s9: {probe: redis, with: {host: "${endpoint}"}, outcomes: [{name: any}]}
  s10: {probe: rdp, with: {host: "${endpoint}"}, outcomes: [{name: any}]}
  s11: {probe: smb, with: {host: "${endpoint}"}, outcomes: [{name: any}]}
  s12: {probe: amqp, with: {host: "${endpoint}"}, outcomes: [{name: any}]}
  s13: {probe: kafka, with: {host: "${endpoint}"}, outcomes: [{name: any}]}
  s14: {probe: ftps, with: {host: "${endpoint}"}, outcomes: [{name: any}]}
  s15: {probe: storage, with: {url: "https://${endpoint}/"}, outcomes: [{name: any}]}
  s16: {probe: registry, with: {host: "${endpoint}"}, outcomes: [{name: any}]}
  s17: {probe: kubernetes, with: {server: "${endpoint}"}, outcomes: [{name: any}]}
  s18: {probe: oidc, with: {authority: "${endpoint}"}, outcomes: [{name: any}]}
  s19: {probe: imds, outcomes: [{name: any}]}
  s20: {probe: websocket, with: {url: "wss://${endpoint}/"}, outcomes: [{name: any}]}
  s21: {probe: path, with: {host: "${endpoint}"}, outcomes: [{name: any}]}
  s22: {probe: ntp, with: {host: "${endpoint}"}, outcomes: [{name: any}]}
)";

std::string line_in(Scene& scene, std::size_t step, CustomerShell shell) {
  const auto found = engine::client_line(scene->playbook().steps[step], scene->environment(), shell);
  return found ? found->line : "";
}

std::string output_of(const std::string& command) {
  std::string out;
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer;
  for (auto count = std::fread(buffer.data(), 1, buffer.size(), pipe); count > 0;
       count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    out.append(buffer.data(), count);
  ::pclose(pipe);
  return out;
}

}  // namespace

TEST_CASE("lines: every look has one for bash and PowerShell that fits into a chat") {
  Scene scene(kBook, {{"endpoint", kHost}});
  for (std::size_t i = 0; i < scene->playbook().steps.size(); ++i) {
    CAPTURE(scene->playbook().steps[i].probe);
    for (const auto& shell : engine::customer_shells()) {
      CAPTURE(shell.name);
      const auto line = line_in(scene, i, shell.shell);
      const bool everywhere = shell.shell == CustomerShell::bash || shell.shell == CustomerShell::powershell;
      if (everywhere) CHECK_FALSE(line.empty());
      CAPTURE(line);
      CHECK(line.size() < 300);
      CHECK(line.find('\n') == std::string::npos);
    }
  }
}

TEST_CASE("lines: the page that tells about an issuer, with its status") {
  Scene scene(kBook, {{"endpoint", "login.contoso.com"}});
  CHECK(line_in(scene, 17, CustomerShell::bash) ==
        "curl -si -m 30 https://login.contoso.com/common/v2.0/.well-known/openid-configuration");
}

TEST_CASE("lines: a hostile value is one word of the shell, also inside a pod's") {
  const std::string path = "/a'b\"c$(id)`id`;id|id&x=%PATH% \\";
  Scene scene(kBook, {{"endpoint", kHost}, {"path", path}});
  auto line = line_in(scene, 0, CustomerShell::bash);
  REQUIRE(line.starts_with("curl "));
  line.replace(0, 4, "printf '%s\\n'");
  const auto words = output_of(line);
  CHECK(words.find("\nhttps://" + kHost + path + "\n") != std::string::npos);
  CHECK(words.find("uid=") == std::string::npos);

  line = line_in(scene, 0, CustomerShell::pod);
  const std::string outer = "kubectl exec POD -- ";
  REQUIRE(line.starts_with(outer));
  line = line.substr(outer.size());
  REQUIRE(line.starts_with("sh -c 'curl "));
  line.insert(7, "curl() { printf \"%s\\n\" \"$@\"; }; ");
  CHECK(output_of(line).find("\nhttps://" + kHost + path + "\n") != std::string::npos);

  // cmd has no way to write it down, PowerShell doubles the quote.
  CHECK(line_in(scene, 0, CustomerShell::serial_windows).empty());
  CHECK(line_in(scene, 0, CustomerShell::powershell).find("/a''b") != std::string::npos);
}

TEST_CASE("lines: what another tool shows decides only what it shows") {
  Scene scene(R"(
format: 1
title: A test
summary: Of pasted texts.
reviewed: 2026-11-24
symptoms: [it fails]
inputs: {endpoint: {}}
causes:
  down: {title: It is down, seen: common, explain: It is., fix: Start it., docs: [/azure/test]}
  slow: {title: It is slow, seen: common, explain: It is., fix: Make it fast., docs: [/azure/test]}
steps:
  login:
    probe: sql
    from: client
    with: {host: "${endpoint}"}
    outcomes:
      - {name: silent, when: {failure.kind: tcp-timeout}, given: {down: usually, otherwise: sometimes}}
      - {name: refused, when: {error.code: 18456}}
      - {name: other}
  page:
    probe: storage
    from: client
    with: {url: "https://${endpoint}/"}
    outcomes:
      - {name: forbidden, when: {status: 403}, given: {slow: usually, otherwise: sometimes}}
      - {name: other}
)",
              {{"endpoint", "db.contoso.com"}}, {.here = "outside", .interactive = true});
  scene.start();
  const auto& steps = scene->playbook().steps;
  CHECK(engine::client_readers(steps[0]) == std::vector<std::string_view>{"openssl", "test-connection"});
  scene->paste(0,
               "$ nc -vz db.contoso.com 1433\nConnection to db.contoso.com 1433 port [tcp/*] succeeded!\n");
  CHECK(scene.step("login").state == engine::StepState::done);
  CHECK(scene.step("login").outcome == -1);
  CHECK(scene.step("login").reason == "too little is in it to tell which of them it is");
  CHECK(scene->undo());
  scene->paste(0, "nc: connect to db.contoso.com port 1433 (tcp) failed: Connection timed out\n");
  CHECK(scene.step("login").outcome_name == "silent");
  scene->paste(1, "> GET / HTTP/1.1\n< HTTP/1.1 403 Forbidden\n< x-ms-error-code: AuthorizationFailure\n");
  CHECK(scene.step("page").outcome_name == "forbidden");
}
