#include "casefile/store.h"

#include "base/file.h"
#include "base/suggest.h"
#include "base/text.h"
#include "casefile/stand_ins.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace aztriage::casefile {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".jsonl";
/// Without 0 o, 1 i l: people read ids aloud.
constexpr std::string_view kDigits = "23456789";
constexpr std::string_view kLetters = "23456789abcdefghjkmnpqrstuvwxyz";
constexpr std::size_t kShortest = 4;
constexpr std::size_t kLongest = 12;

std::string reason(int code) {
  return text::lower(std::generic_category().message(code));
}

/// Ids by the time when their file was last written, newest first: cheap, and right for "the last one".
std::vector<std::string> ids_in(const fs::path& folder) {
  std::vector<std::pair<fs::file_time_type, std::string>> found;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const auto& path = it->path();
    const auto id = path.stem().string();
    std::error_code ignored;
    if (path.extension() != kSuffix || !is_id(id) || !it->is_regular_file(ignored)) continue;
    found.emplace_back(it->last_write_time(ignored), id);
  }
  std::ranges::sort(found, std::greater<>());
  std::vector<std::string> ids;
  for (auto& [time, id] : found) ids.push_back(std::move(id));
  return ids;
}

std::string quoted(const fs::path& path) {
  return "'" + text::printable(path.string(), 300) + "'";
}

}  // namespace

Result<fs::path> cases_folder() {
  // The specification of XDG wants relative paths to be ignored.
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state && fs::path(state).is_absolute()) return fs::path(state) / "aztriage" / "cases";
  const char* home = std::getenv("HOME");
  if (home && fs::path(home).is_absolute()) return fs::path(home) / ".local" / "state" / "aztriage" / "cases";
  return failed("there is no folder for cases: neither XDG_STATE_HOME nor HOME is set",
                "set XDG_STATE_HOME to a folder of your own");
}

Result<void> make_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) return {};
  fs::create_directories(folder.parent_path(), error);
  if (!error && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    error = std::error_code(errno, std::generic_category());
  if (!error) return {};
  return failed(
      "the folder for cases, " + quoted(folder) + ", can't be made: " + text::lower(error.message()),
      "set XDG_STATE_HOME to a folder that can be written");
}

fs::path path_of(const fs::path& folder, const std::string& id) {
  return folder / (id + std::string(kSuffix));
}

std::string new_id(int tries) {
  const std::size_t length = std::min(kLongest, kShortest + static_cast<std::size_t>(tries) / 16);
  std::string id;
  while (id.size() < length) {
    unsigned char byte = 0;
    if (::getrandom(&byte, 1, 0) != 1)
      byte = static_cast<unsigned char>(::getpid() * 31 + tries + static_cast<int>(id.size()) * 7);
    const auto letters = id.empty() ? kDigits : kLetters;
    // Bytes past the last whole round would make some letters more common.
    if (byte >= 256 / letters.size() * letters.size()) continue;
    id += letters[byte % letters.size()];
  }
  return id;
}

bool is_id(std::string_view text) {
  return text.size() >= kShortest && text.size() <= kLongest && kDigits.find(text.front()) != text.npos &&
         text.find_first_not_of(kLetters) == text.npos;
}

Result<std::string> read_text(const fs::path& folder, const std::string& id) {
  return read_file(path_of(folder, id), kMostBytes);
}

std::vector<Summary> list_cases(const fs::path& folder, std::vector<std::string>& warnings) {
  std::vector<Summary> cases;
  for (const auto& id : ids_in(folder)) {
    const auto text = read_text(folder, id);
    auto summary = text ? summarise(*text) : tl::unexpected<Error>(text.error());
    if (!summary) {
      warnings.push_back("case " + id + " can't be read: " + summary.error().what);
      continue;
    }
    summary->id = id;
    cases.push_back(std::move(*summary));
  }
  std::ranges::stable_sort(cases, std::greater<>(), &Summary::at);
  return cases;
}

std::vector<Summary> newest_cases(const fs::path& folder, std::size_t most) {
  constexpr std::size_t kMostFirst = 256 * 1024;
  std::vector<Summary> cases;
  for (const auto& id : ids_in(folder)) {
    if (cases.size() >= most) break;
    std::ifstream file(path_of(folder, id), std::ios::binary);
    std::string text(kMostFirst, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    if (const auto end = text.find('\n'); end != text.npos) text.resize(end + 1);
    auto summary = summarise(text);
    if (!summary) continue;
    summary->id = id;
    cases.push_back(std::move(*summary));
  }
  return cases;
}

Result<std::string> find_case(const fs::path& folder, const std::string& word) {
  const auto ids = ids_in(folder);
  if (ids.empty()) return failed("there is no case yet", "'aztriage walk' records each one");
  if (word.empty()) return ids.front();
  const auto lower = text::lower(word);
  if (std::ranges::find(ids, lower) != ids.end()) return lower;
  std::vector<std::string> fitting;
  for (const auto& id : ids) {
    if (id.starts_with(lower)) fitting.push_back(id);
  }
  if (fitting.size() == 1) return fitting.front();
  const auto name = "'" + text::printable(word, 60) + "'";
  if (fitting.size() > 1) {
    if (fitting.size() > 3) fitting.resize(3);
    return failed(name + " is the beginning of several cases", "such as " + text::join(fitting, ", "));
  }
  auto hint = did_you_mean(lower, ids);
  if (hint.empty()) hint = "'aztriage case list' shows them";
  return failed("there is no case " + name, hint);
}

Result<Imported> import_text(const fs::path& folder, const std::string& id, const std::string& text) {
  if (auto made = make_folder(folder); !made) return tl::unexpected<Error>(made.error());
  std::string name = is_id(id) ? id : new_id(0);
  int code = 0;
  for (int i = 0; i < 200; ++i, name = new_id(i)) {
    if (const auto old = read_text(folder, name); old && *old == text) return Imported{name, true};
    const auto path = path_of(folder, name);
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    code = fd < 0 ? errno : 0;
    if (code == EEXIST) continue;
    if (fd >= 0) ::close(fd);
    if (code != 0) break;
    if (auto written = write_file(path, text); !written) {
      ::unlink(path.c_str());
      return tl::unexpected<Error>(written.error());
    }
    return Imported{name, false};
  }
  return failed("no case can be written in " + quoted(folder) + ": " + reason(code),
                "set XDG_STATE_HOME to a folder that can be written");
}

Result<void> delete_case(const fs::path& folder, const std::string& id) {
  const auto path = path_of(folder, id);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return failed("case " + id + " can't be deleted: " + reason(errno));
  const bool free = ::flock(fd, LOCK_EX | LOCK_NB) == 0;
  int code = 0;
  if (free && ::unlink(path.c_str()) != 0) code = errno;
  if (free && code == 0) ::unlink(stand_ins_path(folder, id).c_str());
  ::close(fd);
  if (!free) return failed("case " + id + " is open in another process", "end it there first");
  if (code != 0) return failed("case " + id + " can't be deleted: " + reason(code));
  return {};
}

}  // namespace aztriage::casefile
