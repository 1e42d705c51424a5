#pragma once

#include "base/clock.h"
#include "net/net.h"
#include "net/routes.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

struct ares_channeldata;

namespace aztriage::net {

/// One question to one name server: a channel of c-ares on the loop. Destroying it ends it.
class NameQuery {
 public:
  struct Options {
    std::uint16_t type = 1;
    bool checking_disabled = false;
    bool extended = true;  // EDNS: answers of up to 1232 bytes over UDP
    bool tcp = false;
  };
  /// The raw answer, or in words and by its code why there is none; from the loop, never from inside the
  /// constructor.
  using Done = std::function<void(std::vector<std::uint8_t> answer, std::string error, std::string code)>;

  NameQuery(Net& net, const Place& server, const std::string& name, const Options& options, Done done);
  ~NameQuery();
  NameQuery(const NameQuery&) = delete;
  NameQuery& operator=(const NameQuery&) = delete;

 private:
  static void on_socket(void* self, int fd, int readable, int writable);
  static void on_answer(void* self, int status, int timeouts, unsigned char* bytes, int length);
  bool open(const Place& server, bool tcp);
  void send(const std::string& name, const Options& options);
  void process(int read_fd, int write_fd);
  void set_timer();
  void end(int status);

  Net& net_;
  Done done_;
  ares_channeldata* channel_ = nullptr;
  std::map<int, Net::Watch> watches_;
  Net::Timer timer_ = 0;
  bool ended_ = false;
  std::vector<std::uint8_t> answer_;
  std::string error_;
  std::string code_;
};

}  // namespace aztriage::net
