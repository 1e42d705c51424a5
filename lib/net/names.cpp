#include "net/names.h"

#include "base/duration.h"
#include "base/file.h"
#include "base/text.h"
#include "net/name_query.h"
#include "net/names_impl.h"

#include <algorithm>
#include <array>
#include <utility>

#include <arpa/inet.h>

namespace aztriage::net {
namespace {

constexpr Milliseconds kNextServer{1000};  // of silence, until another server is asked as well

bool says_it_cannot(int rcode) {
  return rcode != dns::kNoError && rcode != dns::kNxDomain;
}

/// One question to a list of servers.
class Asking : public Pending {
 public:
  Asking(Net& net, Question question, std::vector<Place> servers, Milliseconds timeout,
         std::function<void(Answer)> done)
      : net_(net),
        question_(std::move(question)),
        servers_(std::move(servers)),
        timeout_(timeout),
        done_(std::move(done)) {
    tries_.resize(servers_.size());
    end_ = net_.at(Steady::now() + timeout, [this] {
      end_ = 0;
      tell();
    });
    ask_next();
  }
  ~Asking() override {
    if (end_ != 0) net_.cancel(end_);
    if (next_timer_ != 0) net_.cancel(next_timer_);
  }

 private:
  struct Try {
    std::unique_ptr<NameQuery> query;
    NameQuery::Options options;
    bool truncated = false;
  };

  void ask_next() {
    if (next_timer_ != 0) net_.cancel(std::exchange(next_timer_, 0));
    if (next_ == servers_.size()) return;
    const std::size_t server = next_++;
    tries_[server].options.type = static_cast<std::uint16_t>(question_.type);
    tries_[server].options.checking_disabled = question_.checking_disabled;
    ask(server);
    if (next_ < servers_.size())
      next_timer_ = net_.at(Steady::now() + kNextServer, [this] {
        next_timer_ = 0;
        ask_next();
      });
  }

  void ask(std::size_t server) {
    ++asked_;
    tries_[server].query = std::make_unique<NameQuery>(
        net_, servers_[server], question_.name, tries_[server].options,
        [this, server](const std::vector<std::uint8_t>& bytes, const std::string& error,
                       const std::string& code) { hear(server, bytes, error, code); });
  }

  void hear(std::size_t server, const std::vector<std::uint8_t>& bytes, const std::string& error,
            const std::string& code) {
    if (!done_) return;
    --asked_;
    Try& attempt = tries_[server];
    const std::string who = show_server(servers_[server]);
    if (!error.empty()) {
      const std::string cut = attempt.truncated ? ": over TCP, since its answer was cut off: " : ": ";
      return give_up(who + cut + error, fact::FailureKind::dns_timeout, code);
    }
    auto message = dns::parse(bytes);
    if (!message) return give_up(who + ": " + message.error().what, fact::FailureKind::dns_malformed);
    if (!dns::answers_question(*message, question_.name, question_.type))
      return give_up(who + ": it answered another question", fact::FailureKind::dns_malformed);
    if (message->rcode == dns::kFormErr && attempt.options.extended) {
      attempt.options.extended = false;  // a server from before EDNS
      return ask(server);
    }
    dns::keep_answers_about(*message, question_.name);
    if (message->truncated) {
      // What came is better than nothing if TCP is closed; but no records in it does not mean that there are
      // none.
      const bool useful = message->rcode != dns::kNoError || has_wanted(*message);
      if (attempt.options.tcp && !useful)
        return give_up(who + ": its answer is cut off, even over TCP", fact::FailureKind::dns_malformed);
      if (!attempt.options.tcp) {
        attempt.truncated = attempt.options.tcp = true;
        if (useful) keep(server, std::move(*message));
        return ask(server);
      }
    }
    const bool final = !says_it_cannot(message->rcode);
    if (attempt.truncated) heard_.reset();
    if (!heard_ || final) keep(server, std::move(*message));
    if (final) return tell();
    go_on();
  }

  bool has_wanted(const dns::Message& message) const {
    return std::ranges::any_of(message.answers,
                               [&](const auto& record) { return record.is(question_.type); });
  }

  void keep(std::size_t server, dns::Message message) {
    Answer answer;
    answer.message = std::move(message);
    answer.server = show_server(servers_[server]);
    answer.truncated = tries_[server].truncated;
    answer.over_tcp = tries_[server].options.tcp && !answer.message.truncated;
    heard_ = std::move(answer);
  }

  void give_up(const std::string& words, fact::FailureKind kind, const std::string& code = {}) {
    if (!failure_ || failure_->kind == fact::FailureKind::dns_timeout) {
      const std::string before = failure_ ? failure_->text + "; " : "";
      failure_ = fact::Failure{"resolve", kind, before + words, code};
    }
    go_on();
  }

  void go_on() {
    if (next_ < servers_.size()) return ask_next();
    if (asked_ == 0) tell();
  }

  void tell() {
    Answer answer = heard_ ? std::move(*heard_) : Answer{};
    if (!heard_) {
      std::vector<std::string> names;
      for (const Place& server : servers_) names.push_back(show_server(server));
      if (asked_ > 0 || !failure_)
        failure_ = fact::Failure{
            "resolve", fact::FailureKind::dns_timeout,
            "no answer from " + text::join(names, ", ") + " within " + format_duration(timeout_)};
      answer.failure = std::move(failure_);
    }
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(answer));  // may destroy this
  }

  Net& net_;
  Question question_;
  std::vector<Place> servers_;
  Milliseconds timeout_;
  std::function<void(Answer)> done_;
  std::vector<Try> tries_;
  std::size_t next_ = 0;
  int asked_ = 0;  // questions that are out
  Net::Timer end_ = 0;
  Net::Timer next_timer_ = 0;
  std::optional<Answer> heard_;  // the best so far
  std::optional<fact::Failure> failure_;
};

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  const std::string copy(text);
  std::array<unsigned char, 16> bytes{};
  std::array<char, INET6_ADDRSTRLEN> shown{};
  if (copy.size() != copy.find('\0') && copy.find('\0') != std::string::npos) return std::nullopt;
  for (const int family : {AF_INET, AF_INET6})
    if (inet_pton(family, copy.c_str(), bytes.data()) == 1 &&
        inet_ntop(family, bytes.data(), shown.data(), shown.size()) != nullptr)
      return Address{shown.data(), family == AF_INET ? 4 : 6};
  return std::nullopt;
}

NamesOnLoop::NamesOnLoop(Net& net, Routes routes, Files files)
    : net_(net), routes_(std::move(routes)), hosts_(std::move(files.hosts)) {
  auto config = parse_resolv_conf(files.resolv_conf);
  search_ = std::move(config.search);
  dots_ = config.dots;
  servers_ = net.settings().dns_server.empty() ? std::move(config.servers)
                                               : std::vector<std::string>{net.settings().dns_server};
}

std::unique_ptr<Pending> NamesOnLoop::ask(Question question, Milliseconds timeout,
                                          std::function<void(Answer)> done) {
  std::vector<Place> places;
  const auto wanted = question.server.empty() ? servers_ : std::vector<std::string>{question.server};
  for (const std::string& server : wanted)
    if (auto place = parse_server(server)) places.push_back(std::move(*place));
  if (question.name.ends_with('.') && question.name.size() > 1) question.name.pop_back();
  return std::make_unique<Asking>(net_, std::move(question), std::move(places), timeout, std::move(done));
}

std::unique_ptr<Pending> NamesOnLoop::resolve(std::string_view host, int port, int family,
                                              Milliseconds timeout, std::function<void(Addresses)> done) {
  Addresses known;
  if (const auto address = parse_address(host)) {
    known.list = {*address};
    known.source = AddressSource::literal;
  } else if (known.list = routes_.addresses(host, port); !known.list.empty()) {
    known.source = AddressSource::given;
  } else if (known.list = find_in_hosts(hosts_, host); !known.list.empty()) {
    known.source = AddressSource::hosts_file;
  }
  std::vector<std::string> names = {std::string(host)};
  const auto dots = static_cast<std::size_t>(std::count(host.begin(), host.end(), '.'));
  if (dots < dots_ && !host.ends_with('.')) {
    names.clear();
    for (const std::string& domain : search_) names.push_back(std::string(host) + "." + domain);
    names.emplace_back(host);
  }
  return start_resolving(net_, *this, std::move(known), std::move(names), family, timeout, std::move(done));
}

std::unique_ptr<Names> make_names(Net& net, Routes routes) {
  constexpr std::size_t kMostBytes = std::size_t{4} << 20;
  NamesOnLoop::Files files;
  // Neither file has to be there.
  if (auto text = read_file("/etc/resolv.conf", kMostBytes)) files.resolv_conf = std::move(*text);
  if (auto text = read_file("/etc/hosts", kMostBytes)) files.hosts = std::move(*text);
  return std::make_unique<NamesOnLoop>(net, std::move(routes), std::move(files));
}

}  // namespace aztriage::net
