#pragma once

#include "base/result.h"

#include <memory>
#include <string>

struct x509_store_st;

namespace aztriage::net {

/// The authorities that a check of a certificate trusts. Loading a bundle costs more than a whole handshake,
/// so each set of authorities is one store for the whole process, and no library loads one of its own.
class Trust {
 public:
  /// The system's authorities and those of `ca_file` (PEM; empty for none). The same object for the same
  /// file. A folder, an unreadable file or one without a certificate is an error that names it.
  static Result<std::shared_ptr<const Trust>> system_and(const std::string& ca_file);
  /// Only the authorities of `ca_file`, as a client that pins a root. It may also be the PEM text itself, or
  /// that in base64, as a kubeconfig has it.
  static Result<std::shared_ptr<const Trust>> only(const std::string& ca_file);

  ~Trust();
  Trust(const Trust&) = delete;
  Trust& operator=(const Trust&) = delete;

  x509_store_st* store() const { return store_; }
  /// Whether there is any authority: a machine without a certificate bundle has none.
  bool any() const { return any_; }

 private:
  explicit Trust(x509_store_st* store) : store_(store) {}
  static Result<std::shared_ptr<const Trust>> load(const std::string& ca_file, bool system);
  x509_store_st* store_;
  bool any_ = false;
};

}  // namespace aztriage::net
