#include "cli/probe_chain.h"

#include <algorithm>
#include <optional>

namespace aztriage::cli {
namespace {

using fact::Kind;
using fact::Value;

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr std::size_t kMost = 40;  // the probe keeps fewer

struct Certificate {
  std::string subject;
  std::string issuer;
  double days_left = 0;
  bool has_days = false;
  bool self_signed = false;
  bool sent = true;
  std::size_t parent = kNone;
};

std::string field(const Value::Record& record, std::string_view name) {
  const auto found = record.find(name);
  return found == record.end() ? std::string() : fact::to_text(found->second);
}

std::vector<Certificate> certificates_of(const fact::Observation& seen) {
  std::vector<Certificate> all;
  const auto chain = seen.facts.find("chain");
  if (chain == seen.facts.end() || chain->second.kind() != Kind::list) return all;
  for (const auto& item : chain->second.as_list()) {
    if (item.kind() != Kind::record || all.size() == kMost) return all;
    const auto& record = item.as_record();
    Certificate one;
    one.subject = field(record, "subject");
    one.issuer = field(record, "issuer");
    one.self_signed = field(record, "self-signed") == "true";
    const auto days = record.find("days-left");
    one.has_days = days != record.end() && days->second.kind() == Kind::number;
    if (one.has_days) one.days_left = days->second.as_number();
    all.push_back(std::move(one));
  }
  return all;
}

/// A parent that is below its own child would make a circle: two authorities may have signed each other.
bool makes_circle(const std::vector<Certificate>& all, std::size_t child, std::size_t parent) {
  for (std::size_t at = parent; at != kNone; at = all[at].parent) {
    if (at == child) return true;
  }
  return false;
}

void find_parents(std::vector<Certificate>& all) {
  const std::size_t sent = all.size();
  for (std::size_t i = 0; i < sent; ++i) {
    if (all[i].self_signed) continue;
    for (std::size_t j = 0; j < all.size() && all[i].parent == kNone; ++j) {
      if (j != i && all[j].subject == all[i].issuer && !makes_circle(all, i, j)) all[i].parent = j;
    }
    if (all[i].parent != kNone || all[i].issuer.empty() || all[i].issuer == all[i].subject) continue;
    Certificate missing;
    missing.subject = all[i].issuer;
    missing.sent = false;
    all[i].parent = all.size();
    all.push_back(std::move(missing));
  }
}

class Tree {
 public:
  Tree(const std::vector<Certificate>& all, bool utf8) : all_(all), utf8_(utf8) {
    for (std::size_t at = 0; at != kNone; at = all_[at].parent) path_.push_back(at);
  }

  std::vector<ChainLine> draw() {
    // The path to the server's own certificate first.
    add(path_.back(), "", "");
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (all_[i].parent == kNone && i != path_.back()) add(i, "", "");
    }
    return std::move(lines_);
  }

 private:
  bool on_path(std::size_t at) const { return std::find(path_.begin(), path_.end(), at) != path_.end(); }

  std::string notes(std::size_t at) const {
    const Certificate& one = all_[at];
    std::string text;
    const auto add = [&](std::string_view note) { text += (text.empty() ? "" : ", ") + std::string(note); };
    if (!one.sent) add("not sent");
    if (one.self_signed) add("self-signed");
    if (at == 0 && all_.size() > 1) add("the server's own");
    if (!on_path(at) && one.sent) add("sent, not needed");
    return text;
  }

  void add(std::size_t at, const std::string& branch, const std::string& below) {
    const Certificate& one = all_[at];
    lines_.push_back({branch, one.subject, notes(at), one.days_left, one.sent && one.has_days});
    std::vector<std::size_t> children;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (all_[i].parent == at) children.push_back(i);
    }
    // Last what leads on to the server's own certificate.
    std::stable_partition(children.begin(), children.end(),
                          [&](std::size_t child) { return !on_path(child); });
    for (std::size_t i = 0; i < children.size(); ++i) {
      const bool last = i + 1 == children.size();
      const std::string corner = utf8_ ? (last ? "\u2514\u2500 " : "\u251c\u2500 ") : (last ? "`- " : "|- ");
      const std::string line = last ? "   " : utf8_ ? "\u2502  " : "|  ";
      add(children[i], below + corner, below + line);
    }
  }

  const std::vector<Certificate>& all_;
  bool utf8_;
  std::vector<std::size_t> path_;
  std::vector<ChainLine> lines_;
};

}  // namespace

std::vector<ChainLine> chain_lines(const fact::Observation& seen, bool utf8) {
  auto all = certificates_of(seen);
  if (all.empty()) return {};
  find_parents(all);
  return Tree(all, utf8).draw();
}

}  // namespace aztriage::cli
