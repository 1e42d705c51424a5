#include "net/certificate.h"

#include "support/pki.h"
#include "support/temp_dir.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>

namespace aztriage::net {
namespace {

using test::CertificateOptions;
using test::Identity;
using Problem = CertificateProblem;
using Problems = std::vector<Problem>;

/// One root and one issuing authority for all cases.
struct Pki {
  Identity root = test::self_signed({.common_name = "Contoso Root", .authority = true});
  Identity issuing = test::issue(root, {.common_name = "Contoso Issuing", .authority = true});
  test::TempDir folder;
  std::shared_ptr<const Trust> trust = *Trust::only(folder.write("root.pem", root.certificate_pem()));
};

Pki& pki() {
  static Pki one;
  return one;
}

CertificateOptions shop() {
  return {.common_name = "shop.contoso.com", .dns = {"shop.contoso.com"}};
}

/// Runs a handshake in memory, without a socket, against a server with these certificates.
struct Exchange {
  ChainRecorder recorder;
  bool complete = false;

  Exchange(const Identity& leaf, const std::vector<Identity>& sent, std::string name,
           std::shared_ptr<const Trust> trust = pki().trust, bool refuse = false)
      : recorder(std::move(trust), std::move(name), refuse) {
    SSL_CTX* server = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_cipher_list(server, "DEFAULT:@SECLEVEL=0");
    REQUIRE(SSL_CTX_use_certificate(server, leaf.certificate()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey(server, leaf.key()) == 1);
    for (const Identity& other : sent) SSL_CTX_add1_chain_cert(server, other.certificate());
    SSL_CTX_set_mode(server, SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX* client = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_cipher_list(client, "DEFAULT:@SECLEVEL=0");
    recorder.attach(client);
    run(server, client);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
  }

  void run(SSL_CTX* server_context, SSL_CTX* client_context) {
    SSL* server = SSL_new(server_context);
    SSL* client = SSL_new(client_context);
    BIO* to_server = nullptr;
    BIO* to_client = nullptr;
    BIO_new_bio_pair(&to_server, 1 << 17, &to_client, 1 << 17);
    SSL_set_bio(client, to_server, to_server);
    SSL_set_bio(server, to_client, to_client);
    SSL_set_connect_state(client);
    SSL_set_accept_state(server);
    for (int i = 0; i < 20 && !complete; ++i) {
      const int done = SSL_do_handshake(client);
      complete = SSL_do_handshake(server) == 1 && done == 1;
    }
    SSL_free(client);
    SSL_free(server);
  }

  const CertificateReport& report() const { return recorder.report(); }
};

Problems problems_of(const Identity& leaf, const std::vector<Identity>& sent,
                     std::string name = "shop.contoso.com") {
  const Exchange exchange(leaf, sent, std::move(name));
  REQUIRE(exchange.complete);
  REQUIRE(exchange.recorder.seen());
  CHECK(exchange.report().error.empty() == exchange.report().problems.empty());
  return exchange.report().problems;
}

TEST_CASE("certificate: a good chain has no problem, with or without its root") {
  const Identity leaf = test::issue(pki().issuing, shop());
  CHECK(problems_of(leaf, {pki().issuing}) == Problems{});
  CHECK(problems_of(leaf, {pki().issuing, pki().root}) == Problems{});
}

TEST_CASE("certificate: the order of the chain and needless certificates do not matter") {
  const Identity leaf = test::issue(pki().issuing, shop());
  const Identity stranger = test::self_signed({.common_name = "Old", .valid_from = -9, .valid_until = -2});
  CHECK(problems_of(leaf, {pki().root, stranger, pki().issuing}) == Problems{});
}

TEST_CASE("certificate: dates are told, also on a chain that nobody trusts") {
  CertificateOptions old = shop();
  old.valid_from = -30;
  old.valid_until = -3;
  CertificateOptions future = shop();
  future.valid_from = 2;
  CHECK(problems_of(test::issue(pki().issuing, old), {pki().issuing}) == Problems{Problem::expired});
  CHECK(problems_of(test::issue(pki().issuing, future), {pki().issuing}) == Problems{Problem::not_yet_valid});
  CHECK(problems_of(test::issue(pki().issuing, old), {}) ==
        Problems{Problem::expired, Problem::chain_incomplete});
  CHECK(problems_of(test::self_signed(old), {}) == Problems{Problem::expired, Problem::self_signed});
}

TEST_CASE("certificate: an expired authority on the path counts") {
  const Identity expired = test::issue(
      pki().root, {.common_name = "Gone", .authority = true, .valid_from = -30, .valid_until = -1});
  const Identity leaf = test::issue(expired, shop());
  const Exchange exchange(leaf, {expired}, "shop.contoso.com");
  CHECK(exchange.report().problems == Problems{Problem::expired});
  CHECK(exchange.report().error.find("Gone") != std::string::npos);
}

TEST_CASE("certificate: every problem at once") {
  CertificateOptions options = shop();
  options.valid_from = -30;
  options.valid_until = -3;
  options.key = "rsa-1024";
  options.digest = "sha1";
  const Identity root = test::self_signed({.common_name = "Unknown Root", .authority = true});
  CHECK(problems_of(test::issue(root, options), {root}, "pay.contoso.com") ==
        Problems{Problem::expired, Problem::name_mismatch, Problem::untrusted_root, Problem::weak_key});
}

TEST_CASE("certificate: incomplete, untrusted and self-signed are told apart") {
  const Identity leaf = test::issue(pki().issuing, shop());
  CHECK(problems_of(leaf, {}) == Problems{Problem::chain_incomplete});
  CHECK(problems_of(leaf, {pki().root}) == Problems{Problem::chain_incomplete});

  const Identity root = test::self_signed({.common_name = "Unknown Root", .authority = true});
  const Identity middle = test::issue(root, {.common_name = "Unknown Issuing", .authority = true});
  const Identity other = test::issue(middle, shop());
  CHECK(problems_of(other, {middle, root}) == Problems{Problem::untrusted_root});
  CHECK(problems_of(other, {middle}) == Problems{Problem::chain_incomplete});
  CHECK(problems_of(test::self_signed(shop()), {}) == Problems{Problem::self_signed});
}

TEST_CASE("certificate: a root of the same name with another key is not the trusted one") {
  const Identity impostor = test::self_signed({.common_name = "Contoso Root", .authority = true});
  const Identity leaf = test::issue(impostor, shop());
  const Problems found = problems_of(leaf, {impostor});
  CHECK(std::find(found.begin(), found.end(), Problem::untrusted_root) != found.end());
}

TEST_CASE("certificate: names") {
  struct Row {
    std::vector<std::string> dns, addresses;
    std::string common_name, asked;
    bool fits;
  };
  const std::vector<Row> rows = {
      {{"shop.contoso.com"}, {}, "x", "shop.contoso.com", true},
      {{"shop.contoso.com"}, {}, "x", "SHOP.contoso.com.", true},
      {{"*.contoso.com"}, {}, "x", "shop.contoso.com", true},
      {{"*.contoso.com"}, {}, "x", "a.shop.contoso.com", false},
      {{"*.contoso.com"}, {}, "x", "contoso.com", false},
      {{"s*.contoso.com"}, {}, "x", "shop.contoso.com", false},
      {{"other.contoso.com"}, {}, "shop.contoso.com", "shop.contoso.com", false},
      {{}, {}, "shop.contoso.com", "shop.contoso.com", true},
      {{}, {}, std::string("shop.contoso.com\0.evil.com", 26), "shop.contoso.com", false},
      {{}, {"127.0.0.9"}, "x", "127.0.0.9", true},
      {{}, {"::1"}, "x", "[::1]", true},
      {{"127.0.0.9"}, {}, "x", "127.0.0.9", false},
      {{}, {"127.0.0.9"}, "x", "127.0.0.8", false},
      {{"shop.contoso.com"}, {}, "x", "", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.asked);
    CAPTURE(row.common_name);
    const Identity leaf = test::issue(
        pki().issuing, {.common_name = row.common_name, .dns = row.dns, .addresses = row.addresses});
    CHECK(problems_of(leaf, {pki().issuing}, row.asked).empty() == row.fits);
  }
}

TEST_CASE("certificate: weak keys and signatures") {
  struct Row {
    std::string key;
    const char* digest;
    bool weak;
  };
  for (const Row& row : {Row{"rsa-1024", "sha256", true}, Row{"rsa-2048", "sha256", false},
                         Row{"ec-p256", "sha1", true}, Row{"ec-p384", "sha384", false}}) {
    CAPTURE(row.key);
    CertificateOptions options = shop();
    options.key = row.key;
    options.digest = row.digest;
    const Exchange exchange(test::issue(pki().issuing, options), {pki().issuing}, "shop.contoso.com");
    REQUIRE(exchange.complete);
    CHECK(exchange.report().has(Problem::weak_key) == row.weak);
    CHECK(exchange.report().leaf.key == row.key);
    CHECK(exchange.report().leaf.signature == row.digest);
  }
}

TEST_CASE("certificate: a trusted root may be signed with anything") {
  const Identity root = test::self_signed({.common_name = "Old Root", .authority = true, .digest = "sha1"});
  test::TempDir folder;
  const auto trust = *Trust::only(folder.write("old.pem", root.certificate_pem()));
  const Exchange exchange(test::issue(root, shop()), {}, "shop.contoso.com", trust);
  CHECK(exchange.report().problems == Problems{});
  CHECK(exchange.report().root == "CN=Old Root, O=Contoso");
}

TEST_CASE("certificate: what breaks other rules is not called fine") {
  CertificateOptions client = shop();
  client.usage = "clientAuth";
  CHECK(problems_of(test::issue(pki().issuing, client), {pki().issuing}) == Problems{Problem::invalid});
  const Identity no_authority = test::issue(pki().issuing, shop());
  const Problems found = problems_of(test::issue(no_authority, shop()), {no_authority, pki().issuing});
  CHECK(!found.empty());
}

TEST_CASE("certificate: an intermediate or the certificate itself may be what is trusted") {
  test::TempDir folder;
  const Identity root = test::self_signed({.common_name = "Private", .authority = true});
  const Identity middle = test::issue(root, {.common_name = "Private Issuing", .authority = true});
  const Identity leaf = test::issue(middle, shop());
  const auto by_middle = *Trust::only(folder.write("middle.pem", middle.certificate_pem()));
  CHECK(Exchange(leaf, {}, "shop.contoso.com", by_middle).report().problems == Problems{});
  const Identity own = test::self_signed(shop());
  const auto by_leaf = *Trust::only(folder.write("leaf.pem", own.certificate_pem()));
  CHECK(Exchange(own, {}, "shop.contoso.com", by_leaf).report().problems == Problems{});
}

TEST_CASE("certificate: refusing ends the handshake, and only when something is wrong") {
  const Identity good = test::issue(pki().issuing, shop());
  CHECK(Exchange(good, {pki().issuing}, "shop.contoso.com", pki().trust, true).complete);
  const Exchange refused(good, {pki().issuing}, "pay.contoso.com", pki().trust, true);
  CHECK_FALSE(refused.complete);
  CHECK(refused.report().problems == Problems{Problem::name_mismatch});
}

TEST_CASE("certificate: what is remembered is of the same chain, name and trust only") {
  const Identity leaf = test::issue(pki().issuing, shop());
  const auto stapled = [&](const Exchange& exchange) {
    const std::string answer = test::ocsp_answer(leaf, pki().issuing, V_OCSP_CERTSTATUS_REVOKED);
    return std::string(const_cast<Exchange&>(exchange).recorder.judge_staple(answer));
  };
  const Exchange first(leaf, {pki().issuing}, "shop.contoso.com");
  CHECK(stapled(first) == "revoked");
  const Exchange again(leaf, {pki().issuing}, "shop.contoso.com");
  CHECK(again.report().problems.empty());  // what a staple said is the first connection's
  CHECK(again.report().leaf.serial == first.report().leaf.serial);
  CHECK(again.report().chain.size() == 2);
  CHECK(stapled(again) == "revoked");  // the path is remembered, too
  CHECK(problems_of(leaf, {pki().issuing}, "pay.contoso.com") == Problems{Problem::name_mismatch});
  CHECK(problems_of(leaf, {}) == Problems{Problem::chain_incomplete});
  const auto other = *Trust::only(pki().folder.write(
      "other.pem", test::self_signed({.common_name = "Other", .authority = true}).certificate_pem()));
  const Exchange stranger(leaf, {pki().issuing}, "shop.contoso.com", other);
  CHECK(stranger.report().has(Problem::chain_incomplete));
  const Exchange refused(leaf, {pki().issuing}, "pay.contoso.com", pki().trust, true);
  CHECK_FALSE(refused.complete);
}

TEST_CASE("certificate: facts") {
  CertificateOptions options = shop();
  options.valid_from = -10;
  options.valid_until = 30;
  options.issuer_url = "http://pki.contoso.com/issuing.cer";
  options.dns.push_back("www.contoso.com");
  const Identity leaf = test::issue(pki().issuing, options);
  const Exchange exchange(leaf, {pki().issuing}, "pay.contoso.com");
  fact::Observation observation;
  fill_facts(exchange.report(), observation);
  const fact::Facts& facts = observation.facts;
  CHECK(facts.at("certificate.subject").as_text() == "CN=shop.contoso.com, O=Contoso");
  CHECK(facts.at("certificate.issuer").as_text() == "CN=Contoso Issuing, O=Contoso");
  CHECK(fact::to_text(facts.at("certificate.names")) == "shop.contoso.com, www.contoso.com");
  CHECK(fact::to_text(facts.at("certificate.problems")) == "name-mismatch");
  CHECK(facts.at("certificate.days-left").as_number() == doctest::Approx(30).epsilon(0.001));
  CHECK(facts.at("certificate.left").as_number() == doctest::Approx(0.75).epsilon(0.001));
  CHECK(facts.at("certificate.key").as_text() == "ec-p256");
  CHECK(facts.at("certificate.issuer-url").as_text() == "http://pki.contoso.com/issuing.cer");
  CHECK(facts.at("certificate.root").as_text() == "CN=Contoso Root, O=Contoso");
  CHECK(facts.at("certificate.error").as_text() == "the certificate is not for 'pay.contoso.com'");
  CHECK(facts.at("certificate.thumbprint").as_text().size() == 40);
  CHECK(facts.at("sent").as_number() == 2);
  REQUIRE(facts.at("chain").as_list().size() == 2);
  CHECK(facts.at("chain").as_list()[1].as_record().at("subject").as_text() ==
        "CN=Contoso Issuing, O=Contoso");
  CHECK(observation.read.contains("certificate"));
  CHECK(observation.read.contains("chain"));
  for (const auto& row : facts) {
    const auto& name = row.first;
    const auto& value = row.second;
    CAPTURE(name);
    const auto declared = std::find_if(kServerCertificateFacts.begin(), kServerCertificateFacts.end(),
                                       [&](const fact::FactSpec& spec) { return spec.name == name; });
    REQUIRE(declared != kServerCertificateFacts.end());
    CHECK(declared->type.kind == value.kind());
  }
}

TEST_CASE("certificate: many names and many certificates stay within bounds") {
  CertificateOptions many = shop();
  for (int i = 0; i < 1200; ++i) many.dns.push_back("n" + std::to_string(i) + ".contoso.com");
  const Identity leaf = test::issue(pki().issuing, many);
  const Exchange exchange(leaf, std::vector<Identity>(60, pki().issuing), "n1199.contoso.com");
  REQUIRE(exchange.complete);
  CHECK(exchange.report().problems == Problems{});
  CHECK(exchange.report().leaf.names.size() == 1000);
  CHECK(exchange.report().sent == 61);
  CHECK(exchange.report().chain.size() == 20);
}

TEST_CASE("certificate: stapled answers") {
  const Identity leaf = test::issue(pki().issuing, shop());
  const Identity sibling = test::issue(pki().issuing, shop());
  Exchange exchange(leaf, {pki().issuing}, "shop.contoso.com");
  const auto judge = [&](const std::string& der) { return exchange.recorder.judge_staple(der); };
  CHECK(judge(test::ocsp_answer(leaf, pki().issuing, V_OCSP_CERTSTATUS_GOOD)) == "good");
  CHECK(judge(test::ocsp_answer(leaf, pki().issuing, V_OCSP_CERTSTATUS_UNKNOWN)) == "unknown");
  CHECK(judge(test::ocsp_answer(leaf, pki().issuing, V_OCSP_CERTSTATUS_GOOD, 48)) == "none");
  CHECK(judge(test::ocsp_answer(sibling, pki().issuing, V_OCSP_CERTSTATUS_REVOKED)) == "none");
  CHECK(judge("nonsense") == "none");
  CHECK(judge("") == "none");
  CHECK(exchange.report().problems == Problems{});
  CHECK(judge(test::ocsp_answer(leaf, pki().issuing, V_OCSP_CERTSTATUS_REVOKED)) == "revoked");
  CHECK(exchange.report().problems == Problems{Problem::revoked});
}

TEST_CASE("trust: files that can't be used say so") {
  test::TempDir folder;
  const auto refused = [](const Result<std::shared_ptr<const Trust>>& trust, const std::string& piece) {
    REQUIRE_FALSE(trust.has_value());
    CHECK(trust.error().what.find(piece) != std::string::npos);
  };
  refused(Trust::system_and(folder.path().string()), folder.path().string());
  refused(Trust::system_and((folder.path() / "missing.pem").string()), "missing.pem");
  refused(Trust::system_and(folder.write("empty.pem", "")), "empty.pem");
  refused(Trust::only(folder.write("key.pem", pki().root.key_pem())), "key.pem");
}

TEST_CASE("trust: one store for one file") {
  test::TempDir folder;
  const std::string file = folder.write("root.pem", pki().root.certificate_pem());
  const auto first = Trust::system_and(file);
  REQUIRE(first.has_value());
  CHECK(*first == *Trust::system_and(file));
  CHECK(*first != *Trust::only(file));
  CHECK((*first)->any());
}

TEST_CASE("trust: a bundle brings all its certificates") {
  test::TempDir folder;
  const Identity other = test::self_signed({.common_name = "Other", .authority = true});
  const auto trust = *Trust::only(folder.write(
      "two.pem", "# first\n" + other.certificate_pem() + "# second\n" + pki().root.certificate_pem()));
  const Identity leaf = test::issue(pki().root, shop());
  CHECK(Exchange(leaf, {}, "shop.contoso.com", trust).report().problems == Problems{});
}

}  // namespace
}  // namespace aztriage::net
