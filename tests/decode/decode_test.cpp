#include "decode/decode.h"

#include "decode/decode_facts.h"
#include "decode/encoding.h"
#include "decode/utc.h"
#include "support/pki.h"

#include <algorithm>

#include <doctest/doctest.h>

namespace aztriage::decode {
namespace {

const UtcTime kNow = *parse_iso_time("2026-11-24T14:00:00Z");
// 32 and 64 bytes that open nothing.
const std::string kSig = percent_encode(base64_encode(std::string(31, 'x') + "\xff"));
const std::string kKey = base64_encode(std::string(64, 'k'));

fact::Facts facts_of(std::string_view text, std::string_view as = "auto") {
  CAPTURE(text);
  const auto decoded = decode(text, as, kNow);
  REQUIRE(decoded.has_value());
  CHECK(decoded->facts.at("kind").as_text() == decoded->kind);
  CHECK_FALSE(decoded->summary.empty());
  for (const auto& row : decoded->facts) {
    const auto& name = row.first;
    const auto& value = row.second;
    CAPTURE(name);
    const auto declared = std::find_if(kDecodeFacts.begin(), kDecodeFacts.end(),
                                       [&](const fact::FactSpec& spec) { return spec.name == name; });
    REQUIRE(declared != kDecodeFacts.end());
    CHECK(declared->type.kind == value.kind());
    if (!declared->type.words.empty()) {
      CHECK(std::find(declared->type.words.begin(), declared->type.words.end(), value.as_text()) !=
            declared->type.words.end());
    }
    // Nothing secret is in any fact.
    CHECK(fact::to_text(value).find(kKey.substr(0, 20)) == std::string::npos);
    CHECK(fact::to_text(value).find(kSig.substr(0, 20)) == std::string::npos);
  }
  CHECK(decoded->summary.find(kKey.substr(0, 20)) == std::string::npos);
  return decoded->facts;
}

std::string text_of(const fact::Facts& facts, const char* name) {
  const auto found = facts.find(name);
  return found == facts.end() ? "-" : fact::to_text(found->second);
}

TEST_CASE("decode: an account SAS") {
  const auto facts = facts_of(
      "https://acct.blob.core.windows.net/box/file.txt?sv=2022-11-02&ss=bfqt&srt=sco&sp=rwdl"
      "&st=2026-11-01T00%3A00%3A00Z&se=2026-12-24T14%3A00Z&sip=20.0.0.1-20.0.0.9&spr=https&sig=" +
      kSig);
  CHECK(text_of(facts, "kind") == "sas");
  CHECK(text_of(facts, "sas.kind") == "account");
  CHECK(text_of(facts, "sas.host") == "acct.blob.core.windows.net");
  CHECK(text_of(facts, "sas.path") == "/box/file.txt");
  CHECK(text_of(facts, "sas.starts") == "2026-11-01T00:00:00Z");
  CHECK(text_of(facts, "sas.expires") == "2026-12-24T14:00:00Z");
  CHECK(facts.at("sas.days-left").as_number() == doctest::Approx(30));
  CHECK(text_of(facts, "sas.expired") == "false");
  CHECK(text_of(facts, "sas.started") == "true");
  CHECK(text_of(facts, "sas.permissions") == "rwdl");
  CHECK(text_of(facts, "sas.services") == "bfqt");
  CHECK(text_of(facts, "sas.resource-types") == "sco");
  CHECK(text_of(facts, "sas.version") == "2022-11-02");
  CHECK(text_of(facts, "sas.ip") == "20.0.0.1-20.0.0.9");
  CHECK(text_of(facts, "sas.protocol") == "https");
  CHECK(text_of(facts, "sas.encoded-twice") == "false");
  CHECK(text_of(facts, "sas.signature") == "fine");
}

TEST_CASE("decode: service, user delegation and messaging SAS") {
  const auto service = facts_of("?sv=2022-11-02&sr=b&sp=r&se=2026-11-20&si=policy&sig=" + kSig);
  CHECK(text_of(service, "sas.kind") == "service");
  CHECK(text_of(service, "sas.resource") == "b");
  CHECK(text_of(service, "sas.policy") == "policy");
  CHECK(text_of(service, "sas.expired") == "true");
  const auto user = facts_of(
      "sv=2022-11-02&sr=c&sp=l&se=2027-01-01&skoid=853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a"
      "&sktid=11111111-5bfa-4b22-a3f3-0b9a43d9ad8a&ske=2026-11-01T00%3A00%3A00Z&sig=" +
      kSig);
  CHECK(text_of(user, "sas.kind") == "user-delegation");
  CHECK(text_of(user, "sas.tenant") == "11111111-5bfa-4b22-a3f3-0b9a43d9ad8a");
  CHECK(text_of(user, "sas.key-expired") == "true");
  const auto queue = facts_of("SharedAccessSignature sr=sb%3a%2f%2fns.servicebus.windows.net&sig=" + kSig +
                              "&se=1795615200&skn=Root");
  CHECK(text_of(queue, "sas.kind") == "messaging");
  CHECK(text_of(queue, "sas.key-name") == "Root");
  CHECK(text_of(queue, "sas.expires") == "2026-11-25T14:00:00Z");
  CHECK(text_of(queue, "sas.resource") == "sb://ns.servicebus.windows.net");
}

TEST_CASE("decode: what is wrong with a SAS") {
  const std::string start =
      "https://a.blob.core.windows.net/c?sv=2022-11-02&sr=c&sp=r&se=2026-12-24T14%3A00Z&sig=";
  CHECK(text_of(facts_of(start + "abc"), "sas.signature") == "malformed");
  CHECK(text_of(facts_of(start), "sas.signature") == "missing");
  CHECK(text_of(facts_of(start + base64_encode("\xfb\xef\xbe" + std::string(29, 'x'))), "sas.signature") ==
        "unescaped-plus");
  const auto twice =
      facts_of("https://a.blob.core.windows.net/c?sv=2022-11-02&sp=r&se=2026-12-24T14%253A00Z&sig=" +
               percent_encode(kSig));
  CHECK(text_of(twice, "sas.encoded-twice") == "true");
  CHECK(text_of(twice, "sas.signature") == "encoded-twice");
  CHECK(text_of(twice, "sas.expires") == "2026-12-24T14:00:00Z");
  const auto whole =
      facts_of("https://a.blob.core.windows.net/c?sv%3D2022-11-02%26sp%3Dr%26se%3D2026-12-24%26sig%3Dabc");
  CHECK(text_of(whole, "sas.encoded-twice") == "true");
  const auto later = facts_of("?sv=2022-11-02&st=2026-12-01&se=2026-12-24&sp=r&sp=w&sig=" + kSig);
  CHECK(text_of(later, "sas.started") == "false");
  CHECK(text_of(later, "sas.repeated") == "sp");
}

TEST_CASE("decode: what a terminal or a mail does to a text does not matter") {
  const std::string url =
      "https://a.blob.core.windows.net/c?sv=2022-11-02&sr=c&sp=r&se=2026-12-24&sig=" + kSig;
  for (const std::string& text :
       {"  \"" + url + "\"\n", "<" + url + ">", url.substr(0, 50) + "\r\n  " + url.substr(50)}) {
    CHECK(text_of(facts_of(text), "sas.signature") == "fine");
  }
}

std::string token(const std::string& header, const std::string& claims,
                  const std::string& signature = "c2ln") {
  return base64_encode(header) + "." + base64_encode(claims) + "." + signature;
}

TEST_CASE("decode: a token") {
  const std::string jwt = token(
      R"({"alg":"RS256","kid":"k1","typ":"JWT"})",
      R"({"aud":"https://vault.azure.net","iss":"https://sts.windows.net/t/","tid":"t","oid":"o","sub":"s","appid":"a",
          "roles":["Reader","Writer"],"scp":"a.read b.write","exp":1795528800,"nbf":1795525200,"iat":1795525200,
          "xms_mirid":"/subscriptions/x","ver":"1.0","upn":"user@contoso.com","idtyp":"app"})");
  for (const std::string& text : {jwt, "Bearer " + jwt, "Authorization: Bearer " + jwt}) {
    const auto facts = facts_of(text);
    CHECK(text_of(facts, "kind") == "jwt");
    CHECK(text_of(facts, "jwt.alg") == "RS256");
    CHECK(text_of(facts, "jwt.aud") == "https://vault.azure.net");
    CHECK(text_of(facts, "jwt.tid") == "t");
    CHECK(text_of(facts, "jwt.oid") == "o");
    CHECK(text_of(facts, "jwt.appid") == "a");
    CHECK(text_of(facts, "jwt.roles") == "Reader, Writer");
    CHECK(text_of(facts, "jwt.scp") == "a.read, b.write");
    CHECK(text_of(facts, "jwt.exp") == "2026-11-24T14:00:00Z");
    CHECK(text_of(facts, "jwt.expired") == "true");
    CHECK(text_of(facts, "jwt.started") == "true");
    CHECK(facts.at("jwt.left").as_number() == 0);
    CHECK(text_of(facts, "jwt.identity") == "/subscriptions/x");
    CHECK(text_of(facts, "jwt.checked") == "false");
    CHECK(text_of(facts, "jwt.signed") == "true");
  }
  CHECK(decode(jwt, "jwt", kNow)->summary.find("signature not checked") != std::string::npos);
}

TEST_CASE("decode: unusual tokens") {
  CHECK(text_of(facts_of(token(R"({"alg":"none"})", R"({"aud":["a","b"],"exp":"soon"})", "")), "jwt.aud") ==
        "a, b");
  CHECK(text_of(facts_of(token(R"({"alg":"none"})", "{}", "")), "jwt.signed") == "false");
  CHECK(text_of(facts_of(token(R"({"alg":"none"})", R"({"exp":1e300})", "")), "jwt.exp") == "-");
  CHECK(text_of(facts_of(base64_encode(R"({"alg":"RSA-OAEP","enc":"A256GCM"})") + ".a.b.c.d"),
                "jwt.encrypted") == "true");
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  CHECK_FALSE(decode(token(R"({"alg":"none"})", "{\"a\":" + deep + "}"), "jwt", kNow).has_value());
  CHECK_FALSE(decode("a.b.c", "jwt", kNow).has_value());
  CHECK_FALSE(decode(token("[]", "{}"), "jwt", kNow).has_value());
  CHECK_FALSE(decode(token(R"({"alg":"none"})", "no"), "jwt", kNow).has_value());
}

TEST_CASE("decode: connection strings") {
  struct Row {
    std::string text, kind, host, login;
  };
  const std::string key32 = base64_encode(std::string(32, 'k'));
  const std::vector<Row> rows = {
      {"DefaultEndpointsProtocol=https;AccountName=Acct;AccountKey=" + kKey +
           ";EndpointSuffix=core.windows.net",
       "storage", "acct.blob.core.windows.net", "key"},
      {"BlobEndpoint=https://acct.blob.core.windows.net/"
       ";SharedAccessSignature=sv=2022-11-02&ss=b&srt=o&sp=r&se=2026-12-24&sig=" +
           kSig,
       "storage", "acct.blob.core.windows.net", "sas"},
      {"UseDevelopmentStorage=true", "storage", "127.0.0.1", "none"},
      {"Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=" + key32 +
           ";EntityPath=orders",
       "messaging", "ns.servicebus.windows.net", "key"},
      {"HostName=hub.azure-devices.net;DeviceId=d;SharedAccessKey=" + key32, "iot-hub",
       "hub.azure-devices.net", "key"},
      {"contoso.redis.cache.windows.net:6380,password=" + key32 + ",ssl=True,abortConnect=False", "redis",
       "contoso.redis.cache.windows.net", "key"},
      {"rediss://:secret@contoso.redis.cache.windows.net:6380", "redis", "contoso.redis.cache.windows.net",
       "password"},
      {"Server=tcp:s.database.windows.net,1433;Initial Catalog=shop;User "
       "ID=u;Password='a;b';Encrypt=True;TrustServerCertificate=False;Connection Timeout=30;",
       "sql", "s.database.windows.net", "password"},
      {"Server=s.database.windows.net;Database=shop;Authentication=Active Directory Default", "sql",
       "s.database.windows.net", "identity"},
      {"Host=pg.postgres.database.azure.com;Port=5432;Username=u;Password=p;SslMode=Require", "database",
       "pg.postgres.database.azure.com", "password"},
      {"postgres://u:p@pg.contoso.com:5432/shop?sslmode=require", "database", "pg.contoso.com", "password"},
      {"mongodb://acct:ab/c==@acct.mongo.cosmos.azure.com:10255/?ssl=true", "mongodb",
       "acct.mongo.cosmos.azure.com", "password"},
      {"AccountEndpoint=https://acct.documents.azure.com:443/;AccountKey=" + kKey + ";", "cosmos",
       "acct.documents.azure.com", "key"},
      {"Endpoint=https://x.azconfig.io;Id=abcd;Secret=" + key32, "app-configuration", "x.azconfig.io", "key"},
      {"Endpoint=https://x.service.signalr.net;AccessKey=" + key32 + ";Version=1.0;", "signalr",
       "x.service.signalr.net", "key"},
      {"InstrumentationKey=853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a;IngestionEndpoint=https://"
       "westeurope-5.in.applicationinsights.azure.com/",
       "app-insights", "westeurope-5.in.applicationinsights.azure.com", "none"},
  };
  for (const Row& row : rows) {
    const auto facts = facts_of(row.text);
    CHECK(text_of(facts, "kind") == "connection-string");
    CHECK(text_of(facts, "connection.kind") == row.kind);
    CHECK(text_of(facts, "connection.host") == row.host);
    CHECK(text_of(facts, "connection.login") == row.login);
    CHECK(text_of(facts, "connection.key") != "malformed");
  }
}

TEST_CASE("decode: details of connection strings") {
  const auto sql = facts_of(
      "Server=tcp:s.database.windows.net,1433;Initial Catalog=shop;User ID=u;Password=p;Encrypt=True;"
      "TrustServerCertificate=true;Connection Timeout=30;encrypt=no");
  CHECK(text_of(sql, "connection.port") == "1433");
  CHECK(text_of(sql, "connection.database") == "shop");
  CHECK(text_of(sql, "connection.user") == "u");
  CHECK(text_of(sql, "connection.tls") == "true");
  CHECK(text_of(sql, "connection.trusts-any") == "true");
  CHECK(text_of(sql, "connection.timeout") == "30");
  CHECK(text_of(sql, "connection.repeated") == "encrypt");
  const auto cut = facts_of("AccountName=a;AccountKey=" + kKey.substr(0, 40));
  CHECK(text_of(cut, "connection.key") == "malformed");
  CHECK(text_of(facts_of("AccountName=a;EndpointSuffix=core.windows.net"), "connection.key") == "missing");
  const auto sas = facts_of(
      "BlobEndpoint=https://a.blob.core.windows.net;SharedAccessSignature=sv=1&sp=r&se=2026-11-01&sig=" +
      kSig);
  CHECK(text_of(sas, "sas.expired") == "true");
  CHECK(
      text_of(
          facts_of(
              "Endpoint=sb://n.servicebus.windows.net/;SharedAccessKeyName=K;SharedAccessKey=x;EntityPath=q"),
          "connection.entity") == "q");
}

TEST_CASE("decode: certificates") {
  const test::Identity one =
      test::self_signed({.common_name = "shop.contoso.com", .dns = {"shop.contoso.com"}, .key = "rsa-2048"});
  const std::string der = one.der();
  for (const std::string& text : {"Bag Attributes\n" + one.certificate_pem(), der, base64_encode(der)}) {
    const auto decoded = decode(text, "certificate", system_clock().utc());
    REQUIRE(decoded.has_value());
    CHECK(text_of(decoded->facts, "certificate.subject") == "CN=shop.contoso.com, O=Contoso");
    CHECK(text_of(decoded->facts, "certificate.key") == "rsa-2048");
    CHECK(text_of(decoded->facts, "certificate.self-signed") == "true");
  }
  CHECK(decode(one.certificate_pem(), "auto", kNow)->kind == "certificate");
  CHECK_FALSE(decode(one.key_pem(), "auto", kNow).has_value());
  CHECK_FALSE(decode(der.substr(0, der.size() - 5), "certificate", kNow).has_value());
}

TEST_CASE("decode: names of certificates") {
  Certificate certificate;
  certificate.names = {"shop.contoso.com", "*.pay.contoso.com"};
  CHECK(certificate_is_for(certificate, "SHOP.contoso.com."));
  CHECK(certificate_is_for(certificate, "a.pay.contoso.com"));
  CHECK_FALSE(certificate_is_for(certificate, "pay.contoso.com"));
  CHECK_FALSE(certificate_is_for(certificate, "a.b.pay.contoso.com"));
  CHECK_FALSE(certificate_is_for(certificate, "contoso"));
}

TEST_CASE("decode: what can't be decoded says so") {
  for (const std::string text : {"", "   ", "hello world", "a=1;b=2", "\"\"", "https://contoso.com/?a=b",
                                 ";;;;", "....", "=", "Server=x"}) {
    CAPTURE(text);
    const auto decoded = decode(text, "auto", kNow);
    REQUIRE_FALSE(decoded.has_value());
    CHECK_FALSE(decoded.error().what.empty());
    CHECK_FALSE(decoded.error().hint.empty());
  }
  CHECK_FALSE(decode(std::string(kMostDecoded + 1, 'a'), "auto", kNow).has_value());
  CHECK_FALSE(decode("AccountName=a;AccountKey=b", "jwt", kNow).has_value());
}

TEST_CASE("decode: times") {
  const auto shown = [](std::string_view text) {
    const auto time = parse_iso_time(text);
    return time ? certificate_time(*time) : std::string("-");
  };
  CHECK(shown("2026-11-24") == "2026-11-24T00:00:00Z");
  CHECK(shown("2026-11-24T14:02Z") == "2026-11-24T14:02:00Z");
  CHECK(shown("2026-11-24T14:02:03.1234567Z") == "2026-11-24T14:02:03Z");
  CHECK(shown("2026-11-24T14:02:03+01:00") == "2026-11-24T13:02:03Z");
  CHECK(shown("2026-11-24 14:02:03-0530") == "2026-11-24T19:32:03Z");
  for (const char* text : {"", "2026", "2026-13-01", "2026-02-30", "2026-11-24T", "2026-11-24T25:00Z",
                           "2026-11-24T14:02Zx", "-026-11-24", "2026-11-24T14:02+9"}) {
    CAPTURE(text);
    CHECK(shown(text) == "-");
  }
  CHECK(parse_epoch("1795528800") == kNow);
  CHECK_FALSE(parse_epoch("-1").has_value());
  CHECK_FALSE(parse_epoch("999999999999999999999").has_value());
  CHECK_FALSE(parse_epoch("12a").has_value());
}

TEST_CASE("decode: base64 and percent-encoding") {
  for (const std::string bytes : {"", "a", "ab", "abc", "\xff\xfe\xfd"}) {
    CHECK(base64_decode(base64_encode(bytes)) == bytes);
    CHECK(percent_decode(percent_encode(bytes)) == bytes);
  }
  CHECK(base64_decode("YW J\nj") == "abc");
  CHECK(base64_decode("_-8") == base64_decode("/+8="));
  for (const char* text : {"a", "ab=c", "a===", "abc$", "ab="}) {
    CAPTURE(text);
    CHECK_FALSE(base64_decode(text).has_value());
  }
  CHECK(percent_decode("%41%zz%4") == "A%zz%4");
}

}  // namespace
}  // namespace aztriage::decode
