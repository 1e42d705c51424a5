#include "cli/hidden.h"

#include "base/process.h"
#include "decode/secret_forms.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <span>

namespace aztriage::cli {
namespace {

/// Shorter ones are words, and words stand everywhere.
constexpr std::size_t kLeast = 8;

std::span<char*> started;

/// What behind the first `=` of `pair` is secret, by its name or by its form.
void add_secrets(const std::string& pair, std::size_t least, decode::SecretSet& set) {
  const std::size_t value = pair.find('=') + 1;
  for (const auto& span : decode::find_secrets(pair)) {
    const std::size_t begin = std::max(span.begin, value);
    if (span.end > begin && span.end - begin >= least)
      set.add(std::string_view(pair).substr(begin, span.end - begin));
  }
}

bool has_login(std::string_view proxy) {
  const std::size_t at = proxy.rfind('@');
  const std::size_t scheme = proxy.find("://");
  const std::size_t colon = proxy.find(':', scheme == std::string_view::npos ? 0 : scheme + 3);
  return at != std::string_view::npos && colon < at;
}

/// Libcurl takes a proxy without a scheme, too.
std::string as_url(std::string_view proxy) {
  return (proxy.find("://") == std::string_view::npos ? "http://" : "") + std::string(proxy);
}

}  // namespace

decode::SecretSet started_with(const Options& options) {
  decode::SecretSet set;
  for (const std::string& pair : process_environment()) add_secrets(pair, kLeast, set);
  const char* const kNames[] = {"http_proxy", "https_proxy", "HTTPS_PROXY",
                                "all_proxy",  "ALL_PROXY",   "HTTP_PROXY"};
  for (const char* name : kNames) {
    const char* value = std::getenv(name);
    if (value != nullptr && has_login(value)) add_secrets("proxy=" + as_url(value), 1, set);
  }
  if (const std::string proxy = options.get("proxy"); has_login(proxy))
    add_secrets("proxy=" + as_url(proxy), 1, set);
  return set;
}

void scrub_arguments(int count, char** arguments) {
  if (count < 1) return;
  started = {arguments + 1, static_cast<std::size_t>(count) - 1};
  for (int i = 1; i < count; ++i) {
    char* const text = arguments[i];
    for (const auto& span : decode::find_secrets(text))
      std::memset(text + span.begin, '*', span.end - span.begin);
    // `--proxy user:password@host`
    const std::string_view word = text;
    const std::size_t equals = word.starts_with("--proxy=") ? word.find('=') + 1 : 0;
    const bool proxy = equals > 0 || (i > 1 && std::string_view(arguments[i - 1]) == "--proxy");
    if (!proxy || !has_login(word.substr(equals))) continue;
    const std::size_t scheme = word.find("://");
    const std::size_t colon = word.find(':', scheme == std::string_view::npos ? equals : scheme + 3);
    std::memset(text + colon + 1, '*', word.rfind('@') - colon - 1);
  }
}

void scrub_arguments(std::string_view secret) {
  if (secret.empty()) return;
  for (char* const text : started) {
    const std::string_view word = text;
    for (std::size_t at = 0; (at = word.find(secret, at)) != std::string_view::npos; at += secret.size())
      std::memset(text + at, '*', secret.size());
  }
}

std::string exposed_proxy(const Options& options) {
  const std::string proxy = options.get("proxy");
  const char* environment = std::getenv("AZTRIAGE_PROXY");
  if (!has_login(proxy) || (environment != nullptr && proxy == environment)) return {};
  return "aztriage: a command line is seen by everybody on this machine; AZTRIAGE_PROXY or HTTPS_PROXY keep "
         "the proxy's password to yourself";
}

}  // namespace aztriage::cli
