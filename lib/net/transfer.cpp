#include "net/transfer.h"

#include "net/routes.h"

#include <utility>

#include <sys/socket.h>
#include <unistd.h>

namespace aztriage::net {
namespace {

// libcurl makes one step for each byte of a proxy's refusal, and does not return while there are more.
constexpr int kMostSteps = 256 * 1024;

}  // namespace

Transfer::Transfer(Transfers& transfers, CURL* handle) : transfers_(transfers), handle_(handle) {
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  set(CURLOPT_ERRORBUFFER, error_);
  set(CURLOPT_NOSIGNAL, 1L);
}

Transfer::~Transfer() {
  if (failing_ != 0) transfers_.net_.cancel(failing_);
  if (added_) api().multi_remove_handle(transfers_.multi_, handle_);
  api().easy_cleanup(handle_);
  for (curl_slist* list : lists_) api().slist_free_all(list);
  if (socket_ >= 0) close(socket_);
}

const CurlApi& Transfer::api() const {
  return transfers_.api_;
}

long Transfer::number(CURLINFO what) const {
  long value = 0;
  api().easy_getinfo(handle_, what, &value);
  return value;
}

double Transfer::seconds(CURLINFO what) const {
  curl_off_t microseconds = 0;
  api().easy_getinfo(handle_, what, &microseconds);
  return static_cast<double>(microseconds) / 1e6;
}

curl_slist* Transfer::append(curl_slist*& list, const std::string& line) {
  curl_slist* longer = api().slist_append(list, line.c_str());
  if (longer != nullptr) list = longer;
  return longer;
}

void Transfer::keep(curl_slist* list) {
  if (list != nullptr) lists_.push_back(list);
}

std::string Transfer::error_text(CURLcode code) const {
  return error_[0] != '\0' ? std::string(error_) : std::string(api().easy_strerror(code));
}

void Transfer::use_socket(int fd) {
  socket_ = fd;
  set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(CURLOPT_SOCKOPTFUNCTION, &Transfer::on_opened);
  set(CURLOPT_SOCKOPTDATA, static_cast<void*>(this));
}

curl_socket_t Transfer::on_open(void* self, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.used_socket_ = transfer.socket_ >= 0;
  if (transfer.used_socket_) return std::exchange(transfer.socket_, -1);
  // A proxy that closes after 407 needs a second connection.
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int Transfer::on_opened(void* self, curl_socket_t, curlsocktype) {
  return static_cast<Transfer*>(self)->used_socket_ ? CURL_SOCKOPT_ALREADY_CONNECTED : CURL_SOCKOPT_OK;
}

int Transfer::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (std::exchange(transfer.act_, transfer.transfers_.acts_) != transfer.transfers_.acts_)
    transfer.steps_ = 0;
  return ++transfer.steps_ > kMostSteps ? 1 : 0;
}

void Transfer::use_proxy(const Proxy& proxy, const Address& address) {
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
  set(CURLOPT_PROXY, proxy.url.c_str());
  if (proxy.url.find('@') != std::string::npos)
    set(CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_BASIC | CURLAUTH_DIGEST));
  const std::string shown = address.family == 6 ? "[" + address.text + "]" : address.text;
  curl_slist* list = nullptr;
  append(list, "+" + join_host_port(proxy.host, proxy.port) + ":" + shown);
  set(CURLOPT_RESOLVE, list);
  keep(list);
}

void Transfer::start(std::function<void(CURLcode)> done) {
  done_ = std::move(done);
  if (api().multi_add_handle(transfers_.multi_, handle_) == CURLM_OK) {
    added_ = true;
  } else {
    transfers_.fail_soon(*this);
  }
}

Transfers::Transfers(Net& net, const CurlApi& api) : net_(net), api_(api), multi_(api.multi_init()) {
  api_.multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Transfers::on_socket);
  api_.multi_setopt(multi_, CURLMOPT_SOCKETDATA, static_cast<void*>(this));
  api_.multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Transfers::on_timer);
  api_.multi_setopt(multi_, CURLMOPT_TIMERDATA, static_cast<void*>(this));
  api_.multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 1L);
}

Transfers::~Transfers() {
  api_.multi_cleanup(multi_);
  if (timer_ != 0) net_.cancel(timer_);
  for (const auto& [fd, watch] : watches_) net_.unwatch(watch);
}

std::unique_ptr<Transfer> Transfers::make() {
  CURL* handle = api_.easy_init();
  return handle != nullptr ? std::make_unique<Transfer>(*this, handle) : nullptr;
}

int Transfers::on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) {
  auto& transfers = *static_cast<Transfers*>(self);
  if (const auto old = transfers.watches_.find(fd); old != transfers.watches_.end()) {
    transfers.net_.unwatch(old->second);
    transfers.watches_.erase(old);
  }
  unsigned ready = 0;
  if ((what & CURL_POLL_IN) != 0 && what != CURL_POLL_REMOVE) ready |= Net::readable;
  if ((what & CURL_POLL_OUT) != 0 && what != CURL_POLL_REMOVE) ready |= Net::writable;
  if (ready != 0)
    transfers.watches_[fd] =
        transfers.net_.watch(fd, ready, [&transfers, fd](unsigned now) { transfers.act(fd, now); });
  return 0;
}

int Transfers::on_timer(CURLM*, long ms, void* self) {
  auto& transfers = *static_cast<Transfers*>(self);
  if (transfers.timer_ != 0) transfers.net_.cancel(std::exchange(transfers.timer_, 0));
  if (ms >= 0)
    transfers.timer_ = transfers.net_.at(Steady::now() + Milliseconds(ms), [&transfers] {
      transfers.timer_ = 0;
      transfers.act(CURL_SOCKET_TIMEOUT, 0);
    });
  return 0;
}

void Transfers::act(curl_socket_t fd, unsigned ready) {
  int flags = 0;
  if ((ready & Net::readable) != 0) flags |= CURL_CSELECT_IN;
  if ((ready & Net::writable) != 0) flags |= CURL_CSELECT_OUT;
  int running = 0;
  ++acts_;
  api_.multi_socket_action(multi_, fd, flags, &running);
  collect();
}

void Transfers::collect() {
  // One at a time: a callback may destroy other transfers, whose messages libcurl then drops itself.
  int left = 0;
  while (const CURLMsg* message = api_.multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    void* transfer = nullptr;
    api_.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    if (transfer == nullptr) continue;
    auto done = std::exchange(static_cast<Transfer*>(transfer)->done_, nullptr);
    if (done) done(code);
  }
}

void Transfers::fail_soon(Transfer& transfer) {
  // Through a timer whose existence the transfer can't outlive: it is forgotten with it.
  transfer.failing_ = net_.at(Steady::now(), [&transfer] {
    transfer.failing_ = 0;
    auto done = std::exchange(transfer.done_, nullptr);
    if (done) done(CURLE_FAILED_INIT);
  });
}

}  // namespace aztriage::net
