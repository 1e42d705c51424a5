#include "cli/interrupt.h"

#include "base/process.h"
#include "cli/terminal.h"

#include <atomic>
#include <cstdlib>

namespace aztriage::cli {
namespace {

std::atomic<net::Net*> loop{nullptr};
std::atomic<int> count{0};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<net::Net*>::is_always_lock_free);

void on_signal(int) {
  constexpr int kInterrupted = 130;
  if (count.fetch_add(1) > 0) {
    give_terminal_back();
    std::_Exit(kInterrupted);
  }
  if (auto* net = loop.load()) net->wake();
}

}  // namespace

void catch_interrupts() {
  on_interrupt(on_signal);
}

void catch_interrupts(net::Net& net) {
  loop = &net;
  catch_interrupts();
}

bool interrupted() {
  return count.load() > 0;
}

}  // namespace aztriage::cli
