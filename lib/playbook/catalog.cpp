#include "playbook/catalog.h"

#include "base/file.h"
#include "base/suggest.h"
#include "base/text.h"
#include "playbook/embedded.h"
#include "playbook/keys.h"
#include "playbook/overlay.h"
#include "playbook/yaml_reader.h"

#include <algorithm>
#include <map>

namespace aztriage::playbook {
namespace {

namespace fs = std::filesystem;
using source::Diagnostics;
using source::Source;

constexpr std::string_view kBuiltIn = "built in";
constexpr std::size_t kMostCandidates = 5;

std::string in_quotes(std::string_view s) {
  return "'" + text::printable(s, 200) + "'";
}

/// Where a playbook is. `built_in` is nullptr for a file.
struct Held {
  const EmbeddedPlaybook* built_in = nullptr;
  fs::path path;
  std::string replaces;
  std::string origin() const { return built_in != nullptr ? std::string(kBuiltIn) : path.string(); }
};
using Index = std::map<std::string, Held, std::less<>>;

std::string_view embedded_text(std::string_view path) {
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path == path) return file.text;
  }
  return {};
}

Source embedded_source(std::string_view path) {
  return {"playbooks/" + std::string(path), std::string(embedded_text(path))};
}

bool is_file_name(std::string_view name) {
  return name.ends_with(".yaml") || name.ends_with(".yml");
}

/// The title alone; empty when the file has none or can't be read.
std::string title_of(const fs::path& path) {
  const auto text = read_file(path, kMaxFileBytes);
  if (!text) return {};
  Diagnostics ignored;
  const source::Node root = read_yaml(Source(path.string(), *text), ignored);
  const source::Node* title = root.find("title");
  return title == nullptr ? std::string{} : title->text;
}

/// How well a part names an id: 0 not at all, more is better.
int rank(std::string_view id, std::string_view part) {
  const std::string_view scenario = id.substr(id.find('/') + 1);
  if (scenario == part) return 3;
  if (scenario.starts_with(part) || id.starts_with(part)) return 2;
  return text::contains(id, part) ? 1 : 0;
}

std::string shown(const std::vector<std::string>& ids) {
  std::vector<std::string> first(ids.begin(),
                                 ids.begin() + static_cast<long>(std::min(ids.size(), kMostCandidates)));
  for (std::string& id : first) id = in_quotes(id);
  std::string out = text::join(first, ", ");
  if (ids.size() > first.size()) out += " and " + std::to_string(ids.size() - first.size()) + " more";
  return out;
}

/// Whole ids and scenarios alike: people leave the family out.
std::string nearest_hint(std::string_view name, const Index& index) {
  std::vector<std::string> ids;
  std::vector<std::string> scenarios;
  for (const auto& [id, place] : index) {
    ids.push_back(id);
    scenarios.push_back(id.substr(id.find('/') + 1));
  }
  std::vector<std::string> near = nearest(name, ids);
  if (near.empty()) {
    for (const std::string& scenario : nearest(name, scenarios)) {
      for (const std::string& id : ids) {
        if (id.ends_with("/" + scenario)) near.push_back(id);
      }
    }
  }
  if (near.empty()) return "`aztriage playbook list` names all of them";
  return "did you mean " + shown(near) + "?";
}

}  // namespace

struct Catalog::State {
  const Vocabulary& vocabulary;
  std::vector<fs::path> overlays;
  Checks checks;

  std::optional<Index> index;
  std::vector<OverlayFile> data_files;  // family.yaml, codes.yaml and inputs.yaml of overlays
  std::optional<InputDictionary> inputs;
  std::optional<InputDictionary> overlay_inputs;
  std::optional<Clouds> clouds;
  std::optional<VantageData> vantage;

  /// Looks at the folders once.
  Result<const Index*> scan() {
    if (index) return &*index;
    Index found;
    for (const EmbeddedPlaybook& playbook : embedded_playbooks())
      found[std::string(playbook.id)].built_in = &playbook;
    data_files.clear();
    for (const fs::path& folder : overlays) {
      auto files = scan_overlay(folder);
      if (!files) return tl::unexpected<Error>(files.error());
      for (OverlayFile& file : *files) {
        if (file.family.empty() || file.name == "family" || file.name == "codes") {
          data_files.push_back(std::move(file));
          continue;
        }
        Held place;
        place.path = file.path;
        if (const auto hidden = found.find(file.id()); hidden != found.end())
          place.replaces = hidden->second.origin();
        found[file.id()] = std::move(place);
      }
    }
    index = std::move(found);
    return &*index;
  }

  /// Lets `read` have each data file of that name; the first mistake in one is the error.
  template <typename Read>
  Result<void> read_overlays(std::string_view name, Read read);

  /// For playbooks that are not built in: theirs come first, but what is secret stays so.
  Result<const InputDictionary*> inputs_of_overlays(const InputDictionary& built_in);

  Result<Loaded> judge(Source source, std::string_view id, bool built_in, std::string replaces,
                       const Catalog& catalog) {
    const InputDictionary* dictionary = &catalog.inputs();
    if (!built_in) {
      const auto own = inputs_of_overlays(*dictionary);
      if (!own) return tl::unexpected<Error>(own.error());
      dictionary = *own;
    }
    Loaded loaded{std::nullopt, std::move(source), {}, std::move(replaces)};
    std::vector<std::string> ids;
    if (index) {
      for (const auto& [known, place] : *index) ids.push_back(known);
    }
    const World world{vocabulary, *dictionary, catalog.clouds(), built_in, checks, index ? &ids : nullptr};
    loaded.playbook = playbook::load(loaded.source, id, world, loaded.diagnostics);
    return loaded;
  }
};

Catalog::Catalog(const Vocabulary& vocabulary, std::vector<fs::path> overlays, Checks checks)
    : state_(new State{vocabulary, std::move(overlays), std::move(checks), {}, {}, {}, {}, {}, {}}) {}
Catalog::~Catalog() = default;
Catalog::Catalog(Catalog&&) noexcept = default;

Result<std::vector<Listing>> Catalog::list() const {
  const auto index = state_->scan();
  if (!index) return tl::unexpected<Error>(index.error());
  std::vector<Listing> listings;
  for (const auto& [id, place] : **index) {
    const std::string title =
        place.built_in != nullptr ? std::string(place.built_in->title) : title_of(place.path);
    listings.push_back({id, title, place.origin(), place.replaces});
  }
  return listings;
}

Result<std::string> Catalog::find(std::string_view name) const {
  if (is_file_name(name)) return std::string(name);
  const auto index = state_->scan();
  if (!index) return tl::unexpected<Error>(index.error());
  if ((*index)->count(name) > 0) return std::string(name);
  std::vector<std::string> best;
  int best_rank = 1;
  for (const auto& [id, place] : **index) {
    const int r = name.empty() ? 0 : rank(id, name);
    if (r < best_rank) continue;
    if (r > best_rank) best.clear();
    best_rank = r;
    best.push_back(id);
  }
  if (best.size() == 1) return best[0];
  if (best.empty()) return failed("unknown playbook " + in_quotes(name), nearest_hint(name, **index));
  return failed(in_quotes(name) + " can mean several playbooks", "say which: " + shown(best));
}

Result<Catalog::Loaded> Catalog::load(std::string_view name) const {
  const auto index = state_->scan();
  if (!index) return tl::unexpected<Error>(index.error());
  const auto id = find(name);
  if (!id) return tl::unexpected<Error>(id.error());

  const auto known = (*index)->find(*id);
  if (known != (*index)->end() && known->second.built_in != nullptr) {
    Source source("playbooks/" + *id + ".yaml", std::string(known->second.built_in->text));
    return state_->judge(std::move(source), *id, true, {}, *this);
  }
  const bool in_overlay = known != (*index)->end();
  const fs::path path = in_overlay ? known->second.path : fs::path(name);
  auto text = read_file(path, kMaxFileBytes);
  if (!text) return tl::unexpected<Error>(text.error());
  std::string file_id = *id;
  if (!in_overlay) {
    std::error_code ec;
    const fs::path whole = fs::absolute(path, ec).lexically_normal();
    const std::string family = whole.parent_path().filename().string();
    file_id = (is_name(family) ? family : "local") + "/" + whole.stem().string();
  }
  std::string replaces;
  if (in_overlay) {
    replaces = known->second.replaces;
  } else if (const auto hidden = (*index)->find(file_id); hidden != (*index)->end()) {
    replaces = hidden->second.origin();
  }
  return state_->judge(Source(path.string(), *std::move(text)), file_id, false, std::move(replaces), *this);
}

Catalog::Loaded Catalog::load_text(const std::string& id, std::string text) const {
  bool built_in = false;
  for (const EmbeddedPlaybook& one : embedded_playbooks())
    built_in = built_in || (one.id == id && one.text == text);
  const Source source(id + ".yaml", std::move(text));
  auto loaded = state_->judge(source, id, built_in, {}, *this);
  // An overlay's data file that can't be read any more: the built-in names still stand.
  if (!loaded) loaded = state_->judge(source, id, true, {}, *this);
  if (loaded && loaded->playbook) loaded->playbook->built_in = built_in;
  return loaded ? std::move(*loaded) : Loaded{std::nullopt, source, {}, {}};
}

const InputDictionary& Catalog::inputs() const {
  Diagnostics ignored;  // a test of the build sees to these files
  if (!state_->inputs) state_->inputs = read_inputs(embedded_source("inputs.yaml"), ignored);
  return *state_->inputs;
}

const Clouds& Catalog::clouds() const {
  Diagnostics ignored;
  if (!state_->clouds) state_->clouds = read_clouds(embedded_source("clouds.yaml"), ignored);
  return *state_->clouds;
}

const VantageData& Catalog::vantage() const {
  Diagnostics ignored;
  if (!state_->vantage) state_->vantage = read_vantage(embedded_source("vantage.yaml"), ignored);
  return *state_->vantage;
}

namespace {

std::string family_of(std::string_view path) {
  return std::string(path.substr(0, path.find('/')));
}

tl::unexpected<Error> mistakes_in(const Source& source, const Diagnostics& diagnostics) {
  const source::Diagnostic& first = diagnostics.items().front();
  return failed(
      in_quotes(source.name()) + ", line " + std::to_string(first.span.begin.line) + ": " + first.message,
      "`aztriage playbook lint` shows every mistake");
}

}  // namespace

template <typename Read>
Result<void> Catalog::State::read_overlays(std::string_view name, Read read) {
  if (const auto looked = scan(); !looked) return tl::unexpected<Error>(looked.error());
  for (const OverlayFile& file : data_files) {
    if (file.name != name) continue;
    auto text = read_file(file.path, kMaxFileBytes);
    if (!text) return tl::unexpected<Error>(text.error());
    const Source source(file.path.string(), *std::move(text));
    Diagnostics diagnostics;
    read(source, file.family, diagnostics);
    if (diagnostics.has_errors()) return mistakes_in(source, diagnostics);
  }
  return {};
}

Result<const InputDictionary*> Catalog::State::inputs_of_overlays(const InputDictionary& built_in) {
  if (overlay_inputs) return &*overlay_inputs;
  std::map<std::string, Input> merged;
  for (const Input& input : built_in.inputs) merged[input.name] = input;
  const auto merge = [&](const Source& source, std::string_view, Diagnostics& diagnostics) {
    for (Input& input : read_inputs(source, diagnostics).inputs) {
      const auto known = merged.find(input.name);
      if (known != merged.end() && known->second.secret) continue;
      merged[input.name] = std::move(input);
    }
  };
  if (const auto done = read_overlays("inputs", merge); !done) return tl::unexpected<Error>(done.error());
  InputDictionary all;
  for (auto& [name, input] : merged) all.inputs.push_back(std::move(input));
  overlay_inputs = std::move(all);
  return &*overlay_inputs;
}

Result<std::vector<Family>> Catalog::families() const {
  std::map<std::string, Family> families;
  Diagnostics ignored;
  for (const EmbeddedFile& file : embedded_files()) {
    if (!file.path.ends_with("/family.yaml")) continue;
    const std::string id = family_of(file.path);
    families[id] = read_family(embedded_source(file.path), id, ignored);
  }
  const auto more = [&](const Source& source, const std::string& family, Diagnostics& diagnostics) {
    families[family] = read_family(source, family, diagnostics);
  };
  if (const auto done = state_->read_overlays("family", more); !done)
    return tl::unexpected<Error>(done.error());
  std::vector<Family> out;
  for (auto& [id, family] : families) out.push_back(std::move(family));
  return out;
}

Result<std::vector<CodeRow>> Catalog::codes() const {
  std::vector<CodeRow> rows;
  const auto add = [&](std::vector<CodeRow> more) {
    std::move(more.begin(), more.end(), std::back_inserter(rows));
  };
  Diagnostics ignored;
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path.ends_with("/codes.yaml"))
      add(read_codes(embedded_source(file.path), family_of(file.path), ignored));
  }
  const auto more = [&](const Source& source, const std::string& family, Diagnostics& diagnostics) {
    add(read_codes(source, family, diagnostics));
  };
  if (const auto done = state_->read_overlays("codes", more); !done)
    return tl::unexpected<Error>(done.error());
  return rows;
}

Result<std::vector<Checked>> Catalog::check_data() const {
  std::vector<Checked> checked;
  const auto check = [&](Source source, std::string_view path) {
    Diagnostics diagnostics;
    const std::string family = family_of(path);
    if (path == "inputs.yaml") {
      read_inputs(source, diagnostics);
    } else if (path == "clouds.yaml") {
      read_clouds(source, diagnostics);
    } else if (path == "vantage.yaml") {
      read_vantage(source, diagnostics);
    } else if (path.ends_with("/family.yaml")) {
      read_family(source, family, diagnostics);
    } else {
      read_codes(source, family, diagnostics);
    }
    diagnostics.sort_by_position();
    checked.push_back({std::move(source), std::move(diagnostics)});
  };
  for (const EmbeddedFile& file : embedded_files()) check(embedded_source(file.path), file.path);
  if (const auto index = state_->scan(); !index) return tl::unexpected<Error>(index.error());
  for (const OverlayFile& file : state_->data_files) {
    auto text = read_file(file.path, kMaxFileBytes);
    if (!text) return tl::unexpected<Error>(text.error());
    check(Source(file.path.string(), *std::move(text)), file.id() + ".yaml");
  }
  return checked;
}

}  // namespace aztriage::playbook
