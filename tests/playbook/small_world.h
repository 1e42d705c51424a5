#pragma once

#include "base/file.h"
#include "playbook/load.h"
#include "playbook/yaml_reader.h"
#include "support/source_folder.h"

#include <array>
#include <optional>
#include <string>

/// A vocabulary and data files that are just large enough to write playbooks against.
namespace small_world {

using namespace aztriage;
using fact::FactSpec;
using fact::Kind;
using fact::ParamSpec;

inline constexpr std::string_view kProblems[] = {"expired", "name-mismatch", "self-signed"};
inline constexpr std::string_view kFamilies[] = {"any", "4", "6"};
inline constexpr std::string_view kOperations[] = {"resolve", "connect", "handshake"};

inline constexpr std::array kHttpParams = {
    ParamSpec{.name = "url", .type = {.kind = Kind::url}, .help = "the address", .required = true},
    ParamSpec{
        .name = "headers", .type = {.kind = Kind::text}, .help = "headers", .secret = true, .map = true},
    ParamSpec{.name = "follow", .type = {.kind = Kind::boolean}, .help = "redirects"},
    ParamSpec{.name = "host", .type = {.kind = Kind::host}, .help = "Host header"},
    ParamSpec{.name = "family", .type = {.kind = Kind::choice, .words = kFamilies}, .help = "of addresses"},
};
inline constexpr std::array kHttpFacts = {
    FactSpec{"status", {.kind = Kind::number}, "of the response", "headers"},
    FactSpec{"answered-by", {.kind = Kind::text}, "who", "headers"},
    FactSpec{"headers.*", {.kind = Kind::text}, "response headers"},
    FactSpec{"cookies.*", {.kind = Kind::text}, "cookies"},
    FactSpec{"location", {.kind = Kind::url}, "of a redirect", "headers"},
    FactSpec{"body", {.kind = Kind::text}, "decoded"},
    FactSpec{"time.total", {.kind = Kind::number}, "seconds"},
};

inline constexpr std::array kTlsParams = {
    ParamSpec{.name = "host", .type = {.kind = Kind::host}, .help = "the server", .required = true},
    ParamSpec{.name = "port", .type = fact::kPort, .help = "its port", .default_value = "443"},
};
inline constexpr std::array kTlsFacts = {
    FactSpec{"certificate.problems",
             {.kind = Kind::list, .item = Kind::choice, .words = kProblems},
             "what is wrong"},
    FactSpec{"certificate.names", {.kind = Kind::list, .item = Kind::host}, "names"},
    FactSpec{"certificate.days-left", {.kind = Kind::number}, "days"},
};

inline constexpr std::array kDnsParams = {
    ParamSpec{.name = "name", .type = {.kind = Kind::host}, .help = "the name", .required = true},
    ParamSpec{.name = "server", .type = {.kind = Kind::text}, .help = "whom to ask"},
};
inline constexpr std::array kDnsFacts = {
    FactSpec{"addresses", {.kind = Kind::list, .item = Kind::ip}, "what it resolves to", "answers"},
    FactSpec{"alias", {.kind = Kind::host}, "the first alias", "answers"},
    FactSpec{"exists", {.kind = Kind::boolean}, "whether it does", "answers"},
};

inline constexpr std::array kLoginParams = {
    ParamSpec{.name = "host", .type = {.kind = Kind::host}, .help = "the server", .required = true},
    ParamSpec{.name = "password", .type = {.kind = Kind::text}, .help = "the key", .secret = true},
};
inline constexpr std::array kLoginFacts = {FactSpec{"reply", {.kind = Kind::text}, "what it said"}};

inline constexpr std::array kErrorFacts = {
    FactSpec{"code", {.kind = Kind::text}, "the error's code", "text"}};
inline constexpr std::array kNsgParams = {
    ParamSpec{.name = "port", .type = fact::kPort, .help = "the port", .required = true}};
inline constexpr std::array kNsgFacts = {FactSpec{"access", {.kind = Kind::text}, "allow or deny", "text"}};
inline constexpr std::array kVantageFacts = {FactSpec{"clock-offset", {.kind = Kind::number}, "seconds"}};

inline playbook::Vocabulary vocabulary() {
  playbook::Vocabulary v;
  v.probes = {{"dns", "asks", kDnsParams, kDnsFacts, kOperations},
              {"http", "gets", kHttpParams, kHttpFacts, kOperations},
              {"login", "logs in", kLoginParams, kLoginFacts, kOperations, true},
              {"tls", "shakes hands", kTlsParams, kTlsFacts, kOperations}};
  v.readers = {{"error", "finds codes", {}, kErrorFacts},
               {"json", "reads JSON", {}, {}},
               {"nsg", "rules", kNsgParams, kNsgFacts}};
  v.vantage = kVantageFacts;
  return v;
}

inline constexpr const char* kInputsYaml = R"(
endpoint: {type: host, ask: Which host?}
origin: {type: host, ask: Which origin?}
port: {type: port, ask: Which port?}
path: {type: path, ask: Which path?, default: /}
url: {type: url, ask: Which address?}
origin_id: {type: resource-id, ask: Which id?}
key: {type: secret, ask: Which key?}
method: {type: choice, choices: [GET, HEAD], ask: Which method?}
note: {type: text, ask: Anything else?}
)";
inline constexpr const char* kCloudsYaml = R"(
public: {vault: vault.azure.net, login: login.microsoftonline.com}
usgov: {vault: vault.usgovcloudapi.net}
)";

/// Keeps alive what a World refers to.
struct SmallWorld {
  playbook::Vocabulary words = vocabulary();
  playbook::InputDictionary inputs;
  playbook::Clouds clouds;
  bool built_in = true;
  playbook::Checks checks;
  std::optional<std::vector<std::string>> playbooks;

  SmallWorld() {
    source::Diagnostics diagnostics;
    inputs = playbook::read_inputs(source::Source("inputs.yaml", kInputsYaml), diagnostics);
    clouds = playbook::read_clouds(source::Source("clouds.yaml", kCloudsYaml), diagnostics);
  }
  playbook::World world() const {
    return {words, inputs, clouds, built_in, checks, playbooks ? &*playbooks : nullptr};
  }
};

/// A playbook that uses nearly every key.
inline std::string sample() {
  return read_file(test::source_folder() + "/tests/playbook/data/sample.yaml", playbook::kMaxFileBytes)
      .value();
}

struct Loaded {
  std::optional<playbook::Playbook> playbook;
  source::Diagnostics diagnostics;
};
inline Loaded load(const std::string& text, const SmallWorld& world = {}) {
  Loaded loaded;
  loaded.playbook =
      playbook::load(source::Source("p.yaml", text), "front-door/p", world.world(), loaded.diagnostics);
  return loaded;
}

}  // namespace small_world
