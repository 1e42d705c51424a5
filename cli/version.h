#pragma once

#include <string>

namespace aztriage::cli {

/// "0.1.0": the project's version in CMakeLists.txt, its only place.
std::string tool_version();
/// The tool's version and those of the libraries in use; libcurl and OpenSSL say theirs themselves, since
/// they are found at run time.
std::string version_text();

}  // namespace aztriage::cli
