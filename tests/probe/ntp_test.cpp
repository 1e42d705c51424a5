#include "probe/wire/ntp.h"

#include "support/looking.h"
#include "support/server.h"
#include "support/temp_dir.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace aztriage {
namespace {

using test::fact_of;
using test::failure_of;
using test::Looker;

double wall_clock() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string big_endian(std::uint64_t value, int width) {
  std::string bytes;
  for (int i = width - 1; i >= 0; --i) bytes.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
  return bytes;
}

std::string timestamp(double seconds) {
  const double from_1900 = seconds + 2208988800.0;
  const double whole = std::floor(from_1900);
  return big_endian(static_cast<std::uint64_t>(whole), 4) +
         big_endian(static_cast<std::uint64_t>((from_1900 - whole) * 4294967296.0), 4);
}

struct Reply {
  int first = 0x24;  // leap none, version 4, server
  int stratum = 2;
  std::string reference = std::string("\x0a\0\0\x01", 4);
  double ahead = 0;
};

std::string answer_to(const std::string& request, const Reply& reply = {}) {
  const double now = wall_clock() + reply.ahead;
  return std::string{static_cast<char>(reply.first), static_cast<char>(reply.stratum), 6, -20} +
         big_endian(65536 / 2, 4) + big_endian(65536 / 4, 4) + reply.reference + timestamp(now - 10) +
         request.substr(40, 8) + timestamp(now) + timestamp(now);
}

/// A UDP server on a free port of 127.0.0.1; `answer` gives the packets to send back to each request.
class UdpServer {
 public:
  using Answer = std::function<std::vector<std::string>(const std::string& request, int number)>;
  explicit UdpServer(Answer answer, bool elsewhere = false) : answer_(std::move(answer)) {
    socket_ = bound(port_);
    if (elsewhere) other_ = bound(other_port_);
    timeval often{0, 50000};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &often, sizeof often);
    thread_ = std::thread([this] { run(); });
  }
  ~UdpServer() {
    ending_ = true;
    thread_.join();
    close(socket_);
    if (other_ >= 0) close(other_);
  }
  UdpServer(const UdpServer&) = delete;
  UdpServer& operator=(const UdpServer&) = delete;
  int port() const { return port_; }

 private:
  static int bound(int& port) {
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port = ntohs(address.sin_port);
    return fd;
  }
  void run() {
    std::array<char, 2048> buffer;
    int number = 0;
    while (!ending_) {
      sockaddr_in client{};
      socklen_t size = sizeof client;
      const ssize_t got =
          recvfrom(socket_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&client), &size);
      if (got < 0) continue;
      for (const auto& packet : answer_({buffer.data(), static_cast<std::size_t>(got)}, number))
        sendto(other_ >= 0 ? other_ : socket_, packet.data(), packet.size(), 0,
               reinterpret_cast<sockaddr*>(&client), size);
      ++number;
    }
  }

  Answer answer_;
  int socket_ = -1;
  int other_ = -1;
  int port_ = 0;
  int other_port_ = 0;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

fact::Observation look(int port, std::map<std::string, std::string> given = {},
                       Milliseconds timeout = Milliseconds(700)) {
  given.emplace("host", "127.0.0.1");
  given.emplace("port", std::to_string(port));
  given.emplace("samples", "1");
  return Looker().look("ntp", given, {}, timeout);
}

fact::Observation look(const Reply& reply, std::map<std::string, std::string> given = {}) {
  UdpServer server([&](const std::string& request, int) { return std::vector{answer_to(request, reply)}; });
  return look(server.port(), std::move(given));
}

TEST_CASE("ntp: a good answer") {
  const auto seen = look(Reply{.ahead = 42});
  CHECK(failure_of(seen) == "none");
  CHECK(seen.answered);
  CHECK(seen.facts.at("offset").as_number() == doctest::Approx(42).epsilon(0.01));
  CHECK(fact_of(seen, "stratum") == "2");
  CHECK(fact_of(seen, "refid") == "10.0.0.1");
  CHECK(fact_of(seen, "leap") == "none");
  CHECK(fact_of(seen, "synchronized") == "true");
  CHECK(fact_of(seen, "root.delay") == "0.5");
  CHECK(fact_of(seen, "root.dispersion") == "0.25");
  CHECK(seen.facts.at("set-ago").as_number() == doctest::Approx(10).epsilon(0.01));
  CHECK(seen.facts.at("delay").as_number() < 0.5);
  CHECK(fact_of(seen, "samples") == "1");
  CHECK(seen.summary.starts_with("this machine's clock is 4"));
  CHECK(seen.summary.find("slow") != std::string::npos);
  CHECK(look(Reply{.ahead = -42}).facts.at("offset").as_number() < -41);
}

TEST_CASE("ntp: three samples, of which one is lost") {
  UdpServer server([](const std::string& request, int number) {
    if (number == 1) return std::vector<std::string>{};
    return std::vector{answer_to(request)};
  });
  const auto seen = look(server.port(), {{"samples", "3"}}, Milliseconds(6000));
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "sent") == "3");
  CHECK(fact_of(seen, "samples") == "2");
  CHECK(seen.took < Milliseconds(5000));
}

TEST_CASE("ntp: servers that have no time to give") {
  const auto unset = look(Reply{.first = 0xe4, .stratum = 16, .reference = std::string(4, '\0')});
  CHECK(unset.answered);
  CHECK(fact_of(unset, "synchronized") == "false");
  CHECK(fact_of(unset, "leap") == "unsynchronized");
  CHECK_FALSE(unset.facts.contains("refid"));
  CHECK_FALSE(unset.facts.contains("offset"));
  // chrony says it this way while it has no source (RFC 5905, 7.3: stratum 0 is unspecified or invalid).
  const auto never_set = look(Reply{.first = 0xe4, .stratum = 0, .reference = std::string(4, '\0')});
  CHECK(failure_of(never_set) == "none");
  CHECK(fact_of(never_set, "synchronized") == "false");
  CHECK_FALSE(never_set.facts.contains("kiss"));
  const auto kiss = look(Reply{.first = 0xe4, .stratum = 0, .reference = "RATE"});
  CHECK(kiss.answered);
  CHECK(failure_of(kiss) == "answer-refused at request");
  CHECK(fact_of(kiss, "kiss") == "RATE");
  CHECK_FALSE(kiss.facts.contains("offset"));
  const auto primary = look(Reply{.stratum = 1, .reference = std::string("GPS\0", 4)});
  CHECK(fact_of(primary, "refid") == "GPS");
}

TEST_CASE("ntp: what is no answer is counted and ignored") {
  const auto ignored = [](const std::function<std::string(const std::string&)>& answer) {
    UdpServer server([&](const std::string& request, int) { return std::vector{answer(request)}; });
    const auto seen = look(server.port());
    CHECK(failure_of(seen) == "answer-timeout at request");
    CHECK_FALSE(seen.answered);
    CHECK(fact_of(seen, "ignored") == "1");
    return fact_of(seen, "ignored.why");
  };
  CHECK(ignored([](const auto& request) { return answer_to(request).substr(0, 47); }) == "is too short");
  CHECK(ignored([](const auto& request) { return request; }) == "is not of a server");
  CHECK(ignored([](const auto& request) { return answer_to(request, {.first = 0x3c}); }) ==
        "is of another version");
  CHECK(ignored([](const auto& request) {
          std::string changed = request;
          changed[40] = static_cast<char>(changed[40] + 1);
          return answer_to(changed);
        }) == "answers another request");
  CHECK(ignored([](const auto&) { return std::string{}; }) == "is too short");
  UdpServer elsewhere([](const std::string& request, int) { return std::vector{answer_to(request)}; }, true);
  const auto seen = look(elsewhere.port());
  CHECK_FALSE(seen.answered);
  CHECK(fact_of(seen, "ignored.why") == "comes from elsewhere");
  UdpServer twice([](const std::string& request, int number) {
    if (number > 0) return std::vector<std::string>{};
    return std::vector{answer_to(request), answer_to(request)};
  });
  const auto doubled = look(twice.port(), {{"samples", "2"}}, Milliseconds(4000));
  CHECK(fact_of(doubled, "samples") == "1");
  CHECK(fact_of(doubled, "ignored.why") == "comes twice");
}

TEST_CASE("ntp: a flood of packets ends the look") {
  UdpServer server([](const std::string& request, int) { return std::vector<std::string>(1500, request); });
  const auto seen = look(server.port(), {}, Milliseconds(3000));
  // The system may drop some of them; then the time ends it.
  CHECK_FALSE(seen.answered);
  CHECK(seen.facts.at("ignored").as_number() > 100);
  CHECK(seen.facts.at("ignored").as_number() <= 1001);
}

TEST_CASE("ntp: silence, and a port that is closed") {
  UdpServer silent([](const std::string&, int) { return std::vector<std::string>{}; });
  const auto seen = look(silent.port());
  CHECK(failure_of(seen) == "answer-timeout at request");
  CHECK(fact_of(seen, "sent") == "1");
  CHECK(fact_of(seen, "samples") == "0");
  CHECK(failure_of(look(test::free_port())) == "answer-refused at request");
}

TEST_CASE("ntp: the time of the next era") {
  // 2036-02-07 06:28:16 UTC is second 0 of era 1.
  const double now = 2085978496.0 + 100;
  std::string packet = answer_to(std::string(48, 'c'));
  packet.replace(32, 8, timestamp(now - 4294967296.0));
  std::string_view why;
  const auto answer = probe::wire::read_ntp(packet, 0x6363636363636363ULL, now, why);
  REQUIRE(answer.has_value());
  CHECK(answer->received == doctest::Approx(now));
  CHECK(why.empty());
}

TEST_CASE("ntp: chrony") {
  const std::string chronyd = test::find_program("chronyd");
  if (chronyd.empty()) {
    MESSAGE("chrony is not installed: this case is skipped");
    return;
  }
  test::TempDir folder;
  const std::string dir = folder.path().string();
  const int port = test::free_port();
  const std::string conf = folder.write(
      "chrony.conf", "port " + std::to_string(port) + "\ncmdport 0\nallow 127.0.0.1\nlocal stratum 5\n" +
                         "bindaddress 127.0.0.1\npidfile " + dir + "/pid\nbindcmdaddress /\n");
  // It takes no TCP connection that could be waited for, so it is asked until it answers.
  const std::string command =
      chronyd + " -x -U -d -f " + conf + " >" + dir + "/log 2>&1 & echo $! >" + dir + "/child";
  REQUIRE(system(command.c_str()) == 0);
  fact::Observation seen;
  for (int i = 0; i < 40 && !seen.answered; ++i) {
    seen = look(port, {}, Milliseconds(500));
    if (!seen.answered) std::this_thread::sleep_for(Milliseconds(100));
  }
  CHECK(system(("kill $(cat " + dir + "/child)").c_str()) == 0);
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "stratum") == "5");
  CHECK(fact_of(seen, "synchronized") == "true");
  CHECK(std::abs(seen.facts.at("offset").as_number()) < 0.5);
}

}  // namespace
}  // namespace aztriage
