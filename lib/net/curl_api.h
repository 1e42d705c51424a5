#pragma once

#include "base/result.h"

#include <curl/curl.h>

namespace aztriage::net {

/// The functions of libcurl that we use. The library is opened when the first network probe is about to
/// start, because it brings thirty others with it, which cost more than all that works without a network; so
/// nothing here is linked against it.
struct CurlApi {
  decltype(&::curl_global_init) global_init;
  decltype(&::curl_version_info) version_info;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_easy_pause) easy_pause;
  decltype(&::curl_multi_init) multi_init;
  decltype(&::curl_multi_cleanup) multi_cleanup;
  decltype(&::curl_multi_setopt) multi_setopt;
  decltype(&::curl_multi_add_handle) multi_add_handle;
  decltype(&::curl_multi_remove_handle) multi_remove_handle;
  decltype(&::curl_multi_socket_action) multi_socket_action;
  decltype(&::curl_multi_assign) multi_assign;
  decltype(&::curl_multi_info_read) multi_info_read;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
};

/// Opens libcurl.so.4 on the first call and initialises it; the same answer ever after. A libcurl that is too
/// old or whose TLS is not OpenSSL is refused, since certificates are looked at through OpenSSL.
Result<const CurlApi*> curl_api();

/// The same for a library of another name, which is not kept: the errors can be tested.
Result<CurlApi> open_curl(const char* library);

}  // namespace aztriage::net
