#pragma once

#include "decode/fact_list.h"
#include "fact/observation.h"
#include "net/http.h"
#include "net/tls.h"
#include "probe/head.h"

#include <array>

namespace aztriage::probe {

inline constexpr std::array<fact::FactSpec, 6> kCookieFields = {{
    {"name", {fact::Kind::text}, "its name"},
    {"domain", {fact::Kind::text}, "the domain it is for; empty: the host alone"},
    {"path", {fact::Kind::text}, "the path it is for"},
    {"secure", {fact::Kind::boolean}, "sent over TLS only"},
    {"http-only", {fact::Kind::boolean}, "hidden from scripts"},
    {"same-site", {fact::Kind::text}, "None, Lax or Strict; empty when it does not say"},
}};
inline constexpr std::array<fact::FactSpec, 2> kRedirectFields = {{
    {"url", {fact::Kind::url}, "the address that redirected"},
    {"status", {fact::Kind::number}, "how"},
}};

inline constexpr std::array<fact::FactSpec, 46> kHttpOnlyFacts = {{
    {"status", {fact::Kind::number}, "the status code"},
    {"reason", {fact::Kind::text}, "the words after it; HTTP/2 has none", "headers"},
    {"version", {fact::Kind::text}, "1.1 or 2"},
    {"answered-by", {fact::Kind::text}, "the product that made the response", "headers"},
    {"passed", {fact::Kind::list, fact::Kind::text}, "the products it passed through", "headers"},
    {"headers.*", {fact::Kind::text}, "a header, several of one name joined by commas"},
    {"header-values.*", {fact::Kind::list, fact::Kind::text}, "all values of a header", "headers"},
    {"headers-cut", {fact::Kind::boolean}, "whether there were more than the 64 KiB that are kept"},
    {"cookies", {fact::Kind::list, fact::Kind::record, kCookieFields}, "the cookies that it sets"},
    {"cookies.*", {fact::Kind::text}, "the value of a cookie that it sets"},
    {"location", {fact::Kind::url}, "where it redirects to, whole", "headers"},
    {"etag", {fact::Kind::text}, "the version of the content, without the sign for weak", "headers"},
    {"last-modified", {fact::Kind::text}, "as sent", "headers"},
    {"body", {fact::Kind::text}, "decoded, the first 64 KiB; missing when it is not text"},
    {"title", {fact::Kind::text}, "of an HTML page", "body"},
    {"size", {fact::Kind::number}, "bytes of the body as received", "body"},
    {"decoded-size", {fact::Kind::number}, "bytes of the body after decoding", "body"},
    {"encoding", {fact::Kind::text}, "how the body was compressed", "headers"},
    {"complete", {fact::Kind::boolean}, "whether the body ended as announced", "body"},
    {"digest", {fact::Kind::text}, "SHA-256 of the decoded body", "body"},
    {"json.*", {fact::Kind::text}, "a scalar of a JSON body by its path", "body"},
    {"error.code", {fact::Kind::text}, "of x-ms-error-code, XML, JSON, or an AADSTS number", "body"},
    {"error.detail", {fact::Kind::text}, "the words beside it", "body"},
    {"error.address", {fact::Kind::ip}, "the address in them, such as that of a refused client", "body"},
    {"challenge.schemes",
     {fact::Kind::list, fact::Kind::text},
     "the ways to log in that WWW-Authenticate offers",
     "headers"},
    {"challenge.realm", {fact::Kind::text}, "of the Bearer challenge, else of the first", "headers"},
    {"challenge.service", {fact::Kind::text}, "the service that it is for", "headers"},
    {"challenge.scope", {fact::Kind::text}, "the rights that it asks for", "headers"},
    {"challenge.error", {fact::Kind::text}, "why the token that was sent is no good", "headers"},
    {"challenge.error-description", {fact::Kind::text}, "the words beside it", "headers"},
    {"challenge.authority", {fact::Kind::text}, "who issues tokens for it (Entra)", "headers"},
    {"challenge.tenant", {fact::Kind::text}, "the tenant of that authority", "headers"},
    {"challenge.resource", {fact::Kind::text}, "the audience that tokens have to be for", "headers"},
    {"redirects", {fact::Kind::list, fact::Kind::record, kRedirectFields}, "those that were followed"},
    {"redirects.loop", {fact::Kind::boolean}, "whether they lead back to where they were"},
    {"final-url", {fact::Kind::url}, "the address that was asked last"},
    {"withheld", {fact::Kind::boolean}, "whether secrets were left out, since the host is not verified"},
    {"time.connect", {fact::Kind::number}, "seconds until the connection was there"},
    {"time.tls", {fact::Kind::number}, "seconds that the TLS handshake took"},
    {"time.first-byte", {fact::Kind::number}, "seconds from the request to the first byte of the answer"},
    {"time.total", {fact::Kind::number}, "seconds for all of it, redirects included"},
    {"clock-offset",
     {fact::Kind::number},
     "the server's Date minus this machine's clock, in seconds",
     "headers"},
    {"protocol", {.kind = fact::Kind::choice, .words = net::kTlsVersions}, "the TLS version"},
    {"sent-host", {fact::Kind::text}, "the Host header that was sent"},
    {"sent-sni", {fact::Kind::text}, "the name that was sent in the TLS handshake"},
    {"asked", {fact::Kind::text}, "method and target of the last request"},
}};
inline constexpr auto kHttpFacts =
    decode::fact_list(kHttpOnlyFacts, kConnectionFacts, net::kServerCertificateFacts);

/// Everything that one answer tells, the connection and its failure included.
void fill_reply(const net::HttpReply& reply, fact::Observation& seen);

/// `503 after 0.4 s`, with the reason when it is not the usual one.
std::string summarize(const net::HttpReply& reply);

/// The first value of a header; empty without one. `name` in lower case.
std::string_view header_of(const net::HttpReply& reply, std::string_view name);

}  // namespace aztriage::probe
