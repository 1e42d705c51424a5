#include "net/loop.h"

#include "base/text.h"
#include "support/temp_dir.h"
#include "support/turning.h"

#include <array>
#include <chrono>
#include <ctime>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace aztriage::net {
namespace {

struct Pipe {
  std::array<int, 2> ends{};
  Pipe() { REQUIRE(pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0); }
  ~Pipe() {
    close(ends[0]);
    close(ends[1]);
  }
  void write_one() const { CHECK(write(ends[1], "x", 1) == 1); }
  void read_all() const {
    std::array<char, 64> bytes;
    while (read(ends[0], bytes.data(), bytes.size()) > 0) {
    }
  }
};

std::unique_ptr<Loop> make() {
  return std::move(*Loop::make({}));
}

TEST_CASE("loop: an empty one has nothing to wait for") {
  auto loop = make();
  const auto begin = Steady::now();
  CHECK_FALSE(loop->turn(Milliseconds(5000)));
  CHECK(Steady::now() - begin < std::chrono::seconds(2));
}

TEST_CASE("loop: timers come in the order of their times and can be cancelled from each other") {
  auto loop = make();
  std::vector<int> order;
  const auto now = Steady::now();
  loop->at(now + Milliseconds(30), [&] { order.push_back(3); });
  Net::Timer cancelled = 0;
  loop->at(now + Milliseconds(10), [&] {
    order.push_back(1);
    loop->cancel(cancelled);
    loop->at(now, [&] { order.push_back(2); });
  });
  cancelled = loop->at(now + Milliseconds(20), [&] { order.push_back(99); });
  while (loop->turn(Milliseconds(1000))) {
  }
  CHECK(order == std::vector<int>{1, 2, 3});
}

TEST_CASE("loop: a timer that sets itself again does not hold up the turn") {
  auto loop = make();
  int count = 0;
  std::function<void()> again = [&] {
    ++count;
    loop->at(Steady::now(), again);
  };
  loop->at(Steady::now(), again);
  loop->turn(Milliseconds(0));
  CHECK(count == 1);
}

TEST_CASE("loop: soon means the next turn, also from a callback") {
  auto loop = make();
  std::vector<int> order;
  loop->soon([&] {
    order.push_back(1);
    loop->soon([&] { order.push_back(2); });
  });
  loop->turn(Milliseconds(0));
  CHECK(order == std::vector<int>{1});
  loop->turn(Milliseconds(1000));
  CHECK(order == std::vector<int>{1, 2});
}

TEST_CASE("loop: several watches of one descriptor, one of which ends the others") {
  auto loop = make();
  Pipe pipe;
  int first = 0;
  int second = 0;
  Net::Watch other = 0;
  const auto one = loop->watch(pipe.ends[0], Net::readable, [&](unsigned ready) {
    CHECK(ready == Net::readable);
    ++first;
    loop->unwatch(other);
  });
  other = loop->watch(pipe.ends[0], Net::readable, [&](unsigned) { ++second; });
  pipe.write_one();
  loop->turn(Milliseconds(1000));
  CHECK(first == 1);
  CHECK(second == 0);
  pipe.read_all();
  loop->unwatch(one);
  loop->unwatch(one);
  CHECK_FALSE(loop->turn(Milliseconds(0)));
}

TEST_CASE("loop: a new watch on a descriptor of the same number is not called for the old one's event") {
  auto loop = make();
  auto a = std::make_unique<Pipe>();
  auto b = std::make_unique<Pipe>();
  bool wrong = false;
  std::vector<Net::Watch> watches;
  const auto replace = [&](Net::Watch& mine, std::unique_ptr<Pipe>& theirs, Net::Watch& their_watch) {
    loop->unwatch(mine);
    mine = 0;
    if (their_watch == 0) return;  // the other one has done it
    loop->unwatch(their_watch);
    their_watch = 0;
    theirs = nullptr;
    theirs = std::make_unique<Pipe>();  // takes the lowest free numbers: the same ones
    watches.push_back(loop->watch(theirs->ends[0], Net::readable, [&](unsigned) { wrong = true; }));
  };
  Net::Watch watch_a = 0;
  Net::Watch watch_b = 0;
  watch_a = loop->watch(a->ends[0], Net::readable, [&](unsigned) { replace(watch_a, b, watch_b); });
  watch_b = loop->watch(b->ends[0], Net::readable, [&](unsigned) { replace(watch_b, a, watch_a); });
  a->write_one();
  b->write_one();
  loop->turn(Milliseconds(1000));
  loop->turn(Milliseconds(0));
  CHECK(watches.size() == 1);
  CHECK_FALSE(wrong);
}

TEST_CASE("loop: a peer that goes counts as ready") {
  auto loop = make();
  std::array<int, 2> ends{};
  REQUIRE(pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0);
  bool called = false;
  const auto watch = loop->watch(ends[0], Net::readable, [&](unsigned) { called = true; });
  close(ends[1]);
  loop->turn(Milliseconds(1000));
  CHECK(called);
  loop->unwatch(watch);
  close(ends[0]);
}

TEST_CASE("loop: a file, which can't be waited for, is always ready") {
  auto loop = make();
  test::TempDir folder;
  const int fd = open(folder.write("answers", "1\n").c_str(), O_RDONLY | O_CLOEXEC);
  int called = 0;
  const auto watch = loop->watch(fd, Net::readable, [&](unsigned) { ++called; });
  CHECK(loop->turn(Milliseconds(5000)));
  CHECK(called == 1);
  loop->unwatch(watch);
  CHECK_FALSE(loop->turn(Milliseconds(0)));
  close(fd);
}

TEST_CASE("loop: wake ends a turn from another thread, and costs nothing while it waits") {
  auto loop = make();
  Pipe pipe;
  loop->watch(pipe.ends[0], Net::readable, [](unsigned) {});
  std::thread waker([&] {
    std::this_thread::sleep_for(Milliseconds(200));
    loop->wake();
  });
  const std::clock_t before = std::clock();
  const auto begin = Steady::now();
  loop->turn(Milliseconds(20000));
  CHECK(Steady::now() - begin < std::chrono::seconds(10));
  CHECK(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC < 0.15);
  waker.join();
}

TEST_CASE("loop: a timer is not waited for by turning") {
  auto loop = make();
  bool called = false;
  loop->at(Steady::now() + std::chrono::microseconds(1500), [&] { called = true; });
  int turns = 0;
  while (!called && turns < 1000) {
    loop->turn(Milliseconds(1000));
    ++turns;
  }
  CHECK(turns <= 2);
}

TEST_CASE("loop: a thousand descriptors") {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
  setrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t count = limit.rlim_cur > 2500 ? 1000 : 200;
  auto loop = make();
  std::vector<std::unique_ptr<Pipe>> pipes;
  std::size_t called = 0;
  std::vector<Net::Watch> watches(count);
  for (std::size_t i = 0; i < count; ++i) {
    pipes.push_back(std::make_unique<Pipe>());
    watches[i] = loop->watch(pipes[i]->ends[0], Net::readable, [&, i](unsigned) {
      ++called;
      loop->unwatch(watches[i]);
    });
  }
  for (const auto& pipe : pipes) pipe->write_one();
  CHECK(test::turn_until(*loop, [&] { return called == count; }));
}

TEST_CASE("curl: a library that is not there is an error that says what to install") {
  const auto api = open_curl("libcurl-of-another-world.so.4");
  REQUIRE_FALSE(api);
  CHECK(api.error().hint.find("apt-get install libcurl4") != std::string::npos);
  // One that is no libcurl at all.
  const auto other = open_curl("libm.so.6");
  REQUIRE_FALSE(other);
  CHECK(other.error().what.find("curl_global_init") != std::string::npos);
}

TEST_CASE("curl: TLS by another library than OpenSSL is refused") {
  const auto api = open_curl("libcurl-gnutls.so.4");
  REQUIRE_FALSE(api);  // also where it is not installed
  CHECK(text::contains(text::lower(api.error().what), "gnutls"));
}

TEST_CASE("net: settings that can't be used are refused at once") {
  const auto refuses = [](auto change) {
    Settings settings;
    change(settings);
    return !Net::create(settings).has_value();
  };
  CHECK(refuses([](Settings& s) { s.ca_file = "/"; }));
  CHECK(refuses([](Settings& s) { s.dns_server = "dns.contoso.com"; }));
  CHECK(refuses([](Settings& s) { s.proxy = "gopher://p"; }));
  CHECK(refuses([](Settings& s) { s.connect_to = {"a:b"}; }));
  CHECK_FALSE(refuses([](Settings& s) { s.dns_server = "127.0.0.1:5353"; }));
}

}  // namespace
}  // namespace aztriage::net
