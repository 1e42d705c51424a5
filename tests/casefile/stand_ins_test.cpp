#include "casefile/stand_ins.h"

#include "base/file.h"
#include "base/text.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

using namespace aztriage;
namespace fs = std::filesystem;

TEST_CASE("stand-ins: kept beside the case, for its owner only") {
  const test::TempDir folder;
  const auto path = casefile::stand_ins_path(fs::path(folder.write("x", "")).parent_path(), "4f2k");
  auto names = casefile::read_stand_ins(path, {});
  REQUIRE(names);
  CHECK(names->size() == 0);
  const std::string text = "shop.contoso.com at 10.1.2.4";
  const std::string out = names->encode(text);
  REQUIRE(casefile::write_stand_ins(path, *names));
  CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  const auto again = casefile::read_stand_ins(path, {});
  REQUIRE(again);
  CHECK(again->decode(out) == text);
}

TEST_CASE("stand-ins: a damaged file is said, with what to do") {
  const test::TempDir folder;
  for (const char* damaged :
       {"", "something else", "aztriage stand-ins 1\nhost\n", "aztriage stand-ins 2\n"}) {
    const auto names = casefile::read_stand_ins(folder.write("names", damaged), {});
    REQUIRE_FALSE(names);
    CHECK(text::contains(names.error().what, "can't be read"));
    CHECK(text::contains(names.error().hint, "remove it"));
  }
}
