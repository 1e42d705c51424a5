#include "probe/wire/client_hello.h"

#include <algorithm>
#include <initializer_list>

namespace aztriage::probe::wire {
namespace {

constexpr std::size_t kRecordHeader = 5;
constexpr std::size_t kMostRecord = kRecordHeader + 16384;
constexpr std::size_t kExtensionHeader = 4;
constexpr int kServerName = 0, kGroups = 10, kPointFormats = 11, kSignatures = 13, kPadding = 21,
              kVersions = 43, kKeyShare = 51;

/// A number in network order.
std::string number(std::size_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>((value >> (8 * i)) & 0xff);
  return out;
}

std::string with_length(const std::string& body, int bytes) {
  return number(body.size(), bytes) + body;
}

std::string extension(int type, const std::string& body) {
  return number(static_cast<std::size_t>(type), 2) + with_length(body, 2);
}

std::string list_of(std::initializer_list<int> values, int length_bytes) {
  std::string out;
  for (const int value : values) out += number(static_cast<std::size_t>(value), 2);
  return with_length(out, length_bytes);
}

std::string extensions(std::string_view name, std::string_view share) {
  std::string out;
  if (!name.empty()) out += extension(kServerName, with_length('\0' + with_length(std::string(name), 2), 2));
  out += extension(kGroups, list_of({0x001d, 0x0017, 0x0018}, 2));
  out += extension(kPointFormats, std::string("\x01\x00", 2));
  out += extension(kSignatures, list_of({0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601}, 2));
  out += extension(kVersions, list_of({0x0304, 0x0303}, 1));
  out += extension(kKeyShare, with_length(number(0x001d, 2) + with_length(std::string(share), 2), 2));
  return out;
}

}  // namespace

std::string client_hello(std::string_view server_name, std::size_t size, std::string_view random) {
  std::string head = number(0x0303, 2);
  head += random.substr(0, 32);
  head += with_length(std::string(random.substr(32, 32)), 1);
  head += list_of({0x1301, 0x1302, 0x1303, 0xc02f, 0xc030, 0xc02b, 0xc02c, 0xcca8, 0xcca9, 0x009c, 0x009d,
                   0x002f, 0x0035},
                  2);
  head += std::string("\x01\x00", 2);
  std::string more = extensions(server_name, random.substr(64, 32));
  const std::size_t least = kRecordHeader + 4 + head.size() + 2 + more.size();
  const std::size_t wanted = std::min(size, kMostRecord);
  if (wanted >= least + kExtensionHeader)
    more += extension(kPadding, std::string(wanted - least - kExtensionHeader, '\0'));
  const std::string hello = '\x01' + with_length(head + with_length(more, 2), 3);
  return "\x16\x03\x01" + with_length(hello, 2);
}

}  // namespace aztriage::probe::wire
