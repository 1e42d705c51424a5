#include "base/duration.h"
#include "base/text.h"
#include "playbook/loading.h"

#include <algorithm>
#include <chrono>

namespace aztriage::playbook {
namespace {

using source::Code;
using source::Node;
using source::Within;

Seen seen_of(std::string_view word) {
  if (word == "very-common") return Seen::very_common;
  if (word == "common") return Seen::common;
  if (word == "rare") return Seen::rare;
  return Seen::occasional;
}

Vantage vantage_of(std::string_view word) {
  if (word == "clock") return Vantage::clock;
  if (word == "resolver") return Vantage::resolver;
  if (word == "inspection") return Vantage::inspection;
  if (word == "portal") return Vantage::portal;
  return Vantage::proxy;
}

void read_see(Loading& loading, Cause& cause, const Fields& fields) {
  const Node* node = fields.get("see");
  if (node == nullptr) return;
  cause.see = fields.text("see");
  const auto parts = text::split(cause.see, '/');
  if (parts.size() != 2 || !is_name(parts[0]) || !is_name(parts[1])) {
    loading.diagnostics.error(Code::P049, node->span, "not the id of a playbook: " + quoted(cause.see),
                              {"write it as family/scenario"});
    return;
  }
  const std::vector<std::string>* known = loading.world.playbooks;
  if (known == nullptr || std::find(known->begin(), known->end(), cause.see) != known->end()) return;
  // It may come with another set of playbooks, and everything else of this one works without it.
  loading.diagnostics.warning(Code::P049, node->span, "unknown playbook " + quoted(cause.see),
                              {near_or(cause.see, *known, "`aztriage playbook list` names them")});
}

/// Letter, digit or one of -._~/#?=& : what stands in a path of the documentation.
bool is_docs_path(std::string_view path) {
  if (!path.starts_with('/') || path.starts_with("//") || path.size() < 2) return false;
  return std::all_of(path.begin(), path.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~/#?=&%").find(c) != std::string_view::npos;
  });
}

/// `/en-us/azure/...`: the reader's language is not ours to choose.
bool has_language(std::string_view path) {
  const std::string_view first = text::split(path.substr(1), '/').front();
  return first.size() == 5 && first[2] == '-';
}

void read_docs(Loading& loading, Cause& cause, const Fields& fields) {
  for (const Node* item : fields.items("docs")) {
    const std::string path(text::trim(item->text));
    if (!is_docs_path(path) || has_language(path)) {
      loading.diagnostics.error(Code::P050, item->span, "not a path of the documentation: " + quoted(path),
                                {"write it without host and language: /azure/..."});
    } else {
      cause.docs.push_back(path);
    }
  }
}

Workaround read_workaround(Loading& loading, const Node& node) {
  const Fields fields(node, Place::workaround, loading.diagnostics);
  Workaround workaround;
  const auto filled = [&](std::string_view key) -> std::optional<Template> {
    const Node* text = fields.get(key);
    if (text == nullptr) return std::nullopt;
    return parse_filled(loading, *text, {.what = "a workaround"});
  };
  if (auto action = filled("do")) workaround.action = *std::move(action);
  workaround.command = filled("command");
  workaround.powershell = filled("powershell");
  workaround.portal = filled("portal");
  workaround.takes_text = fields.text("takes");
  if (const auto takes = parse_duration(workaround.takes_text)) {
    workaround.takes = std::chrono::ceil<std::chrono::seconds>(*takes);
  }
  workaround.risk = fields.text("risk");
  workaround.undo = fields.text("undo");
  workaround.disruptive = fields.flag("disruptive");
  return workaround;
}

void read_steps_named(Loading& loading, Cause& cause, const Fields& fields) {
  for (const Node* item : fields.items("verify")) {
    const int step = loading.need_step(*item);
    if (step < 0) continue;
    if (std::find(cause.verify.begin(), cause.verify.end(), step) == cause.verify.end())
      cause.verify.push_back(step);
  }
  const Node* node = fields.get("escalate");
  if (node == nullptr) return;
  const Fields escalate(*node, Place::escalate, loading.diagnostics);
  cause.escalate = Escalation{escalate.text("team"), {}, escalate.text("say")};
  for (const Node* item : escalate.items("attach")) {
    if (item->text == "vantage" || loading.need_step(*item) >= 0)
      cause.escalate->attach.push_back(item->text);
  }
}

}  // namespace

void outline_causes(Loading& loading, const Node* node) {
  if (node == nullptr) return;
  for (const Node::Entry* entry : named_entries(*node, "a cause", false, kMaxCauses, loading.diagnostics)) {
    const Within within(loading.diagnostics, "in cause " + quoted(entry->key));
    if (entry->key == "otherwise" || entry->key == "unlisted") {
      loading.diagnostics.error(Code::P048, entry->key_span, quoted(entry->key) + " has a meaning of its own",
                                {"rename the cause"});
      continue;
    }
    if (entry->value.kind != Node::Kind::map) {
      loading.diagnostics.error(Code::P013, entry->key_span,
                                "a cause is a map, not " + std::string(kind_text(entry->value)),
                                {"give it a 'title'"});
      continue;
    }
    const Fields& fields = loading.cause_fields.emplace_back(entry->value, Place::cause, loading.diagnostics);
    Cause cause;
    cause.id = entry->key;
    cause.title = fields.text("title");
    cause.seen = seen_of(fields.text("seen"));
    cause.span = entry->key_span;
    loading.cause_of.emplace(cause.id, static_cast<int>(loading.playbook.causes.size()));
    loading.playbook.causes.push_back(std::move(cause));
  }
}

void load_causes(Loading& loading) {
  for (std::size_t i = 0; i < loading.playbook.causes.size(); ++i) {
    Cause& cause = loading.playbook.causes[i];
    const Fields& fields = loading.cause_fields[i];
    const Within within(loading.diagnostics, "in cause " + quoted(cause.id));
    cause.explain = fields.text("explain");
    cause.fix = fields.text("fix");
    if (fields.has("vantage")) cause.vantage = vantage_of(fields.text("vantage"));
    read_see(loading, cause, fields);
    read_docs(loading, cause, fields);
    for (const Node* item : fields.items("workaround"))
      cause.workarounds.push_back(read_workaround(loading, *item));
    read_steps_named(loading, cause, fields);
  }
}

}  // namespace aztriage::playbook
