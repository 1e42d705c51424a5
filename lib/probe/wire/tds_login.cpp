#include "probe/wire/tds_login.h"

#include "probe/wire/bytes.h"
#include "probe/wire/said.h"

#include <algorithm>

namespace aztriage::probe::wire {
namespace {

constexpr std::size_t kFixed = 94;
constexpr std::size_t kLongest = 128;  // characters of each text
constexpr std::uint32_t kVersion74 = 0x74000004, kVersion80 = 0x08000000;
constexpr std::size_t kPacketSize = 4096;
constexpr int kMostTokens = 1000;
constexpr std::uint8_t kRouting = 20, kEnhancedRouting = 21, kDatabase = 1;

/// MS-TDS 2.2.6.4: the halves of each byte change places, then it is xored. Hides nothing: TLS does.
std::string scrambled(std::string text) {
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    c = static_cast<char>(((byte << 4) | (byte >> 4)) ^ 0xa5);
  }
  return text;
}

/// Texts behind the fixed part, each named by its offset and length in characters.
class Texts {
 public:
  explicit Texts(ByteWriter& fixed) : fixed_(fixed) {}
  void add(std::string utf16) {
    utf16.resize(std::min(utf16.size(), kLongest * 2));
    fixed_.u16(kFixed + data_.size()).u16(utf16.size() / 2);
    data_ += utf16;
  }
  const std::string& data() const { return data_; }

 private:
  ByteWriter& fixed_;
  std::string data_;
};

std::string wide_text(ByteReader& reader, std::size_t width) {
  return said(from_utf16(reader.take(static_cast<std::size_t>(reader.number(width)) * 2)));
}

void read_error(ByteReader reader, TdsAnswer& answer) {
  if (answer.error) return;
  TdsAnswer::Error error;
  error.number = static_cast<std::int32_t>(reader.u32());
  error.state = reader.u8();
  error.severity = reader.u8();
  error.text = wide_text(reader, 2);
  if (reader.good()) answer.error = std::move(error);
}

void read_change(ByteReader reader, TdsAnswer& answer) {
  const std::uint8_t what = reader.u8();
  if (what == kDatabase) answer.database = wide_text(reader, 1);
  if (what != kRouting && what != kEnhancedRouting) return;
  ByteReader value(reader.counted(2), Order::little);
  const std::uint8_t protocol = value.u8();  // 0 is TCP
  const std::uint16_t port = value.u16();
  const std::string host = wide_text(value, 2);
  if (!value.good() || protocol != 0) return;
  answer.route_port = port;
  answer.route_host = host.substr(0, host.find('\\'));  // an instance's name may follow
}

void read_acknowledgement(ByteReader reader, TdsAnswer& answer) {
  reader.u8();
  reader.u32();
  answer.program = wide_text(reader, 1);
  answer.accepted = true;
}

/// FEATUREEXTACK: pieces of their own lengths up to 0xff.
void skip_features(ByteReader& reader) {
  while (reader.good() && reader.u8() != 0xff) reader.counted(4);
}

}  // namespace

std::string tds_login(const TdsLogin& login) {
  ByteWriter fixed(Order::little);
  fixed.u32(login.strict ? kVersion80 : kVersion74).u32(kPacketSize);
  fixed.u32(0).u32(0).u32(0);  // version of the program, its process, connection
  fixed.u8(0xe0).u8(0x03).u8(0).u8(
      0x08);                 // database and language matter, ODBC's ways; collations may be unknown
  fixed.u32(0).u32(0x0409);  // time zone, language
  Texts texts(fixed);
  texts.add(to_utf16("aztriage"));  // this machine's name is nobody's business
  texts.add(to_utf16(login.user));
  texts.add(scrambled(to_utf16(login.password)));
  texts.add(to_utf16("aztriage"));
  texts.add(to_utf16(login.server));
  texts.add({});                    // extensions
  texts.add(to_utf16("aztriage"));  // the library's name
  texts.add({});                    // language
  texts.add(to_utf16(login.database));
  fixed.put(std::string(6, '\0'));  // no hardware address
  texts.add({});                    // integrated login
  texts.add({});                    // file to attach
  texts.add({});                    // new password
  fixed.u32(0);
  ByteWriter out(Order::little);
  out.u32(kFixed + texts.data().size()).put(fixed.bytes()).put(texts.data());
  return out.bytes();
}

std::optional<TdsAnswer> read_tds_answer(std::string_view tokens) {
  TdsAnswer answer;
  ByteReader reader(tokens, Order::little);
  for (int count = 0; reader.left() > 0; ++count) {
    if (count > kMostTokens) return std::nullopt;
    switch (reader.u8()) {
      case 0xaa:
        read_error(ByteReader(reader.counted(2), Order::little), answer);
        break;
      case 0xad:
        read_acknowledgement(ByteReader(reader.counted(2), Order::little), answer);
        break;
      case 0xe3:
        read_change(ByteReader(reader.counted(2), Order::little), answer);
        break;
      case 0xab:  // INFO
      case 0xa9:  // ORDER
      case 0xed:  // SSPI
        reader.counted(2);
        break;
      case 0xe4:  // SESSIONSTATE
        reader.counted(4);
        break;
      case 0xee:  // FEDAUTHINFO
        reader.counted(4);
        answer.wants_token = true;
        break;
      case 0xae:
        skip_features(reader);
        break;
      case 0x79:  // RETURNSTATUS
        reader.u32();
        break;
      case 0xfd:
      case 0xfe:
      case 0xff:  // DONE and its like
        reader.take(12);
        break;
      default:
        return std::nullopt;
    }
    if (!reader.good()) return std::nullopt;
  }
  return answer;
}

}  // namespace aztriage::probe::wire
