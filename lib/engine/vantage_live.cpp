#include "engine/vantage_live.h"

#include "base/text.h"
#include "engine/vantage.h"
#include "net/names.h"
#include "probe/registry.h"

#include <algorithm>
#include <list>

namespace aztriage::engine {
namespace {

/// Nobody waits longer for a word about our own place.
constexpr Milliseconds kPatience{4000};
constexpr std::size_t kMostServers = 4;
/// Every resolver answers this name by itself (RFC 6761 6.3), so silence is its own.
constexpr std::string_view kOwnName = "localhost";

class VantageLooking : public Looking {
 public:
  VantageLooking(const playbook::VantageData& data, bool reference, net::Net& net,
                 std::function<void(PlaceSigns)> done)
      : net_(net), done_(std::move(done)) {
    auto servers = net.names().servers();
    if (servers.size() > kMostServers) servers.resize(kMostServers);
    signs_.servers = servers;
    for (const auto& server : servers) ask_server(server);
    if (reference) {
      for (const auto& name : data.names) look_at_host(name);
      if (!data.portal_url.empty()) look_for_portal(data.portal_url, data.portal_expect);
    }
    if (open_ == 0) soon_ = net_.at(Steady::now(), [this] { report(); });
  }
  ~VantageLooking() override {
    if (soon_) net_.cancel(soon_);
  }
  Seen stop(fact::FailureKind) override { return {}; }

 private:
  void start(std::string_view probe, const std::map<std::string, std::string>& given,
             std::function<void(const fact::Observation&)> use) {
    const auto* spec = probe::find_probe(probe);
    auto params = spec ? probe::check_params(*spec, given) : failed("no such probe");
    if (!params) return;
    ++open_;
    running_.push_back(
        spec->start(*params, kPatience, net_, [this, use = std::move(use)](fact::Observation seen) {
          use(seen);
          if (--open_ == 0) report();
        }));
  }

  void ask_server(const std::string& server) {
    start("dns", {{"name", std::string(kOwnName)}, {"type", "A"}, {"server", server}},
          [this, server](const fact::Observation& seen) {
            if (seen.failure && seen.failure->kind == fact::FailureKind::dns_timeout)
              signs_.silent.push_back(server);
          });
  }

  void look_at_host(const std::string& name) {
    start("http", {{"url", "https://" + name + "/"}, {"method", "HEAD"}},
          [this, name](const fact::Observation& seen) { signs_.hosts.push_back(sign_of(seen, name, true)); });
  }

  void look_for_portal(const std::string& url, const std::string& expect) {
    start("http", {{"url", url}}, [this, expect](const fact::Observation& seen) {
      const auto status = seen.facts.find("status");
      if (status == seen.facts.end()) return;
      const auto code = status->second.as_number();
      const auto body = seen.facts.find("body");
      const bool right = body != seen.facts.end() && text::contains(body->second.as_text(), expect);
      // Errors are the network's or a proxy's; a portal answers, redirects, or says 511 (RFC 6585 6).
      if (code < 400 || code == 511) signs_.portal = !right;
    });
  }

  void report() {
    soon_ = 0;
    auto done = std::move(done_);
    done(std::move(signs_));
  }

  net::Net& net_;
  std::function<void(PlaceSigns)> done_;
  PlaceSigns signs_;
  std::list<std::unique_ptr<probe::Running>> running_;
  net::Net::Timer soon_ = 0;
  int open_ = 0;
};

}  // namespace

std::unique_ptr<Looking> look_at_vantage(const playbook::VantageData& data, bool reference, net::Net& net,
                                         std::function<void(PlaceSigns)> done) {
  return std::make_unique<VantageLooking>(data, reference, net, std::move(done));
}

}  // namespace aztriage::engine
