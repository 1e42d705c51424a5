#include "report/registry.h"

namespace aztriage::report {
namespace {

struct Entry {
  Format format;
  std::string_view name;
  std::string (*render)(std::span<const engine::RunResult> results, const Style& style);
};

constexpr Entry kFormats[] = {
#define AZTRIAGE_FORMAT(id, name) {Format::id, name, render_##id},
#include "report/formats.def"
#undef AZTRIAGE_FORMAT
};

const Entry& entry_of(Format format) {
  return kFormats[static_cast<std::size_t>(format)];
}

}  // namespace

std::string_view name_of(Format format) {
  return entry_of(format).name;
}

std::optional<Format> format_from_name(std::string_view name) {
  for (const Entry& entry : kFormats) {
    if (entry.name == name) return entry.format;
  }
  return std::nullopt;
}

const std::vector<std::string_view>& format_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const Entry& entry : kFormats) all.push_back(entry.name);
    return all;
  }();
  return names;
}

std::string render(Format format, std::span<const engine::RunResult> results, const Style& style) {
  return entry_of(format).render(results, style);
}

}  // namespace aztriage::report
