#pragma once

#include "decode/certificate.h"
#include "decode/fact_list.h"
#include "net/trust.h"

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct ssl_ctx_st;
struct stack_st_X509;
struct x509_store_ctx_st;

namespace aztriage::net {

/// What can be wrong with a server's certificates. `invalid` is any other broken rule: purpose, path length,
/// name constraints, a signature that does not fit; `error` of the report says which.
enum class CertificateProblem {
  expired,
  not_yet_valid,
  name_mismatch,
  self_signed,
  untrusted_root,
  chain_incomplete,
  revoked,
  weak_key,
  invalid,
};
inline constexpr std::array<std::string_view, 9> kCertificateProblems = {
    "expired",          "not-yet-valid", "name-mismatch", "self-signed", "untrusted-root",
    "chain-incomplete", "revoked",       "weak-key",      "invalid"};
std::string_view problem_name(CertificateProblem problem);

/// All that is wrong with the certificates a server sent, not only what a library stumbles over first.
///
/// - `self_signed`: the server's own certificate is, and is not trusted as it stands.
/// - `untrusted_root`: the chain ends in a self-signed certificate that is not trusted.
/// - `chain_incomplete`: the last certificate that fits names an issuer that was neither sent nor is known
/// here. A
///   private authority that does not send its root looks the same: `leaf.issuer_url` may tell where to look.
/// - `expired`, `not_yet_valid`, `weak_key` look at every certificate of the path, not at needless ones
/// beside it.
struct CertificateReport {
  decode::Certificate leaf;
  std::vector<decode::Certificate> chain;    // as the server sent it, its own certificate first; at most 20
  std::size_t sent = 0;                      // how many it sent
  std::string root;                          // subject of the self-signed end of the path; empty without one
  std::vector<CertificateProblem> problems;  // in the order of the enumeration, each once
  std::string error;                         // the first problem in OpenSSL's words; empty when there is none
  bool judged = true;                        // false: this machine has no authorities to judge by
  UtcTime at{};                              // the time it was judged for
  bool has(CertificateProblem problem) const;
  void add(CertificateProblem problem, std::string_view words);
};

/// Adds every `certificate.*` fact, `chain` and `sent`, and marks the groups `certificate` and `chain` as
/// read. Where this machine has no authorities to judge by, `certificate.problems` stays unknown.
void fill_facts(const CertificateReport& report, fact::Observation& observation);

/// Where the certificates of one connection are judged: the verify callback of an SSL_CTX, ours or libcurl's
/// (CURLOPT_SSL_CTX_FUNCTION). It lets the handshake go on whatever is wrong, unless `refuse` is set, when a
/// certificate with a problem ends the handshake before anything is sent. A resumed session shows no
/// certificates, so whoever attaches it turns session caches off. What was found of a chain is remembered for
/// a few seconds.
class ChainRecorder {
 public:
  /// `name`: host name or address that the certificate must be for; empty: any will do.
  ChainRecorder(std::shared_ptr<const Trust> trust, std::string name, bool refuse = false);
  ~ChainRecorder();
  ChainRecorder(const ChainRecorder&) = delete;
  ChainRecorder& operator=(const ChainRecorder&) = delete;

  /// Sets the callback and SSL_VERIFY_PEER; the recorder must outlive the context's handshakes. The library's
  /// own authorities and name check play no part: they can stay unset.
  void attach(ssl_ctx_st* context);

  bool seen() const { return seen_; }
  /// Of the last handshake; meaningless unless `seen`.
  const CertificateReport& report() const { return report_; }
  void forget();  // before the next connection of the same transfer

  /// A stapled OCSP answer (DER) about the last certificate: "good", "revoked", "unknown", or "none" when it
  /// can't be read, is not about this certificate, is out of date or not signed by its issuer.
  std::string_view judge_staple(std::string_view der);

 private:
  static int callback(x509_store_ctx_st* context, void* self);
  void judge(x509_st& leaf, stack_st_X509* sent);
  void look_at(x509_st& leaf, stack_st_X509* sent, UtcTime now);
  struct Kept;
  std::shared_ptr<const Trust> trust_;
  std::string name_;
  bool refuse_;
  bool seen_ = false;
  CertificateReport report_;
  std::unique_ptr<Kept> kept_;
};

inline constexpr std::array<fact::FactSpec, 4> kChainFields = {{
    {"subject", {fact::Kind::text}, "whom this certificate names"},
    {"issuer", {fact::Kind::text}, "who issued it"},
    {"days-left", {fact::Kind::number}, "days until it expires"},
    {"self-signed", {fact::Kind::boolean}, "whether it is signed with its own key"},
}};
/// What every probe declares that sees a server's certificates.
inline constexpr auto kServerCertificateFacts = decode::fact_list(
    decode::kCertificateFacts,
    std::array<fact::FactSpec, 5>{{
        {"certificate.problems",
         {fact::Kind::list, fact::Kind::choice, {}, kCertificateProblems},
         "everything that is wrong with it"},
        {"certificate.error", {fact::Kind::text}, "the first problem in OpenSSL's words"},
        {"certificate.root", {fact::Kind::text}, "the self-signed authority at the end of the path"},
        {"chain", {fact::Kind::list, fact::Kind::record, kChainFields}, "the certificates as sent"},
        {"sent", {fact::Kind::number}, "how many certificates the server sent", "chain"},
    }});

}  // namespace aztriage::net
