#include "casefile/store.h"

#include "base/file.h"
#include "support/temp_dir.h"

#include <cstdlib>
#include <set>

#include <doctest/doctest.h>
#include <sys/stat.h>

using namespace aztriage;
using namespace aztriage::casefile;

namespace {

std::string text_of(const std::string& day, const std::string& id = "4f2k") {
  return R"({"event":"start","at":"2026-11-)" + day + R"(T12:00:00.000Z","schema":1,"id":")" + id +
         R"(","mode":"walk","playbook":"demo/gate","playbook_text":"x"})" + "\n";
}

}  // namespace

TEST_CASE("store: ids are short, begin with a digit, and have no letters that look alike") {
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) {
    const auto id = new_id(0);
    CHECK(id.size() == 4);
    CHECK(is_id(id));
    seen.insert(id);
  }
  CHECK(seen.size() > 1900);
  CHECK(new_id(100).size() > 4);
  CHECK(!is_id("../x"));
  CHECK(!is_id("abcd"));
  CHECK(!is_id("4f2"));
  CHECK(!is_id("4f2l"));
}

TEST_CASE("store: the folder is XDG's, and a relative one is not taken") {
  const char* state = std::getenv("XDG_STATE_HOME");
  const std::string before = state ? state : "";
  ::setenv("XDG_STATE_HOME", "/state", 1);
  CHECK(*cases_folder() == "/state/aztriage/cases");
  ::setenv("XDG_STATE_HOME", "state", 1);
  CHECK(cases_folder()->string().ends_with("/.local/state/aztriage/cases"));
  before.empty() ? ::unsetenv("XDG_STATE_HOME") : ::setenv("XDG_STATE_HOME", before.c_str(), 1);
}

TEST_CASE("store: cases are listed newest first, and what is none is named") {
  const test::TempDir dir;
  dir.write("4f2k.jsonl", text_of("20"));
  dir.write("5abc.jsonl", text_of("22"));
  dir.write("6bad.jsonl", "hello\n");
  dir.write("notes.txt", "hello\n");
  std::vector<std::string> warnings;
  const auto cases = list_cases(dir.path(), warnings);
  REQUIRE(cases.size() == 2);
  CHECK(cases[0].id == "5abc");
  CHECK(cases[1].id == "4f2k");
  CHECK(warnings == std::vector<std::string>{"case 6bad can't be read: it does not begin as a case does"});
}

TEST_CASE("store: a case is found by the beginning of its id, and the nearest is hinted at") {
  const test::TempDir dir;
  CHECK(find_case(dir.path(), "").error().what == "there is no case yet");
  CHECK(find_case(dir.path() / "none", "4").error().what == "there is no case yet");
  dir.write("4f2k.jsonl", text_of("20"));
  dir.write("4g3m.jsonl", text_of("21"));
  CHECK(*find_case(dir.path(), "4f") == "4f2k");
  CHECK(*find_case(dir.path(), "4F2K") == "4f2k");
  CHECK(find_case(dir.path(), "4").error().what == "'4' is the beginning of several cases");
  const auto typo = find_case(dir.path(), "4f3k");
  CHECK(typo.error().what == "there is no case '4f3k'");
  CHECK(typo.error().hint.find("4f2k") != std::string::npos);
}

TEST_CASE("store: import keeps the bytes, knows the same case again, and takes no case's place") {
  const test::TempDir dir;
  const auto folder = dir.path() / "state/aztriage/cases";
  const auto first = import_text(folder, "4f2k", text_of("20"));
  REQUIRE(first);
  CHECK(first->id == "4f2k");
  CHECK(*read_text(folder, "4f2k") == text_of("20"));
  struct stat status {};
  REQUIRE(::stat(path_of(folder, "4f2k").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  REQUIRE(::stat(folder.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  CHECK(import_text(folder, "4f2k", text_of("20"))->there);
  const auto other = import_text(folder, "4f2k", text_of("21"));
  REQUIRE(other);
  CHECK(other->id != "4f2k");
  CHECK(*read_text(folder, "4f2k") == text_of("20"));
  CHECK(*read_text(folder, other->id) == text_of("21"));
  REQUIRE(delete_case(folder, "4f2k"));
  CHECK(!delete_case(folder, "4f2k"));
}
