#include "playbook/catalog.h"

#include "base/text.h"
#include "playbook/embedded.h"
#include "small_world.h"
#include "source/render.h"
#include "support/source_folder.h"

#include <algorithm>
#include <filesystem>

#include <doctest/doctest.h>
#include <unistd.h>

using namespace aztriage;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "aztriage-catalog-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  void write(const std::string& file, const std::string& text) const {
    fs::create_directories((path / file).parent_path());
    REQUIRE(write_file(path / file, text));
  }
};

constexpr const char* kOwn =
    "format: 1\ntitle: Our own\ncauses: {a: {title: A}}\n"
    "steps: {s: {question: q, symptom: true, answers: [{name: x, fine: true}]}}\n";

const playbook::Listing* find(const std::vector<playbook::Listing>& all, std::string_view id) {
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const playbook::Listing& one) { return one.id == id; });
  return at == all.end() ? nullptr : &*at;
}

}  // namespace

TEST_CASE("embedded: what the build made of playbooks/ is what lies there") {
  std::string last;
  REQUIRE(playbook::embedded_playbooks().size() >= 2);
  for (const playbook::EmbeddedPlaybook& p : playbook::embedded_playbooks()) {
    CAPTURE(p.id);
    CHECK(std::string(p.id) > last);
    last = p.id;
    const auto text = read_file(test::source_folder() + "/playbooks/" + std::string(p.id) + ".yaml",
                                playbook::kMaxFileBytes);
    REQUIRE(text);
    CHECK((*text == p.text));
    CHECK_FALSE(p.title.empty());
    CHECK_FALSE(p.steps.empty());
    for (const playbook::EmbeddedStep& step : p.steps) {
      for (const std::string_view outcome : step.outcomes) CHECK_FALSE(outcome.empty());
    }
  }
  for (const playbook::EmbeddedFile& file : playbook::embedded_files()) {
    const auto text =
        read_file(test::source_folder() + "/playbooks/" + std::string(file.path), playbook::kMaxFileBytes);
    REQUIRE(text);
    CHECK((*text == file.text));
  }
}

TEST_CASE("catalog: the data files that are built in have no mistakes") {
  const auto words = small_world::vocabulary();
  const playbook::Catalog catalog(words, {});
  const auto checked = catalog.check_data();
  REQUIRE(checked);
  CHECK(checked->size() >= 7);
  for (const playbook::Checked& one : *checked) {
    INFO(source::render(one.diagnostics, one.source));
    CHECK(one.diagnostics.items().empty());
  }
  CHECK(catalog.inputs().find("endpoint") != nullptr);
  CHECK(catalog.clouds().clouds.size() == 3);
  CHECK(catalog.vantage().names.size() >= 2);
  CHECK(catalog.families()->size() >= 2);
  CHECK(catalog.codes()->size() > 20);
}

TEST_CASE("catalog: a name finds a playbook when it can mean only one") {
  const auto words = small_world::vocabulary();
  Folder folder;
  for (const char* id : {"tea/will-not-brew", "tea/will-not-pour", "cup/will-not-brew-late"}) {
    folder.write(std::string(id) + ".yaml", kOwn);
  }
  const playbook::Catalog catalog(words, {folder.path});
  CHECK(catalog.find("tea/will-not-brew").value() == "tea/will-not-brew");
  CHECK(catalog.find("will-not-brew").value() == "tea/will-not-brew");
  CHECK(catalog.find("5xx-from-edge").value() == "front-door/5xx-from-edge");
  CHECK(catalog.find("will-not-po").value() == "tea/will-not-pour");
  CHECK(catalog.find("brew-late").value() == "cup/will-not-brew-late");
  const auto several = catalog.find("will-not");
  REQUIRE_FALSE(several);
  CHECK(several.error().what == "'will-not' can mean several playbooks");
  CHECK(several.error().hint ==
        "say which: 'cup/will-not-brew-late', 'tea/will-not-brew', 'tea/will-not-pour'");
  const auto unknown = catalog.load("will-not-brw");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().what == "unknown playbook 'will-not-brw'");
  CHECK(text::contains(unknown.error().hint, "did you mean 'tea/will-not-brew'"));
  CHECK(text::contains(catalog.find("zzz").error().hint, "playbook list"));
  CHECK_FALSE(catalog.find(""));
}

TEST_CASE("catalog: overlays add and replace, and what they replace is named") {
  const auto words = small_world::vocabulary();
  Folder first;
  Folder second;
  first.write("front-door/5xx-from-edge.yaml", kOwn);
  first.write("own/thing.yaml", kOwn);
  first.write("own/family.yaml", "title: Own\nlayer: app\n");
  first.write("own/codes.yaml", "- {code: X1, seen-in: log, means: y}\n");
  second.write("own/thing.yaml", kOwn);
  const playbook::Catalog catalog(words, {first.path, second.path});
  const auto all = catalog.list();
  REQUIRE(all);
  REQUIRE(find(*all, "front-door/5xx-from-edge") != nullptr);
  CHECK(find(*all, "front-door/5xx-from-edge")->replaces == "built in");
  CHECK(find(*all, "front-door/5xx-from-edge")->title == "Our own");
  CHECK(find(*all, "own/thing")->origin == (second.path / "own/thing.yaml").string());
  CHECK(find(*all, "own/thing")->replaces == (first.path / "own/thing.yaml").string());
  CHECK(find(*all, "own/family") == nullptr);
  REQUIRE(find(*all, "app-service/site-5xx") != nullptr);
  CHECK(find(*all, "app-service/site-5xx")->origin == "built in");

  const auto loaded = catalog.load("5xx-from-edge");
  REQUIRE(loaded);
  REQUIRE(loaded->playbook);
  CHECK_FALSE(loaded->playbook->built_in);
  CHECK(loaded->replaces == "built in");
  const auto families = catalog.families();
  REQUIRE(families);
  CHECK(std::any_of(families->begin(), families->end(),
                    [](const playbook::Family& f) { return f.title == "Own"; }));
  CHECK(catalog.codes()->back().code == "X1");
}

TEST_CASE("catalog: an overlay's inputs are for its own playbooks, and a secret stays one") {
  const auto words = small_world::vocabulary();
  Folder folder;
  folder.write("own/thing.yaml", std::string(kOwn) + "inputs: {page: {}, token: {}}\n");
  folder.write("inputs.yaml",
               "page: {type: url, ask: Which page?}\ntoken: {type: text, ask: Which?}\n"
               "endpoint: {type: url, ask: Which endpoint?}\n");
  const playbook::Catalog catalog(words, {folder.path});
  const auto own = catalog.load("own/thing");
  REQUIRE(own);
  REQUIRE(own->playbook);
  CHECK(own->playbook->inputs[0].type_name == "url");
  CHECK(own->playbook->inputs[0].ask == "Which page?");
  CHECK(own->playbook->inputs[1].secret);
  CHECK(catalog.inputs().find("page") == nullptr);
  CHECK(catalog.inputs().find("endpoint")->type_name == "host");

  folder.write("inputs.yaml", "page: {type: nothing, ask: Which page?}\n");
  const playbook::Catalog broken(words, {folder.path});
  REQUIRE_FALSE(broken.load("own/thing"));
  CHECK(text::contains(broken.load("own/thing").error().what, "inputs.yaml', line 1"));
}

TEST_CASE("catalog: a path is a file") {
  const auto words = small_world::vocabulary();
  Folder folder;
  folder.write("redis/slow.yaml", kOwn);
  folder.write("bad.yaml", "title: [\n");
  const playbook::Catalog catalog(words, {});
  const auto loaded = catalog.load((folder.path / "redis/slow.yaml").string());
  REQUIRE(loaded);
  REQUIRE(loaded->playbook);
  CHECK(loaded->playbook->id == "redis/slow");
  CHECK(loaded->playbook->origin == (folder.path / "redis/slow.yaml").string());
  const auto bad = catalog.load((folder.path / "bad.yaml").string());
  REQUIRE(bad);
  CHECK_FALSE(bad->playbook);
  CHECK(bad->diagnostics.has_errors());
  CHECK_FALSE(catalog.load((folder.path / "none.yaml").string()));
  CHECK_FALSE(catalog.load(folder.path.string() + "/redis.yaml"));
}

TEST_CASE("catalog: hostile folders end soon, with a word") {
  const auto words = small_world::vocabulary();
  Folder folder;
  fs::create_directory_symlink(folder.path, folder.path / "loop");
  fs::create_symlink("/dev/zero", folder.path / "loop.yaml");
  folder.write("own/.hidden.yaml", kOwn);
  folder.write("own/thing.yaml", kOwn);
  fs::create_symlink("/dev/zero", folder.path / "own/endless.yaml");
  fs::create_symlink("nowhere", folder.path / "own/dangling.yaml");
  const playbook::Catalog catalog(words, {folder.path});
  const auto all = catalog.list();
  REQUIRE(all);
  CHECK(find(*all, "own/thing") != nullptr);
  CHECK(find(*all, "own/endless") == nullptr);
  CHECK(find(*all, "own/dangling") == nullptr);
  CHECK(find(*all, "own/.hidden") == nullptr);
  CHECK(find(*all, "loop/loop") == nullptr);

  const playbook::Catalog none(words, {folder.path / "not-there"});
  REQUIRE_FALSE(none.list());
  CHECK(text::contains(none.list().error().what, "cannot read the folder"));
  CHECK_FALSE(none.load("5xx-from-edge"));

  Folder big;
  for (int i = 0; i < 5001; ++i) fs::create_directory(big.path / ("f" + std::to_string(i)));
  const playbook::Catalog huge(words, {big.path});
  REQUIRE_FALSE(huge.list());
  CHECK(text::contains(huge.list().error().what, "more than 5000 entries"));
}
