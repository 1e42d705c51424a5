#pragma once

#include "base/result.h"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace aztriage::decode {

/// Stand-ins for what names a customer: subscriptions, tenants, resource groups and resources, host names, IP
/// addresses, mail addresses, GUIDs. The same thing always gets the same stand-in, whatever its case, and
/// relations stay: a host stays under its well-known suffix (`host-1.azurewebsites.net`) or in its domain
/// (`host-1.domain-1.example`), a private address stays private, a subnet (/24, /64) stays one subnet. What
/// names nobody stays as it is: hosts of Microsoft and of public services, loopback, 168.63.129.16, public
/// resolvers.
///
/// `decode(encode(text)) == text`; up to 16 spellings of one name (Shop, SHOP) are told apart by the case of
/// the stand-in's letters. Both are linear in the text. Stand-ins are numbered as they come; `saved` keeps
/// them, so that those of one case never change.
class Pseudonyms {
 public:
  /// `suffixes`: domains under which every customer has names of its own, such as azurewebsites.net.
  explicit Pseudonyms(const std::vector<std::string>& suffixes);
  ~Pseudonyms();
  Pseudonyms(Pseudonyms&&) noexcept;
  Pseudonyms& operator=(Pseudonyms&&) noexcept;

  /// A text that stays although it looks like a name: ids that a service's engineers need.
  void keep(std::string_view text);
  /// A word that names something of the customer's wherever it stands alone: the value of an input such as a
  /// resource group. `kind` is the stand-in's word ("group"); words under 3 letters are not taken.
  void name(std::string_view word, std::string_view kind);

  /// A host name by its place, whatever its end: its domain is known from now on, as is a name without dots.
  void host(std::string_view name);

  std::string encode(std::string_view text);
  /// Also of a text that somebody wrote by hand, in any case. What no stand-in stands for stays.
  std::string decode(std::string_view text) const;

  std::size_t size() const;
  /// One line for each stand-in, for `restore`.
  std::string saved() const;
  /// Into a new object, before anything is encoded. A line that is none is an error.
  Result<void> restore(std::string_view saved);

 private:
  struct Table;
  std::unique_ptr<Table> table_;
};

}  // namespace aztriage::decode
