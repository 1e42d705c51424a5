#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace aztriage::test {

using Bytes = std::vector<std::uint8_t>;

/// A DNS message, put together by hand so that it can be wrong in any way.
class DnsMaker {
 public:
  /// The answer to a query: its id and question with these flags (0x8180: response, recursion) and this code.
  static DnsMaker answer_to(const Bytes& query, int rcode = 0, std::uint16_t flags = 0x8180);
  DnsMaker& record(const std::string& name, std::uint16_t type, const Bytes& data, std::uint32_t ttl = 300);
  DnsMaker& a(const std::string& name, const std::string& address);
  DnsMaker& aaaa(const std::string& name, const std::string& address);
  DnsMaker& cname(const std::string& name, const std::string& to);
  /// Goes into the authority section; no more answers after it.
  DnsMaker& soa(const std::string& zone);
  Bytes bytes() const;

  static Bytes name(const std::string& dotted);

 private:
  Bytes head_;
  Bytes body_;
  int answers_ = 0;
  int authority_ = 0;
};

/// Name (lower case) and type of a query.
struct Asked {
  std::string name;
  int type = 0;
  bool extended = false;  // it carries EDNS
};
Asked read_query(const Bytes& query);

/// A name server on a free UDP and TCP port of 127.0.0.1, in a thread of its own. `answer` makes the answer
/// to each query; an empty one is silence.
class NameServer {
 public:
  using Answer = std::function<Bytes(const Bytes& query, const Asked& asked, bool tcp)>;
  explicit NameServer(Answer answer);
  ~NameServer();
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  void run();
  void serve_tcp();
  Answer answer_;
  int udp_ = -1;
  int tcp_ = -1;
  int port_ = 0;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace aztriage::test
