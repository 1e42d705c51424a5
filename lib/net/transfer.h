#pragma once

#include "net/curl_api.h"
#include "net/names.h"
#include "net/net.h"
#include "net/proxy.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace aztriage::net {

/// One easy handle and what it needs while it lives. The owner sets its options, then starts it; destroying
/// it ends the transfer and closes its connection. Not to be destroyed from inside a callback of libcurl
/// (write, header, socket): `done` and everything else that the loop calls are fine.
class Transfer {
 public:
  Transfer(Transfers& transfers, CURL* handle);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  CURL* handle() const { return handle_; }
  const CurlApi& api() const;
  template <class Value>
  bool set(CURLoption option, Value value) {
    return api().easy_setopt(handle_, option, value) == CURLE_OK;
  }
  long number(CURLINFO what) const;
  double seconds(CURLINFO what) const;  // of a CURLINFO_..._TIME_T
  /// Adds to a list (headers, connect-to) that lives as long as the transfer; null is out of memory.
  curl_slist* append(curl_slist*& list, const std::string& line);
  void keep(curl_slist* list);
  /// Gives a connected socket away: the transfer uses it for its first connection instead of making one.
  void use_socket(int fd);
  /// Sends it through this proxy; `address` is where the proxy was found.
  void use_proxy(const Proxy& proxy, const Address& address);
  /// The library's words for what went wrong, else the code's.
  std::string error_text(CURLcode code) const;

  /// `done` comes from the loop once, unless this is destroyed before.
  void start(std::function<void(CURLcode)> done);

 private:
  friend class Transfers;
  Transfers& transfers_;
  CURL* handle_;
  bool added_ = false;
  Net::Timer failing_ = 0;
  std::function<void(CURLcode)> done_;
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_opened(void* self, curl_socket_t fd, curlsocktype purpose);
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  std::vector<curl_slist*> lists_;
  int socket_ = -1;           // given, not yet used
  bool used_socket_ = false;  // the socket that libcurl opened last is the given one
  char error_[CURL_ERROR_SIZE] = {};
  std::uint64_t act_ = 0;  // of libcurl, in which so many steps were made
  int steps_ = 0;
};

/// libcurl's multi interface on the loop.
class Transfers {
 public:
  Transfers(Net& net, const CurlApi& api);
  ~Transfers();
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;

  std::unique_ptr<Transfer> make();

 private:
  friend class Transfer;
  static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void* per_socket);
  static int on_timer(CURLM* multi, long ms, void* self);
  void act(curl_socket_t fd, unsigned ready);
  void collect();
  void fail_soon(Transfer& transfer);

  Net& net_;
  const CurlApi& api_;
  CURLM* multi_;
  std::uint64_t acts_ = 0;
  Net::Timer timer_ = 0;
  std::map<curl_socket_t, Net::Watch> watches_;
};

}  // namespace aztriage::net
