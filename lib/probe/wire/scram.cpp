#include "probe/wire/scram.h"

#include "base/text.h"
#include "decode/digest.h"
#include "decode/encoding.h"

#include <charconv>

namespace aztriage::probe::wire {
namespace {

/// Servers use 4,096 and up to some 10,000; a hostile one could keep us busy for minutes.
constexpr int kMostRounds = 100'000;
constexpr std::size_t kLongestSalt = 1024;

std::string_view attribute(std::string_view message, char name) {
  for (const std::string_view one : text::split(message, ','))
    if (one.size() > 2 && one[0] == name && one[1] == '=') return one.substr(2);
  return {};
}

std::string exclusive_or(std::string a, std::string_view b) {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) a[i] = static_cast<char>(a[i] ^ b[i]);
  return a;
}

}  // namespace

std::string Scram::first() const {
  return "n,,n=,r=" + nonce_;
}

std::optional<std::string> Scram::answer(std::string_view server_first) {
  const std::string_view nonce = attribute(server_first, 'r');
  const auto salt = decode::base64_decode(attribute(server_first, 's'));
  const std::string_view count = attribute(server_first, 'i');
  int rounds = 0;
  const auto [rest, error] = std::from_chars(count.data(), count.data() + count.size(), rounds);
  if (error != std::errc{} || rest != count.data() + count.size() || rounds < 1 || rounds > kMostRounds)
    return std::nullopt;
  if (!nonce.starts_with(nonce_) || !salt || salt->empty() || salt->size() > kLongestSalt)
    return std::nullopt;
  const std::string salted = decode::pbkdf2_sha256(password_, *salt, rounds);
  const std::string client_key = decode::hmac_sha256(salted, "Client Key");
  const std::string stored_key = decode::digest(decode::Digest::sha256, client_key);
  const std::string bare_final = "c=biws,r=" + std::string(nonce);  // "n,,"
  const std::string signed_text = "n=,r=" + nonce_ + "," + std::string(server_first) + "," + bare_final;
  const std::string signature = decode::hmac_sha256(stored_key, signed_text);
  server_signature_ = decode::hmac_sha256(decode::hmac_sha256(salted, "Server Key"), signed_text);
  return bare_final + ",p=" + decode::base64_encode(exclusive_or(client_key, signature));
}

bool Scram::proves(std::string_view server_final) const {
  const auto signature = decode::base64_decode(attribute(server_final, 'v'));
  return signature && !server_signature_.empty() && *signature == server_signature_;
}

}  // namespace aztriage::probe::wire
