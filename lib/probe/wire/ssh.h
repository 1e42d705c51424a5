#pragma once

#include "probe/wire/dialogue.h"
#include "probe/wire/ssh_kex.h"
#include "probe/wire/ssh_lists.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe::wire {

struct SshPlan {
  std::string user;       // whose ways to log in to ask for; empty: nobody's
  bool only_key = false;  // end once the host key is known
  SshAlgorithms offer = ssh_offer();
  RandomBytes random = system_random;
};

inline constexpr std::array<fact::FactSpec, 29> kSshTalkFacts = {{
    {"preface", {fact::Kind::text}, "what the server said before its banner, or in its place", "banner"},
    {"banner", {fact::Kind::text}, "the server's first line, such as SSH-2.0-OpenSSH_9.2p1"},
    {"software", {fact::Kind::text}, "the server's software, out of its banner", "banner"},
    {"version", {fact::Kind::text}, "the protocol's version, out of its banner", "banner"},
    {"kex", {fact::Kind::list, fact::Kind::text}, "the key exchanges that the server offers", "algorithms"},
    {"hostkeys", {fact::Kind::list, fact::Kind::text}, "the host key algorithms it offers", "algorithms"},
    {"ciphers", {fact::Kind::list, fact::Kind::text}, "the ciphers it offers to send", "algorithms"},
    {"macs", {fact::Kind::list, fact::Kind::text}, "the message codes it offers to send", "algorithms"},
    {"compression", {fact::Kind::list, fact::Kind::text}, "the compressions it offers", "algorithms"},
    {"common.kex",
     {fact::Kind::list, fact::Kind::text},
     "the key exchanges that a current OpenSSH has, too; empty: it can't connect",
     "algorithms"},
    {"common.hostkeys",
     {fact::Kind::list, fact::Kind::text},
     "the host key algorithms that a current OpenSSH accepts, too",
     "algorithms"},
    {"common.ciphers",
     {fact::Kind::list, fact::Kind::text},
     "the ciphers that a current OpenSSH has, too",
     "algorithms"},
    {"common.macs",
     {fact::Kind::list, fact::Kind::text},
     "the message codes that a current OpenSSH has, too",
     "algorithms"},
    {"used.kex", {fact::Kind::text}, "the key exchange that was done", "hostkey"},
    {"used.cipher", {fact::Kind::text}, "the cipher that was used", "hostkey"},
    {"hostkey.type", {fact::Kind::text}, "the kind of the host's key, such as ssh-ed25519"},
    {"hostkey.bits", {fact::Kind::number}, "its size"},
    {"hostkey.verified", {fact::Kind::boolean}, "whether the server proved that the key is its own"},
    {"fingerprint", {fact::Kind::text}, "the host key's fingerprint, as ssh shows it", "hostkey"},
    {"server-sig-algs",
     {fact::Kind::list, fact::Kind::text},
     "the signatures that it takes from users' keys",
     "login"},
    {"methods", {fact::Kind::list, fact::Kind::text}, "the ways to log in that it offers the user", "login"},
    {"login.open", {fact::Kind::boolean}, "whether the user gets in without any proof"},
    {"login.banner", {fact::Kind::text}, "the text that it shows before the login"},
    {"disconnect.code", {fact::Kind::number}, "why the server ended the connection (RFC 4253 11.1)"},
    {"disconnect.text", {fact::Kind::text}, "the same in its words"},
    {"time.connect", {fact::Kind::number}, "seconds until the connection was there"},
    {"time.banner", {fact::Kind::number}, "seconds from there until the server's banner"},
    {"time.exchange", {fact::Kind::number}, "seconds that the exchange of keys took"},
    {"time.login", {fact::Kind::number}, "seconds until the ways to log in were known"},
}};

/// The client's side of SSH (RFC 4253, 4252) until the host's key and the ways to log in are known. Nothing
/// is signed and no password is sent.
class SshTalk : public Dialogue {
 public:
  explicit SshTalk(SshPlan plan);
  Step begin() override;
  Step take(std::string_view bytes) override;
  Step woken() override;
  Step closed(const std::optional<fact::Failure>& failure) override;
  std::string_view operation() const override;
  void fill(fact::Observation& seen) const override;

  const std::optional<SshHostKey>& host_key() const { return host_key_; }
  const std::optional<SshAlgorithms>& theirs() const { return theirs_; }
  std::string summary() const;

 private:
  enum class Stage { banner, algorithms, exchange, new_keys, service, login, over };
  Step lines();
  Step line(std::string_view text);
  Step introduce();
  Step packets();
  Step packet(const std::string& payload);
  Step algorithms(const std::string& payload);
  Step exchange(const std::string& payload);
  Step new_keys();
  Step login(const std::string& payload);
  Step goodbye();
  Step disconnected(std::string_view payload);
  void extensions(std::string_view payload);
  std::string wrap(std::string_view payload);
  Step strange();

  SshPlan plan_;
  Stage stage_ = Stage::banner;
  std::string buffer_;
  bool introduced_ = false;
  std::string preface_;
  std::string banner_;
  SshTranscript transcript_;
  SshDirection out_, in_;
  std::optional<SshAlgorithms> theirs_;
  SshAlgorithms agreed_;  // one name in each list
  bool skip_guess_ = false;
  std::unique_ptr<SshKex> kex_;
  std::optional<SshHostKey> host_key_;
  std::optional<bool> verified_;
  std::optional<SshNames> signatures_;
  std::optional<SshNames> methods_;
  bool open_ = false;
  std::string login_banner_;
  std::optional<double> disconnect_code_;
  std::string disconnect_text_;
  double banner_at_ = 0, algorithms_at_ = 0, key_at_ = 0, login_at_ = 0;
};

}  // namespace aztriage::probe::wire
