#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe::wire {

/// A value of the AMQP 1.0 type system (OASIS AMQP 1.0, part 1).
struct AmqpValue {
  enum class Kind { null, boolean, number, text, symbol, binary, list, map, array, other };
  Kind kind = Kind::null;
  std::optional<std::uint64_t> descriptor = {};  // of a described type whose descriptor is a number
  double number = 0;                             // of a boolean, too
  std::string bytes = {};                        // of text, symbol, binary; of others as sent
  std::vector<AmqpValue> items = {};             // of a map: key, value, key, value, ...

  bool is_null() const { return kind == Kind::null; }
  bool is_text() const { return kind == Kind::text || kind == Kind::symbol; }
  /// A field of a list; null when it is not there, as trailing ones may be left out.
  const AmqpValue& at(std::size_t index) const;
};

/// Reads one value and moves past it; nothing when it is malformed, deeper than 16 levels or made of more
/// than 4096 values.
std::optional<AmqpValue> read_amqp(std::string_view& bytes);

std::string amqp_null();
std::string amqp_bool(bool value);
std::string amqp_ubyte(std::uint8_t value);
std::string amqp_ushort(std::uint16_t value);
std::string amqp_uint(std::uint32_t value);
std::string amqp_text(std::string_view value);
std::string amqp_symbol(std::string_view value);
std::string amqp_binary(std::string_view value);
/// A list of encoded fields as a described type.
std::string amqp_described(std::uint8_t code, const std::vector<std::string>& fields);

/// A frame (part 2, section 2.3): its type is 0 for AMQP, 1 for SASL.
struct AmqpFrame {
  std::uint8_t type = 0;
  std::uint16_t channel = 0;
  std::string_view body;  // empty: a sign of life
};
std::string amqp_frame(std::uint8_t type, std::uint16_t channel, std::string_view body);

}  // namespace aztriage::probe::wire
