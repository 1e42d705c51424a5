#include "decode/reader.h"

#include "decode/read.h"
#include "decode/readers/lines.h"
#include "support/pki.h"

#include <algorithm>

#include <doctest/doctest.h>

namespace aztriage::decode {
namespace {

using fact::FailureKind;
using fact::Kind;

Reading read(std::string_view reader, std::string_view text, const std::vector<Wanted>& wanted = {},
             const ReaderParams& params = {}) {
  Reading reading = checked_read(reader, text, params, wanted);
  CHECK(reading.observation.answered == !reading.observation.failure.has_value());
  return reading;
}

FailureKind failure(const Reading& reading) {
  REQUIRE(reading.observation.failure.has_value());
  return reading.observation.failure->kind;
}

TEST_CASE("readers: the list is in order and complete") {
  const auto readers = all_readers();
  CHECK(readers.size() == 19);
  CHECK(std::is_sorted(readers.begin(), readers.end(), [](auto* a, auto* b) { return a->name < b->name; }));
  CHECK(find_reader("nonsense") == nullptr);
}

TEST_CASE("readers: what stands around a text goes") {
  CHECK(plain_text("\x1b[31mred\x1b[0m \x1b]0;title\x07 end\r\n") == "red  end\n");
  CHECK(plain_text("a\rb") == "a\nb");
  CHECK(plain_text("> one\n> two\n>\n") == "one\ntwo\n\n");
  CHECK(plain_text("> > deep\n> > er") == "deep\ner");
  CHECK(plain_text("> GET /\n< HTTP/1.1 200 OK") == "> GET /\n< HTTP/1.1 200 OK");
  CHECK(plain_text("\xc2\xa0\xe2\x80\x9cq\xe2\x80\x9d\xe2\x80\x8b\xef\xbb\xbf") == " \"q\"");
  CHECK(plain_text(std::string("\xff\xfe{\0}\0", 6)) == "{}");
  CHECK(plain_text("\x1b[") == "");
  CHECK(plain_text("\x1b") == "");
  CHECK(plain_text("\xff") == "\xef\xbf\xbd");
}

TEST_CASE("readers: a text that is too long is cut, and told") {
  const Reading reading = read("text", std::string(kMostPasted + 10, 'x'));
  CHECK(reading.observation.summary.find("first MiB") != std::string::npos);
  CHECK(fact_of(reading, "text").size() == 64 * 1024);
}

TEST_CASE("readers: text") {
  CHECK(fact_of(read("text", "one\n\n two \n"), "lines") == "2");
  CHECK(fact_of(read("text", ""), "lines") == "0");
}

TEST_CASE("json: paths with types") {
  const std::string text = R"(user@host:~$ az afd origin show -o json
{
  "enabledState": "Enabled",
  "alwaysOn": true,
  "port": 443,
  "weight": "50",
  "nothing": null,
  "sharedPrivateLinkResource": {"status": "Pending", "group.id": "x"},
  "rules": [{"name": "a", "priority": 1}, {"name": "b"}],
  "names": ["x", "y"]
}
user@host:~$ )";
  const Reading reading = read("json", text,
                               {{"enabledState", Kind::text},
                                {"alwaysOn", Kind::boolean},
                                {"port", Kind::number},
                                {"weight", Kind::number},
                                {"nothing", Kind::text},
                                {"missing", Kind::text},
                                {"sharedPrivateLinkResource.status", Kind::text},
                                {"sharedPrivateLinkResource.group.id", Kind::text},
                                {"rules", Kind::list},
                                {"rules.1.name", Kind::text},
                                {"names", Kind::list},
                                {"EnabledSTATE", Kind::text}});
  CHECK(reading.observation.answered);
  CHECK(fact_of(reading, "enabledState") == "Enabled");
  CHECK(reading.observation.facts.at("alwaysOn").kind() == Kind::boolean);
  CHECK(fact_of(reading, "alwaysOn") == "true");
  CHECK(reading.observation.facts.at("port").as_number() == 443);
  CHECK(reading.observation.facts.at("weight").as_number() == 50);
  CHECK(fact_of(reading, "nothing") == "-");
  CHECK(fact_of(reading, "missing") == "-");
  CHECK(fact_of(reading, "sharedPrivateLinkResource.status") == "Pending");
  CHECK(fact_of(reading, "sharedPrivateLinkResource.group.id") == "x");
  CHECK(reading.observation.facts.at("rules").as_list().size() == 2);
  CHECK(reading.observation.facts.at("rules").as_list()[0].as_record().at("name").as_text() == "a");
  CHECK(fact_of(reading, "rules.1.name") == "b");
  CHECK(fact_of(reading, "names") == "x, y");
  CHECK(fact_of(reading, "EnabledSTATE") == "Enabled");
  // What is not in the document is known to be missing.
  CHECK(fact::look(reading.observation, "missing", "missing").known);
}

TEST_CASE("json: documents as people paste them") {
  const std::vector<Wanted> wanted = {{"a.b", Kind::text}};
  for (const std::string& text : std::vector<std::string>{
           "{\"a\":{\"b\":\"long text\"}}",
           "\xe2\x80\x9cx\xe2\x80\x9d\n{\xe2\x80\x9c"
           "a\xe2\x80\x9d:{\"b\":\"long text\"}}",
           "> {\"a\":\r\n> {\"b\":\"long te\r\n> xt\"}}\r\n", "[{\"a\":{\"b\":\"long text\"}}]",
           "{not json\n{\"a\":{\"b\":\"long text\"}}", "\x1b[32m{\"a\":{\"b\":\"long text\"}}\x1b[0m\n$"}) {
    CAPTURE(text);
    CHECK(fact_of(read("json", text, wanted), "a.b") == "long text");
  }
  CHECK(fact_of(read("json", "[\"Reader\", \"Owner\"]"), "items") == "Reader, Owner");
  CHECK(fact_of(read("json", "[]"), "items").empty());
  const Reading list = read("json", "[1, 2, 3]", {{"items", Kind::list}});
  CHECK(list.observation.facts.at("items").as_list().size() == 3);
}

TEST_CASE("json: PowerShell's lists and tables instead") {
  const std::vector<Wanted> wanted = {{"alwaysOn", Kind::boolean},
                                      {"healthCheckPath", Kind::text},
                                      {"siteConfig.use32BitWorkerProcess", Kind::boolean}};
  const Reading list = read(
      "json", "\nAlwaysOn              : True\nUse32BitWorkerProcess : False\nHealthCheckPath       : \n",
      wanted);
  CHECK(fact_of(list, "alwaysOn") == "true");
  CHECK(fact_of(list, "siteConfig.use32BitWorkerProcess") == "false");
  CHECK(fact_of(list, "healthCheckPath") == "-");
  const Reading table = read("json",
                             "AlwaysOn Use32BitWorkerProcess HealthCheckPath\n"
                             "-------- --------------------- ---------------\n"
                             "   False                  True /health check\n",
                             wanted);
  CHECK(fact_of(table, "alwaysOn") == "false");
  CHECK(fact_of(table, "siteConfig.use32BitWorkerProcess") == "true");
  CHECK(fact_of(table, "healthCheckPath") == "/health check");
}

TEST_CASE("json: what is none") {
  for (const std::string& text : {std::string(), std::string("no json here"), std::string("{\"a\":"),
                                  std::string(100000, '['), std::string("{{{{")}) {
    CAPTURE(text.substr(0, 20));
    const Reading reading = read("json", text, {{"a", Kind::text}});
    CHECK(failure(reading) == FailureKind::unreadable);
  }
}

TEST_CASE("error: codes of every service") {
  struct Row {
    std::string text, name, value;
  };
  for (const Row& row : {
           Row{"AADSTS50011: The redirect URI is not right. Trace ID: 853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a "
               "Correlation ID: 11111111-5bfa-4b22-a3f3-0b9a43d9ad8a Timestamp: 2026-11-24 14:02:03Z",
               "aadsts", "AADSTS50011"},
           Row{"Trace ID: 853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a", "trace-id",
               "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a"},
           Row{"Correlation ID: 11111111-5bfa-4b22-a3f3-0b9a43d9ad8a", "correlation-id",
               "11111111-5bfa-4b22-a3f3-0b9a43d9ad8a"},
           Row{"x-ms-error-code: AuthenticationFailed", "error.code", "AuthenticationFailed"},
           Row{"<Error><Code>AuthorizationFailure</Code><Message>This request is not "
               "authorized</Message></Error>",
               "error.code", "AuthorizationFailure"},
           Row{"<Error><Code>X1</Code><Message>This request is not authorized</Message></Error>",
               "error.detail", "This request is not authorized"},
           Row{R"({"error":{"code":"ForbiddenByFirewall","message":"Client address is not authorized"}})",
               "error.code", "ForbiddenByFirewall"},
           Row{"ERROR: (AuthorizationFailed) The client does not have authorization", "error.code",
               "AuthorizationFailed"},
           Row{"ERROR: (AuthorizationFailed) The client does not have authorization", "error.detail",
               "The client does not have authorization"},
           Row{"failed with HRESULT 0x830C1011 at", "hresult", "0x830c1011"},
           Row{"HTTP/1.1 502 Bad Gateway", "status", "502"},
           Row{"The remote server returned an error: (403) Forbidden.", "status", "403"},
           Row{"Response status code does not indicate success: 503 (Service Unavailable).", "status", "503"},
           Row{"it shows 504 Gateway Timeout since noon", "status", "504"},
           Row{"StatusCode: 429, ReasonPhrase: 'Too Many Requests'", "status", "429"},
           Row{"Msg 40613, Level 17, State 1", "sql", "40613"},
           Row{"Error: 18456, Severity: 14", "sql", "18456"},
           Row{"Client with IP address '20.105.224.40' is not allowed to access the server.", "address-named",
               "20.105.224.40"},
           Row{"from fd00::12, to 10.0.0.4.", "addresses", "10.0.0.4, fd00::12"},
           Row{"version 1.2.3.4.5 and 999.1.1.1 in shop.contoso.com", "addresses", ""},
           Row{"cannot reach shop.azurewebsites.net or acct.blob.core.windows.net", "hosts",
               "shop.azurewebsites.net, acct.blob.core.windows.net"},
           Row{"x-azure-ref: 20261124T140203Z-r17c9f0000000abc", "azure-ref",
               "20261124T140203Z-r17c9f0000000abc"},
           Row{"at 2026-11-24T14:02:03.5Z HTTP/1.1 500", "time", "2026-11-24T14:02:03.5Z"},
           Row{"see https://contoso.com/help?x=1.", "urls", "https://contoso.com/help?x=1."},
       }) {
    CAPTURE(row.text);
    CHECK(fact_of(read("error", row.text + "\r\n"), row.name.c_str()) == row.value);
  }
}

TEST_CASE("error: a text without anything to hold on to") {
  CHECK(failure(read("error", "it does not work")) == FailureKind::unreadable);
  CHECK(failure(read("error", "")) == FailureKind::unreadable);
}

const char* const kCurl = R"(user@host:~$ curl -sv -o /dev/null https://shop.contoso.com/
*   Trying 20.105.224.40:443...
* Connected to shop.contoso.com (20.105.224.40) port 443 (#0)
* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384
* Server certificate:
*  subject: CN=*.contoso.com
*  expire date: Apr 16 23:59:59 2027 GMT
*  issuer: C=US; O=Contoso; CN=Contoso Issuing
*  SSL certificate verify ok.
> GET / HTTP/1.1
> Host: shop.contoso.com
>
< HTTP/1.1 503 Service Unavailable
< Content-Type: text/html
< x-azure-ref: 20261124T140203Z-r17c9f
< Set-Cookie: ARRAffinity=0f1e;Path=/;HttpOnly
< Set-Cookie: b=2
<
{ [1270 bytes data]
* Connection #0 to host shop.contoso.com left intact
)";

TEST_CASE("curl: verbose output") {
  const Reading reading = read("curl-headers", kCurl);
  CHECK(fact_of(reading, "status") == "503");
  CHECK(fact_of(reading, "reason") == "Service Unavailable");
  CHECK(fact_of(reading, "version") == "1.1");
  CHECK(fact_of(reading, "headers.x-azure-ref") == "20261124T140203Z-r17c9f");
  CHECK(fact_of(reading, "header-values.set-cookie") == "ARRAffinity=0f1e;Path=/;HttpOnly, b=2");
  CHECK(fact_of(reading, "cookies.ARRAffinity") == "0f1e");
  CHECK(fact_of(reading, "cookies.b") == "2");
  CHECK(fact_of(reading, "protocol") == "1.3");
  CHECK(fact_of(reading, "cipher") == "TLS_AES_256_GCM_SHA384");
  CHECK(fact_of(reading, "certificate.subject") == "CN=*.contoso.com");
  CHECK(fact_of(reading, "certificate.problems") == "-");
  CHECK(reading.observation.address == "20.105.224.40");
  CHECK(reading.observation.family == 4);
  CHECK(fact::look(reading.observation, "headers.x-cache", "headers").known);
  CHECK(reading.unread.empty());
}

TEST_CASE("curl: quoted in a mail it reads the same") {
  std::string quoted;
  for (const std::string_view line : {"> < HTTP/2 502", "> < server: nginx", "> <", "> "})
    quoted += std::string(line) + "\r\n";
  const Reading reading = read("curl-headers", quoted);
  CHECK(fact_of(reading, "status") == "502");
  CHECK(fact_of(reading, "version") == "2");
  CHECK(fact_of(reading, "headers.server") == "nginx");
}

TEST_CASE("curl: the last of several responses counts") {
  const Reading reading =
      read("curl-headers",
           "HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 301 Moved\r\nLocation: https://a/\r\n\r\n"
           "HTTP/1.1 404 Site Not Found\r\nX-A: 1\r\n\r\n<html>gone</html>\r\n");
  CHECK(fact_of(reading, "status") == "404");
  CHECK(fact_of(reading, "reason") == "Site Not Found");
  CHECK(fact_of(reading, "headers.x-a") == "1");
  CHECK(fact_of(reading, "headers.location") == "-");
  CHECK(fact_of(reading, "body") == "<html>gone</html>\n");
}

TEST_CASE("curl: out of a browser") {
  const Reading reading =
      read("curl-headers",
           "Request URL: https://x/\nRequest Method: GET\nStatus Code: 502 Bad Gateway\nserver: Kestrel\n");
  CHECK(fact_of(reading, "status") == "502");
  CHECK(fact_of(reading, "headers.server") == "Kestrel");
}

TEST_CASE("curl: failures") {
  struct Row {
    std::string text;
    FailureKind kind;
    std::string operation;
  };
  for (const Row& row : {
           Row{"curl: (6) Could not resolve host: shop.contoso.com", FailureKind::dns_nxdomain, "resolve"},
           Row{"curl: (7) Failed to connect to x port 443 after 2 ms: Connection refused",
               FailureKind::tcp_refused, "connect"},
           Row{"curl: (28) Connection timed out after 5001 milliseconds", FailureKind::tcp_timeout,
               "connect"},
           Row{"curl: (28) Operation timed out after 60001 milliseconds with 0 bytes received",
               FailureKind::http_timeout, "response"},
           Row{"curl: (35) error:0A00042E:SSL routines::tlsv1 alert protocol version",
               FailureKind::tls_version, "handshake"},
           Row{"curl: (35) error:0A00010B:SSL routines::wrong version number", FailureKind::tls_not_tls,
               "handshake"},
           Row{"curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to x:443",
               FailureKind::tls_closed, "handshake"},
           Row{"curl: (52) Empty reply from server", FailureKind::http_closed, "response"},
           Row{"curl: (56) Recv failure: Connection reset by peer", FailureKind::http_closed, "response"},
           Row{"curl: (56) CONNECT tunnel failed, response 407", FailureKind::proxy_auth, "proxy"},
           Row{"curl: (5) Could not resolve proxy: p", FailureKind::proxy_unreachable, "proxy"},
       }) {
    CAPTURE(row.text);
    const Reading reading = read("curl-headers", row.text);
    CHECK(failure(reading) == row.kind);
    CHECK(reading.observation.failure->operation == row.operation);
  }
  const Reading bad = read("curl-headers", "curl: (60) SSL certificate problem: certificate has expired");
  CHECK(failure(bad) == FailureKind::tls_certificate);
  CHECK(fact_of(bad, "certificate.problems") == "expired");
  CHECK(failure(read("curl-headers", "nothing of the kind")) == FailureKind::unreadable);
}

TEST_CASE("nslookup: Windows") {
  const Reading reading =
      read("nslookup",
           "C:\\> nslookup acct.blob.core.windows.net\r\nServer:  UnKnown\r\nAddress:  168.63.129.16\r\n\r\n"
           "Non-authoritative answer:\r\nName:    acct.privatelink.blob.core.windows.net\r\n"
           "Addresses:  10.0.0.4\r\n          fd00::5\r\nAliases:  acct.blob.core.windows.net\r\n          "
           "mid.contoso.com\r\n");
  CHECK(fact_of(reading, "server") == "168.63.129.16");
  CHECK(fact_of(reading, "exists") == "true");
  CHECK(fact_of(reading, "rcode") == "noerror");
  CHECK(fact_of(reading, "addresses") == "10.0.0.4, fd00::5");
  CHECK(fact_of(reading, "ipv4") == "10.0.0.4");
  CHECK(fact_of(reading, "class") == "private");
  CHECK(fact_of(reading, "chain") == "mid.contoso.com, acct.privatelink.blob.core.windows.net");
  CHECK(fact_of(reading, "alias") == "mid.contoso.com");
  CHECK(fact_of(reading, "last") == "acct.privatelink.blob.core.windows.net");
  CHECK(reading.unread.empty());
}

TEST_CASE("nslookup: Linux") {
  const Reading reading = read(
      "nslookup",
      "Server:\t\t127.0.0.53\nAddress:\t127.0.0.53#53\n\nNon-authoritative answer:\n"
      "www.contoso.com\tcanonical name = a.azurefd.net.\na.azurefd.net\tcanonical name = b.t-msedge.net.\n"
      "Name:\tb.t-msedge.net\nAddress: 20.105.224.40\n");
  CHECK(fact_of(reading, "server") == "127.0.0.53");
  CHECK(fact_of(reading, "addresses") == "20.105.224.40");
  CHECK(fact_of(reading, "class") == "public");
  CHECK(fact_of(reading, "chain") == "a.azurefd.net, b.t-msedge.net");
  CHECK(reading.unread.empty());
}

TEST_CASE("nslookup: an address without aliases has no chain, and that is known") {
  const Reading reading =
      read("nslookup", "Server: x\nAddress: 10.0.0.1\n\nName: shop.contoso.com\nAddress: 10.0.0.9\n");
  CHECK(fact_of(reading, "chain").empty());
  CHECK(fact_of(reading, "alias") == "-");
  CHECK(fact::look(reading.observation, "alias", "alias").known);
}

TEST_CASE("nslookup: failures") {
  struct Row {
    std::string text;
    FailureKind kind;
  };
  for (const Row& row :
       {Row{"** server can't find x.contoso.com: NXDOMAIN", FailureKind::dns_nxdomain},
        Row{"*** UnKnown can't find x: Non-existent domain", FailureKind::dns_nxdomain},
        Row{"** server can't find x: SERVFAIL", FailureKind::dns_servfail},
        Row{"** server can't find x: REFUSED", FailureKind::dns_refused},
        Row{"DNS request timed out.\n    timeout was 2 seconds.\n*** Request to UnKnown timed-out",
            FailureKind::dns_timeout},
        Row{";; connection timed out; no servers could be reached", FailureKind::dns_timeout},
        Row{"*** Can't find x: No answer", FailureKind::dns_no_data},
        Row{"Resolve-DnsName : x : DNS name does not exist", FailureKind::dns_nxdomain}}) {
    CAPTURE(row.text);
    const ReaderSpec* spec = find_reader("nslookup");
    const Reading reading = read_text(*spec, row.text);
    CHECK(failure(reading) == row.kind);
  }
  CHECK(failure(read("nslookup", "hello")) == FailureKind::unreadable);
}

TEST_CASE("nslookup: Resolve-DnsName") {
  const Reading reading = read("nslookup",
                               "Name                 Type   TTL   Section    NameHost\n----                 "
                               "----   ---   -------    --------\n"
                               "www.contoso.com      CNAME  60    Answer     a.azurefd.net\n\n"
                               "Name       : a.azurefd.net\nQueryType  : A\nTTL        : 60\nSection    : "
                               "Answer\nIP4Address : 20.105.224.40\n");
  CHECK(fact_of(reading, "chain") == "a.azurefd.net");
  CHECK(fact_of(reading, "addresses") == "20.105.224.40");
}

TEST_CASE("dig: a whole answer") {
  const Reading reading =
      read("dig",
           "$ dig www.contoso.com\n; <<>> DiG 9.18 <<>> www.contoso.com\n;; ->>HEADER<<- opcode: QUERY, "
           "status: NOERROR, id: 1\n"
           ";; flags: qr rd ra ad; QUERY: 1\n\n;; QUESTION SECTION:\n;www.contoso.com. IN A\n\n;; ANSWER "
           "SECTION:\n"
           "www.contoso.com.\t300\tIN\tCNAME\tA.azurefd.net.\na.azurefd.net. 60 IN A 20.105.224.40\n\n"
           ";; Query time: 4 msec\n;; SERVER: 10.0.0.2#53(10.0.0.2)\n");
  CHECK(fact_of(reading, "rcode") == "noerror");
  CHECK(fact_of(reading, "chain") == "a.azurefd.net");
  CHECK(fact_of(reading, "addresses") == "20.105.224.40");
  CHECK(fact_of(reading, "ttl") == "60");
  CHECK(fact_of(reading, "server") == "10.0.0.2");
  CHECK(fact_of(reading, "authentic") == "true");
  CHECK(reading.unread.empty());
}

TEST_CASE("dig: short, denied and silent") {
  const Reading shortened = read("dig", "a.azurefd.net.\n10.0.0.4\n10.0.0.5\n");
  CHECK(fact_of(shortened, "addresses") == "10.0.0.4, 10.0.0.5");
  CHECK(fact_of(shortened, "alias") == "a.azurefd.net");
  const ReaderSpec* spec = find_reader("dig");
  const Reading denied =
      read_text(*spec,
                ";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n;; AUTHORITY SECTION:\n"
                "contoso.com. 300 IN SOA ns1.contoso.com. host.contoso.com. 1 2 3 4 5\n");
  CHECK(failure(denied) == FailureKind::dns_nxdomain);
  CHECK(fact_of(denied, "denied-by") == "contoso.com");
  CHECK(fact_of(denied, "exists") == "false");
  CHECK(failure(read_text(*spec, ";; connection timed out; no servers could be reached")) ==
        FailureKind::dns_timeout);
  CHECK(failure(read_text(*spec, ";; ->>HEADER<<- status: NOERROR")) == FailureKind::dns_no_data);
  CHECK(failure(read("dig", "x y z")) == FailureKind::unreadable);
}

std::string s_client(const std::string& pem, const std::string& verify) {
  return "$ openssl s_client -connect shop.contoso.com:443 -servername shop.contoso.com "
         "</dev/null\nCONNECTED(00000003)\n" +
         verify +
         "---\nCertificate chain\n 0 s:CN = shop.contoso.com\n   i:C = US, O = Contoso, CN = Contoso "
         "Issuing\n"
         " 1 s:C = US, O = Contoso, CN = Contoso Issuing\n   i:CN = Contoso Root\n---\nServer certificate\n" +
         pem +
         "subject=CN = shop.contoso.com\n\nissuer=C = US, O = Contoso, CN = Contoso Issuing\n\n---\n"
         "No client certificate CA names sent\n---\nNew, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384\n"
         "Verify return code: 0 (ok)\n---\n";
}

TEST_CASE("openssl: a good server") {
  const test::Identity leaf =
      test::self_signed({.common_name = "shop.contoso.com", .dns = {"shop.contoso.com"}});
  const Reading reading = read("openssl", s_client(leaf.certificate_pem(), ""));
  CHECK(fact_of(reading, "protocol") == "1.3");
  CHECK(fact_of(reading, "cipher") == "TLS_AES_256_GCM_SHA384");
  CHECK(fact_of(reading, "sent") == "2");
  CHECK(reading.observation.facts.at("chain").as_list()[1].as_record().at("issuer").as_text() ==
        "CN=Contoso Root");
  CHECK(fact_of(reading, "certificate.names") == "shop.contoso.com");
  CHECK(fact_of(reading, "certificate.problems").empty());
  CHECK(fact_of(reading, "client-certificate-asked") == "false");
  const Reading other = read("openssl", s_client(leaf.certificate_pem(), ""), {},
                             {{"host", fact::Value::text("pay.contoso.com")}});
  CHECK(fact_of(other, "certificate.problems") == "name-mismatch");
}

TEST_CASE("openssl: faults") {
  const test::Identity old = test::self_signed({.common_name = "x", .valid_from = -9, .valid_until = -1});
  const Reading bad =
      read("openssl",
           s_client(old.certificate_pem(), "verify error:num=20:unable to get local issuer certificate\n"));
  CHECK(fact_of(bad, "certificate.problems") == "chain-incomplete, expired, name-mismatch");
  const ReaderSpec* spec = find_reader("openssl");
  const Reading refused =
      read_text(*spec,
                "CONNECTED(00000003)\n80AB:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol "
                "version:s3_lib.c:1:SSL alert number 70\n---\nNew, (NONE), Cipher is (NONE)\n");
  CHECK(failure(refused) == FailureKind::tls_version);
  CHECK(fact_of(refused, "alert") == "protocol_version");
  CHECK(failure(read_text(*spec, "connect: Connection refused\nconnect:errno=111")) ==
        FailureKind::tcp_refused);
  CHECK(failure(read_text(*spec, "CONNECTED(00000003)\nerror:0A00010B:SSL routines:wrong version number")) ==
        FailureKind::tls_not_tls);
  CHECK(failure(read_text(*spec, "CONNECTED(00000003)\nwrite:errno=104\n")) == FailureKind::tls_closed);
  CHECK(failure(read("openssl", "hello")) == FailureKind::unreadable);
}

TEST_CASE("readers: hostile texts come to an end") {
  for (const std::string& piece :
       {std::string("{\""), std::string("a: b\n"), std::string("\x1b]"), std::string("> "),
        std::string("HTTP/1.1 200\n"), std::string("-----BEGIN CERTIFICATE-----\n"), std::string("10.0.0.1 "),
        std::string("--- ---\n"), std::string("\0\xff", 2), std::string("status: "),
        std::string(" 0 s:CN=a\n")}) {
    std::string text;
    while (text.size() < 16 * 1024) text += piece;
    for (const ReaderSpec* reader : all_readers()) {
      CAPTURE(piece);
      CAPTURE(reader->name);
      const Reading reading = read_text(*reader, text, {}, std::vector<Wanted>{{"a", Kind::text}});
      CHECK(reading.unread.size() <= 100);
    }
  }
}

}  // namespace
}  // namespace aztriage::decode
