#include "probe/registry_facts.h"

#include <algorithm>
#include <cstdlib>

namespace aztriage::probe {
namespace {

constexpr int kMostEntries = 200;

std::string text_of(const fact::Facts& facts, const std::string& name) {
  const auto found = facts.find(name);
  return found == facts.end() ? std::string() : fact::to_text(found->second);
}

/// `sha256:HEX` and its like: it becomes a part of a path.
std::string digest_of(const fact::Facts& facts, const std::string& name) {
  std::string digest = text_of(facts, name);
  constexpr std::string_view kSigns = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:+._-=";
  const bool good = digest.size() < 200 && digest.find(':') != std::string::npos &&
                    digest.find_first_not_of(kSigns) == std::string::npos;
  return good ? digest : std::string();
}

void read_index(const fact::Facts& facts, Manifest& manifest) {
  for (int i = 0; i < kMostEntries; ++i) {
    const std::string entry = "json.manifests." + std::to_string(i);
    const std::string digest = digest_of(facts, entry + ".digest");
    if (digest.empty()) break;
    const std::string platform = platform_of(facts, entry + ".platform");
    if (platform.starts_with("unknown")) continue;  // provenance of an image, not an image
    if (!platform.empty() && std::ranges::find(manifest.platforms, platform) == manifest.platforms.end())
      manifest.platforms.push_back(platform);
    if (manifest.child.empty() || platform == "linux/amd64") manifest.child = digest;
  }
}

}  // namespace

std::string platform_of(const fact::Facts& facts, std::string_view prefix) {
  const std::string base(prefix);
  const std::string os = text_of(facts, base + ".os");
  const std::string architecture = text_of(facts, base + ".architecture");
  const std::string variant = text_of(facts, base + ".variant");
  if (os.empty() || architecture.empty()) return {};
  return os + "/" + architecture + (variant.empty() ? "" : "/" + variant);
}

Manifest read_manifest(const fact::Facts& facts) {
  Manifest manifest;
  read_index(facts, manifest);
  manifest.config = digest_of(facts, "json.config.digest");
  for (int i = 0; i < kMostEntries; ++i) {
    const std::string entry = "json.layers." + std::to_string(i);
    const std::string digest = digest_of(facts, entry + ".digest");
    if (digest.empty()) break;
    if (i == 0) manifest.layer = digest;
    ++manifest.layers;
    manifest.size += std::max(0.0, std::strtod(text_of(facts, entry + ".size").c_str(), nullptr));
  }
  return manifest;
}

}  // namespace aztriage::probe
