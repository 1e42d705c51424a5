#include "net/tls_wire.h"

#include "net/tls.h"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include <openssl/bio.h>
#include <sys/socket.h>

namespace aztriage::net {
namespace {

constexpr std::size_t kMostFirst = 512;

bool is_temporary(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

void remember(TlsWire& wire, std::string_view bytes) {
  const std::size_t room = kMostFirst - std::min(kMostFirst, wire.first.size());
  wire.first.append(bytes.substr(0, room));
}

std::size_t take_unframed(TlsWire& wire, char* into, std::size_t size) {
  const std::size_t taken = wire.unframed.copy(into, size);
  wire.unframed.erase(0, taken);
  return taken;
}

/// Takes packets off what was received. False when that is not the framing: then `first` says what it is.
bool unframe(TlsWire& wire, std::string_view bytes) {
  const std::size_t had = wire.unframed.size();
  if (wire.framing->unwrap(bytes, wire.unframed)) {
    remember(wire, std::string_view(wire.unframed).substr(had));
    return true;
  }
  remember(wire, bytes);
  wire.error = EPROTO;
  return false;
}

int read_wire(BIO* bio, char* into, std::size_t size, std::size_t* moved) {
  auto& wire = *static_cast<TlsWire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  *moved = take_unframed(wire, into, size);
  if (*moved > 0) return 1;
  const ssize_t got = recv(wire.fd, into, size, 0);
  if (got > 0) {
    const std::string_view bytes(into, static_cast<std::size_t>(got));
    if (wire.framing == nullptr) {
      remember(wire, bytes);
      *moved = bytes.size();
      return 1;
    }
    if (!unframe(wire, bytes)) return 0;
    *moved = take_unframed(wire, into, size);
    if (*moved > 0) return 1;
    wire.wants_write = false;
    BIO_set_retry_read(bio);  // a packet's head alone
    return 0;
  }
  if (got == 0) {
    wire.eof = true;
  } else if (is_temporary(errno)) {
    wire.wants_write = false;
    BIO_set_retry_read(bio);
  } else {
    wire.error = errno;
  }
  return 0;
}

int write_wire(BIO* bio, const char* from, std::size_t size, std::size_t* moved) {
  auto& wire = *static_cast<TlsWire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (wire.framing != nullptr) {
    wire.flight.append(from, size);
    *moved = size;
    return 1;
  }
  const ssize_t sent = send(wire.fd, from, size, MSG_NOSIGNAL);
  if (sent > 0) {
    *moved = static_cast<std::size_t>(sent);
    return 1;
  }
  if (sent < 0 && is_temporary(errno)) {
    wire.wants_write = true;
    BIO_set_retry_write(bio);
  } else if (sent < 0) {
    wire.error = errno;
  }
  return 0;
}

/// A flight is whole: it goes out in its packets.
long flush_wire(BIO* bio) {
  auto& wire = *static_cast<TlsWire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (wire.framing != nullptr && !wire.flight.empty())
    wire.framed += wire.framing->wrap(std::exchange(wire.flight, {}));
  while (!wire.framed.empty()) {
    const ssize_t sent = send(wire.fd, wire.framed.data(), wire.framed.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      wire.framed.erase(0, static_cast<std::size_t>(sent));
      continue;
    }
    if (is_temporary(errno)) {
      wire.wants_write = true;
      BIO_set_retry_write(bio);
    } else {
      wire.error = errno;
    }
    return -1;
  }
  return 1;
}

long control_wire(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return flush_wire(bio);
  if (command == BIO_CTRL_DUP) return 1;
  if (command == BIO_CTRL_EOF) return static_cast<TlsWire*>(BIO_get_data(bio))->eof ? 1 : 0;
  return 0;
}

BIO_METHOD* make_method() {
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "aztriage wire");
  if (method == nullptr) return nullptr;
  BIO_meth_set_read_ex(method, read_wire);
  BIO_meth_set_write_ex(method, write_wire);
  BIO_meth_set_ctrl(method, control_wire);
  return method;
}

}  // namespace

bio_st* TlsWire::make_bio() {
  static BIO_METHOD* const method = make_method();
  BIO* bio = method != nullptr ? BIO_new(method) : nullptr;
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  return bio;
}

void TlsWire::read_preface() {
  char buffer[kMostFirst];
  while (first.size() < kMostFirst) {
    const ssize_t got = recv(fd, buffer, kMostFirst - first.size(), MSG_DONTWAIT);
    if (got <= 0) return;
    first.append(buffer, static_cast<std::size_t>(got));
  }
}

bool TlsWire::looks_like_tls() const {
  if (first.empty()) return true;
  const auto type = static_cast<unsigned char>(first[0]);
  if (type < 20 || type > 24) return false;
  return first.size() < 2 || first[1] == 3;
}

}  // namespace aztriage::net
