#include "base/file.h"
#include "base/suggest.h"
#include "base/text.h"
#include "cli/console.h"
#include "cli/context.h"
#include "cli/given.h"
#include "cli/interrupt.h"
#include "cli/probe_view.h"
#include "decode/mask.h"
#include "fact/json.h"
#include "fact/url.h"
#include "probe/registry.h"

#include <algorithm>
#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

namespace aztriage::cli {
namespace {

using fact::FailureKind;
using fact::Observation;
using probe::ProbeSpec;
using Parameters = std::map<std::string, std::string>;

constexpr std::size_t kMostTargets = 500;
constexpr std::size_t kMostPasted = 1 << 20;

struct Look {
  std::string target;
  probe::Params params;
  std::unique_ptr<probe::Running> running;
  std::optional<Observation> seen;
};

bool takes(const ProbeSpec& spec, std::string_view name) {
  return std::any_of(spec.params.begin(), spec.params.end(),
                     [&](const auto& param) { return param.name == name; });
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

/// The target into the parameter that it means for this probe; what --with says stands.
Result<void> put_target(const ProbeSpec& spec, const std::string& target, Parameters& parameters) {
  if (takes(spec, "url")) {
    const auto scheme = target.find("://");
    if (scheme != target.npos && target.substr(0, scheme) != "http" && target.substr(0, scheme) != "https") {
      return failed("'" + text::printable(target) + "' is not an http or https URL",
                    "'aztriage probe tcp HOST:PORT' looks at other servers");
    }
    parameters.emplace("url", scheme == target.npos ? "https://" + target : target);
    return {};
  }
  if (takes(spec, "text")) {
    if (target != "-") {
      parameters.emplace("text", target);
      return {};
    }
    auto text = read_file("-", kMostPasted);
    if (!text) return tl::unexpected<Error>(text.error());
    parameters.emplace("text", text::trim(*text));
    return {};
  }
  if (takes(spec, "name")) {
    parameters.emplace("name", target);
    return {};
  }
  const auto port = std::ranges::find(spec.params, "port", &fact::ParamSpec::name);
  return put_host(target, port != spec.params.end() && port->default_value.empty(), parameters);
}

Result<std::vector<Look>> make_looks(const ProbeSpec& spec, const Options& options) {
  Parameters common;
  for (const auto& text : options.all("with")) {
    auto pair = split_pair("--with", text, "NAME=VALUE");
    if (!pair) return tl::unexpected<Error>(pair.error());
    common[pair->name] = pair->value;
  }
  const std::vector<std::string> targets(options.arguments.begin() + 1, options.arguments.end());
  if (targets.size() > kMostTargets) {
    return failed("more than " + std::to_string(kMostTargets) + " targets", "start several times");
  }
  std::vector<Look> looks;
  for (const auto& target : targets) {
    Parameters parameters = common;
    if (auto put = put_target(spec, target, parameters); !put) return tl::unexpected<Error>(put.error());
    auto params = probe::check_params(spec, parameters);
    if (!params) return failed(params.error().what, params.error().hint);
    looks.push_back({target, std::move(*params), nullptr, std::nullopt});
  }
  return looks;
}

/// All looks together, until they are done, the deadline is over or somebody ends them.
void look(const ProbeSpec& spec, std::vector<Look>& looks, net::Net& net, const Options& options,
          Console& console) {
  std::size_t done = 0;
  const Milliseconds timeout = duration_option(options, "timeout").value_or(spec.timeout);
  for (auto& one : looks) {
    one.running = spec.start(one.params, timeout, net, [&one, &done](Observation seen) {
      one.seen = std::move(seen);
      ++done;
    });
  }
  const SteadyTime begin = system_clock().steady();
  const auto deadline = duration_option(options, "deadline");
  FailureKind why = FailureKind::interrupted;
  while (done < looks.size() && !interrupted()) {
    const auto spent = std::chrono::duration_cast<Milliseconds>(system_clock().steady() - begin);
    if (deadline && spent >= *deadline) {
      why = FailureKind::deadline;
      break;
    }
    if (spent > Milliseconds(500)) {
      console.progress(std::to_string(done) + " of " + std::to_string(looks.size()) + " done, " +
                       std::to_string(spent.count() / 1000) + " s");
    }
    net.turn(std::min(Milliseconds(1000), deadline ? *deadline - spent : Milliseconds(1000)));
  }
  for (auto& one : looks) {
    if (!one.seen) one.seen = one.running->stop(why);
    one.running.reset();
  }
  console.progress({});
}

bool is_true(const Observation& seen, std::string_view name) {
  const auto found = seen.facts.find(name);
  return found != seen.facts.end() && found->second.kind() == fact::Kind::boolean && found->second.as_bool();
}

/// What the observation says of its target: good, bad, or that we could not look.
ExitCode judge(const Observation& seen) {
  if (seen.failure) {
    switch (seen.failure->kind) {
      case FailureKind::interrupted:
        return ExitCode::interrupted;
      case FailureKind::unreadable:
      case FailureKind::bad_target:
        return ExitCode::usage;
      case FailureKind::deadline:
      case FailureKind::local_denied:
      case FailureKind::command_failed:
      case FailureKind::internal:
        return ExitCode::unsure;
      default:
        return ExitCode::fault;
    }
  }
  const auto problems = seen.facts.find("certificate.problems");
  if (problems != seen.facts.end() && !problems->second.as_list().empty()) return ExitCode::fault;
  const auto status = seen.facts.find("status");
  if (status != seen.facts.end() && status->second.kind() == fact::Kind::number &&
      status->second.as_number() >= 500) {
    return ExitCode::fault;
  }
  return is_true(seen, "sas.expired") || is_true(seen, "jwt.expired") ? ExitCode::fault : ExitCode::ok;
}

std::string json_text(const std::vector<Look>& looks) {
  nlohmann::ordered_json document;
  document["schema"] = 1;
  if (looks.size() == 1) {
    document.update(nlohmann::ordered_json::parse(fact::to_json(*looks.front().seen)));
  } else {
    auto& list = document["observations"] = nlohmann::ordered_json::array();
    for (const auto& one : looks) list.push_back(nlohmann::ordered_json::parse(fact::to_json(*one.seen)));
  }
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Result<const ProbeSpec*> find_kind(const std::string& kind) {
  if (const ProbeSpec* spec = probe::find_probe(kind)) return spec;
  std::vector<std::string> known;
  for (const ProbeSpec* spec : probe::all_probes()) known.emplace_back(spec->name);
  std::string hint = did_you_mean(kind, known);
  if (hint.empty()) hint = "one of " + text::join(known, ", ");
  return failed("unknown probe '" + text::printable(kind) + "'", std::move(hint));
}

ExitCode run_probe(const Options& options, Console& console) {
  auto spec = find_kind(options.arguments.front());
  if (!spec) return console.fail(spec.error(), ExitCode::usage);
  auto looks = make_looks(**spec, options);
  if (!looks) return console.fail(looks.error(), ExitCode::usage);
  auto net = open_network(options);
  if (!net) return console.fail(net.error().error, net.error().code);

  catch_interrupts(**net);
  look(**spec, *looks, **net, options, console);
  ExitCode code = ExitCode::ok;
  for (auto& one : *looks) {
    one.seen->here = options.get("here", "client");
    decode::mask(*one.seen);
    code = worse(code, judge(*one.seen));
  }
  if (options.json()) {
    console.out(json_text(*looks));
    return code;
  }
  for (std::size_t i = 0; i < looks->size(); ++i) {
    console.out((i > 0 ? "\n" : "") + probe_text(*(*looks)[i].seen, console));
  }
  return code;
}

constexpr ArgumentSpec kArguments[] = {
    {.name = "KIND",
     .kind = ValueKind::probe,
     .help = "which probe: decode, dns, http, tcp or tls",
     .required = true},
    {.name = "TARGET",
     .help = "host, host:port, URL, or the text to decode (- is standard input)",
     .required = true,
     .repeatable = true}};
constexpr OptionSpec kOptions[] = {
    {.name = "--with,-w",
     .placeholder = "NAME=VALUE",
     .kind = ValueKind::probe_value,
     .help = "another parameter of the probe, such as type=TXT, sni=none or headers.X-Test=1",
     .repeatable = true}};
constexpr std::string_view kExamples[] = {
    "aztriage probe tls shop.contoso.com                     # chain, problems, days left",
    "aztriage probe http https://shop.contoso.com/health -w headers.X-Azure-DebugInfo=1",
    "aztriage probe dns shop.contoso.com -w server=168.63.129.16 -w type=CNAME",
    "aztriage probe tcp cache.contoso.com:6380 10.0.0.5:6380 -o json", "aztriage probe decode - < token.txt"};

}  // namespace

extern const CommandSpec kProbe;
const CommandSpec kProbe{
    .name = "probe",
    .summary = "looks at hosts, names, URLs or tokens, and shows where the time went",
    .details =
        "Exit code 0: the target is good; 1: it is bad (the probe failed, its certificate has problems, a "
        "status of 500 or more, a token that is over); 3: the probe could not look.",
    .arguments = kArguments,
    .options = kOptions,
    .examples = kExamples,
    .groups = Group::general | Group::network,
    .run = run_probe};

}  // namespace aztriage::cli
