#include "net/curl_api.h"

#include <string>
#include <string_view>

#include <dlfcn.h>

namespace aztriage::net {
namespace {

constexpr unsigned kOldest = 0x075500;  // 7.85.0: CURLOPT_PROTOCOLS_STR
constexpr const char* kHint = "install libcurl with OpenSSL: apt-get install libcurl4";

template <class Function>
bool load(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

/// The first function that the library lacks, or null.
const char* load_all(void* library, CurlApi& api) {
#define AZTRIAGE_LOAD(name) \
  if (!load(library, "curl_" #name, api.name)) return "curl_" #name
  AZTRIAGE_LOAD(global_init);
  AZTRIAGE_LOAD(version_info);
  AZTRIAGE_LOAD(easy_init);
  AZTRIAGE_LOAD(easy_cleanup);
  AZTRIAGE_LOAD(easy_setopt);
  AZTRIAGE_LOAD(easy_getinfo);
  AZTRIAGE_LOAD(easy_strerror);
  AZTRIAGE_LOAD(easy_pause);
  AZTRIAGE_LOAD(multi_init);
  AZTRIAGE_LOAD(multi_cleanup);
  AZTRIAGE_LOAD(multi_setopt);
  AZTRIAGE_LOAD(multi_add_handle);
  AZTRIAGE_LOAD(multi_remove_handle);
  AZTRIAGE_LOAD(multi_socket_action);
  AZTRIAGE_LOAD(multi_assign);
  AZTRIAGE_LOAD(multi_info_read);
  AZTRIAGE_LOAD(slist_append);
  AZTRIAGE_LOAD(slist_free_all);
#undef AZTRIAGE_LOAD
  return nullptr;
}

}  // namespace

Result<CurlApi> open_curl(const char* library) {
  void* handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* why = dlerror();
    return failed("libcurl can't be opened: " + std::string(why != nullptr ? why : library), kHint);
  }
  CurlApi api{};
  if (const char* missing = load_all(handle, api)) {
    dlclose(handle);
    return failed(std::string(library) + " has no function '" + missing + "'", kHint);
  }
  // From here on the library stays: it may not be unloaded once it has been initialised.
  const curl_version_info_data* info = api.version_info(CURLVERSION_NOW);
  const std::string version =
      info != nullptr && info->version != nullptr ? info->version : "of unknown version";
  if (info == nullptr || info->version_num < kOldest)
    return failed("libcurl " + version + " is too old, 7.85 or newer is needed", kHint);
  const std::string_view tls = info->ssl_version != nullptr ? info->ssl_version : "";
  if (tls.substr(0, 8) != "OpenSSL/")
    return failed("libcurl " + version + " uses '" + std::string(tls) + "' for TLS, not OpenSSL", kHint);
  if (api.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return failed("libcurl " + version + " can't be initialised");
  return api;
}

Result<const CurlApi*> curl_api() {
  static const Result<CurlApi> api = open_curl("libcurl.so.4");
  if (!api) return tl::unexpected<Error>(api.error());
  return &*api;
}

}  // namespace aztriage::net
