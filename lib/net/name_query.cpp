#include "net/name_query.h"

#include <array>
#include <cstring>
#include <utility>

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/time.h>

namespace aztriage::net {
namespace {

constexpr int kInternet = 1;
constexpr int kUdpSize = 1232;   // fits every path without fragments
constexpr int kFirstTry = 1000;  // milliseconds; then twice that, and so on
constexpr int kTries = 5;        // the caller's time-out is over before these are
constexpr std::size_t kHeader = 12;

std::string words_of(int status) {
  switch (status) {
    case ARES_ECONNREFUSED:
      return "nothing listens there";
    case ARES_ETIMEOUT:
      return "no answer";
    case ARES_EBADNAME:
    case ARES_EBADQUERY:
      return "the name can't be asked for";
    default:
      return ares_strerror(status);
  }
}

std::string code_of(int status) {
  switch (status) {
    case ARES_ECONNREFUSED:
      return "ARES_ECONNREFUSED";
    case ARES_ETIMEOUT:
      return "ARES_ETIMEOUT";
    case ARES_EBADNAME:
      return "ARES_EBADNAME";
    case ARES_EBADQUERY:
      return "ARES_EBADQUERY";
    case ARES_EBADRESP:
      return "ARES_EBADRESP";
    default:
      return "ARES " + std::to_string(status);
  }
}

}  // namespace

NameQuery::NameQuery(Net& net, const Place& server, const std::string& name, const Options& options,
                     Done done)
    : net_(net), done_(std::move(done)) {
  if (open(server, options.tcp)) send(name, options);
  set_timer();
}

NameQuery::~NameQuery() {
  done_ = nullptr;
  ended_ = true;
  if (channel_ != nullptr) ares_destroy(channel_);
  if (timer_ != 0) net_.cancel(timer_);
  for (const auto& [fd, watch] : watches_) net_.unwatch(watch);
}

bool NameQuery::open(const Place& server, bool tcp) {
  ares_options options{};
  options.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_IGNTC | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES |
                  (tcp ? ARES_FLAG_USEVC : 0);
  options.timeout = kFirstTry;
  options.tries = kTries;
  options.ndots = 1;
  std::array<char, 2> lookups = {'b', '\0'};
  options.lookups = lookups.data();
  options.sock_state_cb = &NameQuery::on_socket;
  options.sock_state_cb_data = this;
  // With all of these given c-ares reads no file of the system.
  const int given = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS | ARES_OPT_LOOKUPS |
                    ARES_OPT_SOCK_STATE_CB | ARES_OPT_DOMAINS | ARES_OPT_SORTLIST | ARES_OPT_NOROTATE |
                    ARES_OPT_SERVERS;
  int status = ares_init_options(&channel_, &options, given);
  if (status == ARES_SUCCESS) {
    ares_addr_port_node node{};
    const bool v6 = server.host.find(':') != std::string::npos;
    node.family = v6 ? AF_INET6 : AF_INET;
    inet_pton(node.family, server.host.c_str(), &node.addr);
    node.udp_port = node.tcp_port = server.port;
    status = ares_set_servers_ports(channel_, &node);
  }
  if (status != ARES_SUCCESS) end(status);
  return status == ARES_SUCCESS;
}

void NameQuery::send(const std::string& name, const Options& options) {
  unsigned char* bytes = nullptr;
  int length = 0;
  const auto id = static_cast<unsigned short>(arc4random());
  const int status = ares_create_query(name.c_str(), kInternet, options.type, id, 1, &bytes, &length,
                                       options.extended ? kUdpSize : 0);
  if (status != ARES_SUCCESS) return end(status);
  if (static_cast<std::size_t>(length) >= kHeader) {
    bytes[3] = static_cast<unsigned char>(bytes[3] | 0x20);  // AD: tell whether the answer was authenticated
    if (options.checking_disabled) bytes[3] = static_cast<unsigned char>(bytes[3] | 0x10);
  }
  ares_send(channel_, bytes, length, &NameQuery::on_answer, this);
  ares_free_string(bytes);
}

void NameQuery::on_socket(void* self, int fd, int readable, int writable) {
  auto& query = *static_cast<NameQuery*>(self);
  if (const auto old = query.watches_.find(fd); old != query.watches_.end()) {
    query.net_.unwatch(old->second);
    query.watches_.erase(old);
  }
  const unsigned ready =
      (readable != 0 ? unsigned{Net::readable} : 0U) | (writable != 0 ? unsigned{Net::writable} : 0U);
  if (ready == 0) return;
  query.watches_[fd] = query.net_.watch(fd, ready, [&query, fd](unsigned now) {
    query.process((now & Net::readable) != 0 ? fd : ARES_SOCKET_BAD,
                  (now & Net::writable) != 0 ? fd : ARES_SOCKET_BAD);
  });
}

void NameQuery::on_answer(void* self, int status, int, unsigned char* bytes, int length) {
  auto& query = *static_cast<NameQuery*>(self);
  if (query.ended_) return;
  if (status == ARES_SUCCESS && bytes != nullptr && length > 0)
    query.answer_.assign(bytes, bytes + length);
  else
    query.end(status == ARES_SUCCESS ? ARES_EBADRESP : status);
  query.ended_ = true;
}

void NameQuery::process(int read_fd, int write_fd) {
  ares_process_fd(channel_, read_fd, write_fd);
  set_timer();
}

void NameQuery::end(int status) {
  error_ = words_of(status);
  code_ = code_of(status);
  ended_ = true;
}

/// The next thing to do by itself: tell the end (from a turn of its own, since the caller may destroy this
/// then), or what c-ares wants to do by time.
void NameQuery::set_timer() {
  if (timer_ != 0) net_.cancel(std::exchange(timer_, 0));
  if (ended_) {
    timer_ = net_.at(Steady::now(), [this] {
      timer_ = 0;
      const auto done = std::exchange(done_, nullptr);
      if (done) done(std::move(answer_), std::move(error_), std::move(code_));
    });
    return;
  }
  timeval wait{};
  if (ares_timeout(channel_, nullptr, &wait) == nullptr) return;
  const auto left = std::chrono::seconds(wait.tv_sec) + std::chrono::microseconds(wait.tv_usec);
  timer_ = net_.at(Steady::now() + left + Milliseconds(1), [this] {
    timer_ = 0;
    process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  });
}

}  // namespace aztriage::net
