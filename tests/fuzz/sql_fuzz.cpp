// What a SQL Server says: PRELOGIN, and the tokens that answer a login.
#include "fuzz/dialogue.h"
#include "probe/registry.h"
#include "probe/wire/tds.h"

#include <cstddef>
#include <cstdint>

using namespace aztriage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const probe::ProbeSpec* const spec = probe::find_probe("sql");
  const unsigned way = size > 3 ? data[3] / 4U : 0;
  const auto make = [way]() -> std::unique_ptr<probe::wire::Dialogue> {
    probe::wire::SqlAsked asked;
    asked.tls = static_cast<probe::wire::SqlAsked::Tls>(way % 3);
    asked.server = "contoso.database.windows.net";
    if ((way & 4U) != 0) asked.user = "app";
    if ((way & 8U) != 0) asked.password = "s3cret";
    return std::make_unique<probe::wire::SqlTalk>(std::move(asked));
  };
  // The framing of a handshake, in two pieces.
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  probe::wire::TdsFraming framing;
  std::string records;
  if (framing.unwrap(bytes.substr(0, size / 2), records)) framing.unwrap(bytes.substr(size / 2), records);
  test::must(records.size() <= size, "taking packets off adds nothing");
  const fact::Observation seen = test::drive_dialogue(*spec, make, data, size);
  const auto host = seen.facts.find("redirect.host");
  if (host != seen.facts.end())
    test::must(fact::parse_value(host->second.as_text(), {.kind = fact::Kind::host}).has_value(),
               "a host is one");
  return 0;
}
