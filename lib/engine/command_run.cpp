#include "engine/command_run.h"

#include "base/process.h"
#include "base/text.h"
#include "engine/commands.h"

#include <array>
#include <cerrno>
#include <optional>

#include <unistd.h>

namespace aztriage::engine {
namespace {

constexpr std::size_t kMostOutput = 1 << 20;
constexpr std::size_t kMostErrors = 4096;
/// How often a child whose pipes are closed is asked whether it has ended.
constexpr Milliseconds kReapEvery{20};

struct Stream {
  int fd = -1;
  net::Net::Watch watch = 0;
  std::string text;
  std::size_t most = 0;
};

class CommandLooking : public Looking {
 public:
  CommandLooking(const std::vector<std::string>& argv, Milliseconds timeout, const std::string& here,
                 net::Net& net, SeenDone done)
      : net_(net), done_(std::move(done)), started_(Steady::now()) {
    observation_.probe = "command";
    observation_.target = shell_line(argv);
    observation_.here = here;
    observation_.at = system_clock().utc();
    output_.most = kMostOutput;
    errors_.most = kMostErrors;
    begin(argv, timeout);
  }
  ~CommandLooking() override { close_all(); }

  Seen stop(fact::FailureKind kind) override {
    fail(kind, "the command had not ended");
    return seen();
  }

 private:
  void begin(const std::vector<std::string>& argv, Milliseconds timeout) {
    auto child = start_process(argv);
    if (!child) {
      fail(fact::FailureKind::command_failed, child.error().what);
      timer_ = net_.at(Steady::now(), [this] { report(); });
      return;
    }
    pid_ = child->pid;
    follow(output_, child->output);
    follow(errors_, child->errors);
    timer_ = net_.at(Steady::now() + timeout, [this] {
      fail(fact::FailureKind::command_failed, "the command did not end in time");
      report();
    });
  }

  void follow(Stream& stream, int fd) {
    stream.fd = fd;
    stream.watch = net_.watch(fd, net::Net::readable, [this, &stream](unsigned) { read(stream); });
  }

  void read(Stream& stream) {
    std::array<char, 16384> buffer;
    for (;;) {
      const ssize_t got = ::read(stream.fd, buffer.data(), buffer.size());
      if (got > 0) {
        stream.text.append(buffer.data(),
                           std::min(static_cast<std::size_t>(got), stream.most - stream.text.size()));
        continue;
      }
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
      break;
    }
    close_stream(stream);
    if (output_.fd < 0 && errors_.fd < 0) reap();
  }

  void reap() {
    const int code = poll_process(pid_);
    if (code < 0) {
      reap_timer_ = net_.at(Steady::now() + kReapEvery, [this] { reap(); });
      return;
    }
    pid_ = -1;
    observation_.facts["exit"] = fact::Value::number(code);
    if (code == 0) {
      observation_.answered = true;
    } else {
      const auto last = errors_.text.empty() ? output_.text : errors_.text;
      fail(fact::FailureKind::command_failed,
           "the command ended with code " + std::to_string(code) + ": " + text::printable(text::trim(last)));
    }
    report();
  }

  void fail(fact::FailureKind kind, std::string what) {
    observation_.failure = fact::Failure{"run", kind, std::move(what)};
  }

  Seen seen() {
    close_all();
    observation_.took = std::chrono::duration_cast<Milliseconds>(Steady::now() - started_);
    observation_.facts["text"] = fact::Value::text(text::to_utf8(output_.text));
    observation_.facts["errors"] = fact::Value::text(text::to_utf8(errors_.text));
    observation_.read.insert("text");
    Seen result;
    result.observations.push_back(std::move(observation_));
    result.varied.emplace_back();
    return result;
  }

  void report() {
    auto done = std::move(done_);
    done(seen());
  }

  void close_stream(Stream& stream) {
    if (stream.fd < 0) return;
    net_.unwatch(stream.watch);
    ::close(stream.fd);
    stream.fd = -1;
  }

  void close_all() {
    close_stream(output_);
    close_stream(errors_);
    if (timer_) net_.cancel(timer_);
    if (reap_timer_) net_.cancel(reap_timer_);
    timer_ = reap_timer_ = 0;
    if (pid_ > 0) end_process(pid_);
    pid_ = -1;
  }

  net::Net& net_;
  SeenDone done_;
  SteadyTime started_;
  fact::Observation observation_;
  Stream output_;
  Stream errors_;
  net::Net::Timer timer_ = 0;
  net::Net::Timer reap_timer_ = 0;
  int pid_ = -1;
};

}  // namespace

std::unique_ptr<Looking> run_command(const std::vector<std::string>& argv, Milliseconds timeout,
                                     const std::string& here, net::Net& net, SeenDone done) {
  return std::make_unique<CommandLooking>(argv, timeout, here, net, std::move(done));
}

}  // namespace aztriage::engine
