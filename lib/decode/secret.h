#pragma once

#include <string>
#include <utility>

namespace aztriage::decode {

/// A value that must not be shown: it prints as `***` and its memory is wiped when it goes. Whoever needs the
/// value itself says so by `reveal`.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(other.value_) { other.wipe(); }
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(); }

  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  std::string shown() const { return value_.empty() ? "" : "***"; }

 private:
  void wipe() noexcept;
  std::string value_;
};

}  // namespace aztriage::decode
