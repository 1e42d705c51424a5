#include "support/name_server.h"

#include <array>
#include <cctype>
#include <sstream>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace aztriage::test {
namespace {

void put_two(Bytes& out, unsigned value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

std::size_t question_end(const Bytes& query) {
  std::size_t at = 12;
  while (at < query.size() && query[at] != 0) at += query[at] + 1U;
  return at + 5;
}

int bind_to(int type, int port) {
  const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

int port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

}  // namespace

DnsMaker DnsMaker::answer_to(const Bytes& query, int rcode, std::uint16_t flags) {
  DnsMaker maker;
  maker.head_.assign(query.begin(), query.begin() + 2);
  put_two(maker.head_, flags | static_cast<unsigned>(rcode));
  maker.body_.assign(query.begin() + 12, query.begin() + static_cast<std::ptrdiff_t>(question_end(query)));
  return maker;
}

DnsMaker& DnsMaker::record(const std::string& name, std::uint16_t type, const Bytes& data,
                           std::uint32_t ttl) {
  const Bytes owner = DnsMaker::name(name);
  body_.insert(body_.end(), owner.begin(), owner.end());
  put_two(body_, type);
  put_two(body_, 1);
  put_two(body_, ttl >> 16);
  put_two(body_, ttl & 0xffff);
  put_two(body_, static_cast<unsigned>(data.size()));
  body_.insert(body_.end(), data.begin(), data.end());
  ++answers_;
  return *this;
}

DnsMaker& DnsMaker::a(const std::string& name, const std::string& address) {
  Bytes data(4);
  inet_pton(AF_INET, address.c_str(), data.data());
  return record(name, 1, data);
}

DnsMaker& DnsMaker::aaaa(const std::string& name, const std::string& address) {
  Bytes data(16);
  inet_pton(AF_INET6, address.c_str(), data.data());
  return record(name, 28, data);
}

DnsMaker& DnsMaker::cname(const std::string& name, const std::string& to) {
  return record(name, 5, DnsMaker::name(to));
}

DnsMaker& DnsMaker::soa(const std::string& zone) {
  Bytes data = name("ns." + zone);
  const Bytes mail = name("hostmaster." + zone);
  data.insert(data.end(), mail.begin(), mail.end());
  data.resize(data.size() + 20);
  record(zone, 6, data, 60);
  --answers_;
  ++authority_;
  return *this;
}

Bytes DnsMaker::bytes() const {
  Bytes out = head_;
  put_two(out, 1);
  put_two(out, static_cast<unsigned>(answers_));
  put_two(out, static_cast<unsigned>(authority_));
  put_two(out, 0);
  out.insert(out.end(), body_.begin(), body_.end());
  return out;
}

Bytes DnsMaker::name(const std::string& dotted) {
  Bytes out;
  std::istringstream labels(dotted);
  for (std::string label; std::getline(labels, label, '.');) {
    out.push_back(static_cast<std::uint8_t>(label.size()));
    out.insert(out.end(), label.begin(), label.end());
  }
  out.push_back(0);
  return out;
}

Asked read_query(const Bytes& query) {
  Asked asked;
  std::size_t at = 12;
  while (at < query.size() && query[at] != 0) {
    if (!asked.name.empty()) asked.name += '.';
    for (std::size_t i = 1; i <= query[at]; ++i)
      asked.name += static_cast<char>(std::tolower(static_cast<int>(query[at + i])));
    at += query[at] + 1U;
  }
  asked.type = query[at + 1] << 8 | query[at + 2];
  asked.extended = query[11] != 0;
  return asked;
}

NameServer::NameServer(Answer answer) : answer_(std::move(answer)) {
  for (int i = 0; i < 50 && tcp_ < 0; ++i) {  // until a port is free in both protocols
    if (udp_ >= 0) close(udp_);
    udp_ = bind_to(SOCK_DGRAM, 0);
    port_ = port_of(udp_);
    tcp_ = bind_to(SOCK_STREAM, port_);
  }
  if (tcp_ < 0 || listen(tcp_, 16) != 0) throw std::runtime_error("no port for a name server");
  thread_ = std::thread([this] { run(); });
}

NameServer::~NameServer() {
  ending_ = true;
  thread_.join();
  close(udp_);
  close(tcp_);
}

void NameServer::run() {
  while (!ending_) {
    std::array<pollfd, 2> wait = {{{udp_, POLLIN, 0}, {tcp_, POLLIN, 0}}};
    if (poll(wait.data(), wait.size(), 20) <= 0) continue;
    if ((wait[1].revents & POLLIN) != 0) serve_tcp();
    if ((wait[0].revents & POLLIN) == 0) continue;
    Bytes query(4096);
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const auto count =
        recvfrom(udp_, query.data(), query.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (count < 17) continue;
    query.resize(static_cast<std::size_t>(count));
    const Bytes answer = answer_(query, read_query(query), false);
    if (!answer.empty())
      sendto(udp_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
  }
}

void NameServer::serve_tcp() {
  const int fd = accept4(tcp_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) return;
  const timeval most{2, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
  Bytes query(4096);
  const auto count = recv(fd, query.data(), query.size(), 0);
  if (count > 19) {
    query.resize(static_cast<std::size_t>(count));
    query.erase(query.begin(), query.begin() + 2);
    Bytes answer = answer_(query, read_query(query), true);
    Bytes framed;
    put_two(framed, static_cast<unsigned>(answer.size()));
    framed.insert(framed.end(), answer.begin(), answer.end());
    if (!answer.empty()) send(fd, framed.data(), framed.size(), MSG_NOSIGNAL);
  }
  close(fd);
}

}  // namespace aztriage::test
