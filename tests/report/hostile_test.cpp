#include "base/text.h"
#include "report/case_report.h"
#include "report/case_sample.h"
#include "report/escape.h"

#include <algorithm>
#include <cstdlib>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::report;
using namespace aztriage::report::testing;

namespace {

const std::string kEvil =
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&|`[a](javascript:x)](y)\n# h\r\x1b]0;x\x07\x9b"
    "\xe2\x80\xae\xe2\x80\xa6\xff\x01 ${x} -->]]></style></svg> https://evil.contoso.com/ "
    "www.evil.contoso.com";

/// A case in which everything that comes from outside is `text`.
CaseReport filled_with(const std::string& text) {
  auto report = whole_case();
  change_texts(report, [&](std::string_view) { return text; });
  for (auto& run : report.rounds) {
    run.inputs[text] = text;
    for (auto& step : run.steps) {
      step.outcome_name = text;
      if (!step.observation) continue;
      step.observation->facts["headers." + text] = fact::Value::text(text);
      step.observation->failure = fact::Failure{};
      step.observation->failure->text = text;
    }
    for (auto& cause : run.causes) {
      for (auto& evidence : cause.evidence) evidence.outcome = text;
    }
    run.docs = {text};
  }
  report.case_id = text;
  for (auto& id : report.ids) id.value = text;
  for (auto& entry : report.timeline) entry.who = text;
  return report;
}

std::size_t count(std::string_view text, std::string_view piece) {
  std::size_t n = 0;
  for (auto at = text.find(piece); at != std::string_view::npos; at = text.find(piece, at + 1)) ++n;
  return n;
}

/// The lines that are markup: without fenced code, and without code inside a line.
std::string markup_of(const std::string& markdown) {
  std::string out;
  std::string fence;
  for (const auto line : text::split(markdown, '\n')) {
    const auto ticks = std::min(line.find_first_not_of('`'), line.size());
    if (fence.empty() && ticks >= 3) {
      fence = std::string(ticks, '`');
      continue;
    }
    if (!fence.empty()) {
      if (line == fence) fence.clear();
      continue;
    }
    for (std::size_t i = 0; i < line.size();) {
      if (line[i] == '\\') {
        out += line.substr(i, 2);
        i += 2;
        continue;
      }
      std::size_t end = i;
      while (end < line.size() && line[end] == '`') ++end;
      if (end == i) {
        out += line[i++];
        continue;
      }
      const std::string run(end - i, '`');
      auto close = line.find(run, end);
      while (close != std::string_view::npos && close + run.size() < line.size() &&
             line[close + run.size()] == '`')
        close = line.find(run, line.find_first_not_of('`', close));
      REQUIRE(close != std::string_view::npos);
      i = close + run.size();
    }
    out += '\n';
  }
  REQUIRE(fence.empty());
  return out;
}

constexpr Audience kAudiences[] = {Audience::engineering, Audience::customer};

}  // namespace

TEST_CASE("hostile: no element, attribute or entity in HTML is somebody else's") {
  for (const Audience audience : kAudiences) {
    const std::string html = render(Format::html, filled_with(kEvil), audience, {});
    CHECK(text::first_invalid_utf8(html) == std::string::npos);
    for (const char* tag : {"<script", "<img", "</style></svg>", "onerror=alert(2)>\"", "javascript:x\""})
      CHECK(count(html, tag) == 0);
    CHECK(count(html, "<style>") == 1);
    CHECK(count(html, "</style>") == 1);
    CHECK(count(html, "<svg ") == count(html, "</svg>"));
    CHECK(count(html, "<a href=\"https://") == 0);
    for (const unsigned char c : html) CHECK((c >= 0x20 || c == '\n'));
    CHECK(count(html, "\xe2\x80\xae") == 0);
    // As many elements are opened as by a report of plain words.
    const std::string plain = render(Format::html, filled_with("plain"), audience, {});
    CHECK(count(html, "<") == count(plain, "<"));
  }
}

TEST_CASE("hostile: Markdown keeps its headings, cells and links to itself") {
  for (const Audience audience : kAudiences) {
    const std::string whole = render(Format::markdown, filled_with(kEvil), audience, {});
    const std::string markdown = markup_of(whole);
    const std::string plain = markup_of(render(Format::markdown, filled_with("plain"), audience, {}));
    CHECK(text::first_invalid_utf8(markdown) == std::string::npos);
    for (const unsigned char c : whole) CHECK((c >= 0x20 || c == '\n'));
    CHECK(count(markdown, "\n#") == count(plain, "\n#"));
    CHECK(count(markdown, "\n") == count(plain, "\n"));
    CHECK(count(markdown, "](javascript") == count(markdown, "\\](javascript"));
    CHECK(count(markdown, "<script") == 0);
    CHECK(count(markdown, "https://") == 0);
    for (const auto line : text::split(markdown, '\n')) {
      if (!line.starts_with("| ")) continue;
      CAPTURE(line);
      CHECK(line.ends_with(" |"));
    }
  }
}

TEST_CASE("hostile: nothing controls the terminal that shows a text") {
  for (const Audience audience : kAudiences) {
    const std::string text = render(Format::text, filled_with(kEvil), audience, {});
    for (const unsigned char c : text) CHECK((c == '\n' || (c >= 0x20 && c != 0x7f)));
    CHECK(count(text, "\xe2\x80\xae") == 0);
    CHECK(text::first_invalid_utf8(text) == std::string::npos);
  }
}

TEST_CASE("hostile: texts of a megabyte are cut") {
  const std::pair<Format, char> texts[] = {{Format::text, 'x'}, {Format::markdown, '`'}, {Format::html, '&'}};
  for (const auto& [format, sign] : texts) {
    const auto report = filled_with(std::string(1 << 20, sign));
    CHECK(render(format, report, Audience::engineering, {}).size() < (64u << 20));
  }
}

TEST_CASE("escape: HTML, Markdown and code") {
  CHECK(html_text("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;&#39;");
  CHECK(html_text("\x1b[1m") == "\\x1b[1m");
  CHECK(markdown_text("- item") == "\\- item");
  CHECK(markdown_text("1. item") == "1\\. item");
  CHECK(markdown_text("a_b*c") == "a\\_b\\*c");
  CHECK(markdown_text("a|b\nc") == "a\\|b\\\\nc");
  CHECK(markdown_text("see https://x.contoso.com") == "see https&#58;//x.contoso.com");
  CHECK(markdown_code("a`b") == "`` a`b ``");
  CHECK(markdown_code("plain") == "`plain`");
  CHECK(is_plain_address("https://learn.microsoft.com/azure/a?b=c#d"));
  for (const char* bad :
       {"http://a", "javascript:alert(1)", "https://a\"b", "https://a b", "https://a<b", "https://a)b"})
    CHECK_FALSE(is_plain_address(bad));
}
