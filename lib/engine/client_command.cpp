#include "engine/client_command.h"

#include "engine/commands.h"
#include "engine/customer_shell.h"
#include "engine/vantage.h"

#include <algorithm>

namespace aztriage::engine {
namespace {

std::string capitals(std::string_view name) {
  std::string word;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    word += letter ? static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c) : '_';
  }
  return word;
}

/// Values that are not known, or all of them, as names to fill in.
class ForPeople : public match::Environment {
 public:
  explicit ForPeople(const match::Environment* known) : known_(known) {}
  fact::Look value(const match::Resolved& name) const override {
    const auto* inputs = dynamic_cast<const engine::Environment*>(known_);
    if (known_ && !(inputs && inputs->hides(name))) {
      if (auto found = known_->value(name); found.value) return found;
    }
    return {fact::Value::text(capitals(name.name)), true};
  }

 private:
  const match::Environment* known_;
};

std::string param(const playbook::Step& step, std::string_view name, const match::Environment& environment) {
  const auto it = std::ranges::find(step.params, name, &playbook::Parameter::name);
  if (it == step.params.end() || it->values.empty()) return {};
  return fill_for_people(it->values.front(), environment);
}

}  // namespace

std::string fill_for_people(const match::Template& text, const match::Environment& environment,
                            match::Template::Encode encode) {
  const auto filled = text.fill(ForPeople(&environment), encode);
  // A value that can't stand there safely is for people to put in.
  return filled.missing ? text.fill(ForPeople(nullptr), encode).text : filled.text;
}

std::vector<std::pair<std::string, std::string>> client_commands(const playbook::Step& step,
                                                                 const match::Environment& environment) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const auto shell : {CustomerShell::bash, CustomerShell::powershell}) {
    auto line = client_line(step, environment, shell);
    // Without a PowerShell of its own a command of az is the same in both.
    if (!line || (!lines.empty() && lines.back().second == line->line)) continue;
    lines.emplace_back(std::move(line->shell), std::move(line->line));
  }
  return lines;
}

std::string probe_command(const playbook::Step& step, const match::Environment& environment) {
  if (step.kind != playbook::StepKind::probe || step.probe == kVantageStep) return {};
  std::string target = param(step, "url", environment);
  std::vector<std::string_view> used = {"url"};
  if (target.empty()) {
    used = {"name"};
    target = param(step, "name", environment);
  }
  if (target.empty()) {
    used = {"host", "port"};
    target = param(step, "host", environment);
    const std::string port = param(step, "port", environment);
    const bool v6 = target.find(':') != std::string::npos;
    if (!target.empty() && !port.empty()) target = (v6 ? "[" + target + "]" : target) + ":" + port;
  }
  std::vector<std::string> argv = {"aztriage", "probe", step.probe};
  if (!target.empty()) argv.push_back(target);
  const auto add = [&](const std::string& name, const match::Template& value) {
    argv.emplace_back("-w");
    argv.push_back(name + "=" + fill_for_people(value, environment));
  };
  for (const auto& each : step.params) {
    if (std::ranges::find(used, each.name) != used.end()) continue;
    // Of a list the first stands for all: the tool looks at one value at a time.
    if (!each.values.empty()) add(each.name, each.values.front());
    for (const auto& [name, value] : each.entries) add(each.name + "." + name, value);
  }
  return shell_line(argv);
}

std::vector<std::string_view> client_readers(const playbook::Step& step) {
  if (step.reader) return {step.reader->name};
  if (step.kind != playbook::StepKind::probe) return {};
  const std::string_view probe = step.probe;
  for (const std::string_view web :
       {"http", "storage", "websocket", "registry", "kubernetes", "oidc", "imds"}) {
    if (probe == web) return {"curl-headers"};
  }
  if (probe == "dns") return {"dig", "nslookup"};
  if (probe == "tls") return {"openssl"};
  if (probe == "tcp") return {"test-connection"};
  if (probe == "ssh") return {"ssh-debug"};
  for (const std::string_view service :
       {"amqp", "ftps", "kafka", "mysql", "postgres", "rdp", "redis", "smb", "snat", "sql"}) {
    if (probe == service) return {"openssl", "test-connection"};
  }
  return {};
}

}  // namespace aztriage::engine
