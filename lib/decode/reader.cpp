#include "decode/reader.h"

#include "base/text.h"
#include "decode/paste_clean.h"
#include "decode/paste_lack.h"
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

/// A console's prompts are part of what it says.
constexpr std::string_view kConsole = "boot-log";
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
  text = whole_characters(text, kMostPasted);
  const std::string plain = reader.name == kConsole ? plain_text(text) : clean_paste(text);
  Reading reading = reader.read(plain, params, wanted);
  // Lines that a terminal broke: joined they must say more, or leave fewer lines that nobody could read.
  if (!reading.unread.empty() || !reading.observation.answered) {
    if (const auto joined = unwrapped(plain)) {
      Reading again = reader.read(*joined, params, wanted);
      const bool more = again.observation.answered && !reading.observation.answered;
      const bool fewer = again.observation.answered == reading.observation.answered &&
                         again.unread.size() < reading.unread.size() &&
                         again.observation.facts.size() >= reading.observation.facts.size();
      if (more || fewer) reading = std::move(again);
    }
  }
  fact::Observation& seen = reading.observation;
  if (seen.failure && seen.failure->kind == fact::FailureKind::unreadable)
    seen.failure->text += ": " + paste_lack(reader.name, plain_text(text));
  seen.probe = std::string(reader.name);
  seen.at = system_clock().utc();
  seen.facts.insert_or_assign("text", fact::Value::text(std::string(whole_characters(plain, kMostKept))));
  seen.read.insert("text");
  if (seen.summary.empty() && seen.failure) seen.summary = seen.failure->text;
  if (cut) seen.summary += std::string(seen.summary.empty() ? "" : "; ") + "only the first MiB was read";
  return reading;
}

}  // namespace aztriage::decode
