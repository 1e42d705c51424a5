#include "base/text.h"
#include "decode/decode.h"
#include "decode/encoding.h"
#include "decode/pairs.h"

#include <algorithm>
#include <charconv>

namespace aztriage::decode {
namespace {

using fact::Value;

/// The host and port of `https://host:443/`, `sb://host/`, `tcp:host,1433` and `host:6380`.
struct Place {
  std::string host;
  int port = 0;
};

Place place_of(std::string_view text) {
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos)
    text.remove_prefix(scheme + 3);
  if (text.starts_with("tcp:")) text.remove_prefix(4);
  if (const std::size_t login = text.rfind('@'); login != std::string_view::npos)
    text.remove_prefix(login + 1);
  const std::size_t end = text.find_first_of(",:/?\\;");
  Place place{text::lower(text::trim(text.substr(0, end))), 0};
  if (end != std::string_view::npos && (text[end] == ',' || text[end] == ':')) {
    const std::string_view digits = text::trim(text.substr(end + 1));
    int port = 0;
    const auto [stop, error] =
        std::from_chars(digits.data(), digits.data() + std::min<std::size_t>(5, digits.size()), port);
    if (error == std::errc() && port > 0 && port < 65536) place.port = port;
  }
  return place;
}

bool is_true(std::string_view value) {
  return text::equal_ignoring_case(value, "true") || text::equal_ignoring_case(value, "yes") ||
         text::equal_ignoring_case(value, "require") || text::equal_ignoring_case(value, "mandatory") ||
         text::equal_ignoring_case(value, "strict");
}

class Reader {
 public:
  Reader(const Pairs& pairs, std::string_view kind) : pairs_(pairs) {
    put("connection.kind", std::string(kind), fact::Kind::choice);
    facts_["connection.repeated"] = Value::list_of(fact::Kind::text, repeated_names(pairs));
  }

  std::optional<std::string> first(std::initializer_list<const char*> names) const {
    for (const char* name : names) {
      if (auto value = value_of(pairs_, name); value && !value->empty()) return value;
    }
    return std::nullopt;
  }
  void put(const char* fact, const std::string& value, fact::Kind kind = fact::Kind::text) {
    if (!value.empty()) facts_[fact] = Value::text(text::to_utf8(value), kind);
  }
  void put_place(const Place& place) {
    put("connection.host", place.host, fact::Kind::host);
    if (place.port > 0) facts_["connection.port"] = Value::number(place.port);
  }
  void put_named(const char* fact, std::initializer_list<const char*> names) {
    if (const auto value = first(names)) put(fact, *value);
  }
  void put_flag(const char* fact, std::initializer_list<const char*> names) {
    if (const auto value = first(names)) facts_[fact] = Value::boolean(is_true(*value));
  }
  void put_login(std::string_view login) { put("connection.login", std::string(login), fact::Kind::choice); }
  /// Only whether the key is `bytes` long in base64; the key itself is in no fact.
  void put_key(std::initializer_list<const char*> names, std::size_t bytes) {
    const auto key = first(names);
    const auto raw = key ? base64_decode(*key) : std::nullopt;
    const bool fine = raw && (bytes == 0 || raw->size() == bytes);
    put("connection.key", !key ? "missing" : fine ? "fine" : "malformed", fact::Kind::choice);
  }
  Decoded finish() {
    Decoded out{"connection-string", std::move(facts_), {}};
    const auto shown = [&](const char* name) {
      const auto found = out.facts.find(name);
      return found == out.facts.end() ? std::string() : text::printable(fact::to_text(found->second), 100);
    };
    out.summary = shown("connection.kind") + " at " +
                  (shown("connection.host").empty() ? "an unknown host" : shown("connection.host"));
    if (!shown("connection.login").empty()) out.summary += ", logs in by " + shown("connection.login");
    if (shown("connection.key") == "malformed") out.summary += ", its key is malformed";
    return out;
  }
  fact::Facts& facts() { return facts_; }

 private:
  const Pairs& pairs_;
  fact::Facts facts_;
};

/// A SAS inside tells its own facts, too.
void add_sas(Reader& reader, const std::string& signature, UtcTime now) {
  if (auto sas = decode_sas(signature, now)) reader.facts().merge(sas->facts);
}

Decoded storage(const Pairs& pairs, UtcTime now) {
  Reader reader(pairs, "storage");
  const std::string account = reader.first({"AccountName"}).value_or("");
  reader.put("connection.account", account);
  if (const auto endpoint =
          reader.first({"BlobEndpoint", "QueueEndpoint", "TableEndpoint", "FileEndpoint"})) {
    reader.put_place(place_of(*endpoint));
  } else if (!account.empty()) {
    const std::string suffix = reader.first({"EndpointSuffix"}).value_or("core.windows.net");
    reader.put_place({text::lower(account + ".blob." + suffix), 0});
  } else if (is_true(reader.first({"UseDevelopmentStorage"}).value_or(""))) {
    reader.put_place({"127.0.0.1", 10000});
  }
  if (const auto protocol = reader.first({"DefaultEndpointsProtocol"})) {
    reader.facts()["connection.tls"] = Value::boolean(text::equal_ignoring_case(*protocol, "https"));
  }
  if (const auto signature = reader.first({"SharedAccessSignature"})) {
    reader.put_login("sas");
    add_sas(reader, *signature, now);
  } else {
    reader.put_login(reader.first({"AccountKey"}) ? "key" : "none");
    reader.put_key({"AccountKey"}, 64);
  }
  return reader.finish();
}

Decoded messaging(const Pairs& pairs, UtcTime now) {
  const Place place =
      place_of(value_of(pairs, "Endpoint").value_or(value_of(pairs, "HostName").value_or("")));
  Reader reader(pairs, value_of(pairs, "HostName") ? "iot-hub" : "messaging");
  reader.put_place(place);
  reader.put_named("connection.entity", {"EntityPath", "DeviceId"});
  reader.put_named("connection.key-name", {"SharedAccessKeyName"});
  if (const auto signature = reader.first({"SharedAccessSignature"})) {
    reader.put_login("sas");
    add_sas(reader, *signature, now);
  } else if (reader.first({"Authentication"})) {
    reader.put_login("identity");
  } else {
    reader.put_login(reader.first({"SharedAccessKey"}) ? "key" : "none");
    reader.put_key({"SharedAccessKey"}, 32);
  }
  return reader.finish();
}

Decoded keyed(const Pairs& pairs, std::string_view kind, const char* endpoint, const char* key,
              std::size_t bytes) {
  Reader reader(pairs, kind);
  const Place place = place_of(value_of(pairs, endpoint).value_or(""));
  reader.put_place(place);
  reader.put_login(reader.first({key}) ? "key" : "identity");
  reader.put_key({key}, bytes);
  reader.put_named("connection.database", {"Database"});
  return reader.finish();
}

Decoded insights(const Pairs& pairs) {
  Reader reader(pairs, "app-insights");
  reader.put_place(
      place_of(value_of(pairs, "IngestionEndpoint").value_or("https://dc.services.visualstudio.com")));
  reader.put_login("none");
  return reader.finish();
}

Decoded database(const Pairs& pairs) {
  const auto server = [&] {
    for (const char* name :
         {"Server", "Data Source", "DataSource", "Host", "Address", "Addr", "Network Address"}) {
      if (auto value = value_of(pairs, name); value && !value->empty()) return *value;
    }
    return std::string();
  }();
  const bool sql = text::contains(server, "database.windows.net") ||
                   text::contains(server, "database.usgovcloudapi") ||
                   text::contains(server, "database.chinacloudapi") || value_of(pairs, "Initial Catalog") ||
                   server.starts_with("tcp:");
  Reader reader(pairs, sql ? "sql" : "database");
  Place place = place_of(server);
  if (const auto port = reader.first({"Port"}); port && place.port == 0)
    place.port = place_of("x:" + *port).port;
  reader.put_place(place);
  reader.put_named("connection.database", {"Initial Catalog", "Database"});
  reader.put_named("connection.user", {"User ID", "UID", "User", "Username", "User Name"});
  reader.put_flag("connection.tls", {"Encrypt", "SslMode", "Ssl Mode"});
  reader.put_flag("connection.trusts-any", {"TrustServerCertificate", "Trust Server Certificate"});
  if (const auto seconds = reader.first({"Connection Timeout", "Connect Timeout", "Timeout"})) {
    int value = 0;
    const auto [end, error] = std::from_chars(seconds->data(), seconds->data() + seconds->size(), value);
    if (error == std::errc() && end == seconds->data() + seconds->size() && value >= 0) {
      reader.facts()["connection.timeout"] = Value::number(value);
    }
  }
  const bool password = reader.first({"Password", "PWD"}).has_value();
  const bool identity =
      reader.first({"Authentication", "Integrated Security", "Trusted_Connection"}).has_value();
  reader.put_login(password ? "password" : identity ? "identity" : "none");
  return reader.finish();
}

/// `host:6380,password=...,ssl=True`: the hosts come first and have no name.
std::optional<Decoded> redis(std::string_view text) {
  Pairs pairs;
  std::string_view host;
  for (const std::string_view piece : text::split(text, ',')) {
    const std::size_t equals = piece.find('=');
    if (equals == std::string_view::npos) {
      if (host.empty()) host = text::trim(piece);
    } else if (pairs.size() < kMostPairs) {
      pairs.push_back({std::string(text::trim(piece.substr(0, equals))),
                       std::string(text::trim(piece.substr(equals + 1)))});
    }
  }
  const bool named = value_of(pairs, "password") || value_of(pairs, "ssl") || value_of(pairs, "abortConnect");
  if (host.empty() || !named || host.find_first_of(" ;/") != std::string_view::npos) return std::nullopt;
  Reader reader(pairs, "redis");
  reader.put_place(place_of(host));
  reader.put_named("connection.user", {"user"});
  reader.put_named("connection.database", {"defaultDatabase"});
  reader.put_flag("connection.tls", {"ssl"});
  reader.put_login(reader.first({"password"}) ? "key" : "identity");
  reader.put_key({"password"}, 0);
  return reader.finish();
}

/// `mongodb://user:password@host:10255/db?ssl=true` and its like.
std::optional<Decoded> from_url(std::string_view text) {
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return std::nullopt;
  const std::string scheme = text::lower(text.substr(0, scheme_end));
  std::string_view kind;
  if (scheme == "mongodb" || scheme == "mongodb+srv") kind = "mongodb";
  if (scheme == "redis" || scheme == "rediss") kind = "redis";
  if (scheme == "postgres" || scheme == "postgresql" || scheme == "mysql") kind = "database";
  if (kind.empty()) return std::nullopt;
  const std::string_view rest = text.substr(scheme_end + 3);
  const std::size_t query = rest.find('?');
  const Pairs pairs = query == std::string_view::npos ? Pairs{} : query_pairs(rest.substr(query + 1));
  Reader reader(pairs, kind);
  const std::string_view before = rest.substr(0, query);
  const std::size_t at = before.rfind('@');
  const std::string_view login = at == std::string_view::npos ? std::string_view() : before.substr(0, at);
  const std::string_view place = before.substr(at == std::string_view::npos ? 0 : at + 1);
  reader.put_place(place_of(place));
  if (const std::size_t slash = place.find('/'); slash != std::string_view::npos) {
    reader.put("connection.database", std::string(place.substr(slash + 1)));
  }
  reader.put("connection.user", percent_decode(login.substr(0, login.find(':'))));
  reader.put_login(login.find(':') != std::string_view::npos ? "password" : "none");
  const bool tls = scheme == "rediss" || scheme == "mongodb+srv";
  reader.put_flag("connection.tls", {"ssl", "tls", "sslmode"});
  if (tls) reader.facts()["connection.tls"] = Value::boolean(true);
  return reader.finish();
}

}  // namespace

std::optional<Decoded> decode_connection_string(std::string_view text, UtcTime now) {
  if (auto url = from_url(text)) return url;
  const auto pairs = semicolon_pairs(text);
  if (!pairs || pairs->empty()) return redis(text);
  const auto has = [&](const char* name) { return value_of(*pairs, name).has_value(); };
  if (has("AccountEndpoint")) return keyed(*pairs, "cosmos", "AccountEndpoint", "AccountKey", 64);
  if (has("AccountName") || has("BlobEndpoint") || has("QueueEndpoint") || has("TableEndpoint") ||
      has("FileEndpoint") || has("UseDevelopmentStorage")) {
    return storage(*pairs, now);
  }
  if (has("InstrumentationKey")) return insights(*pairs);
  if (has("Endpoint") && has("Secret")) return keyed(*pairs, "app-configuration", "Endpoint", "Secret", 0);
  if (has("Endpoint") && has("AccessKey")) return keyed(*pairs, "signalr", "Endpoint", "AccessKey", 0);
  const std::string endpoint = value_of(*pairs, "Endpoint").value_or("");
  if (endpoint.starts_with("sb://") || has("SharedAccessKeyName") || has("SharedAccessKey")) {
    return messaging(*pairs, now);
  }
  const bool server = has("Server") || has("Data Source") || has("DataSource") || has("Host");
  if (server && pairs->size() > 1) return database(*pairs);
  return redis(text);
}

}  // namespace aztriage::decode
