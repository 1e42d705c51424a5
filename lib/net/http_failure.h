#pragma once

#include "net/transfer.h"

#include <string>
#include <string_view>

namespace aztriage::net {

/// Where libcurl was when it gave up.
enum class HttpStage { proxy, handshake, request, response, body };
std::string_view operation_name(HttpStage stage);

/// What a code of libcurl means at that stage. `words` are its own, the numbers of OpenSSL errors among them.
fact::Failure failure_of_curl(CURLcode code, long os_error, HttpStage stage, const std::string& words);

/// The library's name of its code, such as CURLE_PARTIAL_FILE.
std::string curl_code_name(CURLcode code);

}  // namespace aztriage::net
