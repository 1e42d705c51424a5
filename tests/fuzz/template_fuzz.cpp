// A template on the first line, the value of `${name}` on the second, that of `${path}` behind it. Whatever
// the values are, they stay in their place: one host, one line, one argument, one word of a shell.

#include "fact/url.h"
#include "fuzz/must.h"
#include "match/world.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

using namespace aztriage;
using namespace aztriage::test;
using match::Template;
using Encode = match::Template::Encode;

namespace {

Template parsed(std::string text, const World& world) {
  source::Node node;
  node.kind = source::Node::Kind::scalar;
  node.span = {{1, 1}, {1, static_cast<int>(text.size()) + 1}};
  node.text = std::move(text);
  source::Diagnostics diagnostics;
  return Template::parse(node, world, false, diagnostics);
}

std::string filled(const Template& text, const World& world, Encode encode, bool& usable) {
  const auto out = text.fill(world, encode);
  usable = !out.missing && !out.left_out;
  must(usable || out.text.empty(), "a text that is not usable is empty");
  must(out.refused.empty() || out.missing, "a refused value is named");
  return out.text;
}

void check_fixed_url(const World& world, const std::string& path) {
  bool usable = false;
  const Template text = parsed("https://fixed.contoso.com/p/${name}?a=${path}&b=1", world);
  const std::string out = filled(text, world, Encode::url, usable);
  if (!usable) return;
  const auto url = fact::parse_url(out);
  must(url && url->host == "fixed.contoso.com" && !url->has_user_info && !url->has_fragment, "the host stays",
       out);
  must(url->path.starts_with("/p/"), "the path stays", out);
  must(std::count(url->query.begin(), url->query.end(), '&') == 1, "the parameters stay", out);
  must(fact::query_value(url->query, "a") == path, "a parameter is its value", out);
}

/// Splits a line as a POSIX shell does; stops the run at anything that a shell would act on.
std::string second_word(std::string_view line) {
  std::string words[3];
  std::size_t word = 0;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote == '\'') {
      if (c == '\'') {
        quote = 0;
      } else {
        words[word] += c;
      }
    } else if (c == '\'') {
      quote = c;
    } else if (c == '\\') {
      must(++i < line.size(), "no escape at the end", line);
      words[word] += line[i];
    } else if (c == ' ') {
      must(++word < 3, "a value is one word", line);
    } else {
      const bool plain = std::string_view("\t\n|&;<>()$`\"*?[]#~=%!{}^").find(c) == std::string_view::npos;
      must(plain, "nothing outside of quotes that a shell acts on", line);
      words[word] += c;
    }
  }
  must(quote == 0 && word == 2 && words[2] == "tail", "the words behind stay", line);
  return words[1];
}

void check_shell(const World& world, const std::string& path) {
  bool usable = false;
  const std::string out = filled(parsed("show ${path} tail", world), world, Encode::shell, usable);
  if (usable) must(second_word(out) == path, "the word is the value", out);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 8192) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t first = std::min(input.find('\n'), size);
  const std::string_view rest = input.substr(std::min(first + 1, size));
  const std::size_t second = std::min(rest.find('\n'), rest.size());
  const std::string name(rest.substr(0, second)), path(rest.substr(std::min(second + 1, rest.size())));
  static const World sample = sample_world();
  World world = sample;
  world.inputs["name"] = fact::Value::text(name);
  world.inputs["path"] = fact::Value::text(path);
  const Template text = parsed(std::string(input.substr(0, first)), world);
  bool usable = false;
  for (const Encode encode : {Encode::none, Encode::shell, Encode::powershell, Encode::argument}) {
    filled(text, world, encode, usable);
  }
  const std::string url = filled(text, world, Encode::url, usable);
  if (usable && !text.is_literal())
    must(fact::parse_value(url, {.kind = Kind::url}).has_value(), "a URL", url);
  const std::string line = filled(parsed("X: ${path}", world), world, Encode::line, usable);
  must(line.find_first_of("\r\n") == std::string::npos, "one line stays one line", line);
  check_fixed_url(world, path);
  check_shell(world, path);
  return 0;
}
