#include "probe/federation_metadata.h"

#include "base/text.h"
#include "decode/encoding.h"

#include <algorithm>
#include <optional>

namespace aztriage::probe {
namespace {

constexpr std::size_t kMostCertificates = 20;
constexpr std::size_t kMostElements = 20000;
constexpr std::size_t kLongestId = 1000;

/// One tag: its name without a prefix, and what stands in it.
struct Tag {
  std::string_view name;
  std::string_view inside;
  bool closing = false;
  std::size_t end = 0;  // after it
};

std::optional<Tag> next_tag(std::string_view xml, std::size_t from) {
  const std::size_t open = xml.find('<', from);
  if (open == std::string_view::npos) return std::nullopt;
  const std::size_t close = xml.find('>', open);
  if (close == std::string_view::npos) return std::nullopt;
  Tag tag{{}, xml.substr(open + 1, close - open - 1), false, close + 1};
  if (tag.inside.starts_with('/')) {
    tag.closing = true;
    tag.inside.remove_prefix(1);
  }
  tag.name = tag.inside.substr(0, tag.inside.find_first_of(" \t\r\n/"));
  if (const std::size_t colon = tag.name.find(':'); colon != std::string_view::npos)
    tag.name.remove_prefix(colon + 1);
  return tag;
}

std::string attribute(std::string_view inside, std::string_view name) {
  for (std::size_t at = inside.find(name); at != std::string_view::npos; at = inside.find(name, at + 1)) {
    const std::size_t quote = at + name.size() + 1;
    if (quote >= inside.size() || inside[quote - 1] != '=' || (inside[quote] != '"' && inside[quote] != '\''))
      continue;
    const std::size_t end = inside.find(inside[quote], quote + 1);
    if (end != std::string_view::npos) return std::string(inside.substr(quote + 1, end - quote - 1));
  }
  return {};
}

void add_certificate(std::string_view text, FederationMetadata& metadata) {
  const auto der = decode::base64_decode(text);
  if (!der || metadata.signing.size() >= kMostCertificates) return;
  auto certificate = decode::read_certificate(*der);
  if (!certificate) return;
  const auto same = [&](const auto& known) { return known.thumbprint == certificate->thumbprint; };
  if (std::ranges::none_of(metadata.signing, same)) metadata.signing.push_back(std::move(*certificate));
}

}  // namespace

FederationMetadata read_federation_metadata(std::string_view xml) {
  FederationMetadata metadata;
  bool signing = false;
  std::size_t at = 0;
  for (std::size_t count = 0; count < kMostElements; ++count) {
    const auto tag = next_tag(xml, at);
    if (!tag) break;
    at = tag->end;
    if (tag->name == "EntityDescriptor" && metadata.entity_id.empty()) {
      metadata.entity_id = text::to_utf8(attribute(tag->inside, "entityID").substr(0, kLongestId));
    } else if (tag->name == "KeyDescriptor") {
      // Without a use it is for both (SAML 2.0 metadata, 2.4.1.1).
      const std::string use = attribute(tag->inside, "use");
      signing = !tag->closing && (use.empty() || use == "signing");
    } else if (tag->name == "X509Certificate" && !tag->closing && signing) {
      const std::size_t end = std::min(xml.find('<', at), xml.size());
      add_certificate(xml.substr(at, end - at), metadata);
    }
  }
  return metadata;
}

}  // namespace aztriage::probe
