#include "net/loop.h"
#include "net/names_impl.h"
#include "support/name_server.h"
#include "support/turning.h"

#include <algorithm>
#include <atomic>

#include <doctest/doctest.h>

namespace aztriage::net {
namespace {

using fact::FailureKind;
using test::Asked;
using test::Bytes;
using test::DnsMaker;
using test::NameServer;

struct World {
  std::unique_ptr<Loop> loop = std::move(*Loop::make({}));
  NamesOnLoop names;
  explicit World(const std::string& resolv_conf, const std::string& hosts = "", const Settings& settings = {})
      : names(*loop, *Routes::parse(settings), {resolv_conf, hosts}) {}

  Answer ask(const std::string& name, dns::Type type, const std::string& server,
             Milliseconds timeout = Milliseconds(5000)) {
    std::optional<Answer> got;
    const auto pending =
        names.ask({name, type, server, false}, timeout, [&](Answer answer) { got = std::move(answer); });
    CHECK_FALSE(got.has_value());
    REQUIRE(test::turn_until(*loop, [&] { return got.has_value(); }));
    return *got;
  }
  Addresses resolve(const std::string& host, int family = 0, Milliseconds timeout = Milliseconds(5000)) {
    std::optional<Addresses> got;
    const auto pending =
        names.resolve(host, 443, family, timeout, [&](Addresses found) { got = std::move(found); });
    CHECK_FALSE(got.has_value());
    REQUIRE(test::turn_until(*loop, [&] { return got.has_value(); }));
    return *got;
  }
};

std::string resolv_conf(const std::vector<const NameServer*>& servers, const std::string& more = "") {
  std::string text;
  for (const auto* server : servers) text += "nameserver " + server->address() + "\n";
  return text + more;
}

Bytes both_families(const Bytes& query, const Asked& asked, bool) {
  auto answer = DnsMaker::answer_to(query);
  if (asked.type == 1) answer.a(asked.name, "192.0.2.1").a(asked.name, "192.0.2.2");
  if (asked.type == 28) answer.aaaa(asked.name, "2001:db8::1").aaaa(asked.name, "2001:db8::2");
  return answer.bytes();
}

TEST_CASE("names: an answer with its server, as it came") {
  NameServer server([](const Bytes& query, const Asked& asked, bool) {
    return DnsMaker::answer_to(query)
        .cname(asked.name, "edge.contoso.net")
        .a("edge.contoso.net", "20.1.2.3")
        .bytes();
  });
  World world("");
  const Answer answer = world.ask("shop.contoso.com", dns::Type::a, server.address());
  REQUIRE_FALSE(answer.failure);
  CHECK(answer.server == server.address());
  CHECK(answer.message.answers.size() == 2);
  CHECK_FALSE(answer.truncated);
  CHECK_FALSE(answer.over_tcp);
}

TEST_CASE("names: error codes are answers, not failures") {
  for (const int rcode : {dns::kServFail, dns::kNxDomain, dns::kRefused, dns::kNotImp}) {
    NameServer server([rcode](const Bytes& query, const Asked&, bool) {
      return DnsMaker::answer_to(query, rcode).bytes();
    });
    World world("");
    const Answer answer = world.ask("shop.contoso.com", dns::Type::a, server.address());
    REQUIRE_FALSE(answer.failure);
    CHECK(answer.message.rcode == rcode);
  }
}

TEST_CASE("names: a truncated answer is asked for again over TCP") {
  NameServer server([](const Bytes& query, const Asked& asked, bool tcp) {
    if (!tcp) return DnsMaker::answer_to(query, 0, 0x8380).bytes();
    auto answer = DnsMaker::answer_to(query);
    for (int i = 1; i <= 200; ++i) answer.a(asked.name, "192.0.2." + std::to_string(i));
    return answer.bytes();
  });
  World world("");
  const Answer answer = world.ask("many.contoso.com", dns::Type::a, server.address());
  REQUIRE_FALSE(answer.failure);
  CHECK(answer.truncated);
  CHECK(answer.over_tcp);
  CHECK(answer.message.answers.size() == 200);
}

TEST_CASE("names: a truncated answer without records says nothing when TCP fails") {
  NameServer server([](const Bytes& query, const Asked& asked, bool tcp) {
    if (asked.name == "half.contoso.com" && !tcp)
      return DnsMaker::answer_to(query, 0, 0x8380).a(asked.name, "192.0.2.1").bytes();
    if (tcp && asked.name != "cut.contoso.com") return Bytes{};
    return DnsMaker::answer_to(query, 0, 0x8380).bytes();
  });
  World world("");
  const auto ask = [&](const std::string& name) {
    return world.ask(name, dns::Type::a, server.address(), Milliseconds(700));
  };
  const Answer empty = ask("many.contoso.com");
  REQUIRE(empty.failure);
  CHECK(empty.failure->kind == FailureKind::dns_timeout);
  const Answer cut = ask("cut.contoso.com");
  REQUIRE(cut.failure);
  CHECK(cut.failure->kind == FailureKind::dns_malformed);
  const Answer half = ask("half.contoso.com");
  REQUIRE_FALSE(half.failure);
  CHECK(half.truncated);
  CHECK_FALSE(half.over_tcp);
  CHECK(half.message.answers.size() == 1);
}

TEST_CASE("names: records about other names are no answer") {
  NameServer server([](const Bytes& query, const Asked& asked, bool) {
    return DnsMaker::answer_to(query)
        .a("other.contoso.com", "192.0.2.66")
        .a("edge.contoso.net", "192.0.2.1")
        .cname(asked.name, "edge.contoso.net")
        .bytes();
  });
  World world("");
  const Answer answer = world.ask("shop.contoso.com", dns::Type::a, server.address());
  REQUIRE(answer.message.answers.size() == 2);
  CHECK(answer.message.answers[0].data == "192.0.2.1");
  World other(resolv_conf({&server}));
  const Addresses found = other.resolve("shop.contoso.com", 4);
  REQUIRE(found.list.size() == 1);
  CHECK(found.list[0].text == "192.0.2.1");
}

TEST_CASE("names: a server from before EDNS is asked without it") {
  std::atomic<int> extended{0};
  NameServer server([&](const Bytes& query, const Asked& asked, bool) {
    if (!asked.extended) return both_families(query, asked, false);
    ++extended;
    return DnsMaker::answer_to(query, dns::kFormErr).bytes();
  });
  World world("");
  const Answer answer = world.ask("shop.contoso.com", dns::Type::a, server.address());
  REQUIRE_FALSE(answer.failure);
  CHECK(answer.message.rcode == dns::kNoError);
  CHECK(answer.message.answers.size() == 2);
  CHECK(extended == 1);
}

TEST_CASE("names: rubbish and answers to other questions are not taken") {
  NameServer server([](const Bytes& query, const Asked& asked, bool) {
    if (asked.name == "rubbish.contoso.com") {
      Bytes answer = DnsMaker::answer_to(query).a(asked.name, "192.0.2.1").bytes();
      answer.resize(answer.size() - 2);
      return answer;
    }
    Bytes other = query;
    other[13] = 'X';
    return DnsMaker::answer_to(other).a("other.contoso.com", "192.0.2.1").bytes();
  });
  World world("");
  const Answer rubbish = world.ask("rubbish.contoso.com", dns::Type::a, server.address());
  REQUIRE(rubbish.failure);
  CHECK(rubbish.failure->kind == FailureKind::dns_malformed);
  const Answer other = world.ask("shop.contoso.com", dns::Type::a, server.address(), Milliseconds(700));
  REQUIRE(other.failure);
  CHECK(other.failure->kind == FailureKind::dns_timeout);
}

TEST_CASE("names: a silent server times out as told, and one that is not there says so at once") {
  NameServer silent([](const Bytes&, const Asked&, bool) { return Bytes{}; });
  World world("");
  const auto begin = Steady::now();
  const Answer answer = world.ask("shop.contoso.com", dns::Type::a, silent.address(), Milliseconds(400));
  REQUIRE(answer.failure);
  CHECK(answer.failure->kind == FailureKind::dns_timeout);
  CHECK(answer.failure->operation == "resolve");
  CHECK(answer.failure->text == "no answer from " + silent.address() + " within 400ms");
  CHECK(Steady::now() - begin >= Milliseconds(400));
  const Answer nobody = world.ask("shop.contoso.com", dns::Type::a, "127.0.0.1:1");
  REQUIRE(nobody.failure);
  CHECK(nobody.failure->text == "127.0.0.1:1: nothing listens there");
}

TEST_CASE("names: the next of the system's servers is asked after silence and after SERVFAIL") {
  NameServer silent([](const Bytes&, const Asked&, bool) { return Bytes{}; });
  NameServer broken([](const Bytes& query, const Asked&, bool) {
    return DnsMaker::answer_to(query, dns::kServFail).bytes();
  });
  NameServer good(both_families);
  World world(resolv_conf({&silent, &broken, &good}));
  const Answer answer = world.ask("shop.contoso.com", dns::Type::a, "");
  REQUIRE_FALSE(answer.failure);
  CHECK(answer.server == good.address());
  World all_broken(resolv_conf({&broken, &silent}));
  const Answer failed = all_broken.ask("shop.contoso.com", dns::Type::a, "", Milliseconds(600));
  REQUIRE_FALSE(failed.failure);
  CHECK(failed.message.rcode == dns::kServFail);
  CHECK(failed.server == broken.address());
}

TEST_CASE("names: --dns-server stands for the system's") {
  NameServer good(both_families);
  Settings settings;
  settings.dns_server = good.address();
  const auto loop = std::move(*Loop::make(settings));
  const NamesOnLoop names(*loop, Routes{}, {"nameserver 127.0.0.1\n", ""});
  CHECK(names.servers() == std::vector<std::string>{good.address()});
}

TEST_CASE("resolve: both families in turn, IPv6 first") {
  NameServer server(both_families);
  World world(resolv_conf({&server}));
  const Addresses found = world.resolve("shop.contoso.com");
  REQUIRE_FALSE(found.failure);
  CHECK(found.source == AddressSource::dns);
  CHECK(found.list ==
        std::vector<Address>{{"2001:db8::1", 6}, {"192.0.2.1", 4}, {"2001:db8::2", 6}, {"192.0.2.2", 4}});
  CHECK(world.resolve("shop.contoso.com", 4).list ==
        std::vector<Address>{{"192.0.2.1", 4}, {"192.0.2.2", 4}});
}

TEST_CASE("resolve: a resolver that drops AAAA does not hold up A") {
  NameServer server([](const Bytes& query, const Asked& asked, bool tcp) {
    return asked.type == 28 ? Bytes{} : both_families(query, asked, tcp);
  });
  World world(resolv_conf({&server}));
  const auto begin = Steady::now();
  const Addresses found = world.resolve("shop.contoso.com");
  REQUIRE_FALSE(found.failure);
  CHECK(found.list.size() == 2);
  CHECK(Steady::now() - begin < Milliseconds(900));
}

TEST_CASE("resolve: literals, --resolve and the hosts file come before DNS") {
  NameServer silent([](const Bytes&, const Asked&, bool) { return Bytes{}; });
  Settings settings;
  settings.resolve = {"given.contoso.com:443:10.0.0.9"};
  World world(resolv_conf({&silent}), "10.0.0.4 filed.contoso.com\n", settings);
  CHECK(world.resolve("2001:DB8::1").list == std::vector<Address>{{"2001:db8::1", 6}});
  CHECK(world.resolve("2001:db8::1").source == AddressSource::literal);
  CHECK(world.resolve("given.contoso.com").list == std::vector<Address>{{"10.0.0.9", 4}});
  CHECK(world.resolve("given.contoso.com").source == AddressSource::given);
  CHECK(world.resolve("filed.contoso.com").list == std::vector<Address>{{"10.0.0.4", 4}});
  CHECK(world.resolve("filed.contoso.com").source == AddressSource::hosts_file);
  const Addresses wrong_family = world.resolve("filed.contoso.com", 6);
  REQUIRE(wrong_family.failure);
  CHECK(wrong_family.failure->kind == FailureKind::dns_no_data);
}

TEST_CASE("resolve: search domains are for names without a dot only") {
  std::atomic<int> searched{0};
  NameServer server([&](const Bytes& query, const Asked& asked, bool tcp) {
    if (asked.name.find("corp.contoso.com") != std::string::npos) ++searched;
    if (asked.name == "shop.b.corp.contoso.com") return both_families(query, asked, tcp);
    return DnsMaker::answer_to(query, dns::kNxDomain).bytes();
  });
  World world(resolv_conf({&server}, "search a.corp.contoso.com b.corp.contoso.com\n"));
  CHECK(world.resolve("shop").list.size() == 4);
  searched = 0;
  const Addresses absolute = world.resolve("shop.example");
  REQUIRE(absolute.failure);
  CHECK(absolute.failure->kind == FailureKind::dns_nxdomain);
  CHECK(searched == 0);
}

TEST_CASE("resolve: ndots says which names are short") {
  std::vector<std::string> asked_for;
  NameServer server([&](const Bytes& query, const Asked& asked, bool) {
    if (asked.type == 1) asked_for.push_back(asked.name);
    auto answer = DnsMaker::answer_to(query, asked.name == "a.b.contoso.com" ? 0 : 3);
    if (asked.name == "a.b.contoso.com" && asked.type == 1) answer.a(asked.name, "192.0.2.1");
    return answer.bytes();
  });
  World world(resolv_conf({&server}) + "search svc.cluster.local contoso.com\noptions timeout:1 ndots:5\n");
  CHECK(world.resolve("a.b", 4).list.size() == 1);
  CHECK(asked_for == std::vector<std::string>{"a.b.svc.cluster.local", "a.b.contoso.com"});
  asked_for.clear();
  const Addresses none = world.resolve("x.y", 4);
  REQUIRE(none.failure);
  CHECK(none.failure->code == "NXDOMAIN");
  CHECK(none.failure->text.starts_with("x.y does not exist"));
  CHECK(asked_for.back() == "x.y");
}

TEST_CASE("resolve: what went wrong is told apart") {
  NameServer server([](const Bytes& query, const Asked& asked, bool) {
    if (asked.name == "none.contoso.com")
      return DnsMaker::answer_to(query, dns::kNxDomain).soa("contoso.com").bytes();
    if (asked.name == "empty.contoso.com") return DnsMaker::answer_to(query).soa("contoso.com").bytes();
    if (asked.name == "broken.contoso.com") return DnsMaker::answer_to(query, dns::kServFail).bytes();
    if (asked.name == "refused.contoso.com") return DnsMaker::answer_to(query, dns::kRefused).bytes();
    return DnsMaker::answer_to(query)
        .cname(asked.name, "b.contoso.com")
        .cname("b.contoso.com", asked.name)
        .bytes();
  });
  World world(resolv_conf({&server}));
  const auto kind = [&](const std::string& name) { return world.resolve(name).failure.value().kind; };
  CHECK(kind("none.contoso.com") == FailureKind::dns_nxdomain);
  CHECK(kind("empty.contoso.com") == FailureKind::dns_no_data);
  CHECK(kind("broken.contoso.com") == FailureKind::dns_servfail);
  CHECK(kind("refused.contoso.com") == FailureKind::dns_refused);
  CHECK(kind("circle.contoso.com") == FailureKind::dns_loop);
  CHECK(world.resolve("none.contoso.com").failure->text ==
        "none.contoso.com does not exist, says " + server.address() + " for zone contoso.com");
}

TEST_CASE("names: what is under way ends without a word when it is dropped") {
  NameServer silent([](const Bytes&, const Asked&, bool) { return Bytes{}; });
  World world(resolv_conf({&silent}));
  bool called = false;
  auto asking = world.names.ask({"a.contoso.com", dns::Type::a, "", false}, Milliseconds(300),
                                [&](const Answer&) { called = true; });
  auto resolving = world.names.resolve("b.contoso.com", 443, 0, Milliseconds(300),
                                       [&](const Addresses&) { called = true; });
  world.loop->turn(Milliseconds(20));
  asking.reset();
  resolving.reset();
  CHECK_FALSE(world.loop->turn(Milliseconds(500)));
  CHECK_FALSE(called);
}

}  // namespace
}  // namespace aztriage::net
