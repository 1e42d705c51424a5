#include "base/suggest.h"

#include <doctest/doctest.h>

using namespace aztriage;

namespace {
const std::vector<std::string> kProbes = {"decode", "dns", "http", "redis", "tcp", "tls"};
}

TEST_CASE("suggest: slips of the fingers") {
  CHECK(did_you_mean("reddis", kProbes) == "did you mean 'redis'?");
  CHECK(did_you_mean("tpc", kProbes) == "did you mean 'tcp'?");
  CHECK(did_you_mean("HTTP", kProbes) == "did you mean 'http'?");
  CHECK(did_you_mean("htp", kProbes) == "did you mean 'http'?");
  CHECK(did_you_mean("client-id", {"client_id", "client_ip"}) == "did you mean 'client_id'?");
}

TEST_CASE("suggest: beginnings and last parts of long names") {
  CHECK(nearest("problems", {"certificate.names", "certificate.problems"}) ==
        std::vector<std::string>{"certificate.problems"});
  CHECK(nearest("5xx", {"front-door/5xx-from-edge", "redis/cannot-connect"}).empty());
  CHECK(nearest("5xx-from-edge", {"front-door/5xx-from-edge"}) ==
        std::vector<std::string>{"front-door/5xx-from-edge"});
  CHECK(nearest("addr", {"addresses", "alias"}) == std::vector<std::string>{"addresses"});
}

TEST_CASE("suggest: nothing near is better than nonsense") {
  CHECK(did_you_mean("kubernetes", kProbes).empty());
  CHECK(did_you_mean("", kProbes).empty());
  CHECK(did_you_mean("xy", {"ab"}).empty());
  CHECK(did_you_mean("a", {"b"}).empty());
  CHECK(did_you_mean("redis", {}).empty());
  CHECK(did_you_mean(std::string(1'000'000, 'r'), kProbes).empty());
}

TEST_CASE("suggest: the nearest three, each once") {
  const std::vector<std::string> known = {"cat", "bat", "rat", "hat", "cat"};
  CHECK(nearest("zat", known) == std::vector<std::string>{"cat", "bat", "rat"});
  CHECK(nearest("zat", known, 2).size() == 2);
  CHECK(did_you_mean("zat", known) == "did you mean 'cat', 'bat' or 'rat'?");
}
