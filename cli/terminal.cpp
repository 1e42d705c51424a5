#include "cli/terminal.h"

#include "base/process.h"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace aztriage::cli {
namespace {

constexpr std::string_view kPasteOn = "\x1b[?2004h";
constexpr std::string_view kPasteOff = "\x1b[?2004l";

std::atomic<bool> kept{false};
std::atomic<bool> marked{false};
std::atomic<bool> came_back{false};
termios as_before{};

}  // namespace

bool is_terminal(int descriptor) {
  return ::isatty(descriptor) == 1;
}

std::size_t terminal_width(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  if (const char* columns = std::getenv("COLUMNS")) {
    const int count = std::atoi(columns);
    if (count >= 20 && count <= 1000) return static_cast<std::size_t>(count);
  }
  return 100;
}

void keep_terminal() {
  if (kept || ::tcgetattr(0, &as_before) != 0) return;
  kept = true;
  on_stop(give_terminal_back, [] { came_back = true; });
}

void give_terminal_back() {
  if (!kept) return;
  ::tcsetattr(0, TCSANOW, &as_before);
  mark_pastes(false);
}

void mark_pastes(bool on) {
  if (marked.exchange(on) == on) return;
  const auto marks = on ? kPasteOn : kPasteOff;
  write_all(2, marks.data(), marks.size());
}

bool terminal_came_back() {
  return came_back.exchange(false);
}

void protect_standard_descriptors() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    // The lowest free number is this one, since those below are open by now.
    [[maybe_unused]] const int opened = ::open("/dev/null", descriptor == 2 ? O_WRONLY : O_RDONLY);
  }
}

int write_all(int descriptor, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(descriptor, data, size);
    if (written >= 0) {
      data += written;
      size -= static_cast<std::size_t>(written);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd ready{descriptor, POLLOUT, 0};
      if (::poll(&ready, 1, 10'000) > 0) continue;
      return EAGAIN;
    }
    return errno;
  }
  return 0;
}

}  // namespace aztriage::cli
