"""Secrets of every kind, random each time: what is planted, and the text that a person or a server would show it in."""

from __future__ import annotations

import base64
import json
import random
import string
from dataclasses import dataclass

ALNUM = string.ascii_letters + string.digits

# No mask can know that this is meant to be secret: it has to come out where secrets must not, or looking for those would show nothing.
PLAIN = "plain-words-that-nobody-hides"


@dataclass(frozen=True)
class Planted:
    kind: str
    secret: str  # what must be found nowhere
    text: str  # where it stands


class Maker:
    """Random pieces that cannot come to be by chance."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def signs(self, count: int, alphabet: str = ALNUM) -> str:
        # A digit, a small and a capital letter, as every key of this length has.
        head = self.rng.choice(string.ascii_lowercase) + self.rng.choice(string.digits) + self.rng.choice(string.ascii_uppercase)
        return head + "".join(self.rng.choice(alphabet) for _ in range(count - 3))

    def base64(self, count: int) -> str:
        return base64.b64encode(self.rng.randbytes(count)).decode()

    def hex(self, count: int) -> str:
        return "a1" + "".join(self.rng.choice("0123456789abcdef") for _ in range(count - 2))

    def guid(self) -> str:
        text = self.hex(32)
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

    def password(self) -> str:
        return self.signs(6) + self.rng.choice("!*+~^") + self.signs(8)

    def jwt(self) -> str:
        parts = [json.dumps({"alg": "RS256", "kid": self.signs(12)}), json.dumps({"sub": self.signs(20)})]
        coded = [base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts]
        return ".".join([*coded, base64.urlsafe_b64encode(self.rng.randbytes(48)).decode()])

    def pem(self, title: str) -> tuple[str, str]:
        body = self.base64(240)
        lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
        return body[64:128], f"-----BEGIN {title}-----\n{lines}\n-----END {title}-----"


def make(rng: random.Random) -> list[Planted]:
    m = Maker(rng)
    found: list[Planted] = []

    def add(kind: str, secret: str, text: str) -> None:
        found.append(Planted(kind, secret, text.replace("@@", secret)))

    # shared access signatures and keys
    sig = m.base64(32).replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    add("storage SAS", sig, "https://acct.blob.core.windows.net/c/b.zip?sv=2022-11-02&se=2027-01-01&sr=b&sp=r&sig=@@")
    add("service bus SAS", m.base64(32).replace("=", "%3D"), "SharedAccessSignature sr=sb%3a%2f%2fns.servicebus.windows.net&sig=@@&se=1795000000&skn=Root")
    add("logic app SAS", m.signs(43), "https://prod-01.westeurope.logic.azure.com/workflows/1/triggers/manual/paths/invoke?sp=%2Ftriggers&sv=1.0&sig=@@")
    add("account key", m.base64(64), "DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=@@;EndpointSuffix=core.windows.net")
    add("bare account key", m.base64(64), "key1   Full   @@")
    add("cosmos key", m.base64(64), "AccountEndpoint=https://acct.documents.azure.com:443/;AccountKey=@@;")
    add("service bus", m.base64(32), "Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=@@;EntityPath=q")
    add("event hubs", m.base64(32), "Endpoint=sb://hubs.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=@@")
    add("iot hub", m.base64(32), "HostName=hub.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey=@@")
    add("iot device", m.base64(32), "HostName=hub.azure-devices.net;DeviceId=d1;SharedAccessKey=@@")
    add("notification hub", m.base64(32), "Endpoint=sb://n.servicebus.windows.net/;SharedAccessKeyName=DefaultFull;SharedAccessKey=@@")
    add("signalr", m.base64(32), "Endpoint=https://x.service.signalr.net;AccessKey=@@;Version=1.0;")
    add("app configuration", m.base64(32), "Endpoint=https://x.azconfig.io;Id=abcd;Secret=@@")
    add("communication services", m.base64(64), "endpoint=https://x.communication.azure.com/;accesskey=@@")
    add("application insights", m.guid(), "InstrumentationKey=@@;IngestionEndpoint=https://x.in.applicationinsights.azure.com/")
    add("event grid", m.base64(32), "aeg-sas-key: @@")
    add("search key", m.signs(42) + "AzSeB" + m.signs(5), "the query key @@ was used")
    add("registry key", m.signs(42) + "+ACRB" + m.signs(5), "the registry answers @@ to az")
    add("redis key", m.signs(33) + "AzCaB" + m.signs(5) + "=", "primary: @@")
    add("annotated key", m.signs(52) + "JQQJ99BAAC" + m.signs(22), "openai @@")
    add("function key", m.signs(44) + "AzFu" + m.signs(5) + "Q==", "https://f.azurewebsites.net/api/x?code=@@")
    add("host key header", m.base64(40), "x-functions-key: @@")
    add("subscription key", m.hex(32), "Ocp-Apim-Subscription-Key: @@")
    add("client secret", m.signs(3) + "8Q~" + m.signs(34), "secret value @@ of the app")
    # data bases
    add("ado.net", m.password(), "Server=tcp:s.database.windows.net,1433;Initial Catalog=d;User ID=u;Password=@@;Encrypt=True;")
    add("odbc", m.password() + ";x", "Driver={ODBC Driver 18};Server=s.database.windows.net;Uid=u;Pwd={@@};Encrypt=yes")
    add("jdbc", m.password(), "jdbc:sqlserver://s.database.windows.net:1433;database=d;user=u@s;password=@@;encrypt=true")
    add("postgres URL", m.signs(9) + "%40" + m.signs(6), "postgresql://u:@@@pg.postgres.database.azure.com:5432/d?sslmode=require")
    add("mysql URL", m.signs(14), "mysql://u:@@@m.mysql.database.azure.com/d")
    add("mongodb URL", m.base64(48), "mongodb://acct:@@@acct.mongo.cosmos.azure.com:10255/?ssl=true")
    add("redis string", m.base64(32), "contoso.redis.cache.windows.net:6380,password=@@,ssl=True,abortConnect=False")
    add("redis URL", m.base64(32), "rediss://:@@@contoso.redis.cache.windows.net:6380")
    add("redis command", m.password(), "redis-cli -h contoso.redis.cache.windows.net -p 6380 -a @@ --tls ping")
    add("redis AUTH", m.signs(16), "*2\r\n$4\r\nAUTH\r\n$16\r\n@@\r\n")
    # sign-in
    add("bearer", m.jwt(), "Authorization: Bearer @@")
    add("basic", base64.b64encode(("deploy:" + m.password()).encode()).decode(), "Authorization: Basic @@")
    add("shared key", m.base64(32), "Authorization: SharedKey acct:@@")
    add("proxy login", base64.b64encode(("proxy:" + m.password()).encode()).decode(), "Proxy-Authorization: Basic @@")
    add("kerberos", "YII" + m.base64(90), "Authorization: Negotiate @@")
    add("ntlm", "TlRMTVNTUAAD" + m.base64(66), "Authorization: NTLM @@")
    add("cookie", m.signs(40), "Cookie: .AspNetCore.Cookies=@@; ARRAffinity=0f1e2d")
    add("set-cookie", m.signs(40), "Set-Cookie: AppServiceAuthSession=@@; path=/; secure; HttpOnly")
    add("token", m.jwt(), "the token is @@")
    add("access token", m.signs(60), '{"access_token":"@@","client_id":"0a1b2c3d-0000-4000-8000-000000000009","expires_on":"1795000000"}')
    add("refresh token", "0.A" + m.signs(230), "kept @@ in a file")
    add("authorization code", "0.A" + m.signs(80), "https://app.contoso.com/signin-oidc?code=@@&state=1")
    add("saml response", m.base64(90), "SAMLResponse=@@&RelayState=x")
    add("password in a URL", m.signs(14), "https://deploy:@@@app.scm.azurewebsites.net/api/zipdeploy")
    add("personal token", "ghp_" + m.signs(36), "git clone https://@@@github.com/contoso/x")
    # keys
    for title in ("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY"):
        secret, text = m.pem(title)
        add(title.lower(), secret, text)
    secret, text = m.pem("PRIVATE KEY")
    add("key in a Kubernetes secret", base64.b64encode(text.encode()).decode()[300:340], "tls.key: " + base64.b64encode(text.encode()).decode())
    add("Kubernetes secret", m.base64(24), "apiVersion: v1\nkind: Secret\ndata:\n  anything: @@\ntype: Opaque")
    add("kubeconfig key", m.base64(200), "    client-key-data: @@")
    add("kubeconfig token", m.signs(40), "    token: @@")
    add("bootstrap token", m.hex(6) + "." + m.hex(16), "kubeadm join 10.0.0.4:6443 --token @@ --discovery-token-ca-cert-hash sha256:1234")
    login = base64.b64encode(("contoso:" + m.password()).encode()).decode()
    add("registry login", login, '{"auths":{"contoso.azurecr.io":{"auth":"@@"}}}')
    config = base64.b64encode(json.dumps({"auths": {"contoso.azurecr.io": {"auth": login}}}).encode()).decode()
    add("docker config", config[24:64], ".dockerconfigjson: " + config)
    # settings and commands
    add("environment", m.password(), "AZURE_CLIENT_SECRET=@@")
    add("identity header", m.guid(), "X-IDENTITY-HEADER: @@")
    add("app setting", m.password(), '[{"name":"DB_PASSWORD","slotSetting":false,"value":"@@"}]')
    add("container env", m.password(), "- name: DB_PASSWORD\n  value: @@")
    add("publish profile", m.signs(60), 'publishUrl="app.scm.azurewebsites.net:443" userName="$app" userPWD="@@"')
    add("net user", m.password(), "net user azureuser @@ /add")
    add("az vm", m.password(), "az vm create -n v -g g --admin-password '@@'")
    add("docker login", m.password(), "docker login contoso.azurecr.io -u contoso -p @@")
    add("sshpass", m.password(), "sshpass -p @@ ssh azureuser@10.0.0.4")
    add("sqlcmd", m.password(), "sqlcmd -S s.database.windows.net -U sa -P @@ -Q 'SELECT 1'")
    add("curl login", m.signs(14), "curl -u deploy:@@ https://app.scm.azurewebsites.net")
    add("powershell", m.signs(14), "$p = ConvertTo-SecureString '@@' -AsPlainText -Force")
    add("cmdkey", m.base64(64), "cmdkey /add:acct.file.core.windows.net /user:Azure\\acct /pass:@@")
    return found
