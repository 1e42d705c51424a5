#pragma once

#include <cstddef>
#include <string>

struct bio_st;

namespace aztriage::net {

class TlsFraming;

/// The socket under a TLS stream as OpenSSL sees it. It remembers how the connection ended and what the
/// server said first, which OpenSSL does not tell.
struct TlsWire {
  int fd = -1;
  bool eof = false;               // the server closed its side
  int error = 0;                  // the system's error number of the last read or write that failed for good
  bool wants_write = false;       // the last operation that could not go on was a write
  std::string first;              // the first bytes received, at most 512
  TlsFraming* framing = nullptr;  // around the records, while a handshake is under way
  std::string flight;             // ours, until it is whole
  std::string framed;             // packets that the socket did not take yet
  std::string unframed;           // records that were not read yet

  /// A BIO on this wire, which must outlive it; null when out of memory.
  bio_st* make_bio();
  /// Reads what is there already, for a server that said something else than TLS.
  void read_preface();
  /// Whether the first bytes can be the start of a TLS record.
  bool looks_like_tls() const;
};

}  // namespace aztriage::net
