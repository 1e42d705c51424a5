#include "cli/hidden.h"

#include <algorithm>
#include <cstdlib>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::cli;

namespace {

/// A variable of the environment for as long as a test runs.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

Options with_proxy(const char* proxy) {
  Options options;
  options.values["proxy"] = {proxy};
  return options;
}

std::string shown(const std::string& text, const decode::SecretSet& set) {
  return decode::mask_known(text, set).text;
}

/// A command line as the process list shows it, after what is done to it.
class Line {
 public:
  explicit Line(std::vector<std::string> words) : words_(std::move(words)) {
    words_.insert(words_.begin(), "aztriage");
    for (std::string& word : words_) pointers_.push_back(word.data());
    scrub_arguments(static_cast<int>(pointers_.size()), pointers_.data());
  }
  ~Line() { scrub_arguments(1, pointers_.data()); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  std::string text() const {
    std::string all;
    for (std::size_t i = 1; i < words_.size(); ++i) all += (i > 1 ? " " : "") + words_[i];
    return all;
  }

 private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

}  // namespace

TEST_CASE("hidden: what the environment holds under a name or in a form of secrets") {
  const Variable secret("AZURE_CLIENT_SECRET", "Sesame-Open-7");
  const Variable string("SHOP_STORAGE", "AccountName=shop;AccountKey=Zx9bQ4k2Lk2pQw8rT4vYn6uHs3dF5gJ1");
  const Variable plain("SHOP_MODE", "production");
  const Variable word("SHOP_PASSWORD", "test");
  const auto set = started_with({});
  CHECK(shown("it said Sesame-Open-7 to shop", set) == "it said *** to shop");
  CHECK(shown("key Zx9bQ4k2Lk2pQw8rT4vYn6uHs3dF5gJ1", set) == "key ***");
  CHECK(shown("production on shop", set) == "production on shop");
  // A word that stands everywhere would make holes everywhere.
  CHECK(shown("a test of ours", set) == "a test of ours");
}

TEST_CASE("hidden: passwords of proxies, with and without a scheme") {
  const auto hidden = [](const decode::SecretSet& set) {
    return shown("407 for u:pw7", set) == "407 for u:***";
  };
  CHECK_FALSE(hidden(started_with({})));
  CHECK(hidden(started_with(with_proxy("http://u:pw7@proxy.contoso.com:3128"))));
  CHECK(hidden(started_with(with_proxy("u:pw7@proxy.contoso.com:3128"))));
  for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    CAPTURE(name);
    const Variable proxy(name, "http://u:pw7@proxy.contoso.com:3128");
    CHECK(hidden(started_with({})));
  }
  CHECK(started_with(with_proxy("proxy.contoso.com:3128")).empty() == started_with({}).empty());
}

TEST_CASE("hidden: the command line loses what looks like a secret, and keeps its length") {
  CHECK(Line({"probe", "http", "https://u:Hunter-2@contoso.com/?a=1"}).text() ==
        "probe http https://u:********@contoso.com/?a=1");
  CHECK(Line({"run", "-s", "password=Hunter-2", "-v"}).text() == "run -s password=******** -v");
  CHECK(Line({"--proxy", "u:pw7@proxy:3128", "x"}).text() == "--proxy u:***@proxy:3128 x");
  CHECK(Line({"--proxy=http://u:pw7@proxy:3128", "x"}).text() == "--proxy=http://u:***@proxy:3128 x");
  CHECK(Line({"probe", "tcp", "shop.contoso.com:443"}).text() == "probe tcp shop.contoso.com:443");
}

TEST_CASE("hidden: a value that turns out to be a secret goes from the command line, too") {
  const Line line({"probe", "http", "-w", "headers.X-Key=plain", "plain"});
  scrub_arguments("plain");
  CHECK(line.text() == "probe http -w headers.X-Key=***** *****");
  scrub_arguments("");
  CHECK(line.text() == "probe http -w headers.X-Key=***** *****");
}

TEST_CASE("hidden: a proxy's password on the command line is warned of, not one in the environment") {
  CHECK(exposed_proxy({}).empty());
  CHECK(exposed_proxy(with_proxy("http://proxy:3128")).empty());
  CHECK(exposed_proxy(with_proxy("http://u:pw7@proxy:3128")).find("HTTPS_PROXY") != std::string::npos);
  CHECK(exposed_proxy(with_proxy("http://u:pw7@proxy:3128")).find("pw7") == std::string::npos);
  const Variable same("AZTRIAGE_PROXY", "http://u:pw7@proxy:3128");
  CHECK(exposed_proxy(with_proxy("http://u:pw7@proxy:3128")).empty());
}
