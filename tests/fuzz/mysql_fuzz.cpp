// What a MySQL server says until the end of a login.
#include "fuzz/dialogue.h"
#include "probe/registry.h"
#include "probe/wire/mysql.h"

#include <cstddef>
#include <cstdint>

using namespace aztriage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const probe::ProbeSpec* const spec = probe::find_probe("mysql");
  const unsigned way = size > 3 ? data[3] / 4U : 0;
  const auto make = [way]() -> std::unique_ptr<probe::wire::Dialogue> {
    probe::wire::MysqlAsked asked;
    asked.tls = static_cast<probe::wire::MysqlAsked::Tls>(way % 3);
    asked.user = "app";
    if ((way & 4U) != 0) asked.password = "s3cret";
    if ((way & 8U) != 0) asked.database = "shop";
    return std::make_unique<probe::wire::MysqlTalk>(std::move(asked));
  };
  const fact::Observation seen = test::drive_dialogue(*spec, make, data, size);
  const auto login = seen.facts.find("login");
  if (login != seen.facts.end()) test::must(seen.answered, "a login is an answer");
  return 0;
}
