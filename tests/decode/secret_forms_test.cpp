#include "decode/secret_forms.h"

#include "decode/encoding.h"
#include "decode/mask.h"

#include <doctest/doctest.h>

namespace aztriage::decode {
namespace {

// None of these opens anything: they only have the form.
const std::string k32 = "b25seSBmb3IgdGVzdHMsIHRoaXJ0eS10d28gYnl0ZXM=";
const std::string k64 =
    "Zm9yIHRlc3RzIG9ubHksIGZvciB0ZXN0cyBvbmx5LCBmb3IgdGVzdHMgb25seSwgZm9yIHRlc3RzIG9ubHksIQ==";
const std::string k52 = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6kL9nO2qR5tU8wX1z";

/// A text, what is secret in it (`;;` between several), and what has to stay.
struct Row {
  std::string text;
  std::string secret;
  std::string stays;
};

std::vector<Row> connection_strings() {
  return {
      {"Driver={ODBC Driver 18};Server=tcp:s.database.windows.net,1433;Uid=u;Pwd={a;b}}c};Encrypt=yes",
       "a;b}}c", "Encrypt=yes"},
      {"jdbc:sqlserver://s.database.windows.net:1433;database=d;user=u@s;password={p;w}x1};encrypt=true",
       "p;w", "encrypt=true"},
      {"jdbc:sqlserver://s.database.windows.net:1433;database=d;user=u@s;password=Hunter-2;encrypt=true",
       "Hunter-2", "encrypt=true"},
      {"jdbc:mysql://s.mysql.database.azure.com:3306/d?user=u&password=Hunter-2&useSSL=true", "Hunter-2",
       "useSSL=true"},
      {"postgresql://u:p%40ss%2Fw0rd@pg.postgres.database.azure.com:5432/d?sslmode=require", "p%40ss%2Fw0rd",
       "sslmode=require"},
      {"postgresql://u:p@ssw0rd@pg.postgres.database.azure.com:5432/d", "p@ssw0rd", "@pg.postgres"},
      {"https://u:pa/ss#w0rd@contoso.com/x", "pa/ss#w0rd", "@contoso.com/x"},
      {"host=pg.contoso.com port=5432 user=u password='Hun ter-2' sslmode=require", "Hun ter-2", "sslmode"},
      {"mysql://u:Hunter-2@m.mysql.database.azure.com/d", "Hunter-2", "@m.mysql"},
      {"contoso.redis.cache.windows.net:6380,password=" + k32 + ",ssl=True,abortConnect=False", k32,
       "ssl=True"},
      {"InstrumentationKey=5f1d3c0e-8f5e-4b7a-9a51-0c2f7f3e1b22;IngestionEndpoint=https://"
       "x.in.applicationinsights."
       "azure.com/",
       "5f1d3c0e-8f5e-4b7a-9a51-0c2f7f3e1b22", "IngestionEndpoint"},
      {"Endpoint=https://x.webpubsub.azure.com;AccessKey=" + k32 + ";Version=1.0;", k32, "Version=1.0"},
      {"endpoint=https://x.communication.azure.com/;accesskey=" + k64, k64, "x.communication"},
      {"Endpoint=sb://ns.servicebus.windows.net/"
       ";SharedAccessKeyName=DefaultFullSharedAccessSignature;SharedAccessKey=" +
           k32,
       k32, "DefaultFullSharedAccessSignature"},
      {"amqps://RootManageSharedAccessKey:" + percent_encode(k32) + "@ns.servicebus.windows.net/",
       percent_encode(k32), "RootManageSharedAccessKey"},
      {"HostName=h.azure-devices.net;DeviceId=d1;SharedAccessKey=" + k32, k32, "DeviceId=d1"},
      {"sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required "
       "username=\"$ConnectionString\" password=\"Endpoint=sb://n.servicebus.windows.net/;SharedAccessKey=" +
           k32 + "\";",
       k32, "PlainLoginModule"},
  };
}

std::vector<Row> keys_and_tokens() {
  return {
      {"function key " + k52.substr(0, 44) + "AzFuBcdefQ== works", k52.substr(0, 44), "works"},
      {"search key " + k52.substr(0, 42) + "AzSeBcdefG.", k52.substr(0, 42), "search key"},
      {"registry " + k52.substr(0, 42) + "+ACRBcdefG", k52.substr(0, 42), "registry"},
      {"bus " + k52.substr(0, 33) + "+ASbBcdefG=", k52.substr(0, 33), "bus"},
      {"hub " + k52.substr(0, 33) + "+AEhBcdefG=", k52.substr(0, 33), "hub"},
      {"iot " + k52.substr(0, 33) + "AIoTBcdefG=", k52.substr(0, 33), "iot"},
      {"redis " + k52.substr(0, 33) + "AzCaBcdefG=", k52.substr(0, 33), "redis"},
      {"grid " + k52.substr(0, 33) + "AZEGBcdefG=", k52.substr(0, 33), "grid"},
      {"apim " + k52 + k52.substr(0, 24) + "APIMabcdeA==", k52, "apim"},
      {"openai " + k52 + "JQQJ99BAACYeBjFXJ3w3AAABACOGabcd", k52, "openai"},
      {"legacy function key " + k52 + "Qw== end", k52, "end"},
      {"client secret abc8Q~abcdefghijklmnopqrstuvwxyz012345678 expired", "abcdefghijklmnopqrstuvwxyz",
       "expired"},
      {"devops " + std::string("abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrst"),
       "abcdefghijklmnopqrstuvwxyz", "devops"},
      {"kept 0.A" + k52 + k52 + "... cut", k52, "cut"},
      {"databricks dapi0123456789abcdef0123456789abcdef", "0123456789abcdef", "databricks"},
      {"Authorization: SharedKey acct:" + k32, k32, "Authorization"},
      {"curl says SharedKey acct:" + k32 + " was wrong", k32, "acct"},
      {"sent Basic dXNlcjpodW50ZXIyIQ== and failed", "dXNlcjpodW50ZXIyIQ", "and failed"},
      {"Authorization: NTLM TlRMTVNTUAADAAAAGAAYAHoAAAAYARgBkgAAABAAEABYAAAAEAAQAGgAAAAA",
       "TlRMTVNTUAADAAAAGAAY", "NTLM"},
      {R"({"auths":{"contoso.azurecr.io":{"auth":"Y29udG9zbzpodW50ZXIyIQ=="}}})", "Y29udG9zbzpodW50ZXIyIQ",
       "contoso.azurecr.io"},
      {"users:\n- name: c\n  user:\n    client-key-data: " + k64 + "\n    token: abcdef0123456789abcdef", k64,
       "users"},
      {"users:\n- name: c\n  user:\n    token: abcdef0123456789abcdef\n", "abcdef0123456789abcdef", "users"},
      {"kubeadm join 10.0.0.4:6443 --token abcdef.0123456789abcdef --discovery-token-ca-cert-hash "
       "sha256:1234",
       "abcdef.0123456789abcdef", "sha256:1234"},
      {"//packages.contoso.com/:_authToken=npm_abcdefghijklmnopqrstuvwxyz0123456789", "abcdefghijklmnopqrst",
       "_authToken"},
      {R"({"access_token":"opaque-token-of-an-identity-1","expires_on":"1795000000"})",
       "opaque-token-of-an-identity", "1795000000"},
      {"x=1 MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC7VJTUt9Us8cKjMzEfYyjiWA4R4 y", "MIIEvgIBADAN",
       "x=1"},
      {"pfx MIIKcQIBAzCCCi0GCSqGSIb3DQEHAaCCCh4EggoaMIIKFjCCBg8GCSqGSIb3DQEHAaCCBgAEggX8", "CSqGSIb3DQEHAaCC",
       "pfx"},
      {"headers: {\"sig\": [\"" + k32 + "\",\n  \"" + k52 + "\"], \"x\": 1}", k32 + ";;" + k52, "\"x\": 1"},
      {"run=curl -u deploy:Hunter-2 https://x", "Hunter-2", "https://x"},
      {"Set-Cookie: sid=Hunter-2; Path=/; x\r\nX-Said: password=Hunter-3", "Hunter-2;;Hunter-3", "Path=/"},
      {"AAAAtest1line0of0a0key\nAAAAtest2line0of0a0key\n-----END PRIVATE KEY-----", "AAAAtest2line0of0a0key",
       "END"},
  };
}

std::vector<Row> settings() {
  return {
      {R"([{"name":"DB_PASSWORD","slotSetting":false,"value":"Hunter-2"}])", "Hunter-2", "slotSetting"},
      {R"({"name": "ApiKey", "value": "0123456789abcdef0123"})", "0123456789abcdef0123", "ApiKey"},
      {"env:\n- name: DB_PASSWORD\n  value: Hunter-2\n- name: MODE\n  value: fast", "Hunter-2",
       "value: fast"},
      {R"(<add key="DbPassword" value="Hunter-2" />)", "Hunter-2", "DbPassword"},
      {"<adminPassword>Hunter-2</adminPassword>", "Hunter-2", "</adminPassword>"},
      {"userPWD=\"abcDEF123\" publishUrl=\"x.scm.azurewebsites.net:443\"", "abcDEF123", "x.scm"},
      {"DB_PASS=Hunter-2\nMODE=fast", "Hunter-2", "MODE=fast"},
      {"AZURE_DEVOPS_EXT_PAT=abcdefgh12345", "abcdefgh12345", "AZURE"},
      {"Password : Hunter-2\nName : x", "Hunter-2", "Name : x"},
      {"apiVersion: v1\ndata:\n  some.name: aGVsbG8gd29ybGQ=\n  other: eHl6enk=\nkind: Secret\nmetadata:\n  "
       "name: shop",
       "aGVsbG8gd29ybGQ=;;eHl6enk=", "name: shop"},
      {"apiVersion: v1\nkind: Secret\nstringData:\n  config: |\n    line one\n    line two\ntype: Opaque",
       "line one;;line two", "type: Opaque"},
      {R"({"apiVersion":"v1","data":{"a":"aGVsbG8=","b.c":"d29ybGQ="},"kind":"Secret"})",
       "aGVsbG8=;;d29ybGQ=", "\"a\""},
      {"PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 2\nAAAAB3NzaC1yc2E\nAAAADAQAB\nPrivate-MAC: 12ab",
       "AAAAB3NzaC1yc2E;;AAAADAQAB", "Private-MAC"},
  };
}

std::vector<Row> commands() {
  return {
      {"redis-cli -h contoso.redis.cache.windows.net -p 6380 -a Hunter-2 --tls ping", "Hunter-2", "-p 6380"},
      {"kubectl exec pod -- redis-cli -a 'Hun ter' ping", "Hun ter", "ping"},
      {"bash -c \"redis-cli -a Hunter-2\"", "Hunter-2", "bash"},
      {R"(command: ["redis-cli","-a","Hunter-2","ping"])", "Hunter-2", "ping"},
      {"    Command:\n      redis-cli\n      -a\n      Hunter-2\n", "Hunter-2", "Command"},
      {"sshpass -p Hunter-2 ssh azureuser@10.0.0.4", "Hunter-2", "azureuser@10.0.0.4"},
      {"sshpass -p'Hunter 2' ssh azureuser@10.0.0.4", "Hunter 2", "azureuser@10.0.0.4"},
      {"mysql -h m.mysql.database.azure.com -u u -pHunter-2 d", "Hunter-2", "-u u"},
      {"sqlcmd -S s.database.windows.net -U sa -P Hunter-2 -Q \"SELECT 1\"", "Hunter-2", "SELECT 1"},
      {"docker login contoso.azurecr.io -u contoso -p Hunter-2", "Hunter-2", "-u contoso"},
      {"az login --service-principal -u 853b9a84 -p Hunter-2 --tenant t", "Hunter-2", "--tenant t"},
      {"az vm create -n v --admin-password 'Hunter 2!' -g g", "Hunter 2!", "-g g"},
      {"net user azureuser Hunter-2 /add", "Hunter-2", "/add"},
      {"net use Z: \\\\acct.file.core.windows.net\\share /user:Azure\\acct " + k64, k64, "acct.file"},
      {"net use Z: \\\\acct.file.core.windows.net\\share Hunter-2 /user:Azure\\acct", "Hunter-2",
       "acct.file"},
      {"net use \\\\acct.file.core.windows.net\\share hunter /user:Azure\\acct", "hunter", "acct.file"},
      {"cmdkey /add:acct.file.core.windows.net /user:Azure\\acct /pass:" + k64, k64, "acct.file"},
      {"plink -ssh u@h -pw Hunter-2 uptime", "Hunter-2", "uptime"},
      {"curl -x http://proxy.contoso.com:3128 -U u:Hunter-2 https://x", "Hunter-2", "https://x"},
      {"curl -udeploy:Hunter-2 https://x", "Hunter-2", "https://x"},
      {"smbclient //h/share -U u%Hunter-2", "Hunter-2", "//h/share"},
      {"$p = ConvertTo-SecureString 'Hunter 2' -AsPlainText -Force", "Hunter 2", "-AsPlainText"},
      {"openssl pkcs12 -in a.pfx -passin pass:Hunter-2 -nokeys", "Hunter-2", "-nokeys"},
      {"*2\r\n$4\r\nAUTH\r\n$8\r\nHunter-2\r\n", "Hunter-2", "AUTH"},
      {"contoso.redis.cache.windows.net:6380> AUTH default Hunter-2", "Hunter-2", "AUTH"},
      {"AUTH Hunter-2", "Hunter-2", "AUTH"},
      {"USER deploy\n331 Password required\nPASS Hunter-2\n230 ok", "Hunter-2", "230 ok"},
      {"requirepass Hunter-2", "Hunter-2", "requirepass"},
  };
}

void check(const Row& row) {
  CAPTURE(row.text);
  const Masked masked = mask(row.text);
  CAPTURE(masked.text);
  CHECK(masked.count > 0);
  std::size_t begin = 0;
  while (begin <= row.secret.size()) {
    const std::size_t end = std::min(row.secret.find(";;", begin), row.secret.size());
    CHECK(masked.text.find(row.secret.substr(begin, end - begin)) == std::string::npos);
    begin = end + 2;
  }
  CHECK(masked.text.find(row.stays) != std::string::npos);
  CHECK(mask(masked.text).text == masked.text);
}

TEST_CASE("secret forms: connection strings of every service") {
  for (const Row& row : connection_strings()) check(row);
}
TEST_CASE("secret forms: keys and tokens that are found bare") {
  for (const Row& row : keys_and_tokens()) check(row);
}
TEST_CASE("secret forms: settings, manifests, key files") {
  for (const Row& row : settings()) check(row);
}
TEST_CASE("secret forms: command lines and protocols") {
  for (const Row& row : commands()) check(row);
}

std::string with_backslash(std::string text) {
  for (std::size_t at = 0; (at = text.find_first_of("\"'$&;", at)) != std::string::npos; at += 2)
    text.insert(at, "\\");
  return text;
}

std::string as_json(const std::string& text) {
  std::string out = "{\"text\":\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '/':
        out += "\\/";
        break;
      case '+':
      case '&':
      case '\'':
      case '<':
        out += "\\u00";
        out += "0123456789abcdef"[c >> 4];
        out += "0123456789abcdef"[c & 15];
        break;
      default:
        out += c;
    }
  }
  return out + "\"}";
}

std::string as_utf16(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += c;
    out += '\0';
  }
  return out;
}

std::string wrapped(const std::string& text, std::size_t width, const std::string& with) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += width) {
    if (at > 0) out += with;
    out += text.substr(at, width);
  }
  return out;
}

std::string quoted_printable(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += c == '=' ? "=3D" : std::string(1, c);
  }
  return wrapped(out, 75, "=\r\n");
}

TEST_CASE("secret forms: each in every encoding") {
  for (const auto& rows : {connection_strings(), keys_and_tokens(), settings(), commands()}) {
    for (const Row& row : rows) {
      const std::string& text = row.text;
      const std::string secret = row.secret.substr(0, row.secret.find(";;"));
      const std::string coded = percent_encode(text);
      for (const std::string& form : {coded, percent_encode(coded), as_json(text), as_json(as_json(text)),
                                      percent_encode(as_json(text)), as_json(coded)}) {
        CAPTURE(form);
        const Masked masked = mask("before\n" + form + "\nafter");
        CAPTURE(masked.text);
        CHECK(masked.count > 0);
        std::string left = percent_decode(percent_decode(masked.text));
        CHECK(left.find(secret) == std::string::npos);
        CHECK(left.find("before") == 0);
      }
      for (const std::string& form :
           {base64_encode(text), base64_encode("x\n" + text), base64_encode("xy\n" + text),
            base64_encode(as_utf16(text)), base64_encode(base64_encode(text)),
            percent_encode(base64_encode(text)), wrapped(base64_encode(text), 76, "\n"),
            wrapped(base64_encode(text), 64, "\r\n")}) {
        CAPTURE(text);
        CAPTURE(form);
        CHECK(mask("before\n" + form + "\nafter").text.find(form.substr(0, 24)) == std::string::npos);
      }
    }
  }
}

TEST_CASE("secret forms: split over lines") {
  const std::string link =
      "https://acct.blob.core.windows.net/container/folder/file.zip?sv=2022-11-02&sp=r&sig=" +
      std::string("Tm90QVJlYWxTaWduYXR1cmUxMjM0NTY3ODkwYWJjZGU%3D");
  for (const std::string& text :
       {link, "AccountName=acct;AccountKey=" + k64, "password=" + k32 + k52 + ",ssl=True"}) {
    for (const std::size_t width : {76U, 80U, 100U}) {
      for (const std::string& with :
           {std::string("\n"), std::string("\r\n"), std::string("\n> "), std::string("\n  ")}) {
        const std::string form = "first line\n" + wrapped(text, width, with) + "\n\nlast line";
        const std::string left = mask(form).text;
        CAPTURE(form);
        CAPTURE(left);
        for (std::size_t i = 0; i + 12 <= k64.size(); ++i)
          CHECK(left.find(k64.substr(i, 12)) == std::string::npos);
        CHECK(left.find("VHdXR1cmUxMjM0") == std::string::npos);
        CHECK(left.find("NTY3ODkwYWJj") == std::string::npos);
        CHECK(left.find(k52.substr(20, 12)) == std::string::npos);
        CHECK(left.find("last line") != std::string::npos);
      }
    }
    for (const std::string& with : {std::string("\\\n"), std::string("`\n"), std::string("\\\n    ")}) {
      const std::string left = mask("x " + wrapped(text, 50, with) + "\nlast").text;
      CAPTURE(left);
      CHECK(left.find(k64.substr(40, 12)) == std::string::npos);
      CHECK(left.find("NTY3ODkwYWJj") == std::string::npos);
      CHECK(left.find(k52.substr(20, 12)) == std::string::npos);
      CHECK(left.find("\nlast") != std::string::npos);
    }
    const std::string left = mask(quoted_printable(text)).text;
    CAPTURE(left);
    CHECK(left.find(k64.substr(40, 12)) == std::string::npos);
    CHECK(left.find("NTY3ODkwYWJj") == std::string::npos);
  }
}

TEST_CASE("secret forms: a key whose plus signs a server took for blanks") {
  const std::string left = mask("/echo?sv=1&sig=Zx9/bQ4k2 7Lk2pQw8rT4vYn6uHs3  dF5gJ1kM0xCvB2nRe=&sp=r").text;
  CHECK(left == "/echo?sv=1&sig=***&sp=r");
  for (const char* text : {"token: Bearer is what 3 of 4 gates said", "sig=Ab1 is what it said"}) {
    CAPTURE(text);
    CHECK(mask(text).text.ends_with(" said"));
  }
}

TEST_CASE("secret forms: quotes of shells") {
  for (const char* text : {"--password 'it'\\''s-Hunter-2' -n x", "--password 'it'\"'\"'s-Hunter-2' -n x",
                           "-Password 'it''s-Hunter-2' -Name x", "-Password \"it`\"s-Hunter-2\" -Name x",
                           "password=it\\'s-Hunter-2 x"}) {
    CAPTURE(text);
    const std::string left = mask(text).text;
    CAPTURE(left);
    CHECK(left.find("Hunter") == std::string::npos);
    CHECK(left.ends_with(" x"));
  }
  CHECK(mask(with_backslash("curl \"https://a.blob.core.windows.net/c?sv=1&sig=" + k32 + "\""))
            .text.find("b25seSBm") == std::string::npos);
}

}  // namespace
}  // namespace aztriage::decode
