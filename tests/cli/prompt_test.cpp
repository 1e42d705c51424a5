#include "cli/prompt.h"

#include "base/text.h"

#include <array>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

using aztriage::cli::Prompt;
using aztriage::cli::Reply;

namespace {

/// What a child does with its prompt; it tells its results through `say`, one line each.
using Script = void (*)(Prompt& prompt, int say);

void tell(int say, const Reply& reply) {
  static const char* const kinds[] = {"line", "paste", "end"};
  const std::string line = std::string(kinds[static_cast<int>(reply.kind)]) + " [" + reply.text + "]" +
                           (reply.cut ? " cut" : "") + "\n";
  [[maybe_unused]] const auto written = ::write(say, line.data(), line.size());
}

Reply next(Prompt& prompt) {
  for (;;) {
    if (auto reply = prompt.take()) return *reply;
    pollfd ready{Prompt::descriptor(), POLLIN, 0};
    ::poll(&ready, 1, 20);
    prompt.fit();
    prompt.feed();
  }
}

/// A child on a terminal of its own, and this end of that terminal.
class Terminal {
 public:
  explicit Terminal(Script script, Prompt::On on = Prompt::On::screen) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    winsize size{24, 60, 0, 0};
    child_ = ::forkpty(&master_, nullptr, nullptr, &size);
    REQUIRE(child_ >= 0);
    if (child_ == 0) {
      ::setenv("TERM", "xterm", 1);
      ::close(ends[0]);
      {
        Prompt prompt(on);
        script(prompt, ends[1]);
      }
      termios after{};
      ::tcgetattr(0, &after);
      const std::string line =
          (after.c_lflag & ICANON) != 0 && (after.c_lflag & ECHO) != 0 ? "cooked\n" : "raw\n";
      [[maybe_unused]] const auto written = ::write(ends[1], line.data(), line.size());
      ::_exit(0);
    }
    ::close(ends[1]);
    results_ = ends[0];
  }
  ~Terminal() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    ::close(master_);
    ::close(results_);
  }

  void type(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto written = ::write(master_, bytes.data(), bytes.size());
      REQUIRE(written > 0);
      bytes.remove_prefix(static_cast<std::size_t>(written));
      pump(0);
    }
  }
  /// Waits until the screen's bytes hold `piece`, or the child's results do.
  bool sees(std::string_view piece, std::size_t from = 0) { return wait_for(screen_, piece, from); }
  bool told(std::string_view piece) { return wait_for(results_text_, piece, 0); }
  void resize(unsigned short columns) {
    winsize size{24, columns, 0, 0};
    REQUIRE(::ioctl(master_, TIOCSWINSZ, &size) == 0);
  }
  /// Stopped, then let go on; a shell between has made the terminal its own.
  void stop_and_continue() {
    ::kill(child_, SIGSTOP);
    int status = 0;
    REQUIRE(::waitpid(child_, &status, WUNTRACED) == child_);
    termios now{};
    REQUIRE(::tcgetattr(master_, &now) == 0);
    now.c_lflag |= ICANON | ECHO;
    REQUIRE(::tcsetattr(master_, TCSANOW, &now) == 0);
    ::kill(child_, SIGCONT);
  }
  const std::string& screen() const { return screen_; }
  void forget() { screen_.clear(); }

 private:
  void pump(int milliseconds) {
    std::array<pollfd, 2> ready{{{master_, POLLIN, 0}, {results_, POLLIN, 0}}};
    if (::poll(ready.data(), 2, milliseconds) <= 0) return;
    std::array<char, 65536> buffer;
    for (std::size_t i = 0; i < 2; ++i) {
      if (ready[i].revents == 0) continue;
      const auto count = ::read(ready[i].fd, buffer.data(), buffer.size());
      if (count > 0)
        (i == 0 ? screen_ : results_text_).append(buffer.data(), static_cast<std::size_t>(count));
    }
  }
  bool wait_for(const std::string& text, std::string_view piece, std::size_t from) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (text.find(piece, from) == text.npos && std::chrono::steady_clock::now() < end) pump(50);
    return text.find(piece, from) != text.npos;
  }

  int master_ = -1;
  int results_ = -1;
  pid_t child_ = -1;
  std::string screen_;
  std::string results_text_;
};

void two_lines(Prompt& prompt, int say) {
  for (int i = 0; i < 2; ++i) {
    prompt.ask(i == 0 ? "first> " : "second> ");
    tell(say, next(prompt));
  }
}

void completed(Prompt& prompt, int say) {
  prompt.complete_with([](std::string_view line) -> std::vector<std::string> {
    if (line.starts_with("w ")) return {"origin-acl", "origin-down"};
    return {"changed", "same", "w"};
  });
  two_lines(prompt, say);
}

void interrupted_by_news(Prompt& prompt, int say) {
  prompt.ask("first> ");
  prompt.print_above([] { [[maybe_unused]] const auto written = ::write(2, "news\n", 5); });
  tell(say, next(prompt));
  prompt.ask_secret("key> ");
  tell(say, next(prompt));
}

}  // namespace

TEST_CASE("prompt: TAB completes a word, what several share, and lists what is left") {
  Terminal terminal(completed);
  REQUIRE(terminal.sees("first> "));
  terminal.type("ch\t\r");
  CHECK(terminal.told("line [changed ]\n"));
  REQUIRE(terminal.sees("second> "));
  terminal.type("w or\t");
  REQUIRE(terminal.sees("igin-"));
  terminal.type("\t");
  CHECK(terminal.sees("origin-acl  origin-down"));
  terminal.type("d\t\r");
  CHECK(terminal.told("line [w origin-down ]\n"));
  CHECK(terminal.told("cooked\n"));
}

TEST_CASE("prompt: a plain terminal gets lines and no control sequences, and echoes no secret") {
  Terminal terminal(interrupted_by_news, Prompt::On::plain);
  REQUIRE(terminal.sees("news\r\nfirst> "));
  terminal.type("one\n");
  CHECK(terminal.told("line [one]\n"));
  REQUIRE(terminal.sees("key> "));
  terminal.type("hunter2\n");
  CHECK(terminal.told("line [hunter2]\n"));
  CHECK(terminal.told("cooked\n"));
  CHECK(terminal.screen().find("hunter2") == std::string::npos);
  CHECK(terminal.screen().find('\x1b') == std::string::npos);
}

TEST_CASE("prompt: on a plain terminal news leave the line whole, and what is pasted is not echoed") {
  Terminal terminal(
      [](Prompt& prompt, int say) {
        prompt.ask("> ");
        bool told = false;
        std::optional<Reply> reply;
        while (!reply) {
          pollfd ready{0, POLLIN, 0};
          ::poll(&ready, 1, -1);
          prompt.feed();
          reply = prompt.take();
          if (std::exchange(told, true)) continue;
          prompt.print_above([] { [[maybe_unused]] const auto n = ::write(2, "news\n", 5); });
        }
        tell(say, *reply);
        prompt.collect("");
        tell(say, next(prompt));
      },
      Prompt::On::plain);
  REQUIRE(terminal.sees("> "));
  terminal.type("unfinish");
  REQUIRE(terminal.sees("news\r\n> unfinish"));
  terminal.type(
      "x\x7f"
      "ed\n");
  CHECK(terminal.told("line [unfinished]\n"));
  REQUIRE(terminal.sees("a lone dot ends it"));
  const std::string longer(6000, 'x');
  terminal.type("SECRET" + longer + "\n.\n");
  CHECK(terminal.told("paste [SECRET" + longer + "\n]\n"));
  CHECK(terminal.told("cooked\n"));
  CHECK(terminal.screen().find("SECRET") == std::string::npos);
  CHECK(terminal.screen().find('\x1b') == std::string::npos);
}

TEST_CASE("prompt: a line is edited with keys, and the terminal is given back as it was") {
  Terminal terminal(two_lines);
  REQUIRE(terminal.sees("first> "));
  terminal.type("helo\x1b[Dl\x05!\x7f w\xc3\xb6rld\r");
  CHECK(terminal.told("line [hello w\xc3\xb6rld]\n"));
  REQUIRE(terminal.sees("second> "));
  terminal.type("\x1b[A\x7f\x7f\x7f\x7f\x7f\x7f\r");
  CHECK(terminal.told("line [hello]\n"));
  CHECK(terminal.told("cooked\n"));
}

TEST_CASE("prompt: what is typed ahead answers the next question") {
  Terminal terminal(two_lines);
  REQUIRE(terminal.sees("first> "));
  terminal.type("one\rtwo\r");
  CHECK(terminal.told("line [one]\nline [two]\n"));
}

TEST_CASE("prompt: Ctrl-D on an empty line is the end, not on a full one") {
  Terminal terminal(two_lines);
  REQUIRE(terminal.sees("first> "));
  terminal.type("a\x04\r");
  CHECK(terminal.told("line [a]\n"));
  terminal.type("\x04");
  CHECK(terminal.told("end []\n"));
  CHECK(terminal.told("cooked\n"));
}

TEST_CASE("prompt: a bracketed paste of several lines is one reply and is not echoed") {
  Terminal terminal(two_lines);
  REQUIRE(terminal.sees("first> "));
  terminal.type("\x1b[200~sig=SECRET\rsecond\r\x1b[201~");
  CHECK(terminal.told("paste [sig=SECRET\nsecond\n]\n"));
  CHECK(terminal.screen().find("SECRET") == std::string::npos);
  REQUIRE(terminal.sees("second> "));
  terminal.type("\x1b[200~one line\r\x1b[201~ more\r");
  CHECK(terminal.told("line [one line more]\n"));
}

TEST_CASE("prompt: lines are gathered until a lone dot, unseen") {
  Terminal terminal([](Prompt& prompt, int say) {
    prompt.ask("> ");
    const Reply first = next(prompt);
    prompt.collect(first.text);
    tell(say, next(prompt));
    prompt.ask("then> ");
    tell(say, next(prompt));
  });
  REQUIRE(terminal.sees("> "));
  terminal.type("{\"a\":\r");
  REQUIRE(terminal.sees("1 line read"));
  terminal.type("HIDDEN\r}\r.\r");
  CHECK(terminal.told("paste [{\"a\":\nHIDDEN\n}\n]\n"));
  CHECK(terminal.screen().find("HIDDEN") == std::string::npos);
  REQUIRE(terminal.sees("then> "));
  terminal.type("x\r");
  CHECK(terminal.told("line [x]\n"));
}

TEST_CASE("prompt: a secret is not echoed and does not come back from the history") {
  Terminal terminal([](Prompt& prompt, int say) {
    prompt.ask_secret("key: ");
    tell(say, next(prompt));
    prompt.ask("then> ");
    tell(say, next(prompt));
  });
  REQUIRE(terminal.sees("key: "));
  terminal.type("hunterx\x7f\x1b[A2\r");
  CHECK(terminal.told("line [hunter2]\n"));
  REQUIRE(terminal.sees("then> "));
  terminal.type("\x1b[Az\r");
  CHECK(terminal.told("line [z]\n"));
  CHECK(terminal.screen().find("hunter") == std::string::npos);
}

TEST_CASE("prompt: a late result stands above, and the unfinished line is whole again") {
  Terminal terminal([](Prompt& prompt, int say) {
    prompt.ask("> ");
    bool printed = false;
    for (;;) {
      pollfd ready{0, POLLIN, 0};
      ::poll(&ready, 1, -1);
      prompt.feed();
      if (auto reply = prompt.take()) return tell(say, *reply);
      if (!printed) {
        prompt.print_above([] { [[maybe_unused]] const auto n = ::write(1, "slow-origin fine\n", 17); });
        printed = true;
      }
    }
  });
  REQUIRE(terminal.sees("> "));
  terminal.type("unfinish");
  REQUIRE(terminal.sees("slow-origin fine"));
  const auto above = terminal.screen().find("slow-origin fine");
  // The line goes off the screen first and is drawn again, whole, behind it.
  CHECK(terminal.screen().substr(0, above).ends_with("\r\x1b[J"));
  CHECK(terminal.sees("> unfinish", above));
  terminal.type("ed\r");
  CHECK(terminal.told("line [unfinished]\n"));
}

TEST_CASE("prompt: a line of two rows goes off the screen whole") {
  Terminal terminal([](Prompt& prompt, int say) {
    prompt.ask("> ");
    std::size_t turns = 0;
    for (;;) {
      pollfd ready{0, POLLIN, 0};
      ::poll(&ready, 1, -1);
      prompt.feed();
      if (auto reply = prompt.take()) return tell(say, *reply);
      if (++turns == 2) prompt.print_above([] { [[maybe_unused]] const auto n = ::write(1, "above\n", 6); });
    }
  });
  REQUIRE(terminal.sees("> "));
  terminal.type(std::string(70, 'a'));
  REQUIRE(terminal.sees(std::string(12, 'a')));
  terminal.forget();
  terminal.type("b");
  REQUIRE(terminal.sees("above"));
  CHECK(terminal.screen().find("\x1b[1A\r\x1b[Jabove") != std::string::npos);
  terminal.type("\r");
  CHECK(terminal.told("line [" + std::string(70, 'a') + "b]\n"));
}

TEST_CASE("prompt: a line is drawn again on a screen of another width, and goes on") {
  Terminal terminal(two_lines);
  REQUIRE(terminal.sees("first> "));
  terminal.type(std::string(50, 'a'));
  REQUIRE(terminal.sees(std::string(50, 'a')));
  terminal.forget();
  terminal.resize(40);
  // 57 columns are two rows of 40: up one, then all of it.
  REQUIRE(terminal.sees("\x1b[1A\r\x1b[Jfirst> " + std::string(33, 'a')));
  terminal.forget();
  terminal.type("\x01Z");
  REQUIRE(terminal.sees("Z"));
  terminal.type("\r");
  CHECK(terminal.told("line [Z" + std::string(50, 'a') + "]\n"));
}

TEST_CASE("prompt: wide characters that have no room at the end of a row count for the next one") {
  Terminal terminal([](Prompt& prompt, int say) {
    prompt.ask("> ");
    std::size_t turns = 0;
    for (;;) {
      pollfd ready{0, POLLIN, 0};
      ::poll(&ready, 1, -1);
      prompt.feed();
      if (auto reply = prompt.take()) return tell(say, *reply);
      if (++turns == 2) prompt.print_above([] { [[maybe_unused]] const auto n = ::write(1, "above\n", 6); });
    }
  });
  REQUIRE(terminal.sees("> "));
  // 2 and 57 columns, then 30 characters of 2: one column of the first row and of the second stay empty.
  std::string line(57, 'a');
  for (int i = 0; i < 30; ++i) line += "\xe6\xbc\xa2";
  terminal.type(line);
  REQUIRE(terminal.sees("\xe6\xbc\xa2"));
  terminal.forget();
  terminal.type("b");
  REQUIRE(terminal.sees("above"));
  CHECK(terminal.screen().find("\x1b[2A\r\x1b[Jabove") != std::string::npos);
  terminal.type("\r");
  CHECK(terminal.told("line [" + line + "b]\n"));
}

TEST_CASE("prompt: after a stop the line stands there again, and is edited as before") {
  Terminal terminal(two_lines);
  REQUIRE(terminal.sees("first> "));
  terminal.type("helo");
  REQUIRE(terminal.sees("helo"));
  terminal.forget();
  terminal.stop_and_continue();
  REQUIRE(terminal.sees("\x1b[?2004h"));
  REQUIRE(terminal.sees("first> helo"));
  terminal.type("\x1b[Dl\r");
  CHECK(terminal.told("line [hello]\n"));
  REQUIRE(terminal.sees("second> "));
  terminal.type("one");
  REQUIRE(terminal.sees("one"));
  terminal.forget();
  // Nobody would let this one go on, so the system does not stop it; the terminal was given back all the
  // same.
  terminal.type("\x1a");
  REQUIRE(terminal.sees("\x1b[?2004l"));
  REQUIRE(terminal.sees("second> one"));
  terminal.type("\x7f!\r");
  CHECK(terminal.told("line [on!]\n"));
  CHECK(terminal.told("cooked\n"));
}

TEST_CASE("prompt: without a terminal, lines come from a file as they are") {
  struct Row {
    const char* input;
    const char* expected;
  };
  const Row rows[] = {
      {"one\ntwo\n", "line [one]line [two]end []"},
      {"one\r\nlast", "line [one]line [last]end []"},
      {"", "end []end []end []"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.input);
    std::array<int, 2> input{};
    REQUIRE(::pipe(input.data()) == 0);
    const std::string_view text(row.input);
    REQUIRE(::write(input[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    ::close(input[1]);
    const int before = ::dup(0);
    ::dup2(input[0], 0);
    std::string got;
    {
      Prompt prompt(Prompt::On::file);
      for (int i = 0; i < 3; ++i) {
        const auto reply = prompt.wait("> ");
        REQUIRE(reply.has_value());
        static const char* const kinds[] = {"line", "paste", "end"};
        got += std::string(kinds[static_cast<int>(reply->kind)]) + " [" + reply->text + "]";
      }
    }
    ::dup2(before, 0);
    ::close(before);
    ::close(input[0]);
    CHECK(got == row.expected);
  }
}
