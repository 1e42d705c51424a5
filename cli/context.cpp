#include "cli/context.h"

#include "base/duration.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/hidden.h"
#include "cli/overlays.h"
#include "decode/reader.h"
#include "engine/commands.h"
#include "engine/vantage.h"
#include "isolation/best_case.h"
#include "net/routes.h"
#include "probe/registry.h"
#include "source/render.h"

#include <algorithm>
#include <filesystem>

namespace aztriage::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostCertificates = 16u << 20;

Result<void> check_ca_file(const std::string& path) {
  auto text = read_file(path, kMostCertificates);
  if (!text) return failed("--ca-file: " + text.error().what, "give a file of certificates in PEM form");
  if (text->find("-----BEGIN CERTIFICATE-----") == std::string::npos &&
      text->find("-----BEGIN TRUSTED CERTIFICATE-----") == std::string::npos) {
    return failed("--ca-file: there is no certificate in '" + path + "'",
                  "give a file of certificates in PEM form");
  }
  return {};
}

Result<void> check_proxy(const std::string& proxy) {
  if (proxy.empty() || proxy == "none") return {};
  const auto scheme = proxy.find("://");
  static constexpr std::string_view kSchemes[] = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"};
  const std::string name = scheme == proxy.npos ? "http" : text::lower(proxy.substr(0, scheme));
  const bool known = std::find(std::begin(kSchemes), std::end(kSchemes), name) != std::end(kSchemes);
  const bool odd = proxy.find_first_of(" \t\r\n") != proxy.npos;
  if (known && !odd) return {};
  return failed("--proxy: '" + text::printable(proxy) + "' is not a proxy's address",
                "such as http://proxy.contoso.com:3128, or none");
}

bool is_file_name(std::string_view word) {
  return word.ends_with(".yaml") || word.ends_with(".yml");
}

std::string counted(int count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

playbook::Checks whole_checks() {
  playbook::Checks checks;
  checks.best_cases = [](const playbook::Playbook& playbook) {
    std::vector<double> best;
    for (int cause = 0; cause < static_cast<int>(playbook.causes.size()); ++cause) {
      best.push_back(isolation::best_case(playbook, cause));
    }
    return best;
  };
  checks.read_only = engine::check_read_only;
  return checks;
}

}  // namespace

playbook::Vocabulary vocabulary() {
  playbook::Vocabulary result;
  for (const probe::ProbeSpec* spec : probe::all_probes()) {
    result.probes.push_back(
        {spec->name, spec->summary, spec->params, spec->facts, spec->operations, spec->intrusive});
  }
  for (const decode::ReaderSpec* spec : decode::all_readers()) {
    result.readers.push_back({spec->name, spec->summary, spec->params, spec->facts});
  }
  result.vantage = engine::vantage_facts();
  return result;
}

Result<std::unique_ptr<Library>> open_library(const Options& options, Checking checking) {
  for (const auto& folder : options.all("playbooks")) {
    std::error_code error;
    if (fs::is_directory(folder, error)) continue;
    const bool there = fs::exists(folder, error);
    return failed(
        "--playbooks: '" + text::printable(folder) + "' " + (there ? "is no folder" : "does not exist"),
        "give a folder that holds FAMILY/SCENARIO.yaml files");
  }
  auto library = std::make_unique<Library>();
  library->vocabulary = vocabulary();
  library->catalog =
      std::make_unique<playbook::Catalog>(library->vocabulary, overlay_folders(options.all("playbooks")),
                                          checking == Checking::whole ? whole_checks() : playbook::Checks{});
  return library;
}

Result<std::vector<Selection>> select(const std::vector<std::string>& words,
                                      const playbook::Catalog& catalog) {
  std::vector<playbook::Listing> listings;
  if (words.size() > 1) {
    auto listed = catalog.list();
    if (!listed) return tl::unexpected<Error>(listed.error());
    listings = std::move(*listed);
  }
  std::vector<Selection> result;
  for (const auto& word : words) {
    const bool id =
        std::any_of(listings.begin(), listings.end(), [&](const auto& one) { return one.id == word; });
    if (result.empty() || id || is_file_name(word)) {
      result.push_back({word, {}});
    } else {
      result.back().values.push_back(word);
    }
  }
  return result;
}

Result<playbook::Playbook> load_playbook(const playbook::Catalog& catalog, const std::string& name,
                                         std::string& diagnostics) {
  auto loaded = catalog.load(name);
  if (!loaded) return tl::unexpected<Error>(loaded.error());
  if (loaded->playbook) return std::move(*loaded->playbook);
  diagnostics = source::render(loaded->diagnostics, loaded->source);
  return failed(
      "'" + loaded->source.name() + "' has " + counted(loaded->diagnostics.error_count(), "mistake"),
      "'aztriage playbook lint' checks a playbook while you write it");
}

Result<net::Settings> network_settings(const Options& options) {
  net::Settings settings;
  settings.proxy = options.get("proxy");
  settings.ca_file = options.get("ca-file");
  settings.connect_to = options.all("connect-to");
  settings.resolve = options.all("resolve");
  settings.dns_server = options.get("dns-server");
  if (auto proxy = check_proxy(settings.proxy); !proxy) return tl::unexpected<Error>(proxy.error());
  if (!settings.ca_file.empty()) {
    if (auto file = check_ca_file(settings.ca_file); !file) return tl::unexpected<Error>(file.error());
  }
  if (auto routes = net::Routes::parse(settings); !routes) return tl::unexpected<Error>(routes.error());
  if (!settings.dns_server.empty()) {
    if (auto server = net::parse_server(settings.dns_server); !server) {
      return failed("--dns-server: " + server.error().what, server.error().hint);
    }
  }
  return settings;
}

tl::expected<std::unique_ptr<net::Net>, NetFailure> open_network(const Options& options) {
  auto settings = network_settings(options);
  if (!settings) return tl::unexpected<NetFailure>(NetFailure{settings.error(), ExitCode::usage});
  auto net = net::Net::create(*settings);
  if (!net) return tl::unexpected<NetFailure>(NetFailure{net.error(), ExitCode::internal});
  return std::move(*net);
}

engine::SessionOptions session_options(const Options& options) {
  engine::SessionOptions result;
  result.here = options.get("here", "client");
  result.cloud = options.get("cloud", "public");
  result.timeout = duration_option(options, "timeout").value_or(Milliseconds::zero());
  const std::string allowed = options.get("allow-commands");
  for (const auto tool : text::split(allowed, ',')) {
    if (!text::trim(tool).empty()) result.allow_commands.emplace(text::trim(tool));
  }
  result.allow_intrusive = options.flag("allow-intrusive");
  result.reference = !options.flag("no-reference");
  result.start_early = true;
  result.hidden = started_with(options);
  return result;
}

std::optional<Milliseconds> duration_option(const Options& options, std::string_view name) {
  if (!options.has(name)) return std::nullopt;
  auto duration = parse_duration(options.get(name));
  if (!duration) return std::nullopt;
  return *duration;
}

}  // namespace aztriage::cli
