#include "support/source_folder.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace fs = std::filesystem;

namespace {

const fs::path kRoot = aztriage::test::source_folder();

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const fs::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// Sources below a folder of the repository, as paths from its root, sorted.
std::vector<fs::path> sources(const std::string& folder) {
  std::vector<fs::path> found;
  if (!fs::exists(kRoot / folder)) return found;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
    const auto extension = entry.path().extension();
    if (extension == ".cpp" || extension == ".h") found.push_back(fs::relative(entry.path(), kRoot));
  }
  std::ranges::sort(found);
  return found;
}

/// "match" of lib/match/condition.h; "cli" and "tests" of what lies there.
std::string folder_of(const fs::path& path) {
  auto part = path.begin();
  if (*part == "lib") ++part;
  return part->string();
}

/// The table in lib/README.md: who may include whom.
std::map<std::string, std::set<std::string>> include_table() {
  std::map<std::string, std::set<std::string>> table;
  const std::regex row(R"(\|\s*`(\w+)`\s*\|[^|]*\|\s*([^|]*)\|)");
  for (const auto& line : lines_of(kRoot / "lib/README.md")) {
    std::smatch match;
    if (!std::regex_search(line, match, row)) continue;
    auto& allowed = table[match[1]];
    const std::string list = match[2];
    const std::regex name(R"(\w+)");
    for (std::sregex_iterator it(list.begin(), list.end(), name), end; it != end; ++it)
      allowed.insert(it->str());
  }
  return table;
}

struct Include {
  std::string path;
  bool quoted = false;
};

std::vector<Include> includes_of(const fs::path& source) {
  std::vector<Include> found;
  const std::regex include(R"re(^#include ([<"])([^>"]+)[>"])re");
  for (const auto& line : lines_of(kRoot / source)) {
    std::smatch match;
    if (std::regex_search(line, match, include)) found.push_back({match[2], match[1] == "\""});
  }
  return found;
}

}  // namespace

TEST_CASE("rules: the top level is what the README says and nothing else") {
  const std::set<std::string> allowed = {"CMakeLists.txt",
                                         "CMakePresets.json",
                                         "cli",
                                         "lib",
                                         "playbooks",
                                         "tests",
                                         "README.md",
                                         "completions",
                                         "LICENSE",
                                         "CONTRIBUTING.md",
                                         "CHANGELOG.md",
                                         "dev",
                                         "build",
                                         "compile_commands.json"};
  for (const auto& entry : fs::directory_iterator(kRoot)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with('.')) continue;
    INFO(name);
    CHECK(allowed.contains(name));
  }
}

TEST_CASE("rules: a folder includes only what the table in lib/README.md allows") {
  const auto table = include_table();
  REQUIRE(table.size() >= 11);
  for (const auto& top : {"lib", "cli"}) {
    for (const auto& source : sources(top)) {
      const auto folder = folder_of(source);
      INFO(source.string());
      REQUIRE(table.contains(folder));
      for (const auto& include : includes_of(source)) {
        if (!include.quoted) continue;
        const auto target = fs::path(include.path).begin()->string();
        INFO(include.path);
        CHECK((target == folder || table.at(folder).contains(target)));
      }
    }
  }
}

TEST_CASE("rules: folders do not include each other in a circle") {
  const auto table = include_table();
  std::set<std::string> placed;
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [folder, allowed] : table) {
      if (placed.contains(folder)) continue;
      if (std::ranges::all_of(allowed, [&](const auto& each) { return placed.contains(each); })) {
        placed.insert(folder);
        changed = true;
      }
    }
  }
  for (const auto& row : table) {
    INFO(row.first);
    CHECK(placed.contains(row.first));
  }
}

TEST_CASE("rules: a third-party library appears in its own folders only, and not in headers") {
  const std::map<std::string, std::set<std::string>> homes = {{"yaml-cpp", {"playbook"}},
                                                              {"curl", {"net"}},
                                                              {"ares.h", {"net"}},
                                                              {"CLI", {"cli"}},
                                                              {"re2", {"match", "engine", "decode"}},
                                                              {"openssl", {"net", "decode", "base", "probe"}},
                                                              {"pugixml.hpp", {"report"}}};
  for (const auto& top : {"lib", "cli"}) {
    for (const auto& source : sources(top)) {
      for (const auto& include : includes_of(source)) {
        if (include.quoted) continue;
        INFO(source.string() << " includes " << include.path);
        const auto library = fs::path(include.path).begin()->string();
        if (const auto home = homes.find(library); home != homes.end())
          CHECK(home->second.contains(folder_of(source)));
        // The header of forward declarations only names the type.
        if (library == "nlohmann" && include.path != "nlohmann/json_fwd.hpp")
          CHECK(source.extension() == ".cpp");
      }
    }
  }
}

TEST_CASE("rules: files stay small enough to be read") {
  for (const auto& [top, most] :
       std::map<std::string, std::size_t>{{"lib", 500}, {"cli", 500}, {"tests", 750}}) {
    for (const auto& source : sources(top)) {
      INFO(source.string());
      CHECK(lines_of(kRoot / source).size() <= most);
    }
  }
}

TEST_CASE("rules: headers say #pragma once, and a .cpp includes its own header first") {
  for (const auto& top : {"lib", "cli"}) {
    for (const auto& source : sources(top)) {
      INFO(source.string());
      if (source.extension() == ".h") {
        CHECK(text_of(kRoot / source).starts_with("#pragma once\n"));
        continue;
      }
      auto own = source;
      own.replace_extension(".h");
      if (!fs::exists(kRoot / own)) continue;
      const auto includes = includes_of(source);
      REQUIRE_FALSE(includes.empty());
      const auto expected = std::string(top) == "lib" ? fs::relative(own, "lib").string() : own.string();
      CHECK(includes.front().path == expected);
    }
  }
}

TEST_CASE("rules: no work is left undone in what ships") {
  const std::regex undone(R"(\b(TODO|FIXME|XXX|HACK)\b)");
  for (const auto& top : {"lib", "cli"}) {
    for (const auto& source : sources(top)) {
      INFO(source.string());
      CHECK_FALSE(std::regex_search(text_of(kRoot / source), undone));
    }
  }
}

TEST_CASE("rules: every source of a folder is in its list, so that nothing is forgotten by the build") {
  for (const auto& top : {"lib", "cli"}) {
    for (const auto& source : sources(top)) {
      if (source.extension() != ".cpp") continue;
      INFO(source.string());
      bool listed = false;
      for (auto folder = source.parent_path(); !folder.empty() && !listed; folder = folder.parent_path()) {
        const auto list = kRoot / folder / "CMakeLists.txt";
        if (fs::exists(list)) listed = text_of(list).find(source.filename().string()) != std::string::npos;
      }
      CHECK(listed);
    }
  }
}

TEST_CASE("rules: the README names the two commands, and what it names exists") {
  const auto readme = text_of(kRoot / "README.md");
  CHECK(readme.find("./dev demo") != std::string::npos);
  CHECK(readme.find("./dev test") != std::string::npos);
  CHECK(text_of(kRoot / ".ci/run").find("./dev test") != std::string::npos);
}

TEST_CASE("rules: the change log has a part for what is not released yet") {
  CHECK(text_of(kRoot / "CHANGELOG.md").find("## Unreleased") != std::string::npos);
}
