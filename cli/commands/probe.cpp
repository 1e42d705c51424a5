#include "base/text.h"
#include "cli/context.h"
#include "cli/interrupt.h"
#include "cli/look/watch.h"
#include "cli/probe_help.h"
#include "cli/probe_view.h"

#include <charconv>

namespace aztriage::cli {
namespace {

using probe::ProbeSpec;

constexpr Milliseconds kUsualEvery{2000};
constexpr std::uint64_t kMostRepeats = 100'000'000;

Result<std::vector<Target>> make_targets(const ProbeSpec& spec, const Options& options,
                                         const GivenParams& given) {
  std::vector<std::string> texts(options.arguments.begin() + 1, options.arguments.end());
  if (texts.size() > kMostTargets)
    return failed("more than " + std::to_string(kMostTargets) + " targets", "start several times");
  if (texts.empty() && needs_target(spec) && given.values.empty())
    return failed("TARGET is missing: host, host:port, URL, or the text to decode (- is standard input)",
                  "usage: aztriage probe KIND [TARGET...]");
  if (texts.empty()) texts.emplace_back();
  std::vector<Target> targets;
  for (const auto& text : texts) {
    auto target = make_target(spec, text, given);
    if (!target) return tl::unexpected<Error>(target.error());
    targets.push_back(std::move(*target));
  }
  return targets;
}

bool watches(const Options& options) {
  return options.has("every") || options.has("until") || options.has("for");
}

Result<WatchPlan> watch_plan(LookPlan looks, const Options& options) {
  WatchPlan plan;
  if (options.has("repeat")) {
    const std::string text = options.get("repeat");
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), plan.repeat);
    if (error != std::errc{} || end != text.data() + text.size() || plan.repeat == 0 ||
        plan.repeat > kMostRepeats)
      return failed("--repeat: '" + text::printable(text) + "' is not a number of looks",
                    "such as --repeat 20");
  }
  if (options.has("until")) {
    auto until = Until::parse(options.get("until"), *looks.spec);
    if (!until) return tl::unexpected<Error>(until.error());
    plan.until = std::move(*until);
  }
  plan.every = duration_option(options, "every").value_or(watches(options) ? kUsualEvery : Milliseconds(0));
  plan.length = duration_option(options, "for");
  plan.tell_changes = watches(options) && !options.json();
  plan.tell_looks = options.lines();
  plan.looks = std::move(looks);
  return plan;
}

ExitCode run_watch(const WatchPlan& plan, net::Net& net, const Options& options, Console& console) {
  const Watched watched = watch(plan, net, console);
  const ExitCode code = exit_code(plan, watched);
  if (options.json()) {
    console.out(watched_json(plan, watched, options.lines()));
  } else {
    console.out((plan.tell_changes ? "\n" : "") + watched_text(plan, watched, console));
  }
  return code;
}

ExitCode run_once(const LookPlan& plan, net::Net& net, const Options& options, Console& console) {
  const auto looks = look_once(plan, net, console);
  ExitCode code = ExitCode::ok;
  for (const auto& one : looks) code = worse(code, judge(one));
  if (options.lines()) {
    for (const auto& one : looks) console.out(look_line(one));
    return code;
  }
  if (options.json()) {
    console.out(looks_json(looks));
    return code;
  }
  if (looks.size() > 1) console.out(overview_text(looks, console));
  for (const auto& one : looks) console.out((looks.size() > 1 ? "\n" : "") + probe_text(one, console));
  return code;
}

ExitCode run_probe(const Options& options, Console& console) {
  auto spec = find_kind(options.arguments.front());
  if (!spec) return console.fail(spec.error(), ExitCode::usage);
  auto given = given_params(**spec, options.all("with"), "--with");
  if (!given) return console.fail(given.error(), ExitCode::usage);
  auto targets = make_targets(**spec, options, *given);
  if (!targets) return console.fail(targets.error(), ExitCode::usage);
  LookPlan looks = look_plan(**spec, std::move(*targets), *given, options);
  const bool again = watches(options) || options.has("repeat");
  auto plan = watch_plan(looks, options);
  if (!plan) return console.fail(plan.error(), ExitCode::usage);
  if (const std::string exposed = exposed_secrets(*given); !exposed.empty()) console.warn(exposed);
  auto net = open_network(options);
  if (!net) return console.fail(net.error().error, net.error().code);
  catch_interrupts(**net);
  return again ? run_watch(*plan, **net, options, console) : run_once(looks, **net, options, console);
}

constexpr ArgumentSpec kArguments[] = {
    {.name = "KIND", .kind = ValueKind::probe, .help = "which probe", .required = true},
    {.name = "TARGET",
     .help = "host, host:port, URL, or the text to decode (- is standard input)",
     .repeatable = true}};
constexpr std::string_view kFormats[] = {"text", "json", "jsonl"};

constexpr OptionSpec kOptions[] = {
    {.name = "--with,-w",
     .placeholder = "NAME=VALUE",
     .kind = ValueKind::probe_value,
     .help = "another parameter of the probe, such as type=TXT, sni=none or headers.X-Test=1; a secret one "
             "is read "
             "from a file by NAME=@FILE",
     .repeatable = true},
    {.name = "--repeat",
     .placeholder = "COUNT",
     .kind = ValueKind::number,
     .help = "look so many times, one after the other: percentiles, failures by kind, spread"},
    {.name = "--every",
     .placeholder = "TIME",
     .kind = ValueKind::duration,
     .help = "watch: look again each TIME, until Ctrl-C or one of the options below"},
    {.name = "--until",
     .placeholder = "CONDITION",
     .kind = ValueKind::until,
     .help = "watch until recovered, broken (or fails), or a condition on the probe's facts as playbooks "
             "have it, "
             "such as 'status: 200' or 'certificate.days-left: {above: 30}'; every 2s unless said otherwise"},
    {.name = "--for", .placeholder = "TIME", .kind = ValueKind::duration, .help = "watch so long"}};
constexpr std::string_view kExamples[] = {
    "aztriage probe tls shop.contoso.com                     # chain, problems, days left",
    "aztriage probe http https://shop.contoso.com/health -w headers.X-Azure-DebugInfo=1",
    "aztriage probe dns shop.contoso.com -w server=168.63.129.16 -w type=CNAME",
    "aztriage probe tcp cache.contoso.com:6380 10.0.0.5:6380 -o json",
    "aztriage probe http https://shop.contoso.com/ --every 2s --until recovered",
    "aztriage probe http https://shop.contoso.com/ --repeat 50",
    "aztriage probe decode - < token.txt"};

constexpr std::string_view kDetails =
    "Exit code 0: the target is good; 1: it is bad (the probe failed, its certificate has problems, a status "
    "of 500 or "
    "more, a token that is over); 3: the probe could not look. Of several looks the worst counts, with "
    "--until "
    "recovered or broken the last ones; with another condition 0 says that it came and 3 that it did not. Of "
    "several "
    "targets all must recover, one is enough for broken. With -o jsonl each look is one line as it comes, "
    "and the "
    "last line is the sum of a watch.";

}  // namespace

extern const CommandSpec kProbe;
const CommandSpec kProbe{
    .name = "probe",
    .summary =
        "looks at hosts, names, URLs or tokens, once or again and again, and shows where the time went",
    .details = kDetails,
    .arguments = kArguments,
    .options = kOptions,
    .examples = kExamples,
    .groups = Group::general | Group::network,
    .formats = kFormats,
    .run = run_probe,
    .help = probe_help};

}  // namespace aztriage::cli
