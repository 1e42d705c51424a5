#pragma once

#include "fact/value.h"

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace aztriage::decode {

/// The first whole JSON document of a text that may have a prompt and a command before it and another prompt
/// behind; discarded where there is none. Nesting is bounded, so that the parser's stack is, too.
nlohmann::json find_document(std::string_view text);

/// A member by its name, without regard to case where no name is the same; nothing where `node` is no object.
const nlohmann::json* json_member(const nlohmann::json& node, std::string_view name);
/// Members along `a.b.c`; names with dots of their own are not looked for.
const nlohmann::json* json_at(const nlohmann::json& node, std::string_view path);
/// The items of the list at `path`; an empty list where there is none.
const nlohmann::json& json_items(const nlohmann::json& node, std::string_view path);

/// A scalar as people would write it, bounded; empty for null and where there is none.
std::string json_text(const nlohmann::json& node, std::string_view path = {});
std::optional<double> json_number(const nlohmann::json& node, std::string_view path);
std::optional<bool> json_flag(const nlohmann::json& node, std::string_view path);

/// Puts what is there into a record, and leaves out what is not.
void put_field(fact::Value::Record& record, std::string_view name, const std::string& value,
               fact::Kind kind = fact::Kind::text);
void put_field(fact::Value::Record& record, std::string_view name, std::optional<double> value);
void put_field(fact::Value::Record& record, std::string_view name, std::optional<bool> value);

}  // namespace aztriage::decode
