#include "base/file.h"

#include "base/text.h"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace aztriage {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }
  int close() {
    const int result = ::close(fd_);
    fd_ = -1;
    return result;
  }

 private:
  int fd_;
};

std::string quoted(const fs::path& path) {
  return "'" + text::printable(path.string(), 300) + "'";
}

std::string reason(int code) {
  return text::lower(std::generic_category().message(code));
}

std::string bytes_text(std::size_t bytes) {
  if (bytes >= 1024 * 1024) return std::to_string(bytes / (1024 * 1024)) + " MiB";
  if (bytes >= 1024) return std::to_string(bytes / 1024) + " KiB";
  return std::to_string(bytes) + " bytes";
}

Result<std::string> read_all(int fd, const std::string& name, std::size_t max_bytes) {
  std::string out;
  char buffer[16 * 1024];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("cannot read " + name + ": " + reason(errno));
    if (n == 0) return out;
    if (static_cast<std::size_t>(n) > max_bytes - out.size()) {
      return failed(name + " is larger than " + bytes_text(max_bytes));
    }
    out.append(buffer, static_cast<std::size_t>(n));
  }
}

/// 0, or the error's number.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

tl::unexpected<Error> not_written(const fs::path& path, int code) {
  return failed("cannot write " + quoted(path) + ": " + reason(code));
}

/// Devices and pipes can't be replaced by a renamed file, nor should they be.
Result<void> write_in_place(const fs::path& path, std::string_view text) {
  Descriptor fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd.ok()) return not_written(path, errno);
  if (const int code = write_all(fd.get(), text); code != 0) return not_written(path, code);
  return {};
}

void sync_folder(const fs::path& folder) {
  Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems refuse to sync a folder; the file itself is safe by then.
  if (fd.ok()) static_cast<void>(::fsync(fd.get()));
}

}  // namespace

Result<std::string> read_file(const fs::path& path, std::size_t max_bytes) {
  if (path == "-") return read_all(STDIN_FILENO, "standard input", max_bytes);
  // Without O_NONBLOCK a named pipe that nobody writes to would hang the open itself.
  Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd.ok()) return failed("cannot open " + quoted(path) + ": " + reason(errno));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return failed("cannot read " + quoted(path) + ": " + reason(errno));
  if (S_ISDIR(status.st_mode)) return failed(quoted(path) + " is a folder", "name a file");
  if (!S_ISREG(status.st_mode)) {
    return failed(quoted(path) + " is not a regular file", "name a file, or - for standard input");
  }
  return read_all(fd.get(), quoted(path), max_bytes);
}

namespace {

Result<void> replace_file(const fs::path& path, std::string_view text, std::optional<mode_t> mode) {
  std::error_code ec;
  // A link stays a link: what it points to is replaced.
  fs::path target = path;
  if (fs::is_symlink(fs::symlink_status(path, ec))) {
    target = fs::weakly_canonical(path, ec);
    if (ec) return not_written(path, ec.value());
  }
  const fs::file_status status = fs::status(target, ec);
  if (fs::is_directory(status)) return failed(quoted(path) + " is a folder", "name a file");
  if (fs::exists(status) && !fs::is_regular_file(status)) return write_in_place(target, text);

  static std::atomic<unsigned> counter{0};
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
  const fs::path temporary = folder / ("." + target.filename().string() + "." + std::to_string(::getpid()) +
                                       "-" + std::to_string(counter++) + ".tmp");
  Descriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode.value_or(0666)));
  if (!fd.ok()) return not_written(path, errno);
  int code = write_all(fd.get(), text);
  if (code == 0 && !mode && fs::exists(status)) {
    static_cast<void>(::fchmod(fd.get(), static_cast<mode_t>(status.permissions()) & 07777U));
  }
  if (code == 0 && ::fsync(fd.get()) != 0) code = errno;
  if (fd.close() != 0 && code == 0) code = errno;
  if (code == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) code = errno;
  if (code != 0) {
    ::unlink(temporary.c_str());
    return not_written(path, code);
  }
  sync_folder(folder);
  return {};
}

}  // namespace

Result<void> write_file(const fs::path& path, std::string_view text) {
  return replace_file(path, text, std::nullopt);
}

Result<void> write_private_file(const fs::path& path, std::string_view text) {
  std::error_code ec;
  const bool device = path.string().starts_with("/dev/") || path.string().starts_with("/proc/self/fd/");
  if (!device && fs::is_symlink(fs::symlink_status(path, ec)))
    return failed(quoted(path) + " is a link to another place", "name the file itself, or remove the link");
  // What /dev/stdout leads to may be a file that somebody redirected to: it is not replaced.
  if (device) return write_in_place(path, text);
  return replace_file(path, text, 0600);
}

}  // namespace aztriage
