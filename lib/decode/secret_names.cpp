#include "decode/secret_names.h"

#include "base/text.h"
#include "decode/secret_forms.h"

#include <algorithm>
#include <array>
#include <string>

namespace aztriage::decode {
namespace {

constexpr std::size_t kLongestName = 80;

// Names without `-` and `_`, in lower case. A name that ends in one of these:
constexpr auto kPasswords = std::to_array<std::string_view>(
    {"password", "passwd", "pwd", "passphrase", "passcode", "userpass", "dbpass", "sapass", "rediscliauth",
     "smtppass", "proxypass", "passwort", "motdepasse", "contrasena", "kennwort"});
// And these alone, which end other words.
constexpr auto kWholePasswords =
    std::to_array<std::string_view>({"sshpass", "storepass", "keypass", "keystorepass", "truststorepass",
                                     "requirepass", "masterauth", "dbpw", "userpw", "adminpass", "rootpass"});

constexpr auto kKeyEnds = std::to_array<std::string_view>(
    {"accountkey",    "accesskey",       "apikey",         "masterkey",    "primarykey",
     "secondarykey",  "subscriptionkey", "secretkey",      "storagekey",   "functionkey",
     "functionskey",  "sharedkey",       "adminkey",       "querykey",     "signingkey",
     "encryptionkey", "privatekey",      "systemkey",      "cosmoskey",    "rediskey",
     "aegsaskey",     "batchkey",        "searchkey",      "relaykey",     "machinekey",
     "validationkey", "decryptionkey",   "clientkeydata",  "destkey",      "sourcekey",
     "devicekey",     "symmetrickey",    "integrationkey", "workspacekey", "instrumentationkey",
     "authkey"});

constexpr auto kTokens = std::to_array<std::string_view>({"token",
                                                          "accesstoken",
                                                          "refreshtoken",
                                                          "idtoken",
                                                          "bearertoken",
                                                          "authtoken",
                                                          "sessiontoken",
                                                          "sastoken",
                                                          "apitoken",
                                                          "securitytoken",
                                                          "identitytoken",
                                                          "csrftoken",
                                                          "xauthtoken",
                                                          "aegsastoken",
                                                          "xzumoauth",
                                                          "xidentityheader",
                                                          "identityheader",
                                                          "clientassertion",
                                                          "assertion",
                                                          "samlresponse",
                                                          "xmsauthorizationauxiliary",
                                                          "personalaccesstoken",
                                                          "devicecode",
                                                          "jwt",
                                                          "requestverificationtoken",
                                                          "msisecret",
                                                          "sharedsecret",
                                                          "appsecret",
                                                          "clientsecret",
                                                          "secret",
                                                          "xmstokenaadaccesstoken",
                                                          "pat",
                                                          "registrytoken",
                                                          "authorizationcode"});

// They end in `token`, but tell of pages or assemblies.
constexpr auto kHarmlessTokens =
    std::to_array<std::string_view>({"publickeytoken", "continuationtoken", "nextpagetoken", "pagetoken",
                                     "skiptoken", "synctoken", "canceltoken", "nexttoken", "validationtoken",
                                     "domainverificationtoken", "customdomainverificationtoken"});

// They keep a client on one server, which is what one wants to see.
constexpr std::array<std::string_view, 12> kAffinityCookies = {"arraffinity",
                                                               "arraffinitysamesite",
                                                               "aslbsa",
                                                               "aslbsacors",
                                                               "applicationgatewayaffinity",
                                                               "applicationgatewayaffinitycors",
                                                               "tipmix",
                                                               "x-ms-routing-name",
                                                               "x-ms-gateway-slice",
                                                               "stsservicecookie",
                                                               "jsessionidroute",
                                                               "awsalb"};

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

template <std::size_t N>
bool ends_in(const std::array<std::string_view, N>& list, std::string_view name) {
  return std::any_of(list.begin(), list.end(), [&](std::string_view end) { return name.ends_with(end); });
}

std::string bare(std::string_view name) {
  std::string out = text::lower(name);
  std::erase_if(out, [](char c) { return c == '-' || c == '_'; });
  return out;
}

/// `MY_APP_TOKEN`, `db-token`: the last word stands apart.
bool last_word_is(std::string_view name, std::string_view word) {
  if (name.size() <= word.size() ||
      !text::equal_ignoring_case(name.substr(name.size() - word.size()), word)) {
    return false;
  }
  const char before = name[name.size() - word.size() - 1];
  return before == '_' || before == '-';
}

/// `STORAGE_KEY`, as environment variables are written.
bool is_key_variable(std::string_view name) {
  const bool upper = std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return upper && name.ends_with("_KEY") && !name.ends_with("PUBLIC_KEY") && !name.ends_with("CACHE_KEY");
}

}  // namespace

SecretName classify_name(std::string_view name) {
  if (name.size() < 3 || name.size() > kLongestName) return SecretName::none;
  const std::string plain = bare(name);
  if (plain == "sig") return SecretName::signature;
  if (plain == "code" || plain == "key") return SecretName::code;
  if (plain == "authorization" || plain == "proxyauthorization") return SecretName::authorization;
  if (plain == "cookie") return SecretName::cookie;
  if (plain == "setcookie") return SecretName::set_cookie;
  if (plain == "auth") return SecretName::login;
  if (ends_in(kPasswords, plain) || one_of(kWholePasswords, plain) || last_word_is(name, "pass") ||
      last_word_is(name, "pw")) {
    return SecretName::password;
  }
  if (one_of(kHarmlessTokens, plain)) return SecretName::none;
  if (one_of(kTokens, plain) || plain.ends_with("secret") || plain.ends_with("accesstoken") ||
      last_word_is(name, "token") || last_word_is(name, "pat")) {
    return SecretName::token;
  }
  if (ends_in(kKeyEnds, plain) || is_key_variable(name)) return SecretName::key;
  return SecretName::none;
}

bool is_secret_header(std::string_view name) {
  const SecretName kind = classify_name(name);
  return kind != SecretName::none && kind != SecretName::code;
}

bool is_secret_cookie(std::string_view name) {
  return !one_of(kAffinityCookies, text::lower(name));
}

bool is_secret_key(std::string_view name) {
  const SecretName kind = classify_name(name);
  return kind == SecretName::password || kind == SecretName::key || kind == SecretName::token ||
         kind == SecretName::signature;
}

}  // namespace aztriage::decode
