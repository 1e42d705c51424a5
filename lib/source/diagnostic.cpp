#include "source/diagnostic.h"

#include <algorithm>
#include <array>

namespace aztriage::source {
namespace {

struct CodeText {
  std::string_view name, title, explanation;
};

constexpr std::array kTexts = std::to_array<CodeText>({
#define AZTRIAGE_CODE(id, title, explanation) {#id, title, explanation},
#include "source/codes.def"
#undef AZTRIAGE_CODE
});

const CodeText& text_of(Code code) {
  return kTexts[static_cast<std::size_t>(code)];
}

/// A file with more mistakes than this is no playbook; the count goes on, the texts do not.
constexpr std::size_t kMostKept = 1000;

}  // namespace

std::string_view code_name(Code code) {
  return text_of(code).name;
}
std::string_view code_title(Code code) {
  return text_of(code).title;
}
std::string_view code_explanation(Code code) {
  return text_of(code).explanation;
}

const std::vector<Code>& all_codes() {
  static const std::vector<Code> codes = {
#define AZTRIAGE_CODE(id, title, explanation) Code::id,
#include "source/codes.def"
#undef AZTRIAGE_CODE
  };
  return codes;
}

void Diagnostics::error(Code code, Span span, std::string message, std::vector<std::string> hints) {
  ++errors_;
  add(Severity::error, code, span, std::move(message), std::move(hints));
}

void Diagnostics::warning(Code code, Span span, std::string message, std::vector<std::string> hints) {
  add(Severity::warning, code, span, std::move(message), std::move(hints));
}

void Diagnostics::add(Severity severity, Code code, Span span, std::string message,
                      std::vector<std::string> hints) {
  if (items_.size() >= kMostKept) return;
  std::erase(hints, std::string{});
  items_.push_back({severity, code, std::move(message), span, context_, std::move(hints)});
}

void Diagnostics::sort_by_position() {
  std::stable_sort(items_.begin(), items_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
}

}  // namespace aztriage::source
