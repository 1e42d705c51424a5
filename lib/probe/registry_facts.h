#pragma once

#include "decode/fact_list.h"
#include "fact/observation.h"
#include "probe/http_facts.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe {

inline constexpr auto kRegistryFacts = decode::fact_list(
    kHttpFacts,
    std::array<fact::FactSpec, 29>{{
        {"is-registry", {fact::Kind::boolean}, "whether a container registry answered"},
        {"anonymous", {fact::Kind::boolean}, "whether anybody may pull the repository"},
        {"anonymous.status", {fact::Kind::number}, "from the token endpoint, without a login"},
        {"anonymous.error", {fact::Kind::text}, "its error code"},
        {"login.ok", {fact::Kind::boolean}, "whether user and password were taken"},
        {"login.status", {fact::Kind::number}, "from the token endpoint, with user and password"},
        {"login.error", {fact::Kind::text}, "its error code"},
        {"login.detail", {fact::Kind::text}, "the words beside it"},
        {"login.failure", {fact::Kind::text}, "why the token endpoint did not answer"},
        {"manifest.status", {fact::Kind::number}, "to the manifest of repository and tag"},
        {"manifest.error", {fact::Kind::text}, "its error code, such as MANIFEST_UNKNOWN"},
        {"manifest.detail", {fact::Kind::text}, "the words beside it"},
        {"manifest.failure", {fact::Kind::text}, "why there was no answer to it"},
        {"manifest.type", {fact::Kind::text}, "its media type"},
        {"manifest.digest", {fact::Kind::text}, "the digest that the server gives it"},
        {"platforms", {fact::Kind::list, fact::Kind::text}, "os/architecture of each image under the tag"},
        {"layers", {fact::Kind::number}, "layers of the image"},
        {"layers.size", {fact::Kind::number}, "bytes of all of them, as they travel"},
        {"data-hosts", {fact::Kind::list, fact::Kind::host}, "the hosts that the layers come from"},
        {"data.failed", {fact::Kind::list, fact::Kind::host}, "those of them that can't be reached"},
        {"data.failure", {fact::Kind::text}, "why the first of them can't be"},
        {"data.failure-kind", {fact::Kind::text}, "the same as one word, such as tcp-timeout"},
        {"data.status", {fact::Kind::number}, "from the data host"},
        {"data.error", {fact::Kind::text}, "its error code"},
        {"data.private", {fact::Kind::boolean}, "whether the data host's address is private"},
        {"data.seconds", {fact::Kind::number}, "until the first byte from there"},
        {"data.issuer", {fact::Kind::text}, "of the data host's certificate"},
        {"data.problems", {fact::Kind::list, fact::Kind::text}, "what is wrong with that certificate"},
        {"retry-after", {fact::Kind::text}, "how long to wait, when there were too many requests", "headers"},
    }});

/// What a manifest or an index says (github.com/opencontainers/image-spec, docker schema 2).
struct Manifest {
  std::vector<std::string> platforms;  // of an index; attestations left out
  std::string child;   // digest of the image to look into: that for linux/amd64, else the first; of an index
  std::string config;  // digest of the configuration; of an image
  std::string layer;   // digest of the first layer
  int layers = 0;
  double size = 0;
};
/// `facts` holds the `json.*` of its text.
Manifest read_manifest(const fact::Facts& facts);

/// `os/architecture[/variant]` of a configuration or of one entry; empty when it does not say.
std::string platform_of(const fact::Facts& facts, std::string_view prefix);

}  // namespace aztriage::probe
