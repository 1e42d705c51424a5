#include "decode/reader.h"

#include "base/text.h"
#include "decode/readers/lines.h"

#include <algorithm>
#include <array>

namespace aztriage::decode {

// Each is defined in the file of its name; one that is listed but not written does not link.
extern const ReaderSpec kBackendHealthReader, kBootLogReader, kCurlHeadersReader, kDigReader, kDsregcmdReader,
    kErrorReader, kInstanceViewReader, kJsonReader, kKubectlReader, kNsgReader, kNslookupReader,
    kOpensslReader, kRedisInfoReader, kRoutesReader, kSocketsReader, kSshDebugReader, kSshdConfigReader,
    kTestConnectionReader, kTextReader;

namespace {

constexpr std::size_t kMostKept = 64 * 1024;

/// A piece of at most `most` bytes that does not end within a character.
std::string_view whole_characters(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

}  // namespace

std::span<const ReaderSpec* const> all_readers() {
  static constexpr std::array kReaders = {
      &kBackendHealthReader, &kBootLogReader,      &kCurlHeadersReader,    &kDigReader,     &kDsregcmdReader,
      &kErrorReader,         &kInstanceViewReader, &kJsonReader,           &kKubectlReader, &kNsgReader,
      &kNslookupReader,      &kOpensslReader,      &kRedisInfoReader,      &kRoutesReader,  &kSocketsReader,
      &kSshDebugReader,      &kSshdConfigReader,   &kTestConnectionReader, &kTextReader};
  return kReaders;
}

const ReaderSpec* find_reader(std::string_view name) {
  const auto readers = all_readers();
  const auto found = std::find_if(readers.begin(), readers.end(),
                                  [&](const ReaderSpec* reader) { return reader->name == name; });
  return found == readers.end() ? nullptr : *found;
}

Reading read_text(const ReaderSpec& reader, std::string_view text, const ReaderParams& params,
                  std::span<const Wanted> wanted) {
  const bool cut = text.size() > kMostPasted;
  const std::string plain = plain_text(whole_characters(text, kMostPasted));
  Reading reading = reader.read(plain, params, wanted);
  fact::Observation& seen = reading.observation;
  seen.probe = std::string(reader.name);
  seen.at = system_clock().utc();
  seen.facts.insert_or_assign("text", fact::Value::text(std::string(whole_characters(plain, kMostKept))));
  seen.read.insert("text");
  if (seen.summary.empty() && seen.failure) seen.summary = seen.failure->text;
  if (cut) seen.summary += std::string(seen.summary.empty() ? "" : "; ") + "only the first MiB was read";
  return reading;
}

}  // namespace aztriage::decode
