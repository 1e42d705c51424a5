#include "base/text.h"
#include "cli/console.h"
#include "cli/context.h"
#include "cli/overlays.h"
#include "playbook/keys.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

namespace aztriage::cli {
namespace {

namespace fs = std::filesystem;

// It has to pass the linter as it is; a test holds it to that.
constexpr std::string_view kStart = R"(format: 1
title: The page does not open
summary: What tells this scenario from its neighbours
symptoms: [page keeps loading, connection timed out]

inputs:
  endpoint: {}

causes:
  dropped:
    title: A firewall drops the connection
    seen: common
    explain: Packets to the port get no answer, while the name resolves.
    workaround:
      - do: Allow the client's address on the firewall.
        takes: 1 min
        undo: Remove the rule.
    fix: Describe what lasts.
    verify: [page]
    docs: [/azure/firewall/overview]
  stopped:
    title: The service is stopped
    seen: occasional
    fix: Start it, and let an alert tell the next time.
    verify: [page]

steps:
  page:
    probe: http
    with: {url: "https://${endpoint}/"}
    symptom: true
    outcomes:
      - {name: served, fine: true, when: {status: {below: 500}}}
      - name: silent
        when: {failure.kind: tcp-timeout}
        given: {dropped: usually, otherwise: rarely}
      - {name: other}

  running:
    question: Does the portal show the service as running?
    look: portal
    answers:
      - {name: running, given: {stopped: never, otherwise: usually}}
      - {name: stopped, given: {stopped: always, otherwise: never}}

  rules:
    question: Does a rule of the firewall in front of it deny the client's address?
    look: portal
    answers:
      - {name: denied, given: {dropped: always, otherwise: never}}
      - {name: allowed, given: {dropped: never, otherwise: usually}}
)";

Error system_error(const fs::path& path) {
  return {"'" + text::printable(path.string()) + "' can't be written: " + std::strerror(errno),
          "name another folder with --playbooks"};
}

/// Creates the file; one that exists is left alone, whoever made it in between.
Result<void> create(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) {
    return failed(
        "the folder '" + text::printable(path.parent_path().string()) + "' can't be made: " + error.message(),
        "name another one with --playbooks");
  }
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0 && errno == EEXIST) {
    return failed("'" + text::printable(path.string()) + "' exists already, and is left as it is",
                  "choose another name, or remove it first");
  }
  if (file < 0) return tl::unexpected<Error>(system_error(path));
  std::string_view left = kStart;
  while (!left.empty()) {
    const ssize_t written = ::write(file, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const Error failure = system_error(path);
      ::close(file);
      ::unlink(path.c_str());
      return tl::unexpected<Error>(failure);
    }
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::close(file) != 0) return tl::unexpected<Error>(system_error(path));
  return {};
}

Result<fs::path> folder_of(const Options& options) {
  if (options.has("playbooks")) return fs::path(options.all("playbooks").back());
  const fs::path own = user_folder();
  if (own.empty())
    return failed("there is no folder of your own: neither XDG_CONFIG_HOME nor HOME is set",
                  "give one with --playbooks");
  return own;
}

ExitCode run_new(const Options& options, Console& console) {
  const std::string& id = options.arguments.front();
  const std::size_t slash = id.find('/');
  const bool named = slash != std::string::npos && playbook::is_name(std::string_view(id).substr(0, slash)) &&
                     playbook::is_name(std::string_view(id).substr(slash + 1));
  // These are data files of the family.
  const bool taken = id.ends_with("/family") || id.ends_with("/codes");
  if (!named || taken) {
    return console.fail({"'" + text::printable(id) + "' is no name of a playbook",
                         "FAMILY/SCENARIO, each of lower-case words joined by hyphens: redis/cannot-connect"},
                        ExitCode::usage);
  }
  auto folder = folder_of(options);
  if (!folder) return console.fail(folder.error(), ExitCode::usage);
  const fs::path path = *folder / (id + ".yaml");
  if (auto made = create(path); !made) return console.fail(made.error(), ExitCode::usage);
  console.out(text::printable(path.string()) + "\n");
  console.note("next: aztriage playbook lint " + text::printable(path.string()));
  return ExitCode::ok;
}

constexpr ArgumentSpec kArguments[] = {
    {.name = "FAMILY/SCENARIO", .kind = ValueKind::text, .help = "id of the new playbook", .required = true}};
constexpr std::string_view kExamples[] = {"aztriage playbook new redis/cannot-connect",
                                          "aztriage playbook new shop/slow --playbooks my/playbooks"};
constexpr std::string_view kFormats[] = {"text"};

}  // namespace

extern const CommandSpec kPlaybookNew;
const CommandSpec kPlaybookNew{
    .name = "playbook new",
    .summary = "a file to start a playbook from",
    .details =
        "It goes to the last folder of --playbooks, else to your own "
        "($XDG_CONFIG_HOME/aztriage/playbooks). A file that exists is never overwritten.",
    .arguments = kArguments,
    .examples = kExamples,
    .groups = Group::general | Group::playbooks,
    .formats = kFormats,
    .run = run_new};

}  // namespace aztriage::cli
