#pragma once

#include "support/source_folder.h"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace aztriage::test {

/// What a server said, as a fuzzer's seed keeps it: without the four bytes in front.
inline std::string recording(const std::string& name) {
  std::ifstream file(test::source_folder() + "/tests/fuzz/corpus/" + name, std::ios::binary);
  if (!file) throw std::runtime_error("no recording " + name);
  const std::string all{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return all.substr(4);
}

}  // namespace aztriage::test
