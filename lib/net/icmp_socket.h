#pragma once

#include "net/connection.h"

#include <optional>
#include <string>

#include <sys/socket.h>

namespace aztriage::net {

/// The same address for the system's calls; returns its length.
socklen_t to_system_address(const Address& address, int port, sockaddr_storage& out);

/// A non-blocking socket, connected or connecting, whose ICMP errors are queued for `take_icmp_error`. It
/// needs no privileges: Linux queues them for UDP, and since 5.8 for a TCP connection that is being opened.
struct IcmpSocketOptions {
  bool tcp = false;
  int hops = 0;                // time to live, or hop limit; 0: the usual
  bool dont_fragment = false;  // send as large as the device takes, whatever is known of the path
  int most_segment = 0;        // of TCP, both for what we send and for what the other side may; 0: the usual
};
struct IcmpSocket {
  Socket socket;        // empty: it could not be had
  int error = 0;        // why the address can't be connected to, as the system's number
  std::string refused;  // or what the system does not let us do
};
IcmpSocket open_icmp_socket(const Address& address, int port, const IcmpSocketOptions& options);

/// One ICMP message about what was sent (RFC 792, RFC 4443), or the system's own word.
struct IcmpError {
  enum class What { time_exceeded, too_big, port_closed, prohibited, unreachable, other };
  What what = What::other;
  bool local = false;  // nobody said so: it is this machine's own finding
  int error = 0;       // the system's number for it
  int mtu = 0;         // of `too_big`: what would pass there; 0 when it is not said
  Address from;        // who sent the message
};
/// The next one in the queue of a socket.
std::optional<IcmpError> take_icmp_error(int fd);

/// The error number of a socket, which is then cleared.
int take_socket_error(int fd);

/// The largest packet that the device takes through which a connected socket sends; 0 when it can't be known.
int device_mtu(int fd);
/// What the system knows of the path of a connected socket; 0 when it knows nothing.
int known_path_mtu(int fd, int family);

/// The rest of a packet beside its payload: the headers of IP and UDP, or of IP and TCP without options.
inline int udp_headers(int family) {
  return family == 6 ? 48 : 28;
}
inline int tcp_headers(int family) {
  return family == 6 ? 60 : 40;
}

}  // namespace aztriage::net
