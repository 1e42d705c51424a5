#include "net/certificate.h"

#include "base/text.h"
#include "net/names.h"

#include <algorithm>

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace aztriage::net {
namespace {

constexpr std::size_t kMostChain = 20;
constexpr int kMostDepth = 20;
constexpr long kClockSlack = 300;  // seconds that a responder's clock may differ

using Problem = CertificateProblem;

struct StackFreer {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};
using Stack = std::unique_ptr<STACK_OF(X509), StackFreer>;
struct CertFreer {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Cert = std::unique_ptr<X509, CertFreer>;
struct ContextFreer {
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};
using Context = std::unique_ptr<X509_STORE_CTX, ContextFreer>;

/// Every verify error, in the order of discovery; the check always goes on.
int collect(int ok, X509_STORE_CTX* context) {
  if (ok != 1) {
    auto* errors = static_cast<std::vector<int>*>(X509_STORE_CTX_get_app_data(context));
    const int error = X509_STORE_CTX_get_error(context);
    if (errors->size() < 100 && std::find(errors->begin(), errors->end(), error) == errors->end()) {
      errors->push_back(error);
    }
  }
  return 1;
}

/// A self-issued end that can't be trusted is a root nobody knows, not a missing link.
Problem missing_issuer(X509* end, std::size_t path) {
  const bool self_issued = X509_NAME_cmp(X509_get_subject_name(end), X509_get_issuer_name(end)) == 0;
  if (!self_issued) return Problem::chain_incomplete;
  return path == 1 ? Problem::self_signed : Problem::untrusted_root;
}

std::optional<Problem> problem_of(int error, X509* end, std::size_t path) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return std::nullopt;  // the dates of the whole path are looked at apart
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return Problem::self_signed;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_REJECTED:
      return Problem::untrusted_root;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return missing_issuer(end, path);
    case X509_V_ERR_CERT_REVOKED:
      return Problem::revoked;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return Problem::weak_key;
    default:
      return Problem::invalid;
  }
}

bool is_for(X509* certificate, std::string name) {
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  if (parse_address(name)) return X509_check_ip_asc(certificate, name.c_str(), 0) == 1;
  if (name.ends_with('.')) name.pop_back();
  return X509_check_host(certificate, name.data(), name.size(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
                         nullptr) == 1;
}

void judge_dates(const decode::Certificate& certificate, bool leaf, CertificateReport& report) {
  const std::string whose = leaf ? "the certificate" : "'" + certificate.subject + "' in its chain";
  if (certificate.not_after < report.at) {
    report.add(Problem::expired, whose + " expired at " + decode::certificate_time(certificate.not_after));
  }
  if (certificate.not_before > report.at) {
    report.add(Problem::not_yet_valid,
               whose + " is valid only from " + decode::certificate_time(certificate.not_before));
  }
}

/// Dates and strength count on the path that was built, not on needless certificates beside it. The end of
/// the path is trusted for itself: how it is signed does not matter.
void judge_path(STACK_OF(X509) * path, CertificateReport& report) {
  for (int i = 0; i < sk_X509_num(path); ++i) {
    const decode::Certificate certificate =
        i == 0 ? report.leaf : decode::describe_certificate(*sk_X509_value(path, i));
    judge_dates(certificate, i == 0, report);
    if (certificate.weak && (i == 0 || !certificate.self_signed)) {
      report.add(Problem::weak_key, "'" + certificate.subject + "' has the key " + certificate.key +
                                        " and is signed with " + certificate.signature);
    }
  }
}

/// Builds the path and reports what is wrong with it. Returns the path, the server's own certificate first.
Stack judge_chain(X509* leaf, STACK_OF(X509) * sent, const Trust& trust, CertificateReport& report) {
  const Context context(X509_STORE_CTX_new());
  if (!context || X509_STORE_CTX_init(context.get(), trust.store(), leaf, sent) != 1) {
    report.judged = false;
    return nullptr;
  }
  std::vector<int> errors;
  X509_STORE_CTX_set_app_data(context.get(), &errors);
  X509_STORE_CTX_set_verify_cb(context.get(), collect);
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(param,
                             std::chrono::floor<std::chrono::seconds>(report.at).time_since_epoch().count());
  X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_depth(param, kMostDepth);
  X509_VERIFY_PARAM_set_auth_level(param, 0);
  // An intermediate or the certificate itself may be what the user trusts.
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
  X509_verify_cert(context.get());

  Stack path(X509_STORE_CTX_get1_chain(context.get()));
  const int length = path ? sk_X509_num(path.get()) : 0;
  X509* end = length > 0 ? sk_X509_value(path.get(), length - 1) : leaf;
  for (const int error : errors) {
    const auto problem = problem_of(error, end, static_cast<std::size_t>(std::max(length, 1)));
    const bool needs_trust = problem == Problem::untrusted_root || problem == Problem::chain_incomplete;
    if (needs_trust && !trust.any()) {
      report.judged = false;
      report.error = "this machine has no certificate authorities to judge by";
    } else if (problem) {
      report.add(*problem, X509_verify_cert_error_string(error));
    }
  }
  const bool self_issued = X509_NAME_cmp(X509_get_subject_name(end), X509_get_issuer_name(end)) == 0;
  if (self_issued) report.root = decode::describe_certificate(*end).subject;
  return path;
}

fact::Value chain_value(const CertificateReport& report) {
  fact::Value::List items;
  for (const decode::Certificate& certificate : report.chain) {
    fact::Value::Record fields;
    fields["subject"] = fact::Value::text(certificate.subject);
    fields["issuer"] = fact::Value::text(certificate.issuer);
    fields["days-left"] = fact::Value::number(certificate.days_left(report.at));
    fields["self-signed"] = fact::Value::boolean(certificate.self_signed);
    items.push_back(fact::Value::record(std::move(fields)));
  }
  return fact::Value::list(std::move(items));
}

/// The answer about `leaf` among those that the responder gave; each names the digest it made its id with.
OCSP_SINGLERESP* answer_about(OCSP_BASICRESP* basic, X509* leaf, X509* issuer) {
  for (int i = 0; i < OCSP_resp_count(basic); ++i) {
    OCSP_SINGLERESP* single = OCSP_resp_get0(basic, i);
    const OCSP_CERTID* id = OCSP_SINGLERESP_get0_id(single);
    ASN1_OBJECT* digest = nullptr;
    OCSP_id_get0_info(nullptr, &digest, nullptr, nullptr, const_cast<OCSP_CERTID*>(id));
    const EVP_MD* method = EVP_get_digestbyobj(digest);
    OCSP_CERTID* ours = method != nullptr ? OCSP_cert_to_id(method, leaf, issuer) : nullptr;
    const bool same = ours != nullptr && OCSP_id_cmp(id, ours) == 0;
    OCSP_CERTID_free(ours);
    if (same) return single;
  }
  return nullptr;
}

std::string_view status_of(OCSP_BASICRESP* basic, X509* leaf, X509* issuer, STACK_OF(X509) * path,
                           X509_STORE* store) {
  if (OCSP_basic_verify(basic, path, store, 0) != 1) return "none";
  OCSP_SINGLERESP* single = answer_about(basic, leaf, issuer);
  if (single == nullptr) return "none";
  ASN1_GENERALIZEDTIME* from = nullptr;
  ASN1_GENERALIZEDTIME* until = nullptr;
  const int status = OCSP_single_get0_status(single, nullptr, nullptr, &from, &until);
  if (OCSP_check_validity(from, until, kClockSlack, -1) != 1) return "none";
  if (status == V_OCSP_CERTSTATUS_GOOD) return "good";
  return status == V_OCSP_CERTSTATUS_REVOKED ? "revoked" : "unknown";
}

}  // namespace

std::string_view problem_name(CertificateProblem problem) {
  return kCertificateProblems[static_cast<std::size_t>(problem)];
}

bool CertificateReport::has(CertificateProblem problem) const {
  return std::find(problems.begin(), problems.end(), problem) != problems.end();
}

void CertificateReport::add(CertificateProblem problem, std::string_view words) {
  if (has(problem)) return;
  problems.insert(std::upper_bound(problems.begin(), problems.end(), problem), problem);
  if (error.empty()) error = words;
}

void fill_facts(const CertificateReport& report, fact::Observation& observation) {
  fact::Facts& facts = observation.facts;
  decode::add_certificate_facts(report.leaf, report.at, facts);
  if (report.judged) {
    std::vector<std::string> names;
    for (const Problem problem : report.problems) names.emplace_back(problem_name(problem));
    facts["certificate.problems"] = fact::Value::list_of(fact::Kind::choice, names);
    observation.read.insert("certificate");
  }
  if (!report.error.empty()) facts["certificate.error"] = fact::Value::text(report.error);
  if (!report.root.empty()) facts["certificate.root"] = fact::Value::text(report.root);
  facts["chain"] = chain_value(report);
  facts["sent"] = fact::Value::number(static_cast<double>(report.sent));
  observation.read.insert("chain");
}

struct ChainRecorder::Kept {
  Cert leaf;
  Stack path;
};

namespace {

constexpr std::size_t kMostJudged = 8;
constexpr std::size_t kLargestJudged = 16 * 1024;
constexpr std::chrono::seconds kJudgedFor{10};  // dates come and go

/// What was found of a chain a moment ago: many checks of one server meet the same one.
struct Judged {
  std::weak_ptr<const Trust> trust;
  std::string name;
  std::string der;  // of all certificates, the server's own first, each behind its length
  CertificateReport report;
  Stack path;
};

std::vector<Judged>& judged_chains() {
  thread_local std::vector<Judged> chains;  // newest last
  return chains;
}

void append_der(X509* certificate, std::string& out) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  out += std::to_string(size) + ':';
  if (size > 0) out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
}

/// Empty for one that is too long to be remembered.
std::string der_of(X509* leaf, STACK_OF(X509) * sent) {
  std::string out;
  append_der(leaf, out);
  for (int i = 0; i < sk_X509_num(sent) && out.size() <= kLargestJudged; ++i)
    append_der(sk_X509_value(sent, i), out);
  return out.size() <= kLargestJudged ? out : std::string();
}

const Judged* find_judged(const std::shared_ptr<const Trust>& trust, const std::string& name,
                          const std::string& der, UtcTime now) {
  std::vector<Judged>& chains = judged_chains();
  std::erase_if(chains, [&](const Judged& one) {
    return now < one.report.at || now - one.report.at > kJudgedFor || one.trust.expired();
  });
  const auto found = std::ranges::find_if(chains, [&](const Judged& one) {
    return one.trust.lock() == trust && one.name == name && one.der == der;
  });
  return der.empty() || found == chains.end() ? nullptr : &*found;
}

Stack copy_of(const Stack& path) {
  return path ? Stack(X509_chain_up_ref(path.get())) : Stack();
}

}  // namespace

ChainRecorder::ChainRecorder(std::shared_ptr<const Trust> trust, std::string name, bool refuse)
    : trust_(std::move(trust)), name_(std::move(name)), refuse_(refuse), kept_(std::make_unique<Kept>()) {}

ChainRecorder::~ChainRecorder() = default;

void ChainRecorder::attach(SSL_CTX* context) {
  SSL_CTX_set_cert_verify_callback(context, &ChainRecorder::callback, this);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

void ChainRecorder::forget() {
  seen_ = false;
  report_ = {};
  *kept_ = {};
}

int ChainRecorder::callback(X509_STORE_CTX* context, void* self) {
  auto& recorder = *static_cast<ChainRecorder*>(self);
  recorder.judge(*X509_STORE_CTX_get0_cert(context), X509_STORE_CTX_get0_untrusted(context));
  const bool accept = !recorder.refuse_ || (recorder.report_.judged && recorder.report_.problems.empty());
  X509_STORE_CTX_set_error(context, accept ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION);
  return accept ? 1 : 0;
}

void ChainRecorder::judge(X509& leaf, STACK_OF(X509) * sent) {
  forget();
  X509_up_ref(&leaf);
  kept_->leaf.reset(&leaf);
  seen_ = true;
  const UtcTime now = system_clock().utc();
  std::string der = der_of(&leaf, sent);
  if (const Judged* before = find_judged(trust_, name_, der, now)) {
    report_ = before->report;
    kept_->path = copy_of(before->path);
    return;
  }
  look_at(leaf, sent, now);
  ERR_clear_error();
  if (der.empty()) return;
  std::vector<Judged>& chains = judged_chains();
  if (chains.size() == kMostJudged) chains.erase(chains.begin());
  chains.push_back({trust_, name_, std::move(der), report_, copy_of(kept_->path)});
}

void ChainRecorder::look_at(X509& leaf, STACK_OF(X509) * sent, UtcTime now) {
  report_.at = now;
  report_.leaf = decode::describe_certificate(leaf);
  report_.sent = static_cast<std::size_t>(std::max(sk_X509_num(sent), 1));
  for (int i = 0; i < sk_X509_num(sent) && report_.chain.size() < kMostChain; ++i) {
    report_.chain.push_back(i == 0 ? report_.leaf : decode::describe_certificate(*sk_X509_value(sent, i)));
  }
  if (report_.chain.empty()) report_.chain.push_back(report_.leaf);
  kept_->path = judge_chain(&leaf, sent, *trust_, report_);
  if (kept_->path) {
    judge_path(kept_->path.get(), report_);
  } else {
    judge_dates(report_.leaf, true, report_);
  }
  if (!name_.empty() && !is_for(&leaf, name_)) {
    report_.add(Problem::name_mismatch, "the certificate is not for '" + name_ + "'");
  }
}

std::string_view ChainRecorder::judge_staple(std::string_view der) {
  if (!kept_->path || sk_X509_num(kept_->path.get()) < 2) return "none";
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  OCSP_RESPONSE* response = d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der.size()));
  OCSP_BASICRESP* basic =
      response != nullptr && OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL
          ? OCSP_response_get1_basic(response)
          : nullptr;
  std::string_view status = "none";
  if (basic != nullptr) {
    status = status_of(basic, kept_->leaf.get(), sk_X509_value(kept_->path.get(), 1), kept_->path.get(),
                       trust_->store());
  }
  OCSP_BASICRESP_free(basic);
  OCSP_RESPONSE_free(response);
  ERR_clear_error();
  if (status == "revoked") report_.add(Problem::revoked, "the stapled OCSP answer says that it is revoked");
  return status;
}

}  // namespace aztriage::net
