#include "engine/client_command.h"
#include "engine/commands.h"
#include "engine/customer_shell.h"

#include <algorithm>
#include <array>

namespace aztriage::engine {
namespace {

using Words = std::vector<std::string>;

std::string param(const playbook::Step& step, std::string_view name, const match::Environment& environment) {
  const auto it = std::ranges::find(step.params, name, &playbook::Parameter::name);
  if (it == step.params.end() || it->values.empty()) return {};
  return fill_for_people(it->values.front(), environment);
}

std::string cmd_or_nothing(const Words& argv) {
  return cmd_line(argv).value_or("");
}

/// A port, a server and a protocol that TLS is asked for in.
struct Service {
  std::string_view probe;
  std::string_view port;
  std::string_view starttls;  // of openssl s_client; "-" where the service speaks TLS from the first byte
};
constexpr auto kServices = std::to_array<Service>({
    {"amqp", "5671", "-"},
    {"ftps", "21", "ftp"},
    {"kafka", "9093", "-"},
    {"mysql", "3306", "mysql"},
    {"postgres", "5432", "postgres"},
    {"rdp", "3389", ""},
    {"redis", "6380", "-"},
    {"smb", "445", ""},
    {"snat", "443", ""},
    {"sql", "1433", ""},
    {"tcp", "443", ""},
});

ToolLines connect(const std::string& host, const std::string& port) {
  // Small images have curl or nc, seldom both.
  const auto nc = shell_line({"nc", "-vz", "-w", "5", host, port});
  const auto curl = shell_line({"curl", "-sv", "-m", "5", "telnet://" + host + ":" + port});
  ToolLines lines;
  lines.posix = "(" + nc + " || " + curl + ") </dev/null 2>&1";
  lines.powershell = powershell_line({"Test-NetConnection", host, "-Port", port});
  const auto inner = cmd_line({"Test-NetConnection", host, "-Port", port});
  if (inner && inner->find('"') == std::string::npos) lines.cmd = "powershell -c " + *inner;
  lines.kudu = cmd_or_nothing({"tcpping", host + ":" + port});
  return lines;
}

std::string s_client(const std::string& host, const std::string& port, std::string_view starttls,
                     const std::string& name) {
  Words argv = {"openssl", "s_client", "-connect", host + ":" + port};
  if (!name.empty() && name != "none") argv.insert(argv.end(), {"-servername", name});
  if (!starttls.empty() && starttls != "-") argv.insert(argv.end(), {"-starttls", std::string(starttls)});
  return shell_line(argv) + " </dev/null 2>&1";
}

/// Windows has no openssl: .NET shows the certificate, whatever it thinks of it.
std::string dotnet_tls(const std::string& host, const std::string& port, const std::string& name) {
  const auto quoted = [](const std::string& word) {
    std::string out = "'";
    for (const char c : word) out += c == '\'' ? "''" : std::string(1, c);
    return out + "'";
  };
  const bool number = port.find_first_not_of("0123456789") == std::string::npos;
  return "$h=" + quoted(host) + ";$s=[Net.Security.SslStream]::new([Net.Sockets.TcpClient]::new($h," +
         (number ? port : quoted(port)) + ").GetStream(),0,{1});$s.AuthenticateAsClient(" +
         (name == host ? "$h" : quoted(name)) +
         ");'-----BEGIN CERTIFICATE-----';[Convert]::ToBase64String($s.RemoteCertificate.Export(1),1);"
         "'-----END CERTIFICATE-----'";
}

ToolLines for_tls(const playbook::Step& step, const match::Environment& environment) {
  const auto host = param(step, "host", environment);
  auto port = param(step, "port", environment);
  if (port.empty()) port = "443";
  auto name = param(step, "sni", environment);
  if (name.empty()) name = host;
  ToolLines lines;
  const auto starttls = param(step, "starttls", environment);
  lines.posix = s_client(host, port, starttls, name);
  if (starttls.empty()) lines.powershell = dotnet_tls(host, port, name);
  return lines;
}

ToolLines for_dns(const playbook::Step& step, const match::Environment& environment) {
  const auto name = param(step, "name", environment);
  const auto type = param(step, "type", environment);
  const auto server = param(step, "server", environment);
  Words argv = {"nslookup"};
  if (!type.empty() && type != "A") argv.push_back("-type=" + type);
  argv.push_back(name);
  if (!server.empty() && server != "system") argv.push_back(server);
  ToolLines lines;
  lines.posix = shell_line(argv);
  // Not every small image has nslookup; only the plain question can be asked without it.
  if (argv.size() == 2) lines.posix += " || " + shell_line({"getent", "ahosts", name});
  lines.powershell = powershell_line(argv);
  lines.cmd = cmd_or_nothing(argv);
  argv.front() = "nameresolver";
  if (type.empty() || type == "A") lines.kudu = cmd_or_nothing(argv);
  return lines;
}

ToolLines curl_lines(const Words& options, const std::string& url) {
  Words argv = {"curl", "-sv", "-o", "/dev/null", "-m", "60"};
  argv.insert(argv.end(), options.begin(), options.end());
  argv.push_back(url);
  ToolLines lines;
  lines.posix = shell_line(argv) + " 2>&1";
  argv[0] = "curl.exe";
  argv[3] = "NUL";
  lines.powershell = powershell_line(argv);
  argv[0] = "curl";
  if (auto line = cmd_line(argv)) lines.cmd = *line + " 2>&1";
  return lines;
}

Words header_options(const playbook::Step& step, const match::Environment& environment) {
  Words options;
  const auto it = std::ranges::find(step.params, std::string_view("headers"), &playbook::Parameter::name);
  if (it == step.params.end()) return options;
  for (const auto& [name, value] : it->entries) {
    options.emplace_back("-H");
    options.push_back(name + ": " + fill_for_people(value, environment));
  }
  return options;
}

/// Prints the answer itself, with its status: what it says is what is wanted.
ToolLines body_lines(const Words& options, const std::string& url) {
  Words argv = {"curl", "-si", "-m", "30"};
  argv.insert(argv.end(), options.begin(), options.end());
  argv.push_back(url);
  ToolLines lines;
  lines.posix = shell_line(argv);
  argv[0] = "curl.exe";
  lines.powershell = powershell_line(argv);
  argv[0] = "curl";
  lines.cmd = cmd_or_nothing(argv);
  return lines;
}

/// Where the probe reads about the issuer.
std::string discovery_url(const playbook::Step& step, const match::Environment& environment) {
  auto base = param(step, "issuer", environment);
  if (base.empty()) {
    base = param(step, "authority", environment);
    if (base.empty()) base = "login.microsoftonline.com";
    if (base.find("://") == std::string::npos) base = "https://" + base;
    if (base.ends_with('/')) base.pop_back();
    const auto tenant = param(step, "tenant", environment);
    base += "/" + (tenant.empty() ? "common" : tenant) + "/v2.0";
  }
  if (base.ends_with('/')) base.pop_back();
  return base + "/.well-known/openid-configuration";
}

ToolLines for_path(const std::string& host) {
  ToolLines lines;
  lines.posix = shell_line({"tracepath", "-n", host});
  lines.powershell = powershell_line({"tracert", "-d", host});
  lines.cmd = cmd_or_nothing({"tracert", "-d", host});
  return lines;
}

ToolLines for_ntp(const std::string& server) {
  ToolLines lines;
  lines.posix = shell_line({"ntpdate", "-q", server}) + " || timedatectl timesync-status";
  lines.powershell =
      powershell_line({"w32tm", "/stripchart", "/computer:" + server, "/samples:3", "/dataonly"});
  lines.cmd = cmd_or_nothing({"w32tm", "/stripchart", "/computer:" + server, "/samples:3", "/dataonly"});
  return lines;
}

ToolLines for_ssh(const std::string& host, std::string port) {
  if (port.empty()) port = "22";
  const Words argv = {"ssh", "-v", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10",
                      "-p",  port, host, "exit"};
  return {shell_line(argv) + " 2>&1", powershell_line(argv), cmd_or_nothing(argv), ""};
}

ToolLines for_service(const Service& service, const playbook::Step& step,
                      const match::Environment& environment) {
  auto host = param(step, "host", environment);
  if (host.empty()) host = param(step, "target", environment);
  auto port = param(step, "port", environment);
  if (port.empty()) port = service.port;
  auto lines = connect(host, port);
  if (!service.starttls.empty() && service.probe != "tcp" && port != "6379")
    lines.posix = s_client(host, port, service.starttls, host);
  return lines;
}

}  // namespace

ToolLines tool_lines(const playbook::Step& step, const match::Environment& environment) {
  const auto value = [&](std::string_view name) { return param(step, name, environment); };
  const std::string_view probe = step.probe;
  if (probe == "http" || probe == "storage" || probe == "websocket") {
    auto options = header_options(step, environment);
    if (probe == "websocket")
      options.insert(options.end(),
                     {"-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H",
                      "Sec-WebSocket-Version: 13", "-H", "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg=="});
    return curl_lines(options, value("url"));
  }
  if (probe == "dns") return for_dns(step, environment);
  if (probe == "tls") return for_tls(step, environment);
  if (probe == "ssh") return for_ssh(value("host"), value("port"));
  if (probe == "path") return for_path(value("host"));
  if (probe == "ntp") return for_ntp(value("host"));
  if (probe == "registry") return curl_lines({}, "https://" + value("host") + "/v2/");
  if (probe == "kubernetes") return curl_lines({"-k"}, "https://" + value("server") + "/livez");
  if (probe == "imds") {
    return body_lines({"-H", "Metadata:true", "--noproxy", "*"},
                      "http://169.254.169.254/metadata/instance/compute?api-version=2021-02-01");
  }
  if (probe == "oidc") return body_lines({}, discovery_url(step, environment));
  for (const auto& service : kServices) {
    if (service.probe == probe) return for_service(service, step, environment);
  }
  return {};
}

}  // namespace aztriage::engine
