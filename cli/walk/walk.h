#pragma once

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/prompt.h"
#include "cli/walk/view.h"
#include "engine/session.h"
#include "net/net.h"

#include <optional>
#include <string>
#include <vector>

namespace aztriage::cli {

struct WalkOptions {
  bool for_customer = false;
};

/// The guided isolation on a call: shows what the probes find, asks the one question that is worth most,
/// offers the workaround and verifies it. The keyboard and the network are waited for together.
class Walk {
 public:
  Walk(engine::Session& session, net::Net& net, Console& console, Prompt& prompt, const WalkOptions& options);

  ExitCode run();
  /// Notes with their times, for whoever takes over.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  enum class Mode { asking, ended };

  void gather();
  void flush_steps(bool all);
  void show(const WalkView::Lines& lines);
  void decide();
  /// Waits for a reply while the network goes on. Nothing: interrupted, or the verdict came in meanwhile.
  std::optional<Reply> wait(std::string_view question);
  bool handle(const Reply& reply);
  bool handle_key(const std::string& word, const std::string& rest);
  bool handle_answer(const std::string& text);
  void paste_into(int step, const std::string& text);
  void collect_paste(const std::string& first);
  void why(const std::string& rest);
  void pin(const std::string& rest, bool certain);
  void verify();
  void hand_over();
  void say(std::string_view line);
  int cause() const;
  int steps() const;

  engine::Session& session_;
  net::Net& net_;
  Console& console_;
  Prompt& prompt_;
  WalkOptions options_;
  WalkView view_;
  Mode mode_ = Mode::asking;
  isolation::Choice choice_;
  engine::Conclusion conclusion_;
  std::vector<int> settled_;  // not shown yet, in the order in which they came
  bool asking_ = false;       // a prompt is on the screen
  bool changed_ = false;      // something came in while it was
  bool continue_ = false;     // asks below the worth of asking, and after a verdict
  bool leave_ = false;
  bool input_over_ = false;
  bool verified_ = false;
  std::vector<std::string> notes_;
};

}  // namespace aztriage::cli
