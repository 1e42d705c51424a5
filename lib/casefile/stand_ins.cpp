#include "casefile/stand_ins.h"

#include "base/file.h"

namespace aztriage::casefile {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHead = "aztriage stand-ins 1\n";
constexpr std::size_t kMostBytes = 64u << 20;

}  // namespace

fs::path stand_ins_path(const fs::path& folder, const std::string& id) {
  return folder / (id + ".stand-ins");
}

Result<decode::Pseudonyms> read_stand_ins(const fs::path& path, const std::vector<std::string>& suffixes) {
  decode::Pseudonyms names(suffixes);
  std::error_code ec;
  if (!fs::exists(fs::symlink_status(path, ec))) return names;
  const auto text = read_file(path, kMostBytes);
  if (!text) return tl::unexpected<Error>(text.error());
  const bool ours = text->starts_with(kHead);
  auto restored = ours ? names.restore(std::string_view(*text).substr(kHead.size()))
                       : Result<void>(failed("it is no file of stand-ins of this version"));
  if (restored) return names;
  return failed(
      "'" + path.string() + "' can't be read: " + restored.error().what,
      "remove it, and new stand-ins are made; what was sent with the old ones is not decoded any more");
}

Result<void> write_stand_ins(const fs::path& path, const decode::Pseudonyms& names) {
  return write_private_file(path, std::string(kHead) + names.saved());
}

}  // namespace aztriage::casefile
