#include "cli/line_editor.h"

#include "base/text.h"
#include "cli/keys.h"
#include "cli/terminal.h"

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>

#include <histedit.h>
#include <termios.h>
#include <unistd.h>

namespace aztriage::cli {
namespace {

constexpr int kScreen = 2;
constexpr std::size_t kMostListed = 2000;

std::string narrow(const wchar_t* begin, const wchar_t* end) {
  std::string out;
  for (; begin != end; ++begin) append_utf8(out, *begin);
  return out;
}

std::wstring widen(std::string_view text) {
  std::wstring out(text.size(), L'\0');
  const std::string copy(text);
  const std::size_t count = std::mbstowcs(out.data(), copy.c_str(), out.size());
  out.resize(count == static_cast<std::size_t>(-1) ? 0 : count);
  return out;
}

/// How many rows down the cursor stands after it. A wide character that has no room goes to the next row
/// whole.
std::size_t rows_of(std::string_view shown, std::size_t columns) {
  std::size_t rows = 0;
  std::size_t used = 0;
  for (std::size_t at = 0; at < shown.size();) {
    const auto from = at;
    text::next_code_point(shown, at);
    const auto wide = text::width(shown.substr(from, at - from));
    if (used + wide > columns) {
      ++rows;
      used = 0;
    }
    used += wide;
  }
  return used == columns ? rows + 1 : rows;
}

}  // namespace

struct LineEditor::State {
  EditLine* editor = nullptr;
  HistoryW* history = nullptr;
  std::FILE* screen = nullptr;
  std::deque<wchar_t> keys;
  std::wstring prompt;
  termios before{};
  bool have_before = false;
  bool dumb = false;
  bool editing = false;
  Candidates candidates;

  static State& of(EditLine* editor) {
    void* data = nullptr;
    el_wget(editor, EL_CLIENTDATA, &data);
    return *static_cast<State*>(data);
  }
  static int next_key(EditLine* editor, wchar_t* key) {
    State& state = of(editor);
    if (state.keys.empty()) return 0;
    *key = state.keys.front();
    state.keys.pop_front();
    return 1;
  }
  static unsigned char complete(EditLine* editor, wint_t key);
  static wchar_t* shown_prompt(EditLine* editor) { return of(editor).prompt.data(); }

  /// libedit gives the terminal back after each line. Between two questions it stays raw all the same, so
  /// that what is typed ahead is not echoed, and a Ctrl-D not taken by the terminal.
  void end_line() {
    el_wset(editor, EL_UNBUFFERED, 0);
    el_wset(editor, EL_PREP_TERM, 1);
    editing = false;
  }

  void write(std::string_view text) const {
    std::fflush(screen);
    write_all(kScreen, text.data(), text.size());
  }
};

/// What all of them begin with.
static std::string shared_beginning(const std::vector<std::string>& words) {
  std::string shared = words.front();
  for (const auto& word : words) {
    std::size_t same = 0;
    while (same < shared.size() && same < word.size() && shared[same] == word[same]) ++same;
    shared.resize(same);
  }
  return shared;
}

unsigned char LineEditor::State::complete(EditLine* editor, wint_t) {
  State& state = of(editor);
  if (!state.candidates) return CC_NORM;
  const LineInfoW* info = el_wline(editor);
  const std::string line = narrow(info->buffer, info->cursor);
  const std::size_t blank = line.rfind(' ');
  const std::string word = blank == std::string::npos ? line : line.substr(blank + 1);
  std::vector<std::string> fitting;
  for (auto& each : state.candidates(line)) {
    if (each.starts_with(word)) fitting.push_back(std::move(each));
  }
  if (fitting.empty()) return CC_NORM;
  const std::string more = shared_beginning(fitting).substr(word.size()) + (fitting.size() == 1 ? " " : "");
  if (!more.empty()) {
    el_winsertstr(editor, widen(more).c_str());
    return CC_REFRESH;
  }
  state.write("\r\n  " + text::printable(text::join(fitting, "  "), kMostListed) + "\r\n");
  return CC_REDISPLAY;
}

LineEditor::LineEditor() : state_(std::make_unique<State>()) {
  // libedit draws by the process's locale; what people type here is UTF-8.
  std::setlocale(LC_CTYPE, "C.UTF-8");
  State& state = *state_;
  state.have_before = ::tcgetattr(0, &state.before) == 0;
  const char* terminal = std::getenv("TERM");
  state.dumb = terminal == nullptr || std::strcmp(terminal, "dumb") == 0;
  state.screen = ::fdopen(::dup(kScreen), "w");
  state.editor = el_init("aztriage", stdin, state.screen, state.screen);
  el_wset(state.editor, EL_CLIENTDATA, static_cast<void*>(&state));
  el_wset(state.editor, EL_EDITOR, L"emacs");
  el_wset(state.editor, EL_SIGNAL, 0);
  el_wset(state.editor, EL_PROMPT, &State::shown_prompt);
  el_wset(state.editor, EL_GETCFN, &State::next_key);
  el_wset(state.editor, EL_ADDFN, L"az-complete", L"completes a word", &State::complete);
  el_wset(state.editor, EL_BIND, L"\t", L"az-complete", nullptr);
  // Keys that libedit leaves unbound in emacs mode.
  el_wset(state.editor, EL_BIND, L"\\e[3~", L"ed-delete-next-char", nullptr);
  el_wset(state.editor, EL_BIND, L"\\e[1~", L"ed-move-to-beg", nullptr);
  el_wset(state.editor, EL_BIND, L"\\e[7~", L"ed-move-to-beg", nullptr);
  el_wset(state.editor, EL_BIND, L"\\e[4~", L"ed-move-to-end", nullptr);
  el_wset(state.editor, EL_BIND, L"\\e[8~", L"ed-move-to-end", nullptr);
  state.history = history_winit();
  HistEventW event{};
  history_w(state.history, &event, H_SETSIZE, 200);
  history_w(state.history, &event, H_SETUNIQUE, 1);
  el_wset(state.editor, EL_HIST, history_w, state.history);
}

LineEditor::~LineEditor() {
  raw(false);
  history_wend(state_->history);
  el_end(state_->editor);
  std::fclose(state_->screen);
  if (state_->have_before) ::tcsetattr(0, TCSADRAIN, &state_->before);
}

void LineEditor::raw(bool on) {
  el_wset(state_->editor, EL_PREP_TERM, on ? 1 : 0);
}

void LineEditor::take_terminal() {
  termios now{};
  // libedit believes that nobody else changes it.
  if (::tcgetattr(0, &now) == 0 && (now.c_lflag & ICANON) != 0) raw(false);
  raw(true);
}

void LineEditor::begin(std::string_view prompt) {
  take_terminal();
  state_->prompt = widen(prompt);
  el_wset(state_->editor, EL_UNBUFFERED, 1);
  state_->editing = true;
}

std::optional<std::string> LineEditor::key(std::wstring_view characters) {
  State& state = *state_;
  state.keys.insert(state.keys.end(), characters.begin(), characters.end());
  std::optional<std::string> finished;
  while (!state.keys.empty()) {
    int count = 0;
    const wchar_t* line = el_wgets(state.editor, &count);
    if (line == nullptr || count <= 0) continue;
    if (line[count - 1] != L'\n' && line[count - 1] != L'\r') continue;
    finished = narrow(line, line + count - 1);
    break;
  }
  state.keys.clear();
  if (finished) state.end_line();
  return finished;
}

void LineEditor::insert(std::string_view text) {
  el_winsertstr(state_->editor, widen(text).c_str());
  el_wset(state_->editor, EL_REFRESH, 0);
}

void LineEditor::complete_with(Candidates candidates) {
  state_->candidates = std::move(candidates);
}

bool LineEditor::empty() const {
  const LineInfoW* line = el_wline(state_->editor);
  return line->buffer == line->lastchar;
}

void LineEditor::abandon() {
  if (!state_->editing) return;
  hide();
  state_->end_line();
}

void LineEditor::remember(const std::string& line) {
  if (text::trim(line).empty()) return;
  HistEventW event{};
  history_w(state_->history, &event, H_ENTER, widen(line).c_str());
}

void LineEditor::hide() {
  if (!state_->editing) return;
  if (state_->dumb) return state_->write("\n");
  const LineInfoW* line = el_wline(state_->editor);
  const std::size_t columns = std::max<std::size_t>(terminal_width(kScreen), 1);
  const auto rows = rows_of(narrow(state_->prompt.data(), state_->prompt.data() + state_->prompt.size()) +
                                narrow(line->buffer, line->cursor),
                            columns);
  state_->write((rows > 0 ? "\x1b[" + std::to_string(rows) + "A" : "") + "\r\x1b[J");
}

void LineEditor::show() {
  if (!state_->editing) return;
  el_resize(state_->editor);
  el_wset(state_->editor, EL_REFRESH, 0);
}

}  // namespace aztriage::cli
