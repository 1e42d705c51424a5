#include "probe/json_facts.h"

#include "base/text.h"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace aztriage::probe {
namespace {

using fact::Value;
using Json = nlohmann::json;

constexpr std::size_t kMostFacts = 500;
constexpr std::size_t kMostLevels = 16;
constexpr std::size_t kLongestValue = 1024;
constexpr std::size_t kLongestPath = 256;

/// Takes scalars as the parser meets them, so that no tree is built of what a server sent.
/// Looks for one member of the outermost object, and builds no tree of the rest.
class Finder : public nlohmann::json_sax<Json> {
 public:
  explicit Finder(std::string_view name) : name_(name) {}
  std::string found;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t& text) override {
    if (depth_ != 1 || key_ != name_ || text.size() > kLongestMember) return true;
    found = text;
    return false;  // that is all
  }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return ++depth_ < kDeepest; }
  bool start_array(std::size_t) override { return ++depth_ < kDeepest; }
  bool end_object() override { return --depth_ > 0; }
  bool end_array() override { return --depth_ > 0; }
  bool key(string_t& name) override {
    if (depth_ == 1) key_ = name.substr(0, kLongestPath);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  static constexpr std::size_t kLongestMember = std::size_t{64} << 10;
  static constexpr int kDeepest = 1000;
  std::string_view name_;
  std::string key_;
  int depth_ = 0;
};

class Flattener : public nlohmann::json_sax<Json> {
 public:
  explicit Flattener(fact::Facts& facts) : facts_(facts) {}

  bool null() override { return next(); }
  bool boolean(bool value) override { return put(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return put(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return put(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { return put(text); }
  bool string(string_t& text) override { return put(text); }
  bool binary(binary_t&) override { return next(); }
  bool start_object(std::size_t) override { return enter(false); }
  bool start_array(std::size_t) override { return enter(true); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool key(string_t& name) override {
    levels_.back().key = name.substr(0, kLongestPath);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  struct Level {
    bool list;
    std::size_t index = 0;
    std::string key = {};
  };

  std::string path() const {
    std::string out = "json";
    for (const Level& level : levels_) out += "." + (level.list ? std::to_string(level.index) : level.key);
    return out;
  }
  bool enter(bool list) {
    levels_.push_back({list});
    return levels_.size() < kDeepest;
  }
  bool leave() {
    levels_.pop_back();
    return next();
  }
  bool next() {
    if (!levels_.empty() && levels_.back().list) ++levels_.back().index;
    return true;
  }
  bool put(std::string text) {
    if (count_ < kMostFacts && levels_.size() <= kMostLevels) {
      std::string name = path();
      if (name.size() <= kLongestPath) {
        if (text.size() > kLongestValue) text.resize(kLongestValue);
        facts_.insert_or_assign(std::move(name), Value::text(std::move(text)));
        ++count_;
      }
    }
    return next();
  }

  static constexpr std::size_t kDeepest = 1000;
  fact::Facts& facts_;
  std::vector<Level> levels_;
  std::size_t count_ = 0;
};

}  // namespace

bool add_json_facts(std::string_view text, fact::Facts& facts) {
  Flattener flattener(facts);
  try {
    return Json::sax_parse(text, &flattener);
  } catch (const Json::exception&) {
    return false;
  }
}

std::string json_member(std::string_view text, std::string_view name) {
  Finder finder(name);
  if (!text::trim(text).starts_with('{')) return {};
  try {
    Json::sax_parse(text, &finder);
  } catch (const Json::exception&) {
    return {};
  }
  return finder.found;
}

}  // namespace aztriage::probe
