#pragma once

#include "decode/certificate.h"
#include "decode/fact_list.h"

#include <array>
#include <string_view>

namespace aztriage::decode {

inline constexpr std::array<std::string_view, 4> kDecodedKinds = {"sas", "jwt", "connection-string",
                                                                  "certificate"};
inline constexpr std::array<std::string_view, 4> kSasKinds = {"account", "service", "user-delegation",
                                                              "messaging"};
inline constexpr std::array<std::string_view, 5> kSasSignatures = {"fine", "missing", "unescaped-plus",
                                                                   "encoded-twice", "malformed"};
inline constexpr std::array<std::string_view, 11> kConnectionKinds = {
    "storage",           "messaging", "redis",        "sql",     "cosmos",  "iot-hub",
    "app-configuration", "signalr",   "app-insights", "mongodb", "database"};
inline constexpr std::array<std::string_view, 5> kConnectionLogins = {"key", "sas", "password", "identity",
                                                                      "none"};
inline constexpr std::array<std::string_view, 3> kKeyStates = {"fine", "malformed", "missing"};

inline constexpr std::array<fact::FactSpec, 24> kSasFacts = {{
    {"sas.kind",
     {.kind = fact::Kind::choice, .words = kSasKinds},
     "what kind of shared access signature it is"},
    {"sas.host", {fact::Kind::host}, "host of the URL"},
    {"sas.path", {fact::Kind::text}, "path of the URL"},
    {"sas.starts", {fact::Kind::text}, "from when it is valid, UTC (st)"},
    {"sas.expires", {fact::Kind::text}, "until when it is valid, UTC (se)"},
    {"sas.started", {fact::Kind::boolean}, "whether it is valid already"},
    {"sas.expired", {fact::Kind::boolean}, "whether it has expired"},
    {"sas.days-left", {fact::Kind::number}, "days until it expires; negative when it has"},
    {"sas.permissions", {fact::Kind::text}, "what it allows (sp)"},
    {"sas.services", {fact::Kind::text}, "services of an account SAS (ss)"},
    {"sas.resource-types", {fact::Kind::text}, "resource types of an account SAS (srt)"},
    {"sas.resource", {fact::Kind::text}, "what it is for (sr)"},
    {"sas.version", {fact::Kind::text}, "storage version that signed it (sv)"},
    {"sas.ip", {fact::Kind::text}, "addresses that may use it (sip)"},
    {"sas.protocol", {fact::Kind::text}, "protocols that may carry it (spr)"},
    {"sas.policy", {fact::Kind::text}, "stored access policy (si)"},
    {"sas.key-name", {fact::Kind::text}, "name of the key that signed it (skn)"},
    {"sas.tenant", {fact::Kind::text}, "tenant of the user's delegation key (sktid)"},
    {"sas.object", {fact::Kind::text}, "object id behind the delegation key (skoid)"},
    {"sas.key-expires", {fact::Kind::text}, "until when the delegation key is valid, UTC (ske)"},
    {"sas.key-expired", {fact::Kind::boolean}, "whether the delegation key has expired"},
    {"sas.encoded-twice", {fact::Kind::boolean}, "whether its values are percent-encoded twice"},
    {"sas.signature",
     {.kind = fact::Kind::choice, .words = kSasSignatures},
     "whether the signature has its shape"},
    {"sas.repeated", {fact::Kind::list, fact::Kind::text}, "parameters that stand in it more than once"},
}};

inline constexpr std::array<fact::FactSpec, 25> kJwtFacts = {{
    {"jwt.alg", {fact::Kind::text}, "algorithm of the signature, which is not checked"},
    {"jwt.kid", {fact::Kind::text}, "key that signed it"},
    {"jwt.encrypted", {fact::Kind::boolean}, "whether its claims can't be read"},
    {"jwt.aud", {fact::Kind::text}, "for whom it is (audience)"},
    {"jwt.iss", {fact::Kind::text}, "who issued it"},
    {"jwt.tid", {fact::Kind::text}, "tenant"},
    {"jwt.oid", {fact::Kind::text}, "object id of the user or service principal"},
    {"jwt.sub", {fact::Kind::text}, "subject"},
    {"jwt.appid", {fact::Kind::text}, "application that asked for it (appid or azp)"},
    {"jwt.idtyp", {fact::Kind::text}, "app or user"},
    {"jwt.upn", {fact::Kind::text}, "the user's name"},
    {"jwt.ver", {fact::Kind::text}, "version of the token"},
    {"jwt.identity", {fact::Kind::text}, "resource id of a managed identity (xms_mirid)"},
    {"jwt.roles", {fact::Kind::list, fact::Kind::text}, "application roles"},
    {"jwt.scp", {fact::Kind::list, fact::Kind::text}, "delegated permissions"},
    {"jwt.groups", {fact::Kind::list, fact::Kind::text}, "groups, when they are in the token"},
    {"jwt.iat", {fact::Kind::text}, "when it was issued, UTC"},
    {"jwt.nbf", {fact::Kind::text}, "from when it is valid, UTC"},
    {"jwt.exp", {fact::Kind::text}, "until when it is valid, UTC"},
    {"jwt.started", {fact::Kind::boolean}, "whether it is valid already"},
    {"jwt.expired", {fact::Kind::boolean}, "whether it has expired"},
    {"jwt.left", {fact::Kind::number}, "seconds until it expires; negative when it has"},
    {"jwt.signed", {fact::Kind::boolean}, "whether it has a signature at all"},
    {"jwt.checked", {fact::Kind::boolean}, "always false: the signature is not verified here"},
    {"jwt.claims", {fact::Kind::list, fact::Kind::text}, "names of all claims"},
}};

inline constexpr std::array<fact::FactSpec, 14> kConnectionFacts = {{
    {"connection.kind", {.kind = fact::Kind::choice, .words = kConnectionKinds}, "what it connects to"},
    {"connection.host", {fact::Kind::host}, "host it leads to"},
    {"connection.port", {fact::Kind::number}, "port it leads to"},
    {"connection.account", {fact::Kind::text}, "storage account"},
    {"connection.database", {fact::Kind::text}, "database"},
    {"connection.user", {fact::Kind::text}, "user name"},
    {"connection.entity", {fact::Kind::text}, "queue, topic or event hub (EntityPath)"},
    {"connection.key-name", {fact::Kind::text}, "name of the access policy (SharedAccessKeyName)"},
    {"connection.login", {.kind = fact::Kind::choice, .words = kConnectionLogins}, "how it logs in"},
    {"connection.key", {.kind = fact::Kind::choice, .words = kKeyStates}, "whether the key has its shape"},
    {"connection.tls", {fact::Kind::boolean}, "whether it asks for TLS"},
    {"connection.trusts-any", {fact::Kind::boolean}, "whether it accepts any certificate"},
    {"connection.timeout", {fact::Kind::number}, "seconds it waits for a connection"},
    {"connection.repeated", {fact::Kind::list, fact::Kind::text}, "names that stand in it more than once"},
}};

inline constexpr auto kDecodeFacts = fact_list(
    std::array<fact::FactSpec, 1>{
        {{"kind", {.kind = fact::Kind::choice, .words = kDecodedKinds}, "what the text is"}}},
    kSasFacts, kJwtFacts, kConnectionFacts, kCertificateFacts);

}  // namespace aztriage::decode
