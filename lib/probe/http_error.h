#pragma once

#include "fact/observation.h"

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe {

/// The error code that an answer carries, and its words: `x-ms-error-code`, the code of an XML or JSON body
/// (Azure Resource Manager, storage, OAuth, Graph), or an AADSTS number anywhere in the body, which says more
/// than the OAuth code beside it.
struct HttpError {
  std::string code;
  std::string detail;
};
/// `facts` holds the body's `json.*` already.
HttpError find_error(std::string_view code_header, std::string_view body, const fact::Facts& facts);

/// All AADSTS codes in a text, each once, in their order: at most 20.
std::vector<std::string> find_aadsts_codes(std::string_view text);

/// The first IP address in a sentence, such as that of a firewall which refuses it; empty without one.
std::string address_in(std::string_view text);

/// The title of an HTML page, its spaces and usual entities resolved; empty without one.
std::string find_title(std::string_view body);

}  // namespace aztriage::probe
