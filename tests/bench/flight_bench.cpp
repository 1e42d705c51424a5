// Memory that a probe takes while it waits for its server: many at once against one that takes every
// connection and never says a word. One process for each kind and number, so that no figure profits from
// another's memory.
//   flight_bench [PROBES...]
#include "net/net.h"
#include "probe/registry.h"
#include "support/server.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace aztriage;

struct Kind {
  const char* shown;
  const char* probe;
  const char* scheme;  // of the URL; null: host and port
};
constexpr Kind kKinds[] = {{"tcp, held", "tcp", nullptr},
                           {"http, waiting for the answer", "http", "http"},
                           {"https, in the handshake", "http", "https"}};

void allow_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

[[noreturn]] void serve(int port) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_port = htons(static_cast<std::uint16_t>(port));
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) _exit(1);
  listen(listener, 4096);
  while (accept(listener, nullptr, nullptr) >= 0) {
  }
  _exit(1);
}

long resident_kib() {
  long all = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/// KiB for each of so many probes; negative when they could not all be under way at once.
double measure(const Kind& kind, int count, int port) {
  net::Settings settings;
  settings.proxy = "none";
  auto made = net::Net::create(settings);
  if (!made) return -1;
  auto net = std::move(*made);
  const auto* spec = probe::find_probe(kind.probe);
  const std::string place = "127.0.0.1:" + std::to_string(port);
  std::map<std::string, std::string> given = {{"target", place}, {"hold", "600"}};
  if (kind.scheme != nullptr) given = {{"url", kind.scheme + ("://" + place) + "/"}};
  const auto params = probe::check_params(*spec, given);
  if (!params) return -1;
  std::vector<std::unique_ptr<probe::Running>> running;
  running.reserve(static_cast<std::size_t>(count));
  int ended = 0;
  const auto start = [&] {
    running.push_back(
        spec->start(*params, Milliseconds(600000), *net, [&](const fact::Observation&) { ++ended; }));
  };
  const auto settle = [&] {
    // Until nothing has happened for a while: all are connected and wait.
    for (auto quiet = Steady::now(); Steady::now() < quiet + Milliseconds(500);) {
      const auto before = Steady::now();
      net->turn(Milliseconds(100));
      if (Steady::now() - before < Milliseconds(90)) quiet = Steady::now();
    }
  };
  for (int i = 0; i < 20; ++i) start();  // what the first ones load is not theirs
  settle();
  const long before = resident_kib();
  for (int i = 0; i < count; ++i) {
    start();
    if (i % 500 == 499) settle();  // the server has to keep up
  }
  settle();
  const long after = resident_kib();
  return ended > 0 ? -1 : static_cast<double>(after - before) / count;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<int> counts;
  for (int i = 1; i < argc; ++i) counts.push_back(std::atoi(argv[i]));
  if (counts.empty()) counts = {1000, 10000};
  allow_descriptors();
  for (const Kind& kind : kKinds)
    for (const int count : counts) {
      std::fflush(stdout);
      const int port = test::free_port();
      const pid_t server = fork();
      if (server == 0) serve(port);
      usleep(200000);
      const pid_t child = fork();
      if (child == 0) {
        const double kib = measure(kind, count, port);
        if (kib < 0)
          std::printf("%s: %d probes could not be under way at once\n", kind.shown, count);
        else
          std::printf("%s: %d probes at once, %.1f KiB each, ratio to 64 KiB %.2f\n", kind.shown, count, kib,
                      kib / 64);
        std::fflush(stdout);
        _exit(0);
      }
      waitpid(child, nullptr, 0);
      kill(server, SIGTERM);  // with all the connections that it holds
      waitpid(server, nullptr, 0);
    }
}
