#pragma once

#include <string>

namespace aztriage::test {

/// The project's folder, for tests that read its files.
std::string source_folder();

}  // namespace aztriage::test
