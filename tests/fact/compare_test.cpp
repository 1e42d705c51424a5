#include "fact/compare.h"

#include "fact/noise.h"

#include <algorithm>
#include <array>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::fact;

namespace {

constexpr std::array<FactSpec, 3> kDeclared = {{
    {"status", {.kind = Kind::number}, "the status", "headers"},
    {"slept", {.kind = Kind::number}, "seconds that it slept"},
    {"headers.*", {.kind = Kind::text}, "a header"},
}};

Observation page(double status) {
  Observation o;
  o.probe = "http";
  o.target = "https://shop.contoso.com/";
  o.answered = true;
  o.address = "203.0.113.7";
  o.family = 4;
  o.facts["status"] = Value::number(status);
  o.facts["protocol"] = Value::text("1.3");
  o.read.insert("headers");
  return o;
}

Compared compare_pages(const Observation& a, const Observation& b,
                       const std::set<std::string>& expected = {}) {
  return compare(a, b, kDeclared, expected);
}

std::vector<std::string> names(const std::vector<Difference>& differences) {
  std::vector<std::string> out;
  for (const auto& one : differences) out.push_back(std::string(layer_name(one.layer)) + " " + one.name);
  return out;
}
using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("compare: a look is the same as itself") {
  const auto same = compare_pages(page(200), page(200));
  CHECK(same.differences.empty());
  CHECK(same.expected.empty());
  CHECK(same.noise.empty());
}

TEST_CASE("compare: differences come in the order of the layers") {
  Observation a = page(502);
  Observation b = page(200);
  a.facts["body"] = Value::text("Our services aren't available right now");
  b.facts["body"] = Value::text("<title>Shop</title>");
  b.facts["protocol"] = Value::text("1.2");
  b.proxy = "proxy:3128";
  const auto found = compare_pages(a, b);
  CHECK(names(found.differences) ==
        Strings{"proxy proxy", "handshake protocol", "response status", "body body"});
  CHECK(found.differences[0].a == "none");
  CHECK(found.differences[2].a == "502");
  CHECK(found.differences[2].b == "200");
}

TEST_CASE("compare: a failure is told, and not what the failed look did not get to see") {
  Observation failed = page(200);
  failed.facts.clear();
  failed.read.clear();
  failed.answered = false;
  failed.failure = Failure{"handshake", FailureKind::tls_alert, "alert", "alert 40"};
  const auto found = compare_pages(failed, page(200));
  REQUIRE(names(found.differences) == Strings{"handshake failure"});
  CHECK(found.differences[0].a == "tls-alert at handshake (alert 40)");
  CHECK(found.differences[0].b == "none");
}

TEST_CASE("compare: of two failures the earlier one's layer counts, and the same one is no difference") {
  Observation early = page(200);
  early.failure = Failure{"connect", FailureKind::tcp_refused, "x", "ECONNREFUSED"};
  Observation late = page(200);
  late.failure = Failure{"response", FailureKind::http_timeout, "y"};
  CHECK(names(compare_pages(late, early).differences) == Strings{"connect failure"});
  Observation again = early;
  again.failure->text = "other words";
  CHECK(compare_pages(early, again).differences.empty());
}

TEST_CASE("compare: times, dates and ids are noise") {
  Observation a = page(200);
  Observation b = page(200);
  const auto both = [&](const std::string& name, const std::string& x, const std::string& y) {
    a.facts[name] = Value::text(x);
    b.facts[name] = Value::text(y);
  };
  both("headers.date", "Tue, 24 Nov 2026 14:02:03 GMT", "Tue, 24 Nov 2026 14:02:09 GMT");
  both("headers.x-azure-ref", "20261124T140203Z-1", "20261124T140209Z-2");
  both("headers.x-ms-request-id", "1", "2");
  both("body", R"({"id":"4b9f3c0e-8f7b-4c55-9d3b-0a1b2c3d4e5f","at":"2026-11-24T14:02:03.1Z"})",
       R"({"id":"aaaaaaaa-8f7b-4c55-9d3b-0a1b2c3d4e5f","at":"2026-11-24T14:02:09.7Z"})");
  both("digest", "aa", "bb");
  a.facts["slept"] = Value::number(0.1);
  b.facts["slept"] = Value::number(3);
  a.facts["time.total"] = Value::number(0.1);
  b.facts["time.total"] = Value::number(9);
  const auto found = compare_pages(a, b);
  CHECK(found.differences.empty());
  CHECK(found.noise.size() == 7);
  both("headers.server", "nginx", "Microsoft-IIS/10.0");
  CHECK(names(compare_pages(a, b).differences) == Strings{"response headers.server"});
}

TEST_CASE("compare: another body is a difference, and so is a digest without a text") {
  Observation a = page(200);
  Observation b = page(200);
  a.facts["digest"] = Value::text("aa");
  b.facts["digest"] = Value::text("bb");
  CHECK(names(compare_pages(a, b).differences) == Strings{"body digest"});
}

TEST_CASE("compare: one of several addresses that both know is chance, another one is not") {
  Observation a = page(200);
  Observation b = page(200);
  b.address = "203.0.113.8";
  CHECK(names(compare_pages(a, b).differences) == Strings{"resolve address"});
  Observation first, second;
  first.address = "203.0.113.7";
  second.address = "203.0.113.8";
  first.answered = second.answered = true;
  a.tries = b.tries = {first, second};
  CHECK(compare_pages(a, b).differences.empty());
  b.tries[0].answered = false;
  b.tries[0].failure = Failure{"connect", FailureKind::tcp_timeout, ""};
  CHECK(names(compare_pages(a, b).differences) == Strings{"connect tries 203.0.113.7"});
}

TEST_CASE("compare: what follows from the question stands apart") {
  Observation a = page(200);
  Observation b = page(200);
  b.address = "2001:db8::7";
  b.family = 6;
  a.facts["certificate.subject"] = Value::text("CN=a");
  b.facts["certificate.subject"] = Value::text("CN=b");
  const auto found = compare_pages(a, b, {"address", "family", "certificate.sub*"});
  CHECK(found.differences.empty());
  CHECK(found.expected.size() == 3);
}

TEST_CASE("compare: a header that only one has") {
  Observation a = page(200);
  Observation b = page(200);
  a.facts["headers.x-cache"] = Value::text("TCP_HIT");
  const auto found = compare_pages(a, b);
  REQUIRE(names(found.differences) == Strings{"response headers.x-cache"});
  CHECK(found.differences[0].b == "not there");
  b.read.clear();
  b.failure = Failure{"response", FailureKind::http_timeout, ""};
  CHECK(names(compare_pages(a, b).differences) == Strings{"response failure"});
}

TEST_CASE("compare: lists without their order, chains by whom they name") {
  Observation a = page(200);
  Observation b = page(200);
  a.facts["passed"] = Value::list_of(Kind::text, {"one", "two"});
  b.facts["passed"] = Value::list_of(Kind::text, {"two", "one"});
  const auto certificate = [](const std::string& subject, double days) {
    return Value::record({{"subject", Value::text(subject)}, {"days-left", Value::number(days)}});
  };
  a.facts["chain"] = Value::list({certificate("CN=a", 30.4), certificate("CN=root", 900)});
  b.facts["chain"] = Value::list({certificate("CN=a", 30.1), certificate("CN=root", 900)});
  CHECK(compare_pages(a, b).differences.empty());
  b.facts["chain"] = Value::list({certificate("CN=a", 30.1)});
  CHECK(names(compare_pages(a, b).differences) == Strings{"handshake chain"});
}

TEST_CASE("noise: only what is new in each answer is taken out") {
  CHECK(without_noise("id 4b9f3c0e-8f7b-4c55-9d3b-0a1b2c3d4e5f.") == "id #.");
  CHECK(without_noise("at 2026-11-24 14:02:03Z, 14:02:03, 2026-11-24") == "at #, #, #");
  CHECK(without_noise("trace 0123456789abcdef01 n 1764000000") == "trace # n #");
  CHECK(without_noise("error 40615 at port 1433, 0x830c1011, deadbeef, facade") ==
        "error 40615 at port 1433, 0x830c1011, deadbeef, facade");
  CHECK(without_noise("") == "");
  CHECK(same_without_noise("location", "https://login/a?state=1&client_id=2",
                           "https://login/a?state=9&client_id=2"));
  CHECK_FALSE(same_without_noise("location", "https://login/a?state=1&client_id=2",
                                 "https://login/a?state=1&client_id=3"));
  CHECK_FALSE(same_without_noise("headers.www-authenticate", "tenant 4b9f3c0e-8f7b-4c55-9d3b-0a1b2c3d4e5f",
                                 "tenant aaaaaaaa-8f7b-4c55-9d3b-0a1b2c3d4e5f"));
}
