#pragma once

#include "fact/observation.h"

#include <algorithm>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace aztriage::decode {

inline constexpr std::size_t kMostObjects = 500;
inline constexpr std::size_t kMostMessages = 16 * 1024;

/// Whether an object is of this kind.
bool is_kind(const nlohmann::json& object, std::string_view kind);

/// Words that are kept once each, in order, and a text of lines that are kept once each; both bounded.
struct Collected {
  std::vector<std::string> words;
  std::string lines;
  void word(const std::string& one) {
    if (!one.empty() && words.size() < kMostObjects &&
        std::find(words.begin(), words.end(), one) == words.end())
      words.push_back(one);
  }
  void line(const std::string& one) {
    if (one.empty() || lines.size() + one.size() > kMostMessages) return;
    if (("\n" + lines).find("\n" + one + "\n") == std::string::npos) lines += one + "\n";
  }
};

}  // namespace aztriage::decode
