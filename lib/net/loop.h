#pragma once

#include "net/names.h"
#include "net/net.h"
#include "net/routes.h"
#include "net/transfer.h"

#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace aztriage::net {

/// The loop itself, on epoll. libcurl and c-ares hang on it like any other user, through `watch` and `at`.
class Loop : public Net {
 public:
  /// Nothing but the loop; `open` adds names and transfers.
  static Result<std::unique_ptr<Loop>> make(const Settings& settings);
  void open(Routes routes, const CurlApi& api);
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  Watch watch(int fd, unsigned ready, std::function<void(unsigned)> call) override;
  void unwatch(Watch watch) override;
  Timer at(SteadyTime when, std::function<void()> call) override;
  void cancel(Timer timer) override;
  void soon(std::function<void()> call) override;
  bool turn(Milliseconds most) override;
  void wake() override;
  const Settings& settings() const override { return settings_; }
  Names& names() override { return *names_; }
  Transfers& transfers() override { return *transfers_; }

 private:
  struct Watched {
    int fd;
    unsigned ready;
    std::function<void(unsigned)> call;
  };
  struct Descriptor {
    std::vector<Watch> watches;
    bool always = false;  // a file or device, always ready
  };
  Loop(const Settings& settings, int epoll, int waker);
  void update(int fd, Descriptor& descriptor, bool fresh);
  int wait_time(Milliseconds most) const;
  void wait(Milliseconds most);
  void run_ready();
  void run_timers();
  void run_soon();

  Settings settings_;
  int epoll_;
  int waker_;
  std::uint64_t last_ = 0;  // the last number given to a watch or timer
  std::unordered_map<Watch, std::shared_ptr<Watched>> watches_;
  std::unordered_map<int, Descriptor> descriptors_;
  std::size_t always_ready_ = 0;
  std::map<std::pair<SteadyTime, Timer>, std::function<void()>> timers_;
  std::unordered_map<Timer, SteadyTime> times_;
  std::vector<std::function<void()>> soon_;
  std::vector<std::pair<Watch, unsigned>> due_;
  std::unique_ptr<Names> names_;
  std::unique_ptr<Transfers> transfers_;
};

}  // namespace aztriage::net
