#pragma once

#include "cli/command.h"
#include "engine/session.h"
#include "net/net.h"
#include "playbook/catalog.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aztriage::cli {

/// Every probe and reader of this build, as playbooks may name them.
playbook::Vocabulary vocabulary();

/// Playbooks and data files as the options want them. The catalogue refers to the vocabulary.
struct Library {
  playbook::Vocabulary vocabulary;
  std::unique_ptr<playbook::Catalog> catalog;
};
/// `whole`: also what takes its time, and only those who write playbooks need.
enum class Checking { enough, whole };
/// A folder of --playbooks that is none is an error.
Result<std::unique_ptr<Library>> open_library(const Options& options, Checking checking = Checking::enough);

/// What the user asks to look at: a playbook, and bare values for its required inputs.
struct Selection {
  std::string playbook;
  std::vector<std::string> values;
};
/// The first word is a playbook; a later one is another playbook when it is a whole id or a .yaml file, else
/// a value of the playbook before it.
Result<std::vector<Selection>> select(const std::vector<std::string>& words,
                                      const playbook::Catalog& catalog);

/// Loads one; mistakes in its file are rendered to `diagnostics`, and the error then says how many.
Result<playbook::Playbook> load_playbook(const playbook::Catalog& catalog, const std::string& name,
                                         std::string& diagnostics);

/// --proxy, --ca-file, --connect-to, --resolve and --dns-server, checked as far as that goes without a
/// network.
Result<net::Settings> network_settings(const Options& options);

/// The loop; when it can't be had, the code says whose mistake it is.
struct NetFailure {
  Error error;
  ExitCode code = ExitCode::internal;
};
tl::expected<std::unique_ptr<net::Net>, NetFailure> open_network(const Options& options);

/// --here, --cloud, --timeout, --allow-commands, --allow-intrusive and --no-reference.
engine::SessionOptions session_options(const Options& options);

/// A duration option that `parse` has checked already.
std::optional<Milliseconds> duration_option(const Options& options, std::string_view name);

}  // namespace aztriage::cli
