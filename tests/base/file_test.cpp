#include "base/file.h"

#include "base/text.h"

#include <filesystem>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace aztriage;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "aztriage-file-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
};

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("file: what is written is read back, and nothing lies beside it") {
  Folder folder;
  const fs::path path = folder.path / "a.txt";
  const std::string text = std::string("line\n\0binary", 12) + std::string(100'000, 'x');
  REQUIRE(write_file(path, text));
  CHECK(read_file(path, 200'000).value() == text);
  REQUIRE(write_file(path, "short"));
  CHECK(read_file(path, 5).value() == "short");
  CHECK(entries(folder.path) == 1);
}

TEST_CASE("file: a limit is a limit") {
  Folder folder;
  REQUIRE(write_file(folder.path / "a", "123456"));
  const auto big = read_file(folder.path / "a", 5);
  REQUIRE_FALSE(big);
  CHECK(big.error().what.ends_with("a' is larger than 5 bytes"));
  const auto endless = read_file("/proc/self/environ", 0);
  CHECK_FALSE(endless);
}

TEST_CASE("file: what is no file is refused by name, and never waited for") {
  Folder folder;
  CHECK(read_file(folder.path, 10).error().what.ends_with("' is a folder"));
  CHECK(read_file("/dev/zero", 10).error().what == "'/dev/zero' is not a regular file");
  const fs::path pipe = folder.path / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(read_file(pipe, 10).error().what.ends_with("is not a regular file"));
  const auto absent = read_file(folder.path / "no\x1bthing", 10);
  CHECK(text::contains(absent.error().what, "no\\x1bthing': no such file"));
}

TEST_CASE("file: writing keeps the mode, follows a link, and leaves devices alone") {
  Folder folder;
  const fs::path path = folder.path / "real";
  REQUIRE(write_file(path, "1"));
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink(path, folder.path / "link");
  REQUIRE(write_file(folder.path / "link", "2"));
  CHECK(fs::is_symlink(folder.path / "link"));
  CHECK(read_file(path, 10).value() == "2");
  CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  REQUIRE(write_file("/dev/null", "gone"));
  CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("file: a target that can't be written is an error and leaves nothing") {
  Folder folder;
  CHECK(write_file(folder.path, "x").error().what.ends_with("is a folder"));
  CHECK(text::contains(write_file(folder.path / "no" / "a", "x").error().what, "cannot write"));
  CHECK_FALSE(write_file("/dev/full", "x"));
  CHECK(entries(folder.path) == 0);
}

TEST_CASE("file: what others must not read is 0600 and never goes through a link") {
  Folder folder;
  const fs::path path = folder.path / "report";
  REQUIRE(write_private_file(path, "1"));
  CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write | fs::perms::others_read);
  REQUIRE(write_private_file(path, "2"));
  CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  for (const fs::path& target : {path, folder.path / "nothing"}) {
    const fs::path link = folder.path / "link";
    fs::create_symlink(target, link);
    const auto refused = write_private_file(link, "3");
    REQUIRE_FALSE(refused);
    CHECK(text::contains(refused.error().what, "is a link"));
    fs::remove(link);
  }
  CHECK(read_file(path, 10).value() == "2");
  CHECK_FALSE(fs::exists(folder.path / "nothing"));
  CHECK(write_private_file("/dev/null", "gone"));
  CHECK_FALSE(write_private_file("/dev/full", "x"));
  CHECK(write_private_file(folder.path, "x").error().what.ends_with("is a folder"));
  CHECK(entries(folder.path) == 1);
}
