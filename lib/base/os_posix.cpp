#include "base/process.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

// LeakSanitizer reads the process's memory from a process of its own.
#if defined(__SANITIZE_ADDRESS__)
#define AZTRIAGE_LEAK_CHECK
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define AZTRIAGE_LEAK_CHECK
#endif
#endif

namespace aztriage {
namespace {

struct Pipe {
  int read = -1;
  int write = -1;
};

std::atomic<void (*)()> before_stop{nullptr};
std::atomic<void (*)()> after_stop{nullptr};
static_assert(std::atomic<void (*)()>::is_always_lock_free);

/// The system's own stop, since it stops no process that nobody would let go on again.
void stop_here(int number) {
  const int error = errno;
  if (auto* before = before_stop.load()) before();
  struct sigaction usual {};
  struct sigaction ours {};
  usual.sa_handler = SIG_DFL;
  sigemptyset(&usual.sa_mask);
  ::sigaction(number, &usual, &ours);
  sigset_t these;
  sigset_t earlier;
  sigemptyset(&these);
  sigaddset(&these, number);
  ::raise(number);
  ::pthread_sigmask(SIG_UNBLOCK, &these, &earlier);
  ::pthread_sigmask(SIG_SETMASK, &earlier, nullptr);
  ::sigaction(number, &ours, nullptr);
  // Without a shell above it the process was not stopped, and no SIGCONT came.
  if (auto* after = after_stop.load()) after();
  errno = error;
}

void go_on(int) {
  const int error = errno;
  if (auto* after = after_stop.load()) after();
  errno = error;
}

bool open_pipe(Pipe& pipe) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  pipe.read = ends[0];
  pipe.write = ends[1];
  ::fcntl(pipe.read, F_SETFL, ::fcntl(pipe.read, F_GETFL) | O_NONBLOCK);
  return true;
}

void close_pipe(const Pipe& pipe) {
  if (pipe.read >= 0) ::close(pipe.read);
  if (pipe.write >= 0) ::close(pipe.write);
}

/// A descriptor of -1 stands for /dev/null.
struct Streams {
  int input = -1;
  int output = -1;
  int errors = -1;
};

int spawn_into(const std::vector<std::string>& argv, const Streams& streams, pid_t& pid) {
  std::vector<char*> words;
  for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const int wanted[] = {streams.input, streams.output, streams.errors};
  for (int i = 0; i < 3; ++i) {
    if (wanted[i] >= 0) {
      posix_spawn_file_actions_adddup2(&actions, wanted[i], i);
    } else {
      posix_spawn_file_actions_addopen(&actions, i, "/dev/null", i == 0 ? O_RDONLY : O_WRONLY, 0);
    }
  }

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  sigaddset(&defaults, SIGXFSZ);
  sigaddset(&defaults, SIGINT);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);

  const int error = ::posix_spawnp(&pid, words[0], &actions, &attributes, words.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

int code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<Child> start_process(const std::vector<std::string>& argv) {
  if (argv.empty()) return failed("no command to run");
  Pipe output;
  Pipe errors;
  if (!open_pipe(output) || !open_pipe(errors)) {
    close_pipe(output);
    return failed(std::string("can't make a pipe: ") + std::strerror(errno));
  }
  pid_t pid = -1;
  const int error = spawn_into(argv, {-1, output.write, errors.write}, pid);
  ::close(output.write);
  ::close(errors.write);
  if (error != 0) {
    ::close(output.read);
    ::close(errors.read);
    return failed("can't run '" + argv[0] + "': " + std::strerror(error),
                  error == ENOENT ? "install it, or paste the output of the command instead" : "");
  }
  return Child{pid, output.read, errors.read};
}

Result<int> run_with_input(const std::vector<std::string>& argv, std::string_view input,
                           std::chrono::milliseconds longest) {
  Pipe pipe;
  if (argv.empty() || !open_pipe(pipe)) return failed("can't make a pipe");
  // The program waits for its input, we do not wait for it to read.
  ::fcntl(pipe.read, F_SETFL, ::fcntl(pipe.read, F_GETFL) & ~O_NONBLOCK);
  ::fcntl(pipe.write, F_SETFL, ::fcntl(pipe.write, F_GETFL) | O_NONBLOCK);
  pid_t pid = -1;
  const int error = spawn_into(argv, {pipe.read, -1, -1}, pid);
  ::close(pipe.read);
  const auto until = std::chrono::steady_clock::now() + longest;
  int code = error == 0 ? -1 : 127;
  while (code == -1 && std::chrono::steady_clock::now() < until) {
    if (!input.empty()) {
      const ssize_t n = ::write(pipe.write, input.data(), input.size());
      if (n > 0) input.remove_prefix(static_cast<std::size_t>(n));
      if (n < 0 && errno != EAGAIN && errno != EINTR) input = {};  // it reads no more
    }
    if (input.empty() && pipe.write >= 0) {
      ::close(pipe.write);
      pipe.write = -1;
    }
    code = poll_process(pid);
    if (code == -1) ::usleep(2000);
  }
  if (pipe.write >= 0) ::close(pipe.write);
  if (error != 0) return failed("can't run '" + argv[0] + "': " + std::strerror(error));
  if (code != -1) return code;
  end_process(pid);
  return failed("'" + argv[0] + "' did not end");
}

int poll_process(int pid) {
  int status = 0;
  const pid_t reaped = ::waitpid(pid, &status, WNOHANG);
  return reaped == pid ? code_of(status) : -1;
}

void end_process(int pid) {
  ::kill(-pid, SIGKILL);
  int status = 0;
  ::waitpid(pid, &status, 0);
}

void on_interrupt(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGHUP, &action, nullptr);
}

void on_stop(void (*before)(), void (*after)()) {
  before_stop = before;
  after_stop = after;
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  action.sa_handler = stop_here;
  ::sigaction(SIGTSTP, &action, nullptr);
  action.sa_handler = go_on;
  ::sigaction(SIGCONT, &action, nullptr);
}

std::vector<std::string> process_environment() {
  std::vector<std::string> pairs;
  for (char** pair = environ; pair != nullptr && *pair != nullptr; ++pair) pairs.emplace_back(*pair);
  return pairs;
}

void keep_memory_private() {
#ifdef __linux__
  // Where the kernel pipes cores to a program, no limit holds but this one, which is also too little for a
  // file.
  constexpr rlim_t kMostCore = 1;
#else
  constexpr rlim_t kMostCore = 0;
#endif
  struct rlimit limit = {kMostCore, kMostCore};
  struct rlimit now = {0, 0};
  if (::getrlimit(RLIMIT_CORE, &now) == 0 && now.rlim_max < limit.rlim_max) limit = {0, 0};
  ::setrlimit(RLIMIT_CORE, &limit);
#if defined(__linux__) && !defined(AZTRIAGE_LEAK_CHECK)
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

void let_writes_fail() {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
}

}  // namespace aztriage
