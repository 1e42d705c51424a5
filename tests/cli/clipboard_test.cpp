#include "cli/clipboard.h"

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "support/temp_dir.h"

#include <map>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::cli;

namespace {

std::vector<std::string> programs(std::map<std::string, std::string> environment) {
  std::vector<std::string> names;
  for (const auto& argv : clipboard_programs([&](const char* name) -> const char* {
         const auto it = environment.find(name);
         return it == environment.end() ? nullptr : it->second.c_str();
       }))
    names.push_back(argv.front());
  return names;
}

}  // namespace

TEST_CASE("clipboard: programs by the desktop that is there") {
  using Names = std::vector<std::string>;
  CHECK(programs({}) == Names{"pbcopy"});
  CHECK(programs({{"WAYLAND_DISPLAY", "wayland-0"}, {"DISPLAY", ":0"}}) ==
        Names{"wl-copy", "xclip", "xsel", "pbcopy"});
  CHECK(programs({{"DISPLAY", ""}, {"WSL_DISTRO_NAME", "Debian"}}) == Names{"pbcopy", "clip.exe"});
  CHECK(programs({{"SSH_TTY", "/dev/pts/1"}}).empty());
  CHECK(programs({{"SSH_TTY", "/dev/pts/1"}, {"DISPLAY", "localhost:10.0"}}) == Names{"xclip", "xsel"});
}

TEST_CASE("clipboard: the terminal's own way") {
  CHECK(osc52("hello", false).value() == "\x1b]52;c;aGVsbG8=\x07");
  CHECK(osc52("hello", true).value() == "\x1bPtmux;\x1b\x1b]52;c;aGVsbG8=\x07\x1b\\");
  CHECK(osc52(std::string(kMostOsc52, 'x'), false));
  const auto refused = osc52(std::string(kMostOsc52 + 1, 'x'), false);
  REQUIRE_FALSE(refused);
  CHECK(text::contains(refused.error().hint, "--output-file"));
}

TEST_CASE("process: a program gets its input whole, and is not waited for without end") {
  const test::TempDir folder;
  const std::string file = folder.write("out", "");
  let_writes_fail();
  const std::string big(300'000, 'y');
  using namespace std::chrono_literals;
  CHECK(run_with_input({"tee", file}, big, 20s).value() == 0);
  CHECK((read_file(file, 1 << 20).value() == big));
  CHECK(run_with_input({"false"}, big, 20s).value() == 1);
  CHECK_FALSE(run_with_input({"no-such-program-here"}, "x", 20s));
  CHECK_FALSE(run_with_input({"sleep", "60"}, "x", 50ms));
}
