#include "cli/version.h"

#include <dlfcn.h>

namespace aztriage::cli {
namespace {

/// What `const char* function()` of a shared library returns, or empty when it is not there.
std::string ask(const char* library, const char* function) {
  void* handle = ::dlopen(library, RTLD_LAZY | RTLD_LOCAL);
  if (handle == nullptr) return {};
  std::string answer;
  if (void* symbol = ::dlsym(handle, function)) {
    const auto call = reinterpret_cast<const char* (*)()>(symbol);
    if (const char* text = call()) answer = text;
  }
  ::dlclose(handle);
  return answer;
}

}  // namespace

std::string tool_version() {
  return AZTRIAGE_VERSION;
}

std::string version_text() {
  std::string text = "aztriage " + tool_version() + "\n";
  const std::string curl = ask("libcurl.so.4", "curl_version");
  text += curl.empty() ? "libcurl: not found; probes need libcurl.so.4 (package libcurl4)" : curl;
  return text + "\nbuilt with " AZTRIAGE_LIBRARY_VERSIONS "\n";
}

}  // namespace aztriage::cli
