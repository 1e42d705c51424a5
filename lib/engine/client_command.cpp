#include "engine/client_command.h"

#include "engine/commands.h"
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
    if (known_) {
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

std::vector<std::string> header_options(const playbook::Step& step, const match::Environment& environment) {
  std::vector<std::string> options;
  const auto it = std::ranges::find(step.params, std::string_view("headers"), &playbook::Parameter::name);
  if (it == step.params.end()) return options;
  for (const auto& [name, value] : it->entries) {
    options.emplace_back("-H");
    options.push_back(name + ": " + fill_for_people(value, environment));
  }
  return options;
}

using Lines = std::vector<std::pair<std::string, std::string>>;

Lines for_http(const playbook::Step& step, const match::Environment& environment) {
  std::vector<std::string> argv = {"curl", "-sv", "-o", "/dev/null", "-m", "60"};
  for (auto& option : header_options(step, environment)) argv.push_back(std::move(option));
  argv.push_back(param(step, "url", environment));
  auto windows = argv;
  windows[0] = "curl.exe";
  windows[3] = "NUL";
  return {{"bash", shell_line(argv) + " 2>&1"}, {"PowerShell", powershell_line(windows)}};
}

Lines for_probe(const playbook::Step& step, const match::Environment& environment) {
  if (step.probe == "http") return for_http(step, environment);
  if (step.probe == "dns") {
    const auto name = param(step, "name", environment);
    return {{"any shell", shell_line({"nslookup", name})}};
  }
  const auto host = param(step, "host", environment);
  auto port = param(step, "port", environment);
  if (port.empty()) port = "443";
  if (step.probe == "tls") {
    return {{"bash", shell_line({"openssl", "s_client", "-connect", host + ":" + port, "-servername", host}) +
                         " </dev/null 2>&1"}};
  }
  if (step.probe == "tcp") {
    return {{"bash", shell_line({"nc", "-vz", "-w", "5", host, port})},
            {"PowerShell", powershell_line({"Test-NetConnection", host, "-Port", port})}};
  }
  return {};
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
  if (step.kind == playbook::StepKind::probe) return for_probe(step, environment);
  Lines lines;
  if (!step.command.run.empty()) {
    std::vector<std::string> argv;
    for (const auto& word : step.command.run) argv.push_back(fill_for_people(word, environment));
    lines.emplace_back("bash", shell_line(argv));
  }
  if (step.command.powershell) {
    lines.emplace_back("PowerShell", fill_for_people(*step.command.powershell, environment,
                                                     match::Template::Encode::powershell));
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

std::string client_reader(const playbook::Step& step) {
  if (step.reader) return step.reader->name;
  if (step.probe == "http") return "curl-headers";
  if (step.probe == "dns") return "nslookup";
  if (step.probe == "tls") return "openssl";
  return {};
}

}  // namespace aztriage::engine
