#pragma once

#include "base/result.h"
#include "probe/conversation.h"
#include "probe/http_facts.h"
#include "probe/wire/websocket.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe {

/// How a WebSocket is reached and what is asked for it.
struct WebSocketWay {
  ConversationPlan plan;
  wire::WebSocketUpgrade upgrade;
  std::optional<wire::WebSocketUpgrade> untrusted;  // when there are secrets: the same without
};
/// The parameters `url`, `headers`, `protocols`, `host`, `sni`, `connect`, `user-agent`, `ca`, `address`,
/// `family`, `proxy`, as far as they are there.
Result<WebSocketWay> websocket_way(const Params& params, const net::Net& net);

/// The items of a list parameter; none when it is not there.
std::vector<std::string> list_of(const Params& params, std::string_view name);
std::uint32_t random_number();

/// Of the facts of an HTTP answer, those that `fill_response` gives.
constexpr bool is_response_fact(std::string_view name) {
  return std::ranges::find(wire::kResponseLacks, name) == std::ranges::end(wire::kResponseLacks);
}
inline constexpr std::size_t kResponseFactCount =
    static_cast<std::size_t>(std::ranges::count_if(kHttpOnlyFacts, is_response_fact, &fact::FactSpec::name));
inline constexpr auto kResponseFacts = [] {
  std::array<fact::FactSpec, kResponseFactCount> all{};
  std::ranges::copy_if(kHttpOnlyFacts, all.begin(), is_response_fact, &fact::FactSpec::name);
  return all;
}();

}  // namespace aztriage::probe
