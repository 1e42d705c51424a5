#include "probe/wire/ssh_lists.h"

#include "base/text.h"
#include "probe/wire/bytes.h"

#include <algorithm>

namespace aztriage::probe::wire {
namespace {

constexpr std::size_t kMostNames = 200;
constexpr std::size_t kLongestName = 100;

}  // namespace

SshNames read_names(std::string_view comma_separated) {
  SshNames names;
  while (!comma_separated.empty() && names.size() < kMostNames) {
    const std::size_t end = std::min(comma_separated.find(','), comma_separated.size());
    const std::string_view name = comma_separated.substr(0, std::min(end, kLongestName));
    if (!name.empty()) names.push_back(text::to_utf8(name));
    comma_separated.remove_prefix(std::min(end + 1, comma_separated.size()));
  }
  return names;
}

std::string write_kexinit(std::string_view cookie, const SshAlgorithms& ours) {
  ByteWriter out;
  out.u8(kSshKexInit).put(cookie);
  for (const SshNames* names : {&ours.kex, &ours.hostkeys, &ours.ciphers_out, &ours.ciphers_in,
                                &ours.macs_out, &ours.macs_in, &ours.compression_out, &ours.compression_in}) {
    out.counted(text::join(*names, ","), 4);
  }
  out.u32(0).u32(0);  // languages, of which there are none
  out.u8(ours.guess_follows ? 1 : 0).u32(0);
  return out.bytes();
}

std::optional<SshAlgorithms> read_kexinit(std::string_view payload) {
  ByteReader in(payload);
  if (in.u8() != kSshKexInit) return std::nullopt;
  in.take(16);
  SshAlgorithms theirs;
  for (SshNames* names :
       {&theirs.kex, &theirs.hostkeys, &theirs.ciphers_out, &theirs.ciphers_in, &theirs.macs_out,
        &theirs.macs_in, &theirs.compression_out, &theirs.compression_in}) {
    *names = read_names(in.counted(4));
  }
  in.counted(4);
  in.counted(4);
  theirs.guess_follows = in.u8() != 0;
  in.u32();
  if (!in.good()) return std::nullopt;
  return theirs;
}

const SshAlgorithms& ssh_offer() {
  static const SshAlgorithms offer = [] {
    SshAlgorithms all;
    // ext-info-c asks for the server's signature algorithms (RFC 8308).
    all.kex = {"curve25519-sha256",
               "curve25519-sha256@libssh.org",
               "ecdh-sha2-nistp256",
               "ecdh-sha2-nistp384",
               "ecdh-sha2-nistp521",
               "diffie-hellman-group14-sha256",
               "diffie-hellman-group16-sha512",
               "diffie-hellman-group18-sha512",
               "diffie-hellman-group14-sha1",
               "diffie-hellman-group1-sha1",
               "ext-info-c"};
    all.hostkeys = {"ssh-ed25519",
                    "ecdsa-sha2-nistp256",
                    "ecdsa-sha2-nistp384",
                    "ecdsa-sha2-nistp521",
                    "rsa-sha2-512",
                    "rsa-sha2-256",
                    "ssh-rsa"};
    all.ciphers_in = all.ciphers_out = {"aes128-gcm@openssh.com",
                                        "aes256-gcm@openssh.com",
                                        "aes128-ctr",
                                        "aes256-ctr",
                                        "aes192-ctr",
                                        "chacha20-poly1305@openssh.com",
                                        "aes128-cbc",
                                        "aes256-cbc",
                                        "aes192-cbc",
                                        "3des-cbc"};
    all.macs_in = all.macs_out = {"hmac-sha2-256-etm@openssh.com",
                                  "hmac-sha2-512-etm@openssh.com",
                                  "hmac-sha2-256",
                                  "hmac-sha2-512",
                                  "hmac-sha1-etm@openssh.com",
                                  "hmac-sha1"};
    all.compression_in = all.compression_out = {"none"};
    return all;
  }();
  return offer;
}

const SshAlgorithms& current_openssh() {
  static const SshAlgorithms current = [] {
    SshAlgorithms all;
    all.kex = {"mlkem768x25519-sha256",
               "sntrup761x25519-sha512",
               "sntrup761x25519-sha512@openssh.com",
               "curve25519-sha256",
               "curve25519-sha256@libssh.org",
               "ecdh-sha2-nistp256",
               "ecdh-sha2-nistp384",
               "ecdh-sha2-nistp521",
               "diffie-hellman-group-exchange-sha256",
               "diffie-hellman-group16-sha512",
               "diffie-hellman-group18-sha512",
               "diffie-hellman-group14-sha256"};
    all.hostkeys = {"ssh-ed25519-cert-v01@openssh.com",
                    "ecdsa-sha2-nistp256-cert-v01@openssh.com",
                    "ecdsa-sha2-nistp384-cert-v01@openssh.com",
                    "ecdsa-sha2-nistp521-cert-v01@openssh.com",
                    "sk-ssh-ed25519-cert-v01@openssh.com",
                    "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
                    "rsa-sha2-512-cert-v01@openssh.com",
                    "rsa-sha2-256-cert-v01@openssh.com",
                    "ssh-ed25519",
                    "ecdsa-sha2-nistp256",
                    "ecdsa-sha2-nistp384",
                    "ecdsa-sha2-nistp521",
                    "sk-ssh-ed25519@openssh.com",
                    "sk-ecdsa-sha2-nistp256@openssh.com",
                    "rsa-sha2-512",
                    "rsa-sha2-256"};
    all.ciphers_in = all.ciphers_out = {"chacha20-poly1305@openssh.com",
                                        "aes128-gcm@openssh.com",
                                        "aes256-gcm@openssh.com",
                                        "aes128-ctr",
                                        "aes192-ctr",
                                        "aes256-ctr"};
    all.macs_in = all.macs_out = {"umac-64-etm@openssh.com",
                                  "umac-128-etm@openssh.com",
                                  "hmac-sha2-256-etm@openssh.com",
                                  "hmac-sha2-512-etm@openssh.com",
                                  "hmac-sha1-etm@openssh.com",
                                  "umac-64@openssh.com",
                                  "umac-128@openssh.com",
                                  "hmac-sha2-256",
                                  "hmac-sha2-512",
                                  "hmac-sha1"};
    all.compression_in = all.compression_out = {"none", "zlib@openssh.com"};
    return all;
  }();
  return current;
}

SshNames common_names(const SshNames& wanted, const SshNames& offered) {
  SshNames common;
  std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(common), [&](const std::string& name) {
    return std::find(offered.begin(), offered.end(), name) != offered.end();
  });
  return common;
}

std::string_view key_type_of(std::string_view hostkey_algorithm) {
  if (hostkey_algorithm == "rsa-sha2-256" || hostkey_algorithm == "rsa-sha2-512") return "ssh-rsa";
  return hostkey_algorithm;
}

}  // namespace aztriage::probe::wire
