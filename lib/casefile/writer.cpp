#include "casefile/writer.h"

#include "base/file.h"
#include "base/text.h"
#include "casefile/store.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace aztriage::casefile {
namespace {

namespace fs = std::filesystem;

std::string reason(int code) {
  return text::lower(std::generic_category().message(code));
}

void sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  // Some file systems refuse to sync a folder; the file itself is safe by then.
  static_cast<void>(::fsync(fd));
  ::close(fd);
}

tl::unexpected<Error> taken(const fs::path& path, const std::string& text) {
  const auto summary = summarise(text);
  const std::string who =
      summary && summary->pid > 0 ? "process " + std::to_string(summary->pid) : "another process";
  return failed("case " + path.stem().string() + " is open in " + who,
                "end it there first; 'aztriage case show' reads it meanwhile");
}

}  // namespace

long Disk::write(int fd, const char* data, std::size_t size) {
  return ::write(fd, data, size);
}
int Disk::sync(int fd) {
  return ::fdatasync(fd);
}
int Disk::truncate(int fd, std::size_t size) {
  return ::ftruncate(fd, static_cast<off_t>(size));
}
Disk& real_disk() {
  static Disk disk;
  return disk;
}

Writer::Writer(int fd, fs::path path, Header header, Disk& disk)
    : fd_(fd), path_(std::move(path)), header_(std::move(header)), disk_(disk) {}

Writer::~Writer() {
  ::close(fd_);
}

Result<std::unique_ptr<Writer>> Writer::create(const fs::path& folder, Header header,
                                               const engine::Start& start, Disk& disk) {
  if (auto made = make_folder(folder); !made) return tl::unexpected<Error>(made.error());
  constexpr int kTries = 200;
  int code = EEXIST;
  for (int i = 0; i < kTries && code == EEXIST; ++i) {
    header.id = new_id(i);
    const auto path = path_of(folder, header.id);
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    code = fd < 0 ? errno : 0;
    if (fd < 0) continue;
    static_cast<void>(::flock(fd, LOCK_EX | LOCK_NB));
    std::unique_ptr<Writer> writer(new Writer(fd, path, header, disk));
    code = writer->try_to_write(to_line(header, start) + "\n");
    if (code == 0) {
      sync_folder(folder);
      return writer;
    }
    // A file without a first line is no case.
    ::unlink(path.c_str());
  }
  return failed("no case can be written in '" + text::printable(folder.string(), 300) + "': " + reason(code),
                "set XDG_STATE_HOME to a folder that can be written");
}

Result<std::unique_ptr<Writer>> Writer::append(const fs::path& path, Disk& disk) {
  const int fd = ::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return failed("cannot open case " + path.stem().string() + ": " + reason(errno));
  std::unique_ptr<Writer> writer(new Writer(fd, path, {}, disk));
  const bool locked = ::flock(fd, LOCK_EX | LOCK_NB) == 0;
  auto text = read_file(path, kMostBytes);
  if (!text) return tl::unexpected<Error>(text.error());
  if (!locked) return taken(path, *text);
  auto record = read_record(std::move(*text));
  if (!record)
    return failed("case " + path.stem().string() + ": " + record.error().what, record.error().hint);
  writer->header_ = (*record)->parts.back().begin.header;
  writer->header_.id = path.stem().string();
  writer->size_ = (*record)->whole;
  int code = 0;
  if ((*record)->torn && disk.truncate(fd, (*record)->whole) != 0) code = errno;
  if (code == 0 && (*record)->unended) code = writer->try_to_write("\n");
  if (code != 0) return failed("cannot write case " + path.stem().string() + ": " + reason(code));
  return writer;
}

void Writer::write(std::span<const engine::Event> events) {
  std::string lines;
  for (const auto& event : events) lines += to_line(event) + "\n";
  put(lines);
}

void Writer::begin(const engine::Start& start) {
  put(to_line(header_, start) + "\n");
}

void Writer::put(const std::string& lines) {
  if (lost_) return;
  waiting_ += lines;
  const int code = try_to_write(waiting_);
  if (code == 0) {
    waiting_.clear();
    trouble_.reset();
    return;
  }
  if (!trouble_) trouble_ = Trouble{reason(code), system_clock().utc()};
  if (waiting_.size() > kMostBytes) {
    lost_ = true;
    waiting_.clear();
  }
}

/// 0, or the error's number; then the file is as it was before.
int Writer::try_to_write(std::string_view lines) {
  if (size_ + lines.size() > kMostBytes) return EFBIG;
  int code = 0;
  for (auto rest = lines; !rest.empty() && code == 0;) {
    const long n = disk_.write(fd_, rest.data(), rest.size());
    if (n > 0) {
      rest.remove_prefix(static_cast<std::size_t>(n));
    } else if (n == 0) {
      code = EIO;
    } else if (errno != EINTR) {
      code = errno;
    }
  }
  if (code == 0 && disk_.sync(fd_) != 0) code = errno;
  if (code == 0) {
    size_ += lines.size();
    return 0;
  }
  // Where it can't be cut back, writing again would write the same twice.
  if (disk_.truncate(fd_, size_) != 0) lost_ = true;
  return code;
}

}  // namespace aztriage::casefile
