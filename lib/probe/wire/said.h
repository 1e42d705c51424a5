#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aztriage::probe::wire {

/// A server's text as it goes into a fact: UTF-8, at most so many bytes of what it said.
std::string said(std::string_view bytes, std::size_t most = 2000);

/// The same in a sentence for people: printable, cut, and without secrets, which nobody could tell any more
/// once they were cut.
std::string quote(std::string_view bytes, std::size_t most = 100);

/// The first IP address that a text names, as firewalls' refusals do ("Client with IP address '20.1.2.3' is
/// not allowed"); empty when there is none.
std::string first_address(std::string_view text);

/// What the first bytes show that are not of the protocol that was asked for: "TLS", "HTTP", "SSH", ...; for
/// people: "the server answered HTTP: HTTP/1.1 400 Bad Request".
std::string other_protocol(std::string_view first);

}  // namespace aztriage::probe::wire
