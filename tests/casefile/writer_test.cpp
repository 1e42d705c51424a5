#include "casefile/writer.h"

#include "base/file.h"
#include "casefile/store.h"
#include "support/temp_dir.h"

#include <cerrno>

#include <doctest/doctest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace aztriage;
using namespace aztriage::casefile;
using engine::Event;
using engine::EventKind;

namespace {

engine::Start a_start() {
  engine::Start start;
  start.playbook = "demo/gate";
  start.text = "format: 1\n";
  return start;
}

Event note(const std::string& text) {
  return {.kind = EventKind::note, .text = text};
}

std::vector<std::string> notes_in(const std::filesystem::path& path) {
  const auto record = read_record(*read_file(path, kMostBytes));
  REQUIRE(record);
  CHECK(!(*record)->torn);
  std::vector<std::string> warnings;
  std::vector<std::string> notes;
  for (const auto& event : events_of((*record)->parts[0], {}, warnings)) notes.push_back(event.text);
  CHECK(warnings.empty());
  return notes;
}

void write(Writer& writer, const std::string& text) {
  const Event event = note(text);
  writer.write({&event, 1});
}

/// Fails while it is told to; a write may get half of its bytes down before.
class BadDisk : public Disk {
 public:
  bool fail_write = false;
  bool half = false;
  bool fail_sync = false;
  bool fail_truncate = false;
  long write(int fd, const char* data, std::size_t size) override {
    if (half && size > 1) {
      half = false;
      return Disk::write(fd, data, size / 2);
    }
    if (!fail_write) return Disk::write(fd, data, size);
    errno = ENOSPC;
    return -1;
  }
  int sync(int fd) override {
    if (!fail_sync) return Disk::sync(fd);
    errno = EIO;
    return -1;
  }
  int truncate(int fd, std::size_t size) override {
    if (!fail_truncate) return Disk::truncate(fd, size);
    errno = EIO;
    return -1;
  }
};

}  // namespace

TEST_CASE("writer: a line is on the disk when write returns, in a file of its own") {
  const test::TempDir dir;
  const auto writer = Writer::create(dir.path() / "a/cases", {.mode = "walk"}, a_start());
  REQUIRE(writer);
  write(**writer, "one");
  write(**writer, "two");
  CHECK(notes_in((*writer)->path()) == std::vector<std::string>{"one", "two"});
  struct stat status {};
  REQUIRE(::stat((*writer)->path().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(is_id((*writer)->id()));
  CHECK(!(*writer)->trouble());
}

TEST_CASE("writer: a second one on the same case is refused, and told which process has it") {
  const test::TempDir dir;
  std::filesystem::path path;
  {
    const auto writer = Writer::create(dir.path(), {.mode = "walk"}, a_start());
    REQUIRE(writer);
    path = (*writer)->path();
    const auto second = Writer::append(path);
    REQUIRE(!second);
    CHECK(second.error().what ==
          "case " + (*writer)->id() + " is open in process " + std::to_string(::getpid()));
    CHECK(!delete_case(dir.path(), (*writer)->id()));
  }
  const auto later = Writer::append(path);
  REQUIRE(later);
  write(**later, "later");
  CHECK(notes_in(path) == std::vector<std::string>{"later"});
}

TEST_CASE("writer: a torn end is cut off, a missing end is put there") {
  const test::TempDir dir;
  for (const bool torn : {true, false}) {
    std::filesystem::path path;
    {
      const auto writer = Writer::create(dir.path(), {.mode = "walk"}, a_start());
      REQUIRE(writer);
      path = (*writer)->path();
      write(**writer, "one");
    }
    auto text = *read_file(path, kMostBytes);
    if (torn) {
      text += R"({"event":"note","te)";
    } else {
      text.pop_back();
    }
    REQUIRE(write_file(path, text));
    const auto again = Writer::append(path);
    REQUIRE(again);
    write(**again, "two");
    CHECK(notes_in(path) == std::vector<std::string>{"one", "two"});
  }
}

TEST_CASE("writer: what a full or broken disk refused is written once there is room, each line once") {
  const test::TempDir dir;
  BadDisk disk;
  const auto writer = Writer::create(dir.path(), {.mode = "walk"}, a_start(), disk);
  REQUIRE(writer);
  write(**writer, "one");
  disk.half = true;
  write(**writer, "two");  // in two pieces
  CHECK(!(*writer)->trouble());
  disk.fail_write = true;
  disk.half = true;
  write(**writer, "three");
  REQUIRE((*writer)->trouble());
  CHECK((*writer)->trouble()->what == "no space left on device");
  const auto since = (*writer)->trouble()->since;
  write(**writer, "four");
  CHECK((*writer)->trouble()->since == since);
  CHECK(notes_in((*writer)->path()) == std::vector<std::string>{"one", "two"});
  disk.fail_write = false;
  disk.fail_sync = true;
  write(**writer, "five");
  CHECK((*writer)->trouble());
  CHECK(notes_in((*writer)->path()) == std::vector<std::string>{"one", "two"});
  disk.fail_sync = false;
  write(**writer, "six");
  CHECK(!(*writer)->trouble());
  CHECK(notes_in((*writer)->path()) ==
        std::vector<std::string>{"one", "two", "three", "four", "five", "six"});
}

TEST_CASE("writer: where the file can't be cut back nothing is written twice, and the trouble stays") {
  const test::TempDir dir;
  BadDisk disk;
  const auto writer = Writer::create(dir.path(), {.mode = "walk"}, a_start(), disk);
  REQUIRE(writer);
  disk.fail_sync = true;
  disk.fail_truncate = true;
  write(**writer, "one");
  disk.fail_sync = false;
  disk.fail_truncate = false;
  write(**writer, "two");
  CHECK((*writer)->trouble());
  CHECK(notes_in((*writer)->path()) == std::vector<std::string>{"one"});
}

TEST_CASE("writer: a folder that can't be made or written is an error with a way out") {
  const test::TempDir dir;
  const auto file = dir.write("file", "x");
  const auto under_file = Writer::create(std::filesystem::path(file) / "cases", {.mode = "walk"}, a_start());
  REQUIRE(!under_file);
  CHECK(under_file.error().what.find("can't be made") != std::string::npos);
  CHECK(under_file.error().hint.find("XDG_STATE_HOME") != std::string::npos);
  BadDisk disk;
  disk.fail_write = true;
  const auto full = Writer::create(dir.path() / "cases", {.mode = "walk"}, a_start(), disk);
  REQUIRE(!full);
  CHECK(full.error().what.find("no space left on device") != std::string::npos);
  CHECK(std::filesystem::is_empty(dir.path() / "cases"));
}

TEST_CASE("writer: a disk that is really full loses only what it had no room for") {
  const test::TempDir dir;
  if (::mount("tmpfs", dir.path().c_str(), "tmpfs", 0, "size=64k") != 0) {
    MESSAGE("skipped: only root can make a file system that is full");
    return;
  }
  {
    const auto writer = Writer::create(dir.path() / "cases", {.mode = "walk"}, a_start());
    REQUIRE(writer);
    int kept = 0;
    while (!(*writer)->trouble() && kept < 100) {
      write(**writer, std::string(4000, 'x'));
      if (!(*writer)->trouble()) ++kept;
    }
    CHECK(kept > 5);
    CHECK(kept < 20);
    CHECK(notes_in((*writer)->path()).size() == static_cast<std::size_t>(kept));
    REQUIRE(::mount("tmpfs", dir.path().c_str(), "tmpfs", MS_REMOUNT, "size=1m") == 0);
    write(**writer, "room again");
    CHECK(!(*writer)->trouble());
    CHECK(notes_in((*writer)->path()).size() == static_cast<std::size_t>(kept) + 2);
  }
  ::umount2(dir.path().c_str(), MNT_DETACH);
}
