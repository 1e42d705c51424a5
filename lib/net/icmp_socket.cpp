#include "net/icmp_socket.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// After time.h: it needs timespec.
#include <linux/errqueue.h>

namespace aztriage::net {
namespace {

bool set(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

/// What the system refuses, or null.
const char* prepare(int fd, int family, const IcmpSocketOptions& options) {
  const bool v6 = family == 6;
  const int level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
  if (!set(fd, level, v6 ? IPV6_RECVERR : IP_RECVERR, 1)) return v6 ? "IPV6_RECVERR" : "IP_RECVERR";
  if (options.hops > 0 && !set(fd, level, v6 ? IPV6_UNICAST_HOPS : IP_TTL, options.hops))
    return v6 ? "IPV6_UNICAST_HOPS" : "IP_TTL";
  // TCP learns from routers as it always does; UDP is to send what was asked for.
  const int discover = options.tcp ? int{IP_PMTUDISC_DO} : int{IP_PMTUDISC_PROBE};
  if (options.dont_fragment && !set(fd, level, v6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, discover))
    return v6 ? "IPV6_MTU_DISCOVER" : "IP_MTU_DISCOVER";
  if (options.tcp && !set(fd, IPPROTO_TCP, TCP_NODELAY, 1)) return "TCP_NODELAY";
  if (options.most_segment > 0 && !set(fd, IPPROTO_TCP, TCP_MAXSEG, options.most_segment))
    return "TCP_MAXSEG";
  return nullptr;
}

Address address_of(const sockaddr* from) {
  std::array<char, INET6_ADDRSTRLEN> shown{};
  if (from->sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, from, sizeof in);
    inet_ntop(AF_INET, &in.sin_addr, shown.data(), shown.size());
    return {shown.data(), 4};
  }
  if (from->sa_family != AF_INET6) return {};
  sockaddr_in6 in{};
  std::memcpy(&in, from, sizeof in);
  inet_ntop(AF_INET6, &in.sin6_addr, shown.data(), shown.size());
  return {shown.data(), 6};
}

IcmpError::What meaning_v4(int type, int code) {
  using What = IcmpError::What;
  if (type == ICMP_TIME_EXCEEDED) return What::time_exceeded;
  if (type != ICMP_DEST_UNREACH) return What::other;
  if (code == ICMP_FRAG_NEEDED) return What::too_big;
  if (code == ICMP_PORT_UNREACH) return What::port_closed;
  const bool filtered = code == ICMP_NET_ANO || code == ICMP_HOST_ANO || code == ICMP_PKT_FILTERED;
  return filtered ? What::prohibited : What::unreachable;
}

IcmpError::What meaning_v6(int type, int code) {
  using What = IcmpError::What;
  constexpr int kSourcePolicy = 5, kRejectRoute = 6;  // RFC 4443, 3.1
  if (type == ICMP6_TIME_EXCEEDED) return What::time_exceeded;
  if (type == ICMP6_PACKET_TOO_BIG) return What::too_big;
  if (type != ICMP6_DST_UNREACH) return What::other;
  if (code == ICMP6_DST_UNREACH_NOPORT) return What::port_closed;
  const bool filtered = code == ICMP6_DST_UNREACH_ADMIN || code == kSourcePolicy || code == kRejectRoute;
  return filtered ? What::prohibited : What::unreachable;
}

IcmpError read_error(const sock_extended_err& seen, std::size_t size) {
  IcmpError error;
  error.error = static_cast<int>(seen.ee_errno);
  error.mtu = seen.ee_errno == EMSGSIZE ? static_cast<int>(seen.ee_info) : 0;
  error.local = seen.ee_origin != SO_EE_ORIGIN_ICMP && seen.ee_origin != SO_EE_ORIGIN_ICMP6;
  if (error.local) {
    error.what = seen.ee_errno == EMSGSIZE ? IcmpError::What::too_big : IcmpError::What::other;
    return error;
  }
  error.what = seen.ee_origin == SO_EE_ORIGIN_ICMP ? meaning_v4(seen.ee_type, seen.ee_code)
                                                   : meaning_v6(seen.ee_type, seen.ee_code);
  if (size >= sizeof seen + sizeof(sockaddr_in)) error.from = address_of(SO_EE_OFFENDER(&seen));
  return error;
}

}  // namespace

socklen_t to_system_address(const Address& address, int port, sockaddr_storage& out) {
  std::memset(&out, 0, sizeof out);
  const auto net_port = htons(static_cast<std::uint16_t>(port));
  if (address.family == 6) {
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_port = net_port;
    inet_pton(AF_INET6, address.text.c_str(), &to.sin6_addr);
    std::memcpy(&out, &to, sizeof to);
    return sizeof to;
  }
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = net_port;
  inet_pton(AF_INET, address.text.c_str(), &to.sin_addr);
  std::memcpy(&out, &to, sizeof to);
  return sizeof to;
}

IcmpSocket open_icmp_socket(const Address& address, int port, const IcmpSocketOptions& options) {
  const int family = address.family == 6 ? AF_INET6 : AF_INET;
  const int type = (options.tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
  IcmpSocket opened{Socket(socket(family, type, 0)), 0, {}};
  if (!opened.socket) return {{}, errno, {}};
  if (const char* option = prepare(opened.socket.fd(), address.family, options))
    return {{}, 0, std::string("the system refuses ") + option + ": " + std::strerror(errno)};
  sockaddr_storage to;
  const socklen_t size = to_system_address(address, port, to);
  const int done = ::connect(opened.socket.fd(), reinterpret_cast<const sockaddr*>(&to), size);
  if (done != 0 && errno != EINPROGRESS) return {{}, errno, {}};
  return opened;
}

std::optional<IcmpError> take_icmp_error(int fd) {
  std::array<char, 512> payload;
  alignas(cmsghdr) std::array<char, 512> control;
  iovec piece{payload.data(), payload.size()};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return std::nullopt;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    const bool v4 = part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR;
    const bool v6 = part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR;
    const std::size_t size = part->cmsg_len - CMSG_LEN(0);
    if ((!v4 && !v6) || size < sizeof(sock_extended_err)) continue;
    return read_error(*reinterpret_cast<const sock_extended_err*>(CMSG_DATA(part)), size);
  }
  return IcmpError{};
}

int take_socket_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

int device_mtu(int fd) {
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) != 0) return 0;
  const Address address = address_of(reinterpret_cast<const sockaddr*>(&own));
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return 0;
  ifreq request{};
  bool found = false;
  for (const ifaddrs* one = all; one != nullptr && !found; one = one->ifa_next) {
    found = one->ifa_addr != nullptr && address_of(one->ifa_addr) == address;
    if (found) std::strncpy(request.ifr_name, one->ifa_name, IFNAMSIZ - 1);
  }
  freeifaddrs(all);
  return found && ioctl(fd, SIOCGIFMTU, &request) == 0 ? request.ifr_mtu : 0;
}

int known_path_mtu(int fd, int family) {
  int mtu = 0;
  socklen_t size = sizeof mtu;
  const int done = family == 6 ? getsockopt(fd, IPPROTO_IPV6, IPV6_MTU, &mtu, &size)
                               : getsockopt(fd, IPPROTO_IP, IP_MTU, &mtu, &size);
  return done == 0 ? mtu : 0;
}

}  // namespace aztriage::net
