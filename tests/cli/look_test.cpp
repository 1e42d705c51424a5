#include "cli/look/look.h"

#include "base/text.h"
#include "cli/look/series.h"
#include "cli/look/until.h"
#include "cli/probe_chain.h"
#include "cli/waterfall.h"
#include "probe/registry.h"

#include <cmath>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::cli;
using fact::FailureKind;
using fact::Observation;
using fact::Value;
using Strings = std::vector<std::string>;

namespace {

Observation good(double seconds = 0.1) {
  Observation o;
  o.probe = "http";
  o.target = "https://shop.contoso.com/";
  o.answered = true;
  o.took = Milliseconds(std::lround(seconds * 1000));
  o.facts["status"] = Value::number(200);
  o.facts["time.total"] = Value::number(seconds);
  o.read.insert("headers");
  return o;
}

Observation bad(FailureKind kind) {
  Observation o;
  o.probe = "http";
  o.failure = fact::Failure{"connect", kind, "x"};
  return o;
}

Observation at_second(Observation o, int second) {
  o.at = UtcTime(std::chrono::seconds(second));
  return o;
}

const probe::ProbeSpec& spec(std::string_view name) {
  return *probe::find_probe(name);
}

Value certificate(const std::string& subject, const std::string& issuer, double days = 100) {
  return Value::record({{"subject", Value::text(subject)},
                        {"issuer", Value::text(issuer)},
                        {"days-left", Value::number(days)},
                        {"self-signed", Value::boolean(subject == issuer)}});
}

Strings drawn(const Value::List& chain, bool utf8 = false) {
  Observation o;
  o.facts["chain"] = Value::list(chain);
  Strings lines;
  for (const auto& one : chain_lines(o, utf8))
    lines.push_back(one.branch + one.name + (one.notes.empty() ? "" : " (" + one.notes + ")"));
  return lines;
}

}  // namespace

TEST_CASE("look: good, bad, and not to be told") {
  CHECK(judge(good()) == ExitCode::ok);
  CHECK(state_of(good()) == "good");
  CHECK(judge(bad(FailureKind::tcp_refused)) == ExitCode::fault);
  CHECK(state_of(bad(FailureKind::tcp_refused)) == "tcp-refused");
  CHECK(judge(bad(FailureKind::deadline)) == ExitCode::unsure);
  CHECK(judge(bad(FailureKind::interrupted)) == ExitCode::interrupted);
  CHECK(judge(bad(FailureKind::bad_target)) == ExitCode::usage);
  Observation o = good();
  o.facts["status"] = Value::number(503);
  CHECK(judge(o) == ExitCode::fault);
  CHECK(state_of(o) == "status 503");
  o.facts["certificate.problems"] = Value::list_of(fact::Kind::choice, {"expired", "name-mismatch"});
  CHECK(state_of(o) == "certificate expired");
  o = good();
  o.facts["certificate.problems"] = Value::list({});
  CHECK(judge(o) == ExitCode::ok);
  o.facts["sas.expired"] = Value::boolean(true);
  CHECK(state_of(o) == "token expired");
  CHECK(judge(o) == ExitCode::fault);
}

TEST_CASE("percentiles: exact while there are few, near enough when there are many, bounded always") {
  Percentiles few;
  CHECK(few.at(0.5) == 0);
  for (int i = 100; i >= 1; --i) few.add(i / 100.0);
  CHECK(few.at(0.5) == doctest::Approx(0.50));
  CHECK(few.at(0.9) == doctest::Approx(0.90));
  CHECK(few.at(0) == doctest::Approx(0.01));
  CHECK(few.at(1) == doctest::Approx(1.00));
  CHECK(few.mean() == doctest::Approx(0.505));
  Percentiles many;
  for (int i = 1; i <= 100'000; ++i) many.add(i / 1000.0);
  CHECK(many.count() == 100'000);
  CHECK(many.at(0.5) == doctest::Approx(50).epsilon(0.011));
  CHECK(many.at(0.99) == doctest::Approx(99).epsilon(0.011));
  CHECK(many.at(1) <= many.most());
  CHECK(many.least() == doctest::Approx(0.001));
  many.add(-1);
  many.add(NAN);
  many.add(INFINITY);
  CHECK(many.count() == 100'000);
  many.add(0);
  many.add(1e9);
  CHECK(many.at(0) == 0);
  CHECK(many.at(1) == 1e9);
}

TEST_CASE("series: counts, changes with their time, and what came first and last") {
  Series series;
  CHECK(series.add(at_second(good(), 1)));
  CHECK_FALSE(series.add(at_second(good(), 2)));
  CHECK(series.add(at_second(bad(FailureKind::tcp_refused), 3)));
  CHECK(series.add(at_second(bad(FailureKind::tcp_timeout), 4)));
  CHECK(series.add(at_second(good(0.3), 5)));
  CHECK(series.count() == 5);
  CHECK(series.good() == 3);
  CHECK(series.bad() == 2);
  CHECK(series.bad_states() == std::map<std::string, std::uint64_t>{{"tcp-refused", 1}, {"tcp-timeout", 1}});
  CHECK(series.worst() == ExitCode::fault);
  CHECK(series.state() == "good");
  REQUIRE(series.changes().size() == 4);
  CHECK(series.changes()[0].from.empty());
  CHECK(series.changes()[1].from == "good");
  CHECK(series.changes()[1].to == "tcp-refused");
  CHECK(to_rfc3339(series.changes()[1].at) == "1970-01-01T00:00:03.000Z");
  CHECK(series.first_bad()->failure->kind == FailureKind::tcp_refused);
  CHECK(series.last()->facts.at("time.total").as_number() == doctest::Approx(0.3));
  REQUIRE_FALSE(series.times().empty());
  CHECK(series.times().back().first == "total");
  CHECK(series.times().back().second.count() == 3);
}

TEST_CASE("series: a look that was cut off counts only as the last resort") {
  Series series;
  series.add_unfinished(bad(FailureKind::interrupted));
  CHECK(series.count() == 0);
  CHECK(series.last()->failure->kind == FailureKind::interrupted);
  series.add(good());
  series.add_unfinished(bad(FailureKind::interrupted));
  CHECK_FALSE(series.last()->failure);
}

TEST_CASE("series: memory stays the same however long it goes on") {
  Series series;
  for (int i = 0; i < 5000; ++i) {
    Observation o = good();
    o.facts["status"] = Value::number(500 + i % 400);
    series.add(at_second(std::move(o), i));
  }
  CHECK(series.changes().size() == Series::kMostChanges);
  CHECK(series.changes_left_out() == 5000 - Series::kMostChanges);
  CHECK(to_rfc3339(series.changes().front().at) == "1970-01-01T00:00:00.000Z");
  CHECK(series.changes().back().to == "status 699");
  CHECK(series.bad_states().size() == Series::kMostStates + 1);
  CHECK(series.recent().size() == Series::kMostRecent);
}

TEST_CASE("sparkline: a bar for a time, a cross for a bad look, the newest ones") {
  const std::deque<double> looks = {0.1, 0.8, -1, 0.4};
  CHECK(sparkline(looks, 60, false) == "_@x+");
  CHECK(sparkline(looks, 2, false) == "x@");
  CHECK(text::width(sparkline(looks, 60, true)) == 4);
  CHECK(sparkline({-1, -1}, 60, false) == "xx");
  CHECK(sparkline({0, 0}, 60, false) == "..");
  CHECK(sparkline({}, 60, true).empty());
}

TEST_CASE("until: words") {
  const auto parse = [](const std::string& text) { return *Until::parse(text, spec("http")); };
  CHECK(parse("recovered").holds(good(), ExitCode::ok));
  CHECK_FALSE(parse("recovered").holds(bad(FailureKind::tcp_reset), ExitCode::fault));
  CHECK(parse("broken").holds(bad(FailureKind::tcp_reset), ExitCode::fault));
  CHECK(parse(" fails ").holds(bad(FailureKind::tcp_reset), ExitCode::fault));
  CHECK_FALSE(parse("broken").holds(bad(FailureKind::local_denied), ExitCode::unsure));
  CHECK(parse("broken").any());
  CHECK_FALSE(parse("recovered").any());
  CHECK_FALSE(Until().holds(good(), ExitCode::ok));
}

TEST_CASE("until: a condition as playbooks have it, on the probe's facts and the head") {
  const auto holds = [](const std::string& text, const Observation& o) {
    const auto until = Until::parse(text, spec("http"));
    REQUIRE_MESSAGE(until.has_value(), text);
    return until->holds(o, judge(o));
  };
  CHECK(holds("status: 200", good()));
  CHECK_FALSE(holds("status: {above: 499}", good()));
  CHECK(holds("failure.kind: [tcp-refused, tcp-reset]", bad(FailureKind::tcp_reset)));
  CHECK(holds("{any: [{status: 404}, {answered: true}]}", good()));
  CHECK(holds("headers.x-cache: {exists: false}", good()));
  CHECK_FALSE(holds("body: {contains: x}", good()));
}

TEST_CASE("until: a mistake says what is wrong") {
  const auto error = [](const std::string& text) { return Until::parse(text, spec("http")).error(); };
  CHECK(error("recoverd").hint == "did you mean 'recovered'?");
  CHECK(text::contains(error("statsu: 200").what, "statsu"));
  CHECK(text::contains(error("statsu: 200").hint, "status"));
  CHECK(text::contains(error("status: {below: soon}").what, "--until:"));
  CHECK(text::contains(error("[1, 2]").what, "no condition"));
  CHECK(text::contains(error("{").what, "--until:"));
  CHECK(text::contains(error("").what, "--until:"));
}

TEST_CASE("waterfall: phases follow each other and fill 80 columns at most") {
  Observation o = good(1.0);
  o.facts["time.dns"] = Value::number(0.1);
  o.facts["time.connect"] = Value::number(0.2);
  o.facts["time.tls"] = Value::number(0.3);
  o.facts["time.first-byte"] = Value::number(0.3);
  const auto bars = waterfall(o, false);
  Strings names;
  for (const auto& bar : bars) names.push_back(bar.name);
  CHECK(names == Strings{"dns", "connect", "tls", "first byte", "body", "in all"});
  CHECK(bars[0].bar.find('#') == 0);
  CHECK(bars[0].bar.rfind('#') == 4);
  CHECK(bars[4].bar.rfind('#') == kBar - 1);
  CHECK(bars[4].seconds == doctest::Approx(0.1));
  for (const auto& bar : bars) CHECK(bar.bar.size() == kBar);
  for (const auto& bar : waterfall(o, true)) CHECK(text::width(bar.bar) == kBar);
  o.failure = fact::Failure{"body", FailureKind::http_timeout, ""};
  CHECK(phases_of(o).back().name == "until failure");
}

TEST_CASE("waterfall: odd times draw no odd bars") {
  Observation o;
  CHECK(waterfall(o, true).empty());
  for (const double seconds : {0.0, -1.0, 1e-9, 1e9}) {
    o.facts["time.dns"] = Value::number(seconds);
    o.facts["time.connect"] = Value::number(1e-7);
    for (const auto& bar : waterfall(o, false)) CHECK(bar.bar.size() == kBar);
  }
  o.facts["time.dns"] = Value::text("soon");
  for (const auto& bar : waterfall(o, false)) CHECK(bar.name != "dns");
}

TEST_CASE("times for people") {
  CHECK(seconds_text(0.0012) == "1.2 ms");
  CHECK(seconds_text(0.035) == "35 ms");
  CHECK(seconds_text(1.25) == "1.25 s");
  CHECK(seconds_text(245) == "4 min 5 s");
  CHECK(seconds_text(90'000) == "25 h 0 min");
}

TEST_CASE("chain: each certificate below its issuer, the server's own deepest") {
  CHECK(drawn({certificate("CN=shop", "CN=Issuing"), certificate("CN=Issuing", "CN=Root")}) ==
        Strings{"CN=Root (not sent)", "`- CN=Issuing", "   `- CN=shop (the server's own)"});
  CHECK(drawn({certificate("CN=shop", "CN=Issuing"), certificate("CN=Root", "CN=Root"),
               certificate("CN=Issuing", "CN=Root")}) ==
        Strings{"CN=Root (self-signed)", "`- CN=Issuing", "   `- CN=shop (the server's own)"});
  CHECK(drawn({certificate("CN=shop", "CN=shop")}) == Strings{"CN=shop (self-signed)"});
  CHECK(drawn({certificate("CN=shop", "CN=Issuing")}, true) ==
        Strings{"CN=Issuing (not sent)", "\u2514\u2500 CN=shop (the server's own)"});
}

TEST_CASE("chain: what belongs to no path is drawn and said to be needless") {
  CHECK(drawn({certificate("CN=shop", "CN=Root"), certificate("CN=other", "CN=Root"),
               certificate("CN=stray", "CN=stray")}) ==
        Strings{"CN=Root (not sent)", "|- CN=other (sent, not needed)", "`- CN=shop (the server's own)",
                "CN=stray (self-signed, sent, not needed)"});
}

TEST_CASE("chain: authorities that signed each other make no circle") {
  const auto lines =
      drawn({certificate("CN=shop", "CN=a"), certificate("CN=a", "CN=b"), certificate("CN=b", "CN=a")});
  CHECK(lines.size() >= 3);
  CHECK(lines.size() <= 4);
  CHECK(drawn({}).empty());
  CHECK(drawn({Value::text("x")}).empty());
  CHECK(drawn(Value::List(100, certificate("CN=a", "CN=b"))).size() <= 101);
}
