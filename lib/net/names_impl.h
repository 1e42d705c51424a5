#pragma once

#include "net/names.h"
#include "net/net.h"
#include "net/resolver_files.h"
#include "net/routes.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace aztriage::net {

/// `Names` with its files given, so that a test brings its own.
class NamesOnLoop : public Names {
 public:
  struct Files {
    std::string resolv_conf;
    std::string hosts;
  };
  NamesOnLoop(Net& net, Routes routes, Files files);

  std::unique_ptr<Pending> ask(Question question, Milliseconds timeout,
                               std::function<void(Answer)> done) override;
  std::unique_ptr<Pending> resolve(std::string_view host, int port, int family, Milliseconds timeout,
                                   std::function<void(Addresses)> done) override;
  std::optional<Place> instead_of(std::string_view host, int port) const override {
    return routes_.instead_of(host, port);
  }
  std::vector<Address> in_hosts_file(std::string_view name) const override {
    return find_in_hosts(hosts_, name);
  }
  const std::vector<std::string>& servers() const override { return servers_; }

 private:
  Net& net_;
  Routes routes_;
  std::string hosts_;
  std::vector<std::string> search_;
  std::size_t dots_ = 1;
  std::vector<std::string> servers_;
};

/// With the system's files.
std::unique_ptr<Names> make_names(Net& net, Routes routes);

/// Tells what is known already when that is not empty, else asks for the names in turn until one has
/// addresses.
std::unique_ptr<Pending> start_resolving(Net& net, Names& names, Addresses known,
                                         std::vector<std::string> list, int family, Milliseconds timeout,
                                         std::function<void(Addresses)> done);

}  // namespace aztriage::net
