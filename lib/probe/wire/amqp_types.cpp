#include "probe/wire/amqp_types.h"

#include "probe/wire/bytes.h"

#include <bit>

namespace aztriage::probe::wire {
namespace {

constexpr int kMostDepth = 16;
constexpr std::size_t kMostValues = 4096;
constexpr double kMostDescriptor = 9007199254740992.0;  // what a double holds exactly

using Kind = AmqpValue::Kind;

/// Part 1, section 1.2: the upper half of a constructor's code says how long its value is.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : reader_(bytes) {}

  std::optional<AmqpValue> value(int depth) {
    std::uint64_t descriptor = 0;
    bool described = false;
    std::uint8_t code = reader_.u8();
    if (code == 0x00) {
      if (!this->descriptor(depth, descriptor, described)) return std::nullopt;
      code = reader_.u8();
      if (code == 0x00) return std::nullopt;  // nothing in use is described twice
    }
    auto read = of_code(code, depth);
    if (read && described) read->descriptor = descriptor;
    return read;
  }
  std::size_t at() const { return reader_.at(); }

 private:
  /// A descriptor is a plain value: one that is described itself is in use nowhere.
  bool descriptor(int depth, std::uint64_t& number, bool& known) {
    const auto value = of_code(reader_.u8(), depth + 1);
    if (!value) return false;
    known = value->kind == Kind::number && value->number >= 0 && value->number < kMostDescriptor;
    if (known) number = static_cast<std::uint64_t>(value->number);
    return true;
  }

  std::optional<AmqpValue> of_code(std::uint8_t code, int depth) {
    if (depth > kMostDepth || ++count_ > kMostValues || !reader_.good()) return std::nullopt;
    switch (code >> 4) {
      case 0x4:
        return empty(code);
      case 0x5:
        return fixed(code, 1);
      case 0x6:
        return fixed(code, 2);
      case 0x7:
        return fixed(code, 4);
      case 0x8:
        return fixed(code, 8);
      case 0x9:
        return fixed(code, 16);
      case 0xa:
        return variable(code, 1);
      case 0xb:
        return variable(code, 4);
      case 0xc:
        return compound(code, 1, depth);
      case 0xd:
        return compound(code, 4, depth);
      case 0xe:
        return array(1, depth);
      case 0xf:
        return array(4, depth);
      default:
        return std::nullopt;
    }
  }

  static std::optional<AmqpValue> empty(std::uint8_t code) {
    switch (code) {
      case 0x40:
        return AmqpValue{};
      case 0x41:
        return AmqpValue{.kind = Kind::boolean, .number = 1};
      case 0x42:
        return AmqpValue{.kind = Kind::boolean, .number = 0};
      case 0x43:
      case 0x44:
        return AmqpValue{.kind = Kind::number, .number = 0};
      case 0x45:
        return AmqpValue{.kind = Kind::list};
      default:
        return std::nullopt;
    }
  }

  std::optional<AmqpValue> fixed(std::uint8_t code, std::size_t width) {
    const std::string_view bytes = reader_.take(width);
    if (!reader_.good()) return std::nullopt;
    ByteReader number(bytes);
    const std::uint64_t raw = width > 8 ? 0 : number.number(width);
    AmqpValue value{.kind = Kind::number};
    switch (code) {
      case 0x56:
        value.kind = Kind::boolean;
        [[fallthrough]];
      case 0x50:
      case 0x52:
      case 0x53:
      case 0x60:
      case 0x70:
      case 0x73:
      case 0x80:
        value.number = static_cast<double>(raw);
        break;
      case 0x51:
      case 0x54:
      case 0x55:
        value.number = static_cast<std::int8_t>(raw);
        break;
      case 0x61:
        value.number = static_cast<std::int16_t>(raw);
        break;
      case 0x71:
        value.number = static_cast<std::int32_t>(raw);
        break;
      case 0x81:
      case 0x83:
        value.number = static_cast<double>(static_cast<std::int64_t>(raw));
        break;
      case 0x72:
        value.number = std::bit_cast<float>(static_cast<std::uint32_t>(raw));
        break;
      case 0x82:
        value.number = std::bit_cast<double>(raw);
        break;
      case 0x74:
      case 0x84:
      case 0x94:
      case 0x98:
        value.kind = Kind::other;
        value.bytes = std::string(bytes);
        break;
      default:
        return std::nullopt;
    }
    return value;
  }

  std::optional<AmqpValue> variable(std::uint8_t code, std::size_t width) {
    AmqpValue value;
    switch (code & 0x0f) {
      case 0:
        value.kind = Kind::binary;
        break;
      case 1:
        value.kind = Kind::text;
        break;
      case 3:
        value.kind = Kind::symbol;
        break;
      default:
        return std::nullopt;
    }
    value.bytes = std::string(reader_.counted(width));
    if (!reader_.good()) return std::nullopt;
    return value;
  }

  std::optional<AmqpValue> compound(std::uint8_t code, std::size_t width, int depth) {
    if ((code & 0x0f) > 1) return std::nullopt;
    AmqpValue value{.kind = (code & 0x0f) == 0 ? Kind::list : Kind::map};
    const std::uint64_t size = reader_.number(width);
    const std::size_t begin = reader_.at();
    const std::uint64_t count = reader_.number(width);
    if (!reader_.good() || size < width || size - width > reader_.left()) return std::nullopt;
    if (value.kind == Kind::map && count % 2 != 0) return std::nullopt;
    for (std::uint64_t i = 0; i < count; ++i) {
      auto item = this->value(depth + 1);
      if (!item) return std::nullopt;
      value.items.push_back(std::move(*item));
    }
    if (reader_.at() - begin != size) return std::nullopt;
    return value;
  }

  std::optional<AmqpValue> array(std::size_t width, int depth) {
    AmqpValue value{.kind = Kind::array};
    const std::uint64_t size = reader_.number(width);
    const std::size_t begin = reader_.at();
    const std::uint64_t count = reader_.number(width);
    if (!reader_.good() || size < width || size - width > reader_.left()) return std::nullopt;
    std::uint8_t code = reader_.u8();
    if (code == 0x00) {
      std::uint64_t number = 0;
      bool known = false;
      if (!descriptor(depth, number, known)) return std::nullopt;
      code = reader_.u8();
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      auto item = of_code(code, depth + 1);
      if (!item) return std::nullopt;
      value.items.push_back(std::move(*item));
    }
    if (!reader_.good() || reader_.at() - begin != size) return std::nullopt;
    return value;
  }

  ByteReader reader_;
  std::size_t count_ = 0;
};

std::string variable(unsigned short_code, unsigned long_code, std::string_view value) {
  ByteWriter out;
  if (value.size() < 256) return out.u8(short_code).counted(value, 1).bytes();
  return out.u8(long_code).counted(value, 4).bytes();
}

}  // namespace

const AmqpValue& AmqpValue::at(std::size_t index) const {
  static const AmqpValue null;
  return kind == Kind::list && index < items.size() ? items[index] : null;
}

std::optional<AmqpValue> read_amqp(std::string_view& bytes) {
  Reader reader(bytes);
  auto value = reader.value(0);
  if (value) bytes.remove_prefix(reader.at());
  return value;
}

std::string amqp_null() {
  return "\x40";
}
std::string amqp_bool(bool value) {
  return value ? "\x41" : "\x42";
}
std::string amqp_ubyte(std::uint8_t value) {
  return ByteWriter().u8(0x50).u8(value).bytes();
}
std::string amqp_ushort(std::uint16_t value) {
  return ByteWriter().u8(0x60).u16(value).bytes();
}
std::string amqp_uint(std::uint32_t value) {
  return ByteWriter().u8(0x70).u32(value).bytes();
}
std::string amqp_text(std::string_view value) {
  return variable(0xa1, 0xb1, value);
}
std::string amqp_symbol(std::string_view value) {
  return variable(0xa3, 0xb3, value);
}
std::string amqp_binary(std::string_view value) {
  return variable(0xa0, 0xb0, value);
}

std::string amqp_described(std::uint8_t code, const std::vector<std::string>& fields) {
  std::string body;
  for (const auto& field : fields) body += field;
  return ByteWriter()
      .u8(0x00)
      .u8(0x53)
      .u8(code)
      .u8(0xd0)
      .u32(body.size() + 4)
      .u32(fields.size())
      .put(body)
      .bytes();
}

std::string amqp_frame(std::uint8_t type, std::uint16_t channel, std::string_view body) {
  return ByteWriter().u32(body.size() + 8).u8(2).u8(type).u16(channel).put(body).bytes();
}

}  // namespace aztriage::probe::wire
