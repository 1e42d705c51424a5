#include "cli/prompt.h"

#include "base/text.h"
#include "cli/interrupt.h"
#include "cli/keys.h"
#include "cli/line_editor.h"
#include "cli/terminal.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <poll.h>
#include <termios.h>
#include <unistd.h>

namespace aztriage::cli {
namespace {

constexpr int kKeyboard = 0;
constexpr int kScreen = 2;
/// Milliseconds between two looks at the size of the screen.
constexpr int kLook = 200;
constexpr std::size_t kMostText = KeyStream::kMostPasted;

enum class Mode { idle, line, secret, lines };

void say(std::string_view text) {
  write_all(kScreen, text.data(), text.size());
}

}  // namespace

struct Prompt::State {
  bool terminal = false;  // drawn and edited here
  bool plain = false;     // a terminal that gets nothing but lines and what is typed
  bool taken = false;     // of a plain one: each key comes at once, and is echoed here
  bool echoes = false;    // of a plain one: it echoes when nobody has taken it
  bool ended = false;     // no more bytes will come
  Mode mode = Mode::idle;
  std::string question;
  std::string bytes;  // not from a terminal: not yet taken
  KeyStream keys;
  std::unique_ptr<LineEditor> editor;
  LineEditor::Candidates candidates;
  std::string typed;     // of a secret, of a plain terminal, or the unfinished line of `lines`
  std::string gathered;  // of `lines`
  std::size_t count = 0;
  std::size_t columns = 0;  // of the screen on which the line was drawn
  bool cut = false;

  void begin(Mode next, std::string_view text) {
    mode = next;
    question = text;
    typed.clear();
    gathered.clear();
    count = 0;
    cut = false;
    if (plain) {
      // Before the question is there to be answered.
      take_over(true);
      say(mode == Mode::lines ? "paste it; a line with a lone dot ends it\n" : question);
    }
    if (!terminal) return;
    if (editor == nullptr) {
      editor = std::make_unique<LineEditor>();
      editor->complete_with(candidates);
    }
    mark_pastes(true);
    columns = terminal_width(kScreen);
    if (mode == Mode::line) return editor->begin(question);
    editor->raw(true);
    redraw();
  }

  /// A terminal that edits its lines itself would not tell what stands there when news have to be shown, cuts
  /// lines at 4096 bytes and echoes what is pasted before it could be masked.
  void take_over(bool on) {
    termios now{};
    if (on == taken || ::tcgetattr(kKeyboard, &now) != 0) return;
    if (on) {
      echoes = (now.c_lflag & ECHO) != 0;
      now.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON);
    } else {
      now.c_lflag |= ICANON | (echoes ? ECHO : 0);
    }
    ::tcsetattr(kKeyboard, TCSADRAIN, &now);
    taken = on;
  }

  /// What is typed on a plain terminal shows, but for secrets and for what is not masked yet.
  void echo(std::string_view text) const {
    if (plain && echoes && mode == Mode::line) say(text);
  }
  void rub_out(std::string_view text) const {
    const auto width = text::width(text);
    echo(std::string(width, '\b') + std::string(width, ' ') + std::string(width, '\b'));
  }

  void redraw() const {
    if (plain) return;
    if (mode == Mode::secret) say("\r\x1b[K" + question);
    if (mode != Mode::lines) return;
    const std::string lines = count == 1 ? " line read" : " lines read";
    say("\r\x1b[K> " + std::to_string(count) + lines + ", a lone dot ends it ");
  }

  Reply reply(Reply::Kind kind, std::string text) {
    if (terminal && mode != Mode::line) say("\r\n");
    if (plain && (echoes || mode != Mode::line)) say("\n");
    mode = Mode::idle;
    return {kind, std::move(text), std::exchange(cut, false)};
  }

  Reply whole() { return reply(Reply::Kind::paste, std::move(gathered)); }

  void gather(std::string_view line) {
    const std::size_t room = kMostText - std::min(kMostText, gathered.size());
    cut = cut || line.size() + 1 > room;
    if (line.size() + 1 > room) return;
    gathered += line;
    gathered += '\n';
    ++count;
  }

  /// One finished line, wherever it came from.
  std::optional<Reply> accept(std::string line) {
    if (line.ends_with('\r')) line.pop_back();
    if (mode != Mode::lines) return reply(Reply::Kind::line, std::move(line));
    if (text::trim(line) == ".") return whole();
    gather(line);
    return std::nullopt;
  }

  void come_back();
  std::optional<Reply> take_lines();
  std::optional<Reply> take_key(const Key& key);
  std::optional<Reply> take_typed(const Key& key);
  std::optional<Reply> take_paste(const Key& key);
};

std::optional<Reply> Prompt::State::take_lines() {
  std::size_t at = 0;
  std::optional<Reply> result;
  while (!result) {
    const auto end = bytes.find('\n', at);
    if (end == bytes.npos) break;
    result = accept(bytes.substr(at, end - at));
    at = end + 1;
  }
  bytes.erase(0, at);
  if (result || !ended) return result;
  if (!bytes.empty()) {
    result = accept(std::exchange(bytes, {}));
    if (result) return result;
  }
  if (mode == Mode::lines && !gathered.empty()) return whole();
  return reply(Reply::Kind::end, {});
}

std::optional<Reply> Prompt::State::take_typed(const Key& key) {
  for (const wchar_t wide : key.characters.starts_with(L'\x1b') ? std::wstring() : key.characters) {
    if (wide == L'\r' || wide == L'\n') {
      auto result = accept(std::exchange(typed, {}));
      if (result) return result;
      redraw();
    } else if (wide == 0x7f || wide == 0x08) {
      std::size_t last = typed.size();
      while (last > 0 && (static_cast<unsigned char>(typed[last - 1]) & 0xc0) == 0x80) --last;
      if (last > 0) --last;
      rub_out(std::string_view(typed).substr(last));
      typed.resize(last);
    } else if (wide == 0x15) {
      rub_out(typed);
      typed.clear();
    } else if ((wide >= 0x20 || wide == L'\t') && typed.size() < kMostText) {
      const auto before = typed.size();
      append_utf8(typed, wide);
      echo(std::string_view(typed).substr(before));
    }
  }
  return std::nullopt;
}

std::optional<Reply> Prompt::State::take_paste(const Key& key) {
  cut = cut || key.cut;
  std::string lines;
  // Terminals send the ends of pasted lines as carriage returns.
  for (std::size_t i = 0; i < key.paste.size(); ++i) {
    const char c = key.paste[i];
    if (c == '\n' && i > 0 && key.paste[i - 1] == '\r') continue;
    lines += c == '\r' ? '\n' : c;
  }
  if (mode == Mode::lines) {
    for (const auto line : text::split(lines, '\n')) gather(line);
    redraw();
    return whole();
  }
  const std::string_view trimmed = text::trim(lines);
  const bool one_line = trimmed.find('\n') == trimmed.npos;
  if (mode == Mode::secret) {
    typed += trimmed.substr(0, trimmed.find('\n'));
    return std::nullopt;
  }
  if (one_line && plain) {
    typed += text::printable(trimmed, kMostText);
    echo(text::printable(trimmed, kMostText));
    return std::nullopt;
  }
  if (one_line) {
    editor->insert(text::printable(trimmed, kMostText));
    return std::nullopt;
  }
  if (editor != nullptr) editor->abandon();
  return reply(Reply::Kind::paste, std::move(lines));
}

std::optional<Reply> Prompt::State::take_key(const Key& key) {
  if (key.kind == Key::Kind::paste) return take_paste(key);
  const bool here = mode != Mode::line || plain;  // libedit has no part in it
  if (key.kind == Key::Kind::end) {
    if (mode == Mode::lines) return whole();
    if (here ? !typed.empty() : !editor->empty()) return std::nullopt;
    if (editor != nullptr) editor->abandon();
    return reply(Reply::Kind::end, {});
  }
  if (here) return take_typed(key);
  auto line = editor->key(key.characters);
  if (!line) return std::nullopt;
  editor->remember(*line);
  return accept(std::move(*line));
}

/// The shell has taken the terminal and the screen's line while we were stopped.
void Prompt::State::come_back() {
  if (mode == Mode::idle) return;
  if (plain) {
    taken = false;
    take_over(true);
    say(question);
    return echo(typed);
  }
  // Once more: whoever had the terminal may have switched them off.
  mark_pastes(false);
  mark_pastes(true);
  editor->take_terminal();
  if (mode == Mode::line) return editor->show();
  redraw();
}

Prompt::Prompt(On on) : state_(std::make_unique<State>()) {
  state_->terminal = on == On::screen;
  state_->plain = on == On::plain;
  if (on != On::file) keep_terminal();
}
Prompt::~Prompt() {
  stop();
}

void Prompt::ask(std::string_view question) {
  state_->begin(Mode::line, question);
}
void Prompt::ask_secret(std::string_view question) {
  state_->begin(Mode::secret, question);
}

void Prompt::collect(std::string_view first) {
  state_->begin(Mode::lines, {});
  if (!first.empty()) state_->gather(first);
  if (state_->terminal) state_->redraw();
}

void Prompt::complete_with(std::function<std::vector<std::string>(std::string_view line)> candidates) {
  state_->candidates = candidates;
  if (state_->editor != nullptr) state_->editor->complete_with(std::move(candidates));
}

void Prompt::fit() {
  State& state = *state_;
  if ((state.terminal || state.plain) && terminal_came_back()) state.come_back();
  if (!state.terminal || state.mode == Mode::idle) return;
  const auto columns = terminal_width(kScreen);
  if (columns == std::exchange(state.columns, columns)) return;
  if (state.mode != Mode::line) return state.redraw();
  state.editor->hide();
  state.editor->show();
}

bool Prompt::feed() {
  fit();
  pollfd ready{kKeyboard, POLLIN, 0};
  if (state_->ended) return false;
  if (::poll(&ready, 1, 0) <= 0) return true;
  std::array<char, 65536> buffer;
  const ssize_t count = ::read(kKeyboard, buffer.data(), buffer.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (count <= 0) {
    state_->ended = true;
    return false;
  }
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
  if (state_->terminal || state_->plain) {
    state_->keys.add(bytes);
    return true;
  }
  // A line longer than anybody may paste is cut, so that no input can take all memory.
  const std::size_t room = 2 * kMostText - std::min(2 * kMostText, state_->bytes.size());
  state_->cut = state_->cut || bytes.size() > room;
  state_->bytes += bytes.substr(0, room);
  return true;
}

std::optional<Reply> Prompt::take() {
  State& state = *state_;
  if (state.mode == Mode::idle) return std::nullopt;
  if (!state.terminal && !state.plain) return state.take_lines();
  for (Key key = state.keys.next(); key.kind != Key::Kind::none; key = state.keys.next()) {
    if (auto reply = state.take_key(key)) return reply;
  }
  if (!state.ended) return std::nullopt;
  if (state.editor != nullptr) state.editor->abandon();
  if (state.mode == Mode::lines && !state.gathered.empty()) return state.whole();
  return state.reply(Reply::Kind::end, {});
}

std::optional<Reply> Prompt::wait(std::string_view question) {
  ask(question);
  return wait_on();
}

std::optional<Reply> Prompt::wait_on() {
  for (;;) {
    if (auto reply = take()) return reply;
    pollfd ready{kKeyboard, POLLIN, 0};
    const int count = ::poll(&ready, 1, kLook);
    if (count > 0) feed();
    if (count < 0 && errno != EINTR) return std::nullopt;
    if (count <= 0 && interrupted()) return std::nullopt;
    fit();
  }
}

void Prompt::print_above(const std::function<void()>& print) {
  State& state = *state_;
  if (state.mode == Mode::idle) return print();
  if (state.plain) {
    // Lines of their own, then the question once more with what was typed so far.
    if (state.mode != Mode::lines) say("\n");
    print();
    if (state.mode == Mode::lines) return;
    say(state.question);
    return state.echo(state.typed);
  }
  if (!state.terminal) return print();
  if (state.mode == Mode::line) {
    state.editor->hide();
    print();
    state.editor->show();
    return;
  }
  say("\r\x1b[K");
  print();
  state.redraw();
}

void Prompt::stop() {
  State& state = *state_;
  if (state.editor != nullptr) {
    state.editor->abandon();
    state.editor->raw(false);
  }
  state.take_over(false);
  if (state.terminal) mark_pastes(false);
  state.mode = Mode::idle;
}

}  // namespace aztriage::cli
