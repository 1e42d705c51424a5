#include "decode/mask.h"

#include "decode/encoding.h"
#include "decode/secret.h"
#include "decode/secret_forms.h"
#include "decode/secret_layers.h"
#include "decode/secret_scan.h"

#include <doctest/doctest.h>

namespace aztriage::decode {
namespace {

// None of these opens anything: they only have the form.
const std::string kSig = "Tm90QVJlYWxTaWduYXR1cmUxMjM0NTY3ODkwYWJjZGU%3D";
const std::string kKey64 =
    "Zm9yIHRlc3RzIG9ubHksIGZvciB0ZXN0cyBvbmx5LCBmb3IgdGVzdHMgb25seSwgZm9yIHRlc3RzIG9ubHksIQ==";
const std::string kKey32 = "b25seSBmb3IgdGVzdHMsIHRoaXJ0eS10d28gYnl0ZXM=";
const std::string kJwt = "eyJhbGciOiJub25lIn0.eyJhdWQiOiJodHRwczovL2NvbnRvc28uY29tIn0.c2lnbmF0dXJl";
const std::string kFunctionKey = "Tm90QUZ1bmN0aW9uS2V5MTIzNDU2Nzg5MDEyMzQ1Njc4OTA==";

struct Row {
  std::string text;
  std::string masked;
};

/// `@1` to `@5` stand for the secrets above, in the text and (as `***`) in what is left of it.
std::vector<Row> planted() {
  return {
      // shared access signatures
      {"https://acct.blob.core.windows.net/c/b?sv=2022-11-02&sp=r&sig=@1", ""},
      {"https://acct.blob.core.windows.net/c/b?sig=@1&se=2026-11-24T14%3A02Z&sp=r", ""},
      {"?sv=2022-11-02&ss=bfqt&srt=sco&sp=rl&se=2027-01-01&sig=@1", ""},
      {"SharedAccessSignature sr=sb%3a%2f%2fns.servicebus.windows.net&sig=@1&se=1795000000&skn=Root", ""},
      {"Authorization: SharedAccessSignature sr=x&sig=@1&se=1795000000&skn=send", ""},
      {"BlobEndpoint=https://a.blob.core.windows.net/;SharedAccessSignature=sv=2022-11-02&sig=@1;", ""},
      {R"({"url":"https://a.blob.core.windows.net/c?sv=1\u0026sig=@1\u0026sp=r"})", ""},
      {"<a href=\"https://a.blob.core.windows.net/c?sv=1&amp;sig=@1&amp;sp=r\">", ""},
      {"redirect=https%3A%2F%2Fa.blob.core.windows.net%2Fc%3Fsv%3D1%26sig%3DTm90QVJlYWxTaWduYXR1cmU%253D%"
       "26sp%3Dr",
       "redirect=https%3A%2F%2Fa.blob.core.windows.net%2Fc%3Fsv%3D1%26sig%3D***%26sp%3Dr"},
      // keys in connection strings
      {"DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=@2;EndpointSuffix=core.windows.net", ""},
      {"AccountEndpoint=https://acct.documents.azure.com:443/;AccountKey=@2;", ""},
      {"Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=@3;EntityPath=q",
       ""},
      {"HostName=hub.azure-devices.net;SharedAccessKeyName=owner;SharedAccessKey=@3", ""},
      {"Endpoint=https://x.service.signalr.net;AccessKey=@3;Version=1.0;", ""},
      {"Endpoint=https://x.azconfig.io;Id=abcd;Secret=@3", ""},
      {"contoso.redis.cache.windows.net:6380,password=@3,ssl=True,abortConnect=False", ""},
      {"Server=tcp:s.database.windows.net,1433;Initial Catalog=d;User ID=u;Password=p@ss, w&rd "
       "!;Encrypt=True",
       "Server=tcp:s.database.windows.net,1433;Initial Catalog=d;User ID=u;Password=***;Encrypt=True"},
      {"Server=s;Database=d;Uid=u;Pwd='semi;colon';Encrypt=True",
       "Server=s;Database=d;Uid=u;Pwd='***';Encrypt=True"},
      {"Host=pg.contoso.com;Username=u;Password=Hunter-2", "Host=pg.contoso.com;Username=u;Password=***"},
      {"AZURE_STORAGE_CONNECTION_STRING='AccountName=a;AccountKey=@2'", ""},
      {R"("connectionString": "AccountName=a;AccountKey=@2;")", ""},
      {"AccountName%3Dacct%3BAccountKey%3DZm9yIHRlc3RzIG9ubHksIGZvciB0ZXN0cyBvbmx5%3BEndpointSuffix%3Dx",
       "AccountName%3Dacct%3BAccountKey%3D***%3BEndpointSuffix%3Dx"},
      // headers
      {"Authorization: Bearer @4", "Authorization: Bearer ***"},
      {"> Authorization: Basic dXNlcjpodW50ZXIyIQ==\r\n> Accept: */*",
       "> Authorization: Basic ***\r\n> Accept: */*"},
      {"authorization: SharedKey acct:@3", "authorization: SharedKey ***"},
      {"Proxy-Authorization: Basic dXNlcjpodW50ZXIyIQ==", "Proxy-Authorization: Basic ***"},
      {"Authorization: Negotiate YIIGhgYGKwYBBQUCoIIGejCCBnY=", "Authorization: Negotiate ***"},
      {"Authorization: Digest username=\"u\", response=\"6629fae49393a05397450978507c4ef1\"",
       "Authorization: Digest ***"},
      {R"("Authorization": "Bearer abcdefghij0123456789xyz")", R"("Authorization": "Bearer ***")"},
      {"curl -H \"Authorization: Bearer abcdefghij0123456789xyz\" https://x",
       "curl -H \"Authorization: Bearer ***\" https://x"},
      {"the header was Bearer abcdefghij0123456789xyz and failed", "the header was Bearer *** and failed"},
      {"x-functions-key: @5", ""},
      {"Ocp-Apim-Subscription-Key: 0123456789abcdef0123456789abcdef", "Ocp-Apim-Subscription-Key: ***"},
      {"api-key: 0123456789ABCDEF0123456789abcdef", "api-key: ***"},
      {"aeg-sas-key: @3", ""},
      {"X-IDENTITY-HEADER: 853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a", "X-IDENTITY-HEADER: ***"},
      {"X-MS-TOKEN-AAD-ACCESS-TOKEN: @4", ""},
      // cookies
      {"Cookie: session=s3cr3tvalue; ARRAffinity=0f1e2d", "Cookie: session=***; ARRAffinity=0f1e2d"},
      {"Set-Cookie: .AspNetCore.Cookies=CfDJ8N; path=/; secure; httponly",
       "Set-Cookie: .AspNetCore.Cookies=***; path=/; secure; httponly"},
      {"< set-cookie: ESTSAUTH=0.AXoA; domain=.login.microsoftonline.com\n< x: y",
       "< set-cookie: ESTSAUTH=***; domain=.login.microsoftonline.com\n< x: y"},
      {"curl -H 'Cookie: AppServiceAuthSession=abc/def+1==' https://x",
       "curl -H 'Cookie: AppServiceAuthSession=***' https://x"},
      // tokens
      {"id_token=@4&state=1", "id_token=***&state=1"},
      {R"({"access_token":"@4","token_type":"Bearer"})", ""},
      {R"({"refresh_token":"0.AXoAexampleexample1234"})", R"({"refresh_token":"***"})"},
      {"token is @4.", "token is ***."},
      {"#access_token=@4&expires_in=3599", ""},
      {"client_assertion=@4", ""},
      {"SAMLResponse=PHNhbWxwOlJlc3BvbnNlIHhtbG5zOnNhbWxw", "SAMLResponse=***"},
      {"git clone https://ghp_abcdefghijklmnopqrst0123456789ABCDEF@github.com/x",
       "git clone https://***@github.com/x"},
      {"GITHUB: ghp_abcdefghijklmnopqrst0123456789ABCDEF", "GITHUB: ***"},
      // function keys and query keys
      {"https://f.azurewebsites.net/api/x?code=@5", "https://f.azurewebsites.net/api/x?code=***"},
      {"https://f.azurewebsites.net/api/x?a=1&code=@5&b=2",
       "https://f.azurewebsites.net/api/x?a=1&code=***&b=2"},
      {"https://api.contoso.com/?subscription-key=0123456789abcdef0123456789abcdef",
       "https://api.contoso.com/?subscription-key=***"},
      // client secrets and passwords
      {"client_secret=abc8Q~abcdefghijklmnopqrstuvwxyz012345678", "client_secret=***"},
      {"the secret abc8Q~abcdefghijklmnopqrstuvwxyz012345678 expired", "the secret *** expired"},
      {"AZURE_CLIENT_SECRET=hunter2hunter2", "AZURE_CLIENT_SECRET=***"},
      {"\"password\" : \"hunter2\"", "\"password\" : \"***\""},
      {R"({\"password\":\"hunter2\"})", R"({\"password\":\"***\"})"},
      {"{&quot;password&quot;:&quot;hunter2&quot;}", "{&quot;password&quot;:&quot;***&quot;}"},
      {"password: hunter2\nuser: u", "password: ***\nuser: u"},
      {"az sql server create --admin-password 'Hunter 2!' -n s",
       "az sql server create --admin-password '***' -n s"},
      {"--account-key @2 --name x", "--account-key *** --name x"},
      {"grant_type=password&username=u&password=hunter%262&x=1",
       "grant_type=password&username=u&password=***&x=1"},
      {"MSSQL_SA_PASSWORD=Hunter-2", "MSSQL_SA_PASSWORD=***"},
      {"curl -u deploy:Hunter-2 https://x.scm.azurewebsites.net",
       "curl -u deploy:*** https://x.scm.azurewebsites.net"},
      {"https://user:hunter2@contoso.com/path", "https://user:***@contoso.com/path"},
      {"mongodb://acct:ab/cd+ef==@acct.mongo.cosmos.azure.com:10255/?ssl=true",
       "mongodb://acct:***@acct.mongo.cosmos.azure.com:10255/?ssl=true"},
      {"rediss://:ab/cd+ef=@contoso.redis.cache.windows.net:6380",
       "rediss://:***@contoso.redis.cache.windows.net:6380"},
      {"postgres%3A%2F%2Fu%3Ahunter2%40pg.contoso.com%2Fdb",
       "postgres%3A%2F%2Fu%3A***%40pg.contoso.com%2Fdb"},
      // what is a secret by itself
      {"key1 @2", ""},
      {"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----",
       "-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----"},
      {"-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBg", "-----BEGIN RSA PRIVATE KEY-----***"},
      {R"("key":"-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END OPENSSH PRIVATE KEY-----")",
       R"("key":"-----BEGIN OPENSSH PRIVATE KEY-----***-----END OPENSSH PRIVATE KEY-----")"},
      {"value abcdefghijklmnopqrstuvwxyz0123456AzCaBCDEFG1= end", "value *** end"},
      {"k=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhAzFuBCDEFQ==", "k=***"},
  };
}

std::string fill(std::string text, bool secrets) {
  const std::vector<std::string> values = {kSig, kKey64, kKey32, kJwt, kFunctionKey};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string mark = "@" + std::to_string(i + 1);
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos;) {
      text.replace(at, mark.size(), secrets ? values[i] : "***");
    }
  }
  return text;
}

TEST_CASE("mask: planted secrets go, what stands around them stays") {
  REQUIRE(planted().size() >= 60);
  for (const Row& row : planted()) {
    const std::string text = fill(row.text, true);
    const std::string expected = row.masked.empty() ? fill(row.text, false) : row.masked;
    CAPTURE(text);
    const Masked masked = mask(text);
    CHECK(masked.text == expected);
    CHECK(masked.count >= 1);
    CHECK(mask(masked.text).text == masked.text);
    CHECK(mask(masked.text).count == 0);
    CHECK_FALSE(find_secrets(text).empty());
  }
}

TEST_CASE("mask: planted secrets go in the middle of a longer text, too") {
  for (const Row& row : planted()) {
    if (row.text.find("BEGIN RSA") != std::string::npos)
      continue;  // without an end it takes all that follows
    const std::string expected = row.masked.empty() ? fill(row.text, false) : row.masked;
    const std::string text = "2026-11-24 14:02 first line\n" + fill(row.text, true) + "\nlast line\n";
    CAPTURE(text);
    CHECK(mask(text).text == "2026-11-24 14:02 first line\n" + expected + "\nlast line\n");
  }
}

TEST_CASE("mask: innocent texts stay as they are") {
  const std::vector<std::string> innocent = {
      "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"https://contoso.com\", "
      "error=\"invalid_token\"",
      "WWW-Authenticate: Bearer "
      "authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\"",
      "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is the client secret "
      "value",
      "AADSTS50126: Error validating credentials due to invalid username or password.",
      "Login failed for user 'app'. Reason: Password did not match that for the login provided.",
      "Password: must be at least 8 characters",
      "The token: was not found",
      "error code=404, sub code=16",
      "https://contoso.com/?code=404&page=2",
      "https://contoso.com/search?key=shoes&sort=price",
      "x-azure-ref: 20261124T140203Z-r17c9f0000000000000abcdef0123456",
      "x-ms-request-id: 853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a",
      "ETag: \"0x8DB3A5C7F1E2D40\"\r\nContent-MD5: XrY7u+Ae7tCTyyK7j1rNww==",
      "integrity=\"sha512-"
      "vSWuf0uMOVtGXyUSEqfdhSOfzXLmTs2tLWYcRfgnhBAAGwuFGEZK5t0F3xMVDWhDHrfMfmGHQWRvfhQZVJwsnQ==\"",
      "Set-Cookie: ARRAffinity=0f1e2d3c4b5a;Path=/;HttpOnly;Secure;Domain=shop.azurewebsites.net",
      "Cookie: ASLBSA=0003; ASLBSACORS=0003",
      "System.Data, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089",
      "/subscriptions/853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a/resourceGroups/shop-rg/providers/Microsoft.Web/"
      "sites/shop",
      "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 user@contoso.com",
      "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQG\n-----END "
      "CERTIFICATE-----",
      "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----",
      "PWD=/home/user\nOLDPWD=/tmp/work2",
      "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/db/853b9a845bfa4b22a3f30b9a43d9ad8a)",
      "\"password\": null, \"secret\": \"\", \"adminPassword\": \"<hidden>\"",
      "password=${DB_PASSWORD}; AccountKey=$(accountKey)",
      "az keyvault secret show --name db --vault-name v",
      "SharedAccessKeyName=RootManageSharedAccessKey;EntityPath=orders",
      "https://contoso.com:8443/path?email=a@contoso.com",
      "tcp://10.0.0.4:1433 and http://[::1]:8080/x",
      "sig=9 received, code=137, exit",
      "nextPageToken: CAUQAA0123456789 continuationToken=abc123def456",
      "Front Door answered 502 after 0.4 s, page made by Front Door",
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "Strict-Transport-Security: max-age=31536000; includeSubDomains",
      "50 % of 100%25 and C:\\temp\\new \\u0041",
      "Authorization: failed",
      "primary key: id, foreign key: order_id",
      "ERROR 1045 (28000): Access denied for user 'app'@'10.0.0.4' (using password: YES)",
      "WWW-Authenticate: Bearer authorization=\"https://login.microsoftonline.com/t1\", "
      "resource=\"https://x\"",
      "Thumbprint: 4A5B6C7D8E9F0A1B2C3D4E5F60718293A4B5C6D7  issuer CN=Contoso CA",
      "SHA256 "
      "Fingerprint=AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55",
      "SHA256:uNiVztksCsDhcc0u9e8BrvQuJrjQHAPyh2fdcKxSh3c azureuser@vm",
      "contoso.azurecr.io/shop@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "docker run -p 8080:80 contoso.azurecr.io/shop:v1\nssh -p 2222 azureuser@10.0.0.4",
      "az webapp list -g shop-rg -o table\nnslookup -type=A contoso.com 168.63.129.16",
      "220 ftp.contoso.com\nAUTH TLS\n234 AUTH TLS OK.\nauth failed for user app",
      "jdbc:sqlserver://s.database.windows.net:1433;database=d;user=u@s;encrypt=true",
      "{\"name\": \"shop\", \"value\": \"true\"}, {\"name\": \"MODE\", \"value\": "
      "\"0123456789abcdef01234567\"}",
      "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "x-ms-correlation-request-id: 5f1d3c0e-8f5e-4b7a-9a51-0c2f7f3e1b22 Location: /a/b?c=d",
      "pin-sha256=\"cUPcTAZWKaASuYWhhneDttWpY3oBAkE3h2+soZS7sWs=\"; Digest: "
      "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
      "apiVersion: v1\nkind: ConfigMap\ndata:\n  mode: fast\n  url: https://contoso.com",
      "validation_token: MS=ms12345678\nasuid.shop.contoso.com TXT 0123456789ABCDEF0123456789ABCDEF",
      "Failed password for invalid user admin from 203.0.113.7 port 55000 ssh2",
      "token: {status: 401, codes: [AADSTS7000215], error: invalid_client}",
      "net use to the file share fails, and net use \\\\acct.file.core.windows.net\\share fails with error "
      "53",
      "the net user and the net use commands",
      "password=@FILE reads the value from a file",
      "net user\nUser accounts for \\\\VM1\nAdministrator  azureuser  Guest",
      "GET https://shop.contoso.com:8443/a/b;c=d?e=f@g HTTP/1.1",
  };
  REQUIRE(innocent.size() >= 20);
  for (const std::string& text : innocent) {
    CAPTURE(text);
    CHECK(mask(text).text == text);
    CHECK(mask(text).count == 0);
  }
}

TEST_CASE("mask: known values in every form") {
  SecretSet known;
  const std::string value = "pa/ss+wo rd=\"1\"";
  known.add(value);
  const std::vector<std::string> forms = {
      value,
      percent_encode(value),
      percent_encode(percent_encode(value)),
      "pa/ss%2bwo%20rd=%221%22",
      "pa/ss+wo rd=\\\"1\\\"",
      base64_encode(value),
      base64_encode("user:" + value),
      base64_encode("xy" + value + "trailer"),
      percent_encode(base64_encode("u:" + value)),
  };
  for (const std::string& form : forms) {
    CAPTURE(form);
    const Masked masked = mask("before <" + form + "> after", known);
    CHECK(masked.text == "before <***> after");
    CHECK(masked.count == 1);
  }
  CHECK(mask("pa/ss and wo rd", known).count == 0);
}

TEST_CASE("mask: known values as shells, programs and people write them") {
  SecretSet known;
  const std::string value = "it's 100% \"Tr0ub&dor\" + more";
  known.add(value);
  std::string utf16;
  for (const char c : value) utf16 += std::string(1, c) + '\0';
  const std::vector<std::string> forms = {
      "it''s 100% \"Tr0ub&dor\" + more",
      "it'\\''s 100% \"Tr0ub&dor\" + more",
      "it'\"'\"'s 100% \"Tr0ub&dor\" + more",
      "it's 100% `\"Tr0ub&dor`\" + more",
      "it's 100%% \"Tr0ub&dor\" + more",
      "it's 100^% ^\"Tr0ub^&dor^\" + more",
      "it's 100% \"\"Tr0ub&dor\"\" + more",
      "it's+100%25+%22Tr0ub%26dor%22+%2B+more",
      "it\\u0027s 100% \\u0022Tr0ub\\u0026dor\\u0022 \\u002b more",
      "it&#39;s 100% &quot;Tr0ub&amp;dor&#x22; &#43; more",
      "it\\'s\\ 100%\\ \\\"Tr0ub\\&dor\\\"\\ +\\ more",
      base64_encode(base64_encode(value)),
      base64_encode(utf16),
      base64_encode(percent_encode(value)),
      "697427732031303025202254723075622664"
      "6f7222202b206d6f7265",
  };
  for (const std::string& form : forms) {
    CAPTURE(form);
    CHECK(mask("before <" + form + "> after", known).text == "before <***> after");
  }
  SecretSet words;
  words.add("correct-horse-battery-staple");
  for (const char* form : {"correct-horse-\\\nbattery-staple", "correct-horse-`\nbattery-staple",
                           "=20correct-horse=\r\n-battery-staple"}) {
    CAPTURE(form);
    CHECK(mask(form, words).text.find("horse") == std::string::npos);
  }
  std::string screen(66, 'x');
  screen[50] = ' ';
  CHECK(mask(screen + "correct-horse-\nbattery-staple", words).text == screen.substr(0, 66) + "***");
}

TEST_CASE("mask: a very short value is found only where it stands alone") {
  SecretSet known;
  known.add("ab");
  known.add("");
  CHECK(mask("ab abc (ab) xab ab=1", known).text == "*** abc (***) xab ***=1");
}

TEST_CASE("mask: values that overlap or repeat") {
  SecretSet known;
  known.add("aaaa");
  known.add("aaab");
  CHECK(mask("xaaaaaaby", known).text == "x***y");
  CHECK(mask("aaaa aaaa", known).text == "*** ***");
}

TEST_CASE("mask: observations") {
  SecretSet known;
  known.add("Sesame-Open");
  fact::Observation seen;
  seen.target = "https://acct.blob.core.windows.net/c?sig=" + kSig;
  seen.summary = "says Sesame-Open";
  seen.failure = fact::Failure{"request", fact::FailureKind::http_closed, "password=hunter2 refused"};
  seen.facts["status"] = fact::Value::number(403);
  seen.facts["headers.authorization"] = fact::Value::text("Bearer abcdefghijklmnop1234");
  seen.facts["headers.set-cookie"] = fact::Value::text("sid=123; Path=/");
  seen.facts["header-values.set-cookie"] =
      fact::Value::list_of(fact::Kind::text, {"sid=123; Path=/", "ARRAffinity=9; Path=/"});
  seen.facts["cookies.sid"] = fact::Value::text("123");
  seen.facts["cookies.ARRAffinity"] = fact::Value::text("9");
  seen.facts["json.data.clientSecret"] = fact::Value::text("plain");
  seen.facts["json.name"] = fact::Value::text("plain");
  seen.facts["redirects"] = fact::Value::list(
      {fact::Value::record({{"url", fact::Value::text("https://x/?sig=" + kSig, fact::Kind::url)},
                            {"status", fact::Value::number(302)}})});
  fact::Observation one;
  one.facts["body"] = fact::Value::text("Sesame-Open");
  seen.tries.push_back(one);
  CHECK(mask(seen, known) == 10);
  CHECK(seen.target == "https://acct.blob.core.windows.net/c?sig=***");
  CHECK(seen.summary == "says ***");
  CHECK(seen.failure->text == "password=*** refused");
  CHECK(seen.facts.at("status").as_number() == 403);
  CHECK(seen.facts.at("headers.authorization").as_text() == "Bearer ***");
  CHECK(seen.facts.at("headers.set-cookie").as_text() == "sid=***; Path=/");
  CHECK(fact::to_text(seen.facts.at("header-values.set-cookie")) == "sid=***; Path=/, ARRAffinity=9; Path=/");
  CHECK(seen.facts.at("cookies.sid").as_text() == "***");
  CHECK(seen.facts.at("cookies.ARRAffinity").as_text() == "9");
  CHECK(seen.facts.at("json.data.clientSecret").as_text() == "***");
  CHECK(seen.facts.at("json.name").as_text() == "plain");
  const auto& redirect = seen.facts.at("redirects").as_list()[0].as_record();
  CHECK(redirect.at("url").as_text() == "https://x/?sig=***");
  CHECK(redirect.at("url").kind() == fact::Kind::url);
  CHECK(seen.tries[0].facts.at("body").as_text() == "***");
  CHECK(mask(seen, known) == 0);
}

TEST_CASE("mask: names of facts in a document say what is secret") {
  fact::Observation seen;
  const auto put = [&](const char* name, const char* value) { seen.facts[name] = fact::Value::text(value); };
  put("json.query.sig.0", "plain");
  put("json.query.page.0", "plain");
  put("json.settings.0.name", "DB_PASSWORD");
  put("json.settings.0.value", "plain");
  put("json.settings.1.name", "MODE");
  put("json.settings.1.value", "plain");
  put("json.auths.contoso.auth", "Y29udG9zbzpodW50ZXIyIQ==");
  put("json.site.auth", "enabled");
  mask(seen);
  CHECK(seen.facts.at("json.query.sig.0").as_text() == "***");
  CHECK(seen.facts.at("json.query.page.0").as_text() == "plain");
  CHECK(seen.facts.at("json.settings.0.name").as_text() == "DB_PASSWORD");
  CHECK(seen.facts.at("json.settings.0.value").as_text() == "***");
  CHECK(seen.facts.at("json.settings.1.value").as_text() == "plain");
  CHECK(seen.facts.at("json.auths.contoso.auth").as_text() == "***");
  CHECK(seen.facts.at("json.site.auth").as_text() == "enabled");
  CHECK(mask(seen) == 0);
}

TEST_CASE("mask: sets of known values add up, and a text of ours keeps its examples") {
  SecretSet known;
  known.add("Sesame-Open");
  SecretSet more;
  more.add("Sesame-Open");
  more.add("Hunter-2");
  known.add(more);
  const std::size_t count = known.needles().size();
  known.add(more);
  CHECK(known.needles().size() == count);
  const Masked masked = mask_known("Sesame-Open, Hunter-2 and password=Example-1", known);
  CHECK(masked.text == "***, *** and password=Example-1");
  CHECK(masked.count == 2);
  CHECK(mask_known("password=Example-1", {}).text == "password=Example-1");
  // What stands for a secret is none.
  known.add("***");
  CHECK(mask_known("***", known).count == 0);
}

/// Every byte that `scan_layers` gives to be looked at.
std::size_t work_on(std::string_view text) {
  std::size_t bytes = 0;
  scan_layers(text, [&](std::string_view piece, std::vector<SecretSpan>& out) {
    bytes += piece.size();
    scan_forms(piece, out);
  });
  return bytes;
}

TEST_CASE("mask: hostile text takes work in proportion to its length") {
  const std::vector<std::string> pieces = {"password=",
                                           "password=a ",
                                           "key=key=",
                                           "authorization: ",
                                           "\\'authorization:",
                                           "cookie: ;;;;",
                                           "cookie: a=b;",
                                           "eyJ",
                                           "eyJaaaaaaaaaa.",
                                           "redis://",
                                           "://a:b@",
                                           "curl -u a:b ",
                                           "-----BEGIN PRIVATE KEY-----",
                                           "%25%32%35",
                                           "\\\\\\\"",
                                           "&quot;",
                                           "Bearer ",
                                           "token=\"",
                                           "sig=",
                                           "?code=",
                                           "====",
                                           "AzFu",
                                           "a",
                                           "\n",
                                           "password='",
                                           "set-cookie: x=y",
                                           "Q~",
                                           "Set-Cookie: a=\"",
                                           "password=;",
                                           "aaab",
                                           "cGFzc3dvcmQ9aHVudGVyMg==",
                                           "cGFzc3dvcmQ9aHVudGVyMg",
                                           "{\"name\":\"",
                                           "name='a''",
                                           "name=\"password\",value=",
                                           "token=\"***\"\"",
                                           "<password>",
                                           "password={",
                                           "kind: Secret\ndata:\n  ",
                                           "\"kind\":\"Secret\",\"data\":{\"",
                                           "Private-Lines:\n",
                                           "-----END PRIVATE KEY-----",
                                           "MIIEvgIBADANBgkqhkiG9w0BAQEFAASC",
                                           "redis-cli -a ",
                                           "AUTH ",
                                           "AUTH\r\n$",
                                           "net user a ",
                                           "a=\n",
                                           "=3D=\n",
                                           "a\\\n",
                                           "&#x26;",
                                           "%2526amp;",
                                           "SharedKey a:",
                                           "Basic ",
                                           std::string(80, 'a') + "\n"};
  SecretSet known;
  known.add("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
  known.add("password=password=password=x");
  for (const std::string& piece : pieces) {
    CAPTURE(piece);
    std::string text;
    while (text.size() < 4 * 1024) text += piece;
    const Masked masked = mask(text, known);
    CHECK(masked.text.size() <= text.size() + 3 * masked.count);
    const Masked again = mask(masked.text, known);
    CHECK(again.count == 0);
    CHECK(again.text == masked.text);
    // Spans are sorted and apart, so that replacing them is one pass; and a longer text is not decoded more
    // often.
    CHECK(masked.count <= text.size());
    CHECK(work_on(text) <= 24 * text.size());
    CHECK(work_on(text + text) <= 2 * work_on(text) + 1024);
  }
}

TEST_CASE("mask: nothing and single bytes") {
  CHECK(mask("").text.empty());
  for (int c = 0; c < 256; ++c) CHECK(mask(std::string(1, static_cast<char>(c))).count == 0);
}

TEST_CASE("secret: a value that does not show itself") {
  Secret secret("hunter2");
  CHECK(secret.shown() == "***");
  CHECK(secret.reveal() == "hunter2");
  Secret moved = std::move(secret);
  CHECK(secret.empty());
  CHECK(secret.shown().empty());
  CHECK(moved.reveal() == "hunter2");
  Secret copy;
  copy = moved;
  CHECK(copy.reveal() == "hunter2");
  moved = Secret("other");
  CHECK(copy.reveal() == "hunter2");
  CHECK(moved.reveal() == "other");
}

}  // namespace
}  // namespace aztriage::decode
