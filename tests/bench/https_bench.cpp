// HTTPS checks with a new connection each, 16 at once: our http probe beside `curl -Z`, which trusts the same
// file.
//   https_bench [CHECKS] [ROUNDS]
#include "net/net.h"
#include "probe/registry.h"
#include "support/pki.h"
#include "support/server.h"
#include "support/temp_dir.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <vector>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace aztriage;

constexpr std::size_t kAtOnce = 16;

struct World {
  test::TempDir folder;
  int port = test::free_port();
  std::unique_ptr<test::Server> nginx;
  std::string root;

  explicit World(int checks) {
    chmod(folder.path().c_str(), 0755);
    const auto authority =
        test::self_signed({.common_name = "Contoso Root", .authority = true, .key = "rsa-2048"});
    const auto leaf =
        test::issue(authority, {.common_name = "localhost", .dns = {"localhost"}, .key = "rsa-2048"});
    root = folder.write("root.pem", authority.certificate_pem());
    folder.write("leaf.pem", leaf.certificate_pem());
    folder.write("leaf.key", leaf.key_pem());
    folder.write("index.html", "ok\n");
    const std::string dir = folder.path().string();
    const std::string conf = folder.write(
        "nginx.conf", "daemon off; pid " + dir +
                          "/pid; error_log stderr; worker_processes 1; events { worker_connections 256; }\n"
                          "http { access_log off; client_body_temp_path " +
                          dir + "; proxy_temp_path " + dir + "; fastcgi_temp_path " + dir +
                          "; uwsgi_temp_path " + dir + "; scgi_temp_path " + dir + "; root " + dir +
                          "; ssl_session_cache off; ssl_session_tickets off; server { listen 127.0.0.1:" +
                          std::to_string(port) + " ssl; ssl_certificate " + dir +
                          "/leaf.pem; ssl_certificate_key " + dir + "/leaf.key; } }\n");
    nginx = std::make_unique<test::Server>(
        std::vector<std::string>{test::find_program("nginx"), "-p", dir, "-c", conf}, port, dir + "/log");
    std::string list;
    for (int i = 0; i < checks; ++i) list += "url = \"" + url() + "\"\noutput = \"/dev/null\"\n";
    folder.write("urls", list);
  }
  std::string url() const { return "https://localhost:" + std::to_string(port) + "/"; }
};

double milliseconds(SteadyTime begin) {
  return std::chrono::duration<double, std::milli>(Steady::now() - begin).count();
}

/// One process's work: the store, the loop and all checks; at most kAtOnce are under way.
double ours(const World& world, int checks) {
  const auto begin = Steady::now();
  net::Settings settings;
  settings.proxy = "none";
  auto net = std::move(*net::Net::create(settings));
  const auto* spec = probe::find_probe("http");
  const auto params = *probe::check_params(*spec, {{"url", world.url()},
                                                   {"ca", world.root},
                                                   {"verify", "true"},
                                                   {"version", "1.1"},
                                                   {"address", "127.0.0.1"}});
  std::vector<std::unique_ptr<probe::Running>> running;
  int done = 0;
  int good = 0;
  const auto start = [&] {
    running.push_back(spec->start(params, Milliseconds(30000), *net, [&](const fact::Observation& seen) {
      ++done;
      const auto status = seen.facts.find("status");
      if (status != seen.facts.end() && status->second.as_number() == 200) ++good;
    }));
  };
  while (done < checks) {
    while (static_cast<int>(running.size()) < checks &&
           running.size() < static_cast<std::size_t>(done) + kAtOnce)
      start();
    net->turn(Milliseconds(1000));
  }
  if (good != checks) throw std::runtime_error("only " + std::to_string(good) + " of ours were good");
  return milliseconds(begin);
}

double curls(const World& world) {
  const std::string urls = world.folder.path() / "urls";
  const auto begin = Steady::now();
  const pid_t pid = fork();
  if (pid == 0) {
    execl("/usr/bin/curl", "curl", "-sS", "--no-progress-meter", "-Z", "--http1.1", "--parallel-immediate",
          "--parallel-max", "16", "--no-sessionid", "--cacert", world.root.c_str(), "-H", "Connection: close",
          "-K", urls.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error("curl failed");
  return milliseconds(begin);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const int checks = argc > 1 ? std::atoi(argv[1]) : 200;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  if (checks < 1 || rounds < 1) return 2;
  if (test::find_program("nginx").empty() || access("/usr/bin/curl", X_OK) != 0) {
    std::printf("nginx or curl is not installed: skipped\n");
    return 0;
  }
  try {
    const World world(checks);
    std::vector<double> own, peer, ratios;
    ours(world, checks);  // both warm: the first loads libraries
    curls(world);
    for (int i = 0; i < rounds; ++i) {
      own.push_back(ours(world, checks));
      peer.push_back(curls(world));
      ratios.push_back(own.back() / peer.back());
    }
    std::printf(
        "%d HTTPS checks, new connections, %d rounds: aztriage %.0f ms, curl -Z %.0f ms, ratio %.2f\n",
        checks, rounds, median(own), median(peer), median(ratios));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "https_bench: %s\n", error.what());
    return 1;
  }
}
