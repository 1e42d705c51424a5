#pragma once

#include <string>
#include <string_view>

namespace aztriage::probe::wire {

/// The first message of TLS 1.2 or 1.3 (RFC 8446, 4.1.2) as one record of exactly `size` bytes, by the
/// padding extension (RFC 7685); of its least size where that is more, and at most one whole record. It only
/// begins a handshake: nobody has the key to the share in it, which is made of `random`, 96 bytes.
std::string client_hello(std::string_view server_name, std::size_t size, std::string_view random);

}  // namespace aztriage::probe::wire
