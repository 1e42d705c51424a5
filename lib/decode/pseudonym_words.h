#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// What `Pseudonyms` knows about names; all words in lower case.
namespace aztriage::decode {

/// Hosts and domains that name no customer: Microsoft's own, public services and authorities.
bool is_public_host(std::string_view host);
/// A label that says what a name is for, or where: `www`, `privatelink`, `westeurope`, `_dnsauth`, `443`.
bool is_common_label(std::string_view label);
/// A domain's first label that is an ordinary word and must not be replaced where it stands alone.
bool is_common_word(std::string_view word);
/// The last label of names that people register or use inside; never one that is rather a file's ending.
bool is_top_level(std::string_view label);
/// How many labels of a host make its registered domain (`contoso.co.uk`: 3); 0: it has not that many.
std::size_t domain_labels(const std::vector<std::string_view>& labels);
/// An option of a command whose value names a resource: `--resource-group`, `-g`. Sets the stand-in's word.
bool is_name_option(std::string_view option, std::string_view& kind);
/// A resource's name that everybody has: `default`, `$web`, `kube-system`.
bool is_common_name(std::string_view name);

bool is_guid(std::string_view text);
/// GUIDs of Microsoft's own applications, and the empty one.
bool is_public_guid(std::string_view guid);

/// The stand-ins' words. `host-12` is one, `hosts-12` is none.
bool looks_like_stand_in(std::string_view word);

}  // namespace aztriage::decode
