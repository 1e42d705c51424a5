#include "base/text.h"
#include "cli/compare_view.h"
#include "cli/context.h"
#include "cli/interrupt.h"
#include "cli/look/look.h"
#include "probe/registry.h"

#include <algorithm>
#include <filesystem>

namespace aztriage::cli {
namespace {

using probe::ProbeSpec;

/// One way to look: a target, and parameters that only this side has.
struct Route {
  std::string name;  // for people
  Target target;
  std::set<std::string> params;  // names that --via sets
};

/// `proxy=none,family=4`: a comma begins another pair only where NAME= follows and NAME is a parameter.
std::vector<std::string> pairs_of(const ProbeSpec& spec, const std::string& via) {
  std::vector<std::string> pairs;
  for (const std::string_view piece : text::split(via, ',')) {
    const std::string_view name = piece.substr(0, piece.find_first_of("=."));
    const bool known = std::ranges::find(spec.params, name, &fact::ParamSpec::name) != spec.params.end();
    if (pairs.empty() || (known && piece.find('=') != piece.npos)) {
      pairs.emplace_back(piece);
    } else {
      pairs.back() += "," + std::string(piece);
    }
  }
  return pairs;
}

Result<Route> make_route(const ProbeSpec& spec, const std::string& target, const std::string& via,
                         const Options& options, GivenParams& all) {
  std::vector<std::string> pairs = options.all("with");
  Route route;
  if (!via.empty()) {
    for (auto& pair : pairs_of(spec, via)) {
      route.params.insert(pair.substr(0, pair.find('=')));
      pairs.push_back(std::move(pair));
    }
  }
  auto given = given_params(spec, pairs, via.empty() ? "--with" : "--via");
  if (!given) return tl::unexpected<Error>(given.error());
  auto made = make_target(spec, target, *given);
  if (!made) return tl::unexpected<Error>(made.error());
  route.name = target + (via.empty() ? "" : " via " + via);
  route.target = std::move(*made);
  for (const auto& name : given->on_line) all.on_line.push_back(name);
  all.secrets.add(given->secrets);
  return route;
}

/// What follows from looking in another way.
std::set<std::string> expected_of(const Route& a, const Route& b) {
  std::set<std::string> names = a.params;
  names.insert(b.params.begin(), b.params.end());
  static const std::set<std::string> kPlaces = {"address", "family", "proxy", "connect",
                                                "host",    "port",   "url",   "name"};
  const bool elsewhere = std::any_of(names.begin(), names.end(),
                                     [&](const std::string& name) { return kPlaces.contains(name); });
  if (elsewhere) names.insert({"address", "family", "proxy", "resolved-by"});
  if (names.contains("host")) names.insert("sent-host");
  if (names.contains("sni")) names.insert("sent-sni");
  return names;
}

struct Routes {
  Route a;
  Route b;
};
Result<Routes> make_routes(const ProbeSpec& spec, const Options& options, GivenParams& all) {
  const auto& words = options.arguments;
  const auto& vias = options.all("via");
  if (words.size() > 3)
    return failed("'" + text::printable(words[3]) + "' is one word too many", "two targets at most");
  if (vias.size() > 2) return failed("--via: more than two ways", "the first is for A, the second for B");
  if (words.size() < 2) return failed("no target to look at", "such as 'aztriage compare http URL1 URL2'");
  if (words.size() == 2 && vias.empty()) {
    return failed("there is only one way to compare",
                  "give another target, or how to go: --via family=4 --via family=6, --via proxy=none");
  }
  // A single --via is the other way: B.
  auto a = make_route(spec, words[1], vias.size() == 2 ? vias[0] : "", options, all);
  if (!a) return tl::unexpected<Error>(a.error());
  auto b = make_route(spec, words.size() == 3 ? words[2] : words[1], vias.empty() ? "" : vias.back(), options,
                      all);
  if (!b) return tl::unexpected<Error>(b.error());
  return Routes{std::move(*a), std::move(*b)};
}

Saved saved_of(const std::string& name, const fact::Observation& seen) {
  Saved saved;
  saved.name = name;
  saved.at = to_rfc3339(seen.at);
  saved.said = seen.summary;
  saved.looks.push_back({seen.target, "", seen});
  return saved;
}

ExitCode tell(const Comparison& comparison, Console& console) {
  console.out(console.json() ? comparison_json(comparison) : comparison_text(comparison, console));
  return comparison.same() ? ExitCode::ok : ExitCode::fault;
}

ExitCode compare_routes(const ProbeSpec& spec, const Options& options, Console& console) {
  GivenParams all;
  auto routes = make_routes(spec, options, all);
  if (!routes) return console.fail(routes.error(), ExitCode::usage);
  if (const std::string exposed = exposed_secrets(all); !exposed.empty()) console.warn(exposed);
  auto net = open_network(options);
  if (!net) return console.fail(net.error().error, net.error().code);
  catch_interrupts(**net);
  const auto expected = expected_of(routes->a, routes->b);
  const LookPlan plan = look_plan(spec, {routes->a.target, routes->b.target}, all, options);
  const auto looks = look_once(plan, **net, console);
  const ExitCode told =
      tell(compare_saved(saved_of(routes->a.name, looks[0]), saved_of(routes->b.name, looks[1]), expected),
           console);
  // What could not be looked at is no difference of the routes.
  for (const ExitCode code : {ExitCode::interrupted, ExitCode::usage, ExitCode::unsure}) {
    if (judge(looks[0]) == code || judge(looks[1]) == code) return code;
  }
  return told;
}

ExitCode compare_files(const Options& options, Console& console) {
  const auto& words = options.arguments;
  if (words.size() != 2) {
    const bool one = words.size() < 2;
    return console.fail(
        {one ? "a second file to compare with is missing" : "two files can be compared, not more",
         "usage: aztriage compare FILE FILE, or aztriage compare KIND TARGET [TARGET]"},
        ExitCode::usage);
  }
  if (words[0] == "-" && words[1] == "-")
    return console.fail({"only one of the two can be standard input", ""}, ExitCode::usage);
  if (options.has("via") || options.has("with"))
    return console.fail({"--via and --with are for looking now, not for files", "leave them out"},
                        ExitCode::usage);
  auto a = read_saved(words[0]);
  if (!a) return console.fail(a.error(), ExitCode::usage);
  auto b = read_saved(words[1]);
  if (!b) return console.fail(b.error(), ExitCode::usage);
  return tell(compare_saved(std::move(*a), std::move(*b), {}), console);
}

ExitCode run_compare(const Options& options, Console& console) {
  const std::string& first = options.arguments.front();
  if (const ProbeSpec* spec = probe::find_probe(first)) return compare_routes(*spec, options, console);
  std::error_code error;
  if (first == "-" || first.find_first_of("./") != first.npos || std::filesystem::exists(first, error))
    return compare_files(options, console);
  auto kind = find_kind(first);
  return console.fail({"'" + text::printable(first) + "' is neither a file nor a probe", kind.error().hint},
                      ExitCode::usage);
}

constexpr ArgumentSpec kArguments[] = {{.name = "A",
                                        .kind = ValueKind::compare_side,
                                        .help = "a file that 'run -o json' or 'probe -o json' wrote (- is "
                                                "standard input); or KIND, a probe, and one or "
                                                "two targets behind it",
                                        .required = true},
                                       {.name = "B",
                                        .kind = ValueKind::compare_side,
                                        .help = "the other file; or the targets",
                                        .repeatable = true}};
constexpr OptionSpec kOptions[] = {{.name = "--via",
                                    .placeholder = "NAME=VALUE[,NAME=VALUE]",
                                    .kind = ValueKind::probe_value,
                                    .help = "parameters of one way only: the first is for A, the second for "
                                            "B, a single one for B; such as family=6, "
                                            "address=10.0.0.5, proxy=none or server=168.63.129.16",
                                    .repeatable = true},
                                   {.name = "--with,-w",
                                    .placeholder = "NAME=VALUE",
                                    .kind = ValueKind::probe_value,
                                    .help = "another parameter of the probe, for both ways",
                                    .repeatable = true}};
constexpr std::string_view kExamples[] = {
    "aztriage compare before.json after.json                 # two saved runs or probes",
    "aztriage compare http https://shop.contoso.com/ https://shop.azurewebsites.net/ -w "
    "host=shop.contoso.com",
    "aztriage compare http https://shop.contoso.com/ --via proxy=none",
    "aztriage compare tls shop.contoso.com --via family=4 --via family=6",
    "aztriage compare dns shop.contoso.com --via server=168.63.129.16 -o json"};

constexpr std::string_view kDetails =
    "The layers are resolve, connect, proxy, handshake, request, response and body; the first at which A and "
    "B differ "
    "is told first, then the rest. Times, dates and ids of requests are no differences, nor is what follows "
    "from "
    "asking in another way. Exit code 0: no difference; 1: a difference; 3: a probe could not look.";

}  // namespace

extern const CommandSpec kCompare;
const CommandSpec kCompare{
    .name = "compare",
    .summary = "two saved results, or two ways to one service: the first layer at which they differ",
    .details = kDetails,
    .arguments = kArguments,
    .options = kOptions,
    .examples = kExamples,
    .groups = Group::general | Group::network,
    .run = run_compare};

}  // namespace aztriage::cli
