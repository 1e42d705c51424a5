#include "net/http.h"

#include "base/text.h"
#include "fact/address.h"
#include "net/digest.h"
#include "net/http_failure.h"
#include "net/proxy_answer.h"
#include "net/race.h"
#include "net/routes.h"
#include "net/tls_limit.h"
#include "net/transfer.h"
#include "net/tunnel.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <openssl/ssl.h>

namespace aztriage::net {
namespace {

using fact::Failure;
using fact::FailureKind;

bool has_header(const Headers& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& header) { return text::equal_ignoring_case(header.first, name); });
}

/// This machine or its own link (instance metadata): nobody else reads what is sent there.
bool stays_here(const Address& address) {
  const auto parsed = fact::parse_address(address.text);
  if (!parsed) return false;
  if (parsed->family == 4)
    return parsed->bytes[0] == 127 || (parsed->bytes[0] == 169 && parsed->bytes[1] == 254);
  return address.text == "::1" || (parsed->bytes[0] == 0xfe && (parsed->bytes[1] & 0xc0) == 0x80);
}

std::string version_of(const SSL* ssl) {
  const std::string_view name = SSL_get_version(ssl);  // "TLSv1.3", "TLSv1"
  if (!name.starts_with("TLSv")) return {};
  const std::string number(name.substr(4));
  return number == "1" ? "1.0" : number;
}

class ExchangeOnLoop : public HttpExchange {
 public:
  ExchangeOnLoop(Net& net, HttpRequest request, Milliseconds connect_timeout,
                 std::function<void(HttpReply)> done)
      : net_(net),
        request_(std::move(request)),
        connect_timeout_(connect_timeout),
        done_(std::move(done)),
        started_(Steady::now()) {
    if (request_.server_name.empty()) request_.server_name = request_.host;
    connect();
  }

  HttpReply stop(FailureKind kind) override {
    done_ = nullptr;
    if (connecting_) {
      reply_.connection = connecting_->stop(kind);
      reply_.failure = reply_.connection.failure;
    } else {
      reply_.failure = Failure{std::string(operation()), kind, std::string(fact::failure_meaning(kind))};
      if (reply_.headers_read) reply_.complete = false;
      read_transfer();
    }
    return finish();
  }

  std::string_view operation() const override {
    return connecting_ ? connecting_->operation() : operation_name(stage_);
  }

 private:
  void connect() {
    Target target;
    target.host = request_.connect ? request_.connect->host : request_.host;
    target.port = request_.connect ? request_.connect->port : request_.port;
    target.address = request_.address;
    target.family = request_.family;
    target.proxy = request_.proxy;
    target.scheme = request_.tls ? "https" : "http";
    target.to_proxy = true;
    connecting_ =
        net::connect(net_, target, connect_timeout_, [this](Connection c) { connected(std::move(c)); });
  }

  void connected(Connection connection) {
    connecting_.reset();
    reply_.connection = std::move(connection);
    if (reply_.connection.failure) {
      reply_.failure = reply_.connection.failure;
      return tell();
    }
    const bool has_secrets = request_.to_unverified.has_value();
    const bool far = reply_.connection.through || !stays_here(reply_.connection.address);
    if (has_secrets && !request_.tls && far) reply_.withheld = true;
    send(request_.verify || (has_secrets && !reply_.withheld));
  }

  /// Builds the transfer over the connected socket. `refuse`: end at a certificate with a problem.
  void send(bool refuse) {
    transfer_ = net_.transfers().make();
    if (!transfer_) throw std::bad_alloc();
    digest_ = std::make_unique<Digest>();
    refuse_ = refuse;
    const bool proxied = reply_.connection.through.has_value();
    stage_ = proxied ? HttpStage::proxy : request_.tls ? HttpStage::handshake : HttpStage::request;
    set_route();
    set_message(reply_.withheld ? *request_.to_unverified : request_.message);
    if (proxied && !set_proxy_tls()) return;
    if (request_.tls && !set_tls()) return;
    set_callbacks();
    sent_ = Steady::now();
    transfer_->start([this](CURLcode code) { ended(code); });
  }

  void set_route() {
    Transfer& t = *transfer_;
    const Connection& c = reply_.connection;
    t.use_socket(reply_.connection.socket.release());
    std::string to;
    if (c.through) {
      t.use_proxy(*c.through, c.address);
      if (c.behind.host != request_.server_name || c.behind.port != request_.port)
        to = "::" + join_host_port(c.behind.host, c.behind.port);
    } else {
      t.set(CURLOPT_PROXY, "");
      to = "::" + join_host_port(c.address.text, c.port);
    }
    t.set(CURLOPT_NOPROXY, "");
    if (request_.tls) t.set(CURLOPT_HTTPPROXYTUNNEL, 1L);
    t.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (to.empty()) return;
    curl_slist* list = nullptr;
    t.append(list, to);
    t.set(CURLOPT_CONNECT_TO, list);
    t.keep(list);
  }

  void set_message(const HttpRequest::Message& message) {
    Transfer& t = *transfer_;
    const std::string scheme = request_.tls ? "https://" : "http://";
    t.set(CURLOPT_URL,
          (scheme + join_host_port(request_.server_name, request_.port) + message.target).c_str());
    t.set(CURLOPT_PROTOCOLS_STR, "http,https");
    t.set(CURLOPT_PATH_AS_IS, 1L);
    t.set(CURLOPT_FRESH_CONNECT, 1L);
    t.set(CURLOPT_FORBID_REUSE, 1L);
    t.set(CURLOPT_ACCEPT_ENCODING, "");
    t.set(CURLOPT_HTTP_VERSION,
          static_cast<long>(request_.version == HttpVersion::http1   ? CURL_HTTP_VERSION_1_1
                            : request_.version == HttpVersion::http2 ? CURL_HTTP_VERSION_2_0
                                                                     : CURL_HTTP_VERSION_2TLS));
    if (message.body || request_.method == "POST") {
      t.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(message.body ? message.body->size() : 0));
      t.set(CURLOPT_COPYPOSTFIELDS, message.body ? message.body->data() : "");
    }
    if (request_.method == "HEAD") t.set(CURLOPT_NOBODY, 1L);
    t.set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    set_headers(message.headers);
  }

  void set_headers(const Headers& headers) {
    curl_slist* list = nullptr;
    for (const auto& [name, value] : headers)
      transfer_->append(list, value.empty() ? name + ";" : name + ": " + value);
    if (!has_header(headers, "Host") && request_.server_name != request_.host) {
      const bool usual = request_.port == (request_.tls ? 443 : 80);
      const std::string host = join_host_port(request_.host, request_.port);
      transfer_->append(list, "Host: " + (usual ? host.substr(0, host.rfind(':')) : host));
    }
    // What libcurl would add by itself, taken out by a name without a value.
    transfer_->append(list, "Expect:");
    if (!has_header(headers, "Content-Type")) transfer_->append(list, "Content-Type:");
    if (!request_.compressed && !has_header(headers, "Accept-Encoding"))
      transfer_->append(list, "Accept-Encoding:");
    if (!has_header(headers, "User-Agent")) transfer_->set(CURLOPT_USERAGENT, "aztriage");
    transfer_->set(CURLOPT_HTTPHEADER, list);
    transfer_->set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
    transfer_->keep(list);
  }

  bool set_tls() {
    auto trust =
        request_.ca_file.empty() ? Trust::system_and(net_.settings().ca_file) : Trust::only(request_.ca_file);
    if (!trust) {
      reply_.failure = Failure{"handshake", FailureKind::internal, trust.error().what};
      tell();
      return false;  // this may be gone
    }
    recorder_ = std::make_unique<ChainRecorder>(std::move(*trust), request_.server_name, refuse_);
    // The recorder's callback judges; libcurl would load its bundle anew for every connection.
    transfer_->set(CURLOPT_CAINFO, static_cast<const char*>(nullptr));
    transfer_->set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    transfer_->set(CURLOPT_SSL_VERIFYPEER, 0L);
    transfer_->set(CURLOPT_SSL_VERIFYHOST, 0L);
    transfer_->set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
    transfer_->set(CURLOPT_SSL_CTX_FUNCTION, &ExchangeOnLoop::on_context);
    transfer_->set(CURLOPT_SSL_CTX_DATA, static_cast<void*>(this));
    return true;
  }

  /// TLS to the proxy, where it is reached so; what the target has comes after it, in it.
  bool set_proxy_tls() {
    const Proxy& proxy = *reply_.connection.through;
    if (proxy.scheme != "https") return true;
    auto trust = Trust::system_and(net_.settings().ca_file);
    if (!trust) {
      reply_.failure = Failure{"proxy", FailureKind::internal, trust.error().what};
      tell();
      return false;  // this may be gone
    }
    proxy_recorder_ = std::make_unique<ChainRecorder>(std::move(*trust), proxy.host, true);
    transfer_->set(CURLOPT_PROXY_CAINFO, static_cast<const char*>(nullptr));
    transfer_->set(CURLOPT_PROXY_CAPATH, static_cast<const char*>(nullptr));
    transfer_->set(CURLOPT_PROXY_SSL_VERIFYPEER, 0L);
    transfer_->set(CURLOPT_PROXY_SSL_VERIFYHOST, 0L);
    transfer_->set(CURLOPT_SSL_CTX_FUNCTION, &ExchangeOnLoop::on_context);
    transfer_->set(CURLOPT_SSL_CTX_DATA, static_cast<void*>(this));
    return true;
  }

  Failure proxy_failure(CURLcode code) const {
    const bool bad =
        proxy_recorder_ && proxy_recorder_->seen() && !proxy_recorder_->report().problems.empty();
    if (!bad) return failure_of_proxy(*transfer_, *reply_.connection.through, code);
    return {"proxy", FailureKind::proxy_failed,
            "proxy " + reply_.connection.proxy +
                ": its certificate can't be trusted: " + proxy_recorder_->report().error,
            std::string(problem_name(proxy_recorder_->report().problems.front()))};
  }

  void set_callbacks() {
    transfer_->set(CURLOPT_HEADERFUNCTION, &ExchangeOnLoop::on_header);
    transfer_->set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    transfer_->set(CURLOPT_WRITEFUNCTION, &ExchangeOnLoop::on_body);
    transfer_->set(CURLOPT_WRITEDATA, static_cast<void*>(this));
    transfer_->set(CURLOPT_PREREQFUNCTION, &ExchangeOnLoop::on_request);
    transfer_->set(CURLOPT_PREREQDATA, static_cast<void*>(this));
  }

  static CURLcode on_context(CURL*, void* context, void* self) {
    auto& exchange = *static_cast<ExchangeOnLoop*>(self);
    // The target's begins only when the proxy has opened the way.
    const bool opened = exchange.transfer_->number(CURLINFO_HTTP_CONNECTCODE) / 100 == 2;
    if (exchange.proxy_recorder_ && !opened) {
      exchange.proxy_recorder_->attach(static_cast<ssl_ctx_st*>(context));
      return CURLE_OK;
    }
    exchange.stage_ = HttpStage::handshake;
    exchange.handshake_ = Steady::now();
    exchange.recorder_->attach(static_cast<ssl_ctx_st*>(context));
    exchange.limit_.attach(static_cast<ssl_ctx_st*>(context));
    return CURLE_OK;
  }

  static int on_request(void* self, char*, char*, int, int) {
    auto& exchange = *static_cast<ExchangeOnLoop*>(self);
    exchange.sent_ = Steady::now();
    exchange.stage_ = HttpStage::response;
    if (exchange.request_.tls) {
      exchange.reply_.tls_seconds =
          std::chrono::duration<double>(exchange.sent_ - exchange.handshake_).count();
      exchange.read_protocol();
    }
    return CURL_PREREQFUNC_OK;
  }

  void read_protocol() {
    curl_tlssessioninfo* info = nullptr;
    if (transfer_->api().easy_getinfo(transfer_->handle(), CURLINFO_TLS_SSL_PTR, &info) != CURLE_OK ||
        info == nullptr || info->backend != CURLSSLBACKEND_OPENSSL || info->internals == nullptr)
      return;
    reply_.protocol = version_of(static_cast<const SSL*>(info->internals));
  }

  static std::size_t on_header(char* bytes, std::size_t, std::size_t count, void* self) {
    return static_cast<ExchangeOnLoop*>(self)->header({bytes, count}) ? count : 0;
  }

  bool header(std::string_view line) {
    limit_.progress();
    if (header_bytes_ == 0) {
      reply_.first_byte_seconds = seconds_since(sent_);
      const auto half = std::chrono::duration_cast<Milliseconds>((Steady::now() - sent_) / 2);
      reply_.middle = system_clock().utc() - half;
    }
    header_bytes_ += line.size();
    if (header_bytes_ > kReadHeaders) {
      own_failure_ = Failure{"response", FailureKind::http_too_large, "more than 256 KiB of headers"};
      return false;
    }
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) return status_line(line);
    if (line.empty()) return end_of_headers();
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || reply_.headers_read) return true;  // trailers are not headers
    kept_headers_ += line.size();
    if (kept_headers_ > kKeptHeaders) {
      reply_.headers_cut = true;
      return true;
    }
    reply_.headers.emplace_back(text::lower(text::trim(line.substr(0, colon))),
                                text::trim(line.substr(colon + 1)));
    return true;
  }

  /// The first line of a response: perhaps not the last one (100, 103, a proxy's 407 before the login).
  bool status_line(std::string_view line) {
    reply_.headers.clear();
    reply_.headers_read = false;
    kept_headers_ = 0;
    const std::size_t space = std::min(line.find(' '), line.size());
    reply_.version = std::string(line.substr(5, space - 5));
    line = text::trim(line.substr(space));
    const std::size_t end = std::min(line.find(' '), line.size());
    reply_.status = 0;
    for (const char c : line.substr(0, std::min<std::size_t>(end, 3)))
      if (c >= '0' && c <= '9') reply_.status = reply_.status * 10 + (c - '0');
    reply_.reason = std::string(text::trim(line.substr(end)));
    return true;
  }

  bool end_of_headers() {
    if (reply_.status < 200) return true;
    reply_.headers_read = true;
    stage_ = HttpStage::body;
    cut_ = request_.read == 0;
    return !cut_;
  }

  static std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* self) {
    return static_cast<ExchangeOnLoop*>(self)->body({bytes, count}) ? count : 0;
  }

  bool body(std::string_view bytes) {
    limit_.progress();
    reply_.decoded_size += bytes.size();
    digest_->add(bytes.data(), bytes.size());
    if (reply_.body.size() < kKeptBody) reply_.body += bytes.substr(0, kKeptBody - reply_.body.size());
    if (request_.read < kReadBody && reply_.decoded_size >= request_.read) {
      cut_ = true;
      return false;
    }
    if (reply_.decoded_size <= kReadBody) return true;
    own_failure_ = Failure{"body", FailureKind::http_too_large, "more than 8 MiB of body"};
    return false;
  }

  void ended(CURLcode code) {
    const long os_error = transfer_->number(CURLINFO_OS_ERRNO);
    if (reply_.connection.through) {
      const int status = status_of_proxy(*transfer_, *reply_.connection.through);
      reply_.connection.proxy_status = status == 0 && reply_.status == 407 ? 407 : status;
    }
    const std::string words = transfer_->error_text(code);
    read_transfer();
    if (refused_for_secrets()) return send_again();
    if (own_failure_)
      reply_.failure = own_failure_;
    else if (limit_.over())
      reply_.failure = Failure{"handshake", FailureKind::tls_protocol, kTooManyMessages};
    else if (limit_.flooded())
      reply_.failure =
          Failure{std::string(operation_name(stage_)), FailureKind::http_malformed, kTooManyRecords};
    else if (refuse_ && stage_ == HttpStage::handshake && recorder_ && has_problems())
      reply_.failure =
          Failure{"handshake", FailureKind::tls_certificate, reply_.certificate->error, problem_code()};
    else if (stage_ == HttpStage::proxy && code != CURLE_OK)
      reply_.failure = proxy_failure(code);
    else if (code != CURLE_OK && !cut_)
      reply_.failure = failure_of_curl(code, os_error, stage_, words);
    else if (!reply_.headers_read && !cut_ &&
             reply_.status != 101)  // which libcurl takes for the end of them
      reply_.failure =
          Failure{"response", FailureKind::http_closed, "the connection was closed within the headers"};
    else if (reply_.status == 407 && reply_.connection.through && !request_.tls)
      reply_.failure = failure_of_proxy_status({407, schemes()}, *reply_.connection.through);
    if (reply_.headers_read && !cut_) reply_.complete = !reply_.failure;
    if (reply_.complete.value_or(false)) reply_.digest = digest_->hex();
    tell();
  }

  std::vector<std::string> schemes() const {
    std::string head = "HTTP/1.1 407\r\n";
    for (const auto& [name, value] : reply_.headers)
      if (name == "proxy-authenticate") head += name + ": " + value + "\r\n";
    return read_proxy_head(head + "\r\n").answer.schemes;
  }
  std::string problem_code() const {
    return has_problems() ? std::string(problem_name(reply_.certificate->problems.front())) : std::string();
  }
  bool has_problems() const { return reply_.certificate && !reply_.certificate->problems.empty(); }

  bool refused_for_secrets() const {
    return refuse_ && !request_.verify && stage_ == HttpStage::handshake && has_problems();
  }

  /// The host is not who it should be: once more, to the same address, without what is secret.
  void send_again() {
    reply_.withheld = true;
    Target target;
    target.host = reply_.connection.through ? request_.host : reply_.connection.address.text;
    target.port = reply_.connection.through ? request_.port : reply_.connection.port;
    target.address = reply_.connection.through ? request_.address : reply_.connection.address.text;
    target.proxy = reply_.connection.through ? request_.proxy : "none";
    target.scheme = "https";
    target.to_proxy = true;
    transfer_.reset();
    recorder_.reset();
    proxy_recorder_.reset();
    connecting_ = net::connect(net_, target, connect_timeout_, [this](Connection again) {
      connecting_.reset();
      if (again.failure) {
        reply_.failure = again.failure;
        return tell();
      }
      reply_.connection.socket = std::move(again.socket);
      reply_.connection.address = again.address;
      reply_.connection.behind = again.behind;
      send(false);
    });
  }

  /// What only the transfer and its recorder know.
  void read_transfer() {
    if (!transfer_) return;
    curl_off_t size = 0;
    transfer_->api().easy_getinfo(transfer_->handle(), CURLINFO_SIZE_DOWNLOAD_T, &size);
    reply_.received_size = static_cast<std::uint64_t>(std::max<curl_off_t>(size, 0));
    if (recorder_ && recorder_->seen()) reply_.certificate = recorder_->report();
  }

  /// Whoever started this may keep it for long: what costs memory or a descriptor goes now.
  HttpReply finish() {
    transfer_.reset();
    recorder_.reset();
    proxy_recorder_.reset();
    digest_.reset();
    reply_.total_seconds = seconds_since(started_);
    reply_.connection.socket = Socket();
    return std::move(reply_);
  }

  void tell() {
    const auto done = std::exchange(done_, nullptr);
    if (done) done(finish());  // may destroy this
  }

  Net& net_;
  HttpRequest request_;
  Milliseconds connect_timeout_;
  std::function<void(HttpReply)> done_;
  SteadyTime started_;
  SteadyTime handshake_;
  SteadyTime sent_;
  HttpReply reply_;
  HttpStage stage_ = HttpStage::request;
  bool refuse_ = false;
  bool cut_ = false;  // we stopped reading, as asked
  std::size_t header_bytes_ = 0;
  std::size_t kept_headers_ = 0;
  std::optional<Failure> own_failure_;
  std::unique_ptr<Digest> digest_;
  std::unique_ptr<Connecting> connecting_;
  TlsLimit limit_;  // outlives the transfer, too
  std::unique_ptr<ChainRecorder> proxy_recorder_;
  std::unique_ptr<ChainRecorder> recorder_;  // outlives the transfer, whose context calls it
  std::unique_ptr<Transfer> transfer_;
};

}  // namespace

std::unique_ptr<HttpExchange> start_http(Net& net, HttpRequest request, Milliseconds connect_timeout,
                                         std::function<void(HttpReply)> done) {
  return std::make_unique<ExchangeOnLoop>(net, std::move(request), connect_timeout, std::move(done));
}

}  // namespace aztriage::net
