#pragma once

#include "fact/failure.h"

#include <string>
#include <string_view>

namespace aztriage::net {

/// An alert by its name in RFC 8446 and its forerunners: "handshake_failure"; "alert 200" for one nobody
/// knows.
std::string alert_name(int description);

/// What an alert from the server means. `asked` says that it had asked for a client certificate.
fact::FailureKind failure_of_alert(int description, bool asked);

/// What an error of OpenSSL's own means, by its reason code.
fact::FailureKind failure_of_reason(int reason);

/// What the first bytes of a server are that does not speak TLS: "HTTP", "SSH", ...; "plain text" when they
/// are none of the known.
std::string_view preface_protocol(std::string_view first);

}  // namespace aztriage::net
