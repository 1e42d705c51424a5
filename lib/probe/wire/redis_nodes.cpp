#include "probe/wire/redis_nodes.h"

#include "base/text.h"
#include "fact/url.h"
#include "fact/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace aztriage::probe::wire {
namespace {

using fact::Kind;

constexpr std::size_t kMostNodes = 1000;
constexpr std::size_t kLongestText = 100;
constexpr int kSlots = 16384;

std::optional<double> number_of(std::string_view text) {
  double n = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || rest != text.data() + text.size() || !std::isfinite(n)) return std::nullopt;
  return n;
}

/// `0-5460` or `7`; a slot on the move (`[93-<-id]`) belongs to nobody new.
int slots_in(std::string_view range) {
  if (range.starts_with('[')) return 0;
  const std::size_t dash = range.find('-');
  const auto from = number_of(range.substr(0, dash));
  const auto to = dash == std::string_view::npos ? from : number_of(range.substr(dash + 1));
  if (!from || !to || *from < 0 || *to < *from || *to >= kSlots) return 0;
  return static_cast<int>(*to - *from) + 1;
}

/// `10.0.0.5:15001@16001,node.contoso.com`: the name is preferred, as clients that verify names do.
bool read_place(std::string_view place, std::string_view self, RedisNode& node) {
  std::string_view name = place.find(',') == std::string_view::npos ? "" : place.substr(place.find(',') + 1);
  name = name.substr(0, name.find(','));
  place = place.substr(0, std::min(place.find('@'), place.find(',')));
  const std::size_t colon = place.rfind(':');
  if (colon == std::string_view::npos) return false;
  const auto port = number_of(place.substr(colon + 1));
  if (!port || *port < 1 || *port > 65535) return false;
  node.port = static_cast<int>(*port);
  const std::string_view host = !name.empty() && name != "?" ? name : place.substr(0, colon);
  node.host = host.empty() ? std::string(self) : std::string(host);
  return fact::parse_value(node.host, {.kind = Kind::host}).has_value();
}

}  // namespace

std::vector<RedisNode> read_redis_nodes(std::string_view text, std::string_view self) {
  std::vector<RedisNode> nodes;
  for (std::string_view line : text::split(text, '\n')) {
    const auto words = text::split(text::trim(line), ' ');
    if (words.size() < 8 || nodes.size() >= kMostNodes) continue;
    const auto flags = text::split(words[2], ',');
    const auto has = [&](std::string_view flag) { return std::ranges::find(flags, flag) != flags.end(); };
    RedisNode node;
    if (has("noaddr") || has("handshake") || !read_place(words[1], self, node)) continue;
    node.replica = has("slave");
    node.failed = has("fail") || has("fail?");
    for (std::size_t i = 8; i < words.size(); ++i)
      node.slots = std::min(kSlots, node.slots + slots_in(words[i]));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

std::string redis_redirect(std::string_view error) {
  const auto words = text::split(error, ' ');
  if (words.size() < 3 || (words[0] != "MOVED" && words[0] != "ASK")) return {};
  const std::string place(words[2].substr(0, kLongestText * 3));
  return fact::parse_value(place, {.kind = Kind::endpoint}) ? place : std::string();
}

}  // namespace aztriage::probe::wire
