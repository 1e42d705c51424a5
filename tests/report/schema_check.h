#pragma once

#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

/// As much of JSON Schema as ours use; a keyword that it does not know is a mistake by itself.
namespace aztriage::report::testing {

class SchemaCheck {
 public:
  using Json = nlohmann::json;
  explicit SchemaCheck(const std::string& schema) : schema_(Json::parse(schema)) {}

  /// Every place that does not fit, empty when all do.
  std::vector<std::string> check(const std::string& document) {
    mistakes_.clear();
    visit(schema_, Json::parse(document), "$");
    return mistakes_;
  }
  const Json& schema() const { return schema_; }

 private:
  static bool is(const std::string& type, const Json& value) {
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    return type == (value.is_number() ? "number" : value.type_name());
  }

  void fail(const std::string& at, const std::string& what) { mistakes_.push_back(at + ": " + what); }

  bool fits(const Json& schema, const Json& value) {
    const auto before = mistakes_.size();
    visit(schema, value, "");
    const bool fine = mistakes_.size() == before;
    mistakes_.resize(before);
    return fine;
  }

  void visit(const Json& schema, const Json& value, const std::string& at) {
    for (const auto& [key, rule] : schema.items()) {
      if (key == "$schema" || key == "title" || key == "description" || key == "$defs") continue;
      if (key == "$ref") {
        visit(schema_.at(Json::json_pointer(rule.get<std::string>().substr(1))), value, at);
      } else if (key == "anyOf") {
        if (std::none_of(rule.begin(), rule.end(), [&](const Json& s) { return fits(s, value); }))
          fail(at, "fits none");
      } else if (key == "allOf") {
        for (const Json& s : rule) visit(s, value, at);
      } else if (key == "type") {
        const Json types = rule.is_array() ? rule : Json::array({rule});
        if (std::none_of(types.begin(), types.end(), [&](const Json& t) { return is(t, value); }))
          fail(at, "is not " + rule.dump());
      } else if (key == "enum") {
        if (std::find(rule.begin(), rule.end(), value) == rule.end())
          fail(at, "is not one of " + rule.dump());
      } else if (key == "const") {
        if (value != rule) fail(at, "is not " + rule.dump());
      } else if (key == "minimum") {
        if (value.is_number() && value < rule) fail(at, "is too small");
      } else if (key == "maximum") {
        if (value.is_number() && value > rule) fail(at, "is too large");
      } else if (key == "pattern") {
        if (value.is_string() &&
            !std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>())))
          fail(at, "does not match");
      } else if (!visit_inside(key, rule, schema, value, at)) {
        fail(at, "the schema has the unknown keyword " + key);
      }
    }
  }

  bool visit_inside(const std::string& key, const Json& rule, const Json& schema, const Json& value,
                    const std::string& at) {
    if (key == "required") {
      for (const Json& name : rule) {
        if (value.is_object() && !value.contains(name)) fail(at, "has no " + name.dump());
      }
    } else if (key == "properties") {
      for (const auto& [name, inner] : rule.items()) {
        if (value.is_object() && value.contains(name)) visit(inner, value.at(name), at + "." + name);
      }
    } else if (key == "additionalProperties") {
      for (const auto& [name, inner] : value.items()) {
        const bool named = schema.contains("properties") && schema.at("properties").contains(name);
        if (!named) visit(rule, inner, at + "." + name);
      }
    } else if (key == "items") {
      for (std::size_t i = 0; value.is_array() && i < value.size(); ++i)
        visit(rule, value[i], at + "[" + std::to_string(i) + "]");
    } else {
      return false;
    }
    return true;
  }

  Json schema_;
  std::vector<std::string> mistakes_;
};

}  // namespace aztriage::report::testing
