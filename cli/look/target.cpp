#include "cli/look/target.h"

#include "base/file.h"
#include "base/suggest.h"
#include "base/text.h"
#include "cli/given.h"
#include "cli/hidden.h"
#include "fact/url.h"
#include "probe/registry.h"

#include <algorithm>
#include <cstdlib>

namespace aztriage::cli {
namespace {

using fact::ParamSpec;
using probe::ProbeSpec;
using Parameters = std::map<std::string, std::string>;

constexpr std::size_t kMostPasted = 1 << 20;
constexpr std::size_t kMostSecret = 64 << 10;

const ParamSpec* find_param(const ProbeSpec& spec, std::string_view name) {
  const auto found = std::ranges::find(spec.params, name.substr(0, name.find('.')), &ParamSpec::name);
  return found == spec.params.end() ? nullptr : &*found;
}

/// A parameter that holds nothing but a secret; a URL or a body may hold one among other things.
bool only_secret(const ParamSpec& param) {
  return param.secret && !param.map && param.type.kind != fact::Kind::url && param.name != "body" &&
         param.name != "text";
}

std::vector<std::string> names_of_probes() {
  std::vector<std::string> names;
  for (const ProbeSpec* spec : probe::all_probes()) names.emplace_back(spec->name);
  return names;
}

/// `host`, `host:port`, `[v6]:port`, a bare IPv6 address, or a URL of which host and port count.
/// `wants_port`: the probe has no port of its own.
Result<void> put_host(const std::string& target, bool wants_port, Parameters& parameters) {
  std::string host = target;
  int port = 0;
  if (target.find("://") != target.npos) {
    const auto url = fact::parse_url(target);
    if (!url || url->host.empty())
      return failed("'" + text::printable(target) + "' is not a URL", "give a host, or host:port");
    host = url->host;
    port = fact::effective_port(*url);
  } else if (const auto endpoint = fact::parse_endpoint(target)) {
    host = endpoint->host;
    port = endpoint->port;
  } else if (target.starts_with('[') && target.ends_with(']')) {
    host = target.substr(1, target.size() - 2);
  } else if (std::count(target.begin(), target.end(), ':') == 1) {
    return failed(
        "'" + text::printable(target) + "' is not a host and a port",
        "ports are 1 to 65535, such as " + text::printable(target.substr(0, target.find(':'))) + ":443");
  }
  if (wants_port && port == 0 && !parameters.contains("port")) {
    return failed("'" + text::printable(target) + "' has no port",
                  "such as " + text::printable(host) + ":443");
  }
  parameters.emplace("host", host);
  if (port != 0) parameters.emplace("port", std::to_string(port));
  return {};
}

Result<void> put_url(const ProbeSpec& spec, const std::string& target, Parameters& parameters) {
  const auto scheme = target.find("://");
  const std::string name = scheme == target.npos ? "" : text::lower(target.substr(0, scheme));
  const bool socket = spec.name == "websocket";
  if (scheme == target.npos) {
    parameters.emplace("url", (socket ? "wss://" : "https://") + target);
    return {};
  }
  if (name != "http" && name != "https" && !(socket && (name == "ws" || name == "wss"))) {
    return failed("'" + text::printable(target) + "' is not an http or https URL",
                  "'aztriage probe tcp HOST:PORT' looks at other servers");
  }
  parameters.emplace("url", target);
  return {};
}

Result<void> put_text(const std::string& target, Parameters& parameters) {
  if (target != "-") {
    parameters.emplace("text", target);
    return {};
  }
  auto text = read_file("-", kMostPasted);
  if (!text) return tl::unexpected<Error>(text.error());
  parameters.emplace("text", text::trim(*text));
  return {};
}

Result<void> put_target(const ProbeSpec& spec, const std::string& target, Parameters& parameters) {
  const auto takes = [&](std::string_view name) { return find_param(spec, name) != nullptr; };
  if (takes("url")) return put_url(spec, target, parameters);
  if (takes("text")) return put_text(target, parameters);
  if (takes("name")) {
    parameters.emplace("name", target);
    return {};
  }
  if (takes("host")) {
    const ParamSpec* port = find_param(spec, "port");
    return put_host(target, port != nullptr && port->default_value.empty(), parameters);
  }
  const auto first = std::ranges::find(spec.params, true, &ParamSpec::required);
  if (first == spec.params.end() && spec.params.empty())
    return failed("the probe '" + std::string(spec.name) + "' takes no target", "leave it out");
  parameters.emplace(first == spec.params.end() ? spec.params.front().name : first->name, target);
  return {};
}

/// Where AZTRIAGE_WITH says it, nobody else on the machine can read it.
bool in_environment(std::string_view pair) {
  const char* text = std::getenv("AZTRIAGE_WITH");
  if (text == nullptr) return false;
  const auto lines = text::split(text, '\n');
  return std::find(lines.begin(), lines.end(), pair) != lines.end();
}

}  // namespace

Result<const ProbeSpec*> find_kind(const std::string& kind) {
  if (const ProbeSpec* spec = probe::find_probe(kind)) return spec;
  std::string hint = did_you_mean(kind, names_of_probes());
  if (hint.empty()) hint = "one of " + probe_names();
  return failed("unknown probe '" + text::printable(kind) + "'", std::move(hint));
}

const std::string& probe_names() {
  static const std::string names = text::join(names_of_probes(), ", ");
  return names;
}

Result<GivenParams> given_params(const ProbeSpec& spec, const std::vector<std::string>& pairs,
                                 std::string_view option) {
  GivenParams given;
  for (const auto& text : pairs) {
    auto pair = split_pair(option, text, "NAME=VALUE");
    if (!pair) return tl::unexpected<Error>(pair.error());
    const ParamSpec* param = find_param(spec, pair->name);
    if (param != nullptr && param->secret && pair->value.starts_with('@') && pair->value.size() > 1) {
      auto value = read_file(pair->value.substr(1), kMostSecret);
      if (!value) return failed("'" + pair->name + "': " + value.error().what, value.error().hint);
      pair->value = text::trim(*value);
      if (pair->value.empty())
        return failed("'" + pair->name + "': the file is empty", "write the value into it");
      given.from_file.push_back(pair->name);
      given.secrets.add(pair->value);
    } else if (param != nullptr && only_secret(*param)) {
      if (!in_environment(text)) {
        given.on_line.push_back(pair->name);
        scrub_arguments(pair->value);
      }
      given.secrets.add(pair->value);
    }
    given.values[pair->name] = pair->value;
  }
  return given;
}

Result<Target> make_target(const ProbeSpec& spec, const std::string& text, const GivenParams& given) {
  Parameters parameters = given.values;
  if (!text.empty()) {
    if (auto put = put_target(spec, text, parameters); !put) return tl::unexpected<Error>(put.error());
  }
  auto params = probe::check_params(spec, parameters);
  if (!params) return tl::unexpected<Error>(params.error());
  for (const auto& [name, value] : params->values) {
    const ParamSpec* param = find_param(spec, name);
    const bool read =
        std::find(given.from_file.begin(), given.from_file.end(), name) != given.from_file.end();
    if (read || (param != nullptr && only_secret(*param) && given.values.contains(name)))
      params->secret.insert(name);
  }
  return Target{text, std::move(*params)};
}

bool needs_target(const ProbeSpec& spec) {
  const bool required = std::ranges::find(spec.params, true, &ParamSpec::required) != spec.params.end();
  return required || find_param(spec, "host") != nullptr || find_param(spec, "url") != nullptr;
}

std::string exposed_secrets(const GivenParams& given) {
  if (given.on_line.empty()) return {};
  return "aztriage: a command line is seen by everybody on this machine; " + given.on_line.front() +
         "=@FILE reads the value from a file";
}

}  // namespace aztriage::cli
