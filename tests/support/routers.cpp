#include "support/routers.h"

#include "fact/json.h"
#include "support/looking.h"
#include "support/server.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace aztriage::test {
namespace {

constexpr int kClient = 0, kNear = 1, kFar = 2, kServer = 3;

struct Namespaces {
  std::array<int, 4> fds{};

  /// Own namespaces, with the rights of a root in them. False when the system does not let us.
  bool make() {
    const auto uid = getuid();
    const auto gid = getgid();
    if (uid != 0) {
      if (unshare(CLONE_NEWUSER) != 0) return false;
      std::ofstream("/proc/self/setgroups") << "deny";
      std::ofstream("/proc/self/uid_map") << "0 " << uid << " 1";
      std::ofstream("/proc/self/gid_map") << "0 " << gid << " 1";
    }
    for (int& fd : fds) {
      if (unshare(CLONE_NEWNET) != 0) return false;
      fd = open("/proc/self/ns/net", O_RDONLY);
      if (fd < 0) return false;
    }
    return true;
  }
  bool enter(int index) const { return setns(fds[static_cast<std::size_t>(index)], CLONE_NEWNET) == 0; }
  bool run(int index, const std::string& command) const {
    return enter(index) && std::system(("(" + command + ") >/dev/null 2>&1").c_str()) == 0;
  }
  bool link(int one, int other, int subnet, int mtu) const {
    const std::string name = "v" + std::to_string(subnet);
    const std::string there = "/proc/self/fd/" + std::to_string(fds[static_cast<std::size_t>(other)]);
    const auto prepare = [&](const std::string& device, int host) {
      const std::string on = " dev " + device;
      return "ip link set lo up && ip link set " + device + " mtu " + std::to_string(mtu) +
             " up && ip addr add 10.0." + std::to_string(subnet) + "." + std::to_string(host) + "/24" + on +
             " && ip addr add fd00:" + std::to_string(subnet) + "::" + std::to_string(host) + "/64" + on +
             " nodad";
    };
    return run(one, "ip link add " + name + "a type veth peer name " + name + "b netns " + there + " && " +
                        prepare(name + "a", one == kClient ? 2 : 1)) &&
           run(other, prepare(name + "b", other == kNear ? 1 : 2));
  }
};

/// Takes connections for ever, and answers each with more than fits into one packet.
void serve() {
  const int listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in6 any{};
  any.sin6_family = AF_INET6;
  any.sin6_port = htons(443);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0 || listen(listener, 512) != 0)
    return;
  while (true) {
    const int fd = accept(listener, nullptr, nullptr);
    if (fd < 0) return;
    std::thread([fd] {
      std::array<char, 16384> bytes;
      const std::string answer(6000, 'a');
      while (recv(fd, bytes.data(), bytes.size(), 0) > 0)
        if (send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) break;
      close(fd);
    }).detach();
  }
}

std::string rules_of(const Routers& routers) {
  std::string rules =
      "add table inet t; add chain inet t f { type filter hook forward priority 0; }; "
      "add chain inet t o { type filter hook output priority 0; }; ";
  if (routers.quiet)
    rules +=
        "add rule inet t o icmp type destination-unreachable drop; "
        "add rule inet t o icmpv6 type packet-too-big drop; ";
  return rules;
}

bool build(const Namespaces& spaces, const Routers& routers) {
  const std::string forward =
      "echo 1 > /proc/sys/net/ipv4/ip_forward && echo 1 > /proc/sys/net/ipv6/conf/all/forwarding && "
      "echo 0 > /proc/sys/net/ipv4/icmp_ratelimit";
  const auto nft = [](const std::string& rules) { return "nft '" + rules + "'"; };
  std::string far = rules_of(routers);
  if (routers.dropping) far += "add rule inet t f iifname \"v2b\" drop; ";
  if (routers.denying) far += "add rule inet t f iifname \"v2b\" reject with icmpx admin-prohibited; ";
  if (routers.most_received > 0)
    far += "add rule inet t f iifname \"v3a\" meta length > " + std::to_string(routers.most_received) +
           " drop; ";
  if (routers.most_connections > 0)
    far += "add rule inet t f iifname \"v2b\" tcp flags & (syn|ack) == syn quota over " +
           std::to_string(routers.most_connections * 60) + " bytes drop; ";
  return spaces.link(kClient, kNear, 1, 1500) && spaces.link(kNear, kFar, 2, routers.mtu) &&
         spaces.link(kFar, kServer, 3, 1500) && spaces.run(kNear, forward) && spaces.run(kFar, forward) &&
         spaces.run(kClient, "ip route add default via 10.0.1.1 && ip route add default via fd00:1::1") &&
         spaces.run(kNear, "ip route add default via 10.0.2.2 && ip route add default via fd00:2::2") &&
         spaces.run(kFar,
                    "ip route add 10.0.1.0/24 via 10.0.2.1 && ip route add fd00:1::/64 via fd00:2::1") &&
         spaces.run(kServer,
                    "ip link set v3b gso_max_segs 1; ip route add default via 10.0.3.1 && ip route add "
                    "default via fd00:3::1") &&
         spaces.run(kNear, nft(rules_of(routers))) && spaces.run(kFar, nft(far));
}

/// The child's part; what it saw, as a line of JSON, or nothing.
std::string look_inside(const Routers& routers, const std::string& probe,
                        const std::map<std::string, std::string>& given) {
  Namespaces spaces;
  if (!spaces.make() || !build(spaces, routers) || !spaces.enter(kServer)) return {};
  std::thread(serve).detach();  // stays in the server's namespace
  if (!spaces.enter(kClient)) return {};
  usleep(50000);
  return fact::to_json(Looker().look(probe, given, {}, Milliseconds(20000)));
}

}  // namespace

std::optional<fact::Observation> look_through(const Routers& routers, const std::string& probe,
                                              const std::map<std::string, std::string>& given) {
  if (find_program("ip").empty() || find_program("nft").empty()) return std::nullopt;
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return std::nullopt;
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    const std::string line = look_inside(routers, probe, given);
    [[maybe_unused]] const auto put = write(ends[1], line.data(), line.size());
    _exit(0);
  }
  close(ends[1]);
  std::string line;
  std::array<char, 4096> bytes;
  for (ssize_t got = 0; (got = read(ends[0], bytes.data(), bytes.size())) > 0;)
    line.append(bytes.data(), static_cast<std::size_t>(got));
  close(ends[0]);
  waitpid(child, nullptr, 0);
  if (line.empty()) return std::nullopt;
  auto seen = fact::from_json(line, probe::find_probe(probe)->facts);
  return seen ? std::optional(*seen) : std::nullopt;
}

}  // namespace aztriage::test
