#pragma once

#include "source/source.h"

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::source {

enum class Severity { error, warning };

/// Stable identity of a message, with a long explanation behind it; the list is `codes.def`.
enum class Code {
#define AZTRIAGE_CODE(id, title, explanation) id,
#include "source/codes.def"
#undef AZTRIAGE_CODE
};
std::string_view code_name(Code code);         // "P012"
std::string_view code_title(Code code);        // one line
std::string_view code_explanation(Code code);  // what it means and how it is mended
/// Every code, in order, so that help and tests can walk them.
const std::vector<Code>& all_codes();

/// One mistake: lower case, no full stop, values in single quotes. `context` goes from the file inwards
/// ("in step 'ping'"); each hint is an action.
struct Diagnostic {
  Severity severity = Severity::error;
  Code code{};
  std::string message;
  Span span;
  std::vector<std::string> context;
  std::vector<std::string> hints;
};

/// Collects every mistake of one file; never stops at the first.
class Diagnostics {
 public:
  /// `context` is what encloses the mistake now; see `Within`.
  void error(Code code, Span span, std::string message, std::vector<std::string> hints = {});
  void warning(Code code, Span span, std::string message, std::vector<std::string> hints = {});
  const std::vector<Diagnostic>& items() const { return items_; }
  bool has_errors() const { return errors_ > 0; }
  int error_count() const { return errors_; }
  void sort_by_position();

 private:
  friend class Within;
  void add(Severity, Code, Span, std::string, std::vector<std::string>);
  std::vector<Diagnostic> items_;
  std::vector<std::string> context_;
  int errors_ = 0;
};

/// While it lives, diagnostics carry one more line of context.
class Within {
 public:
  Within(Diagnostics& diagnostics, std::string what) : diagnostics_(diagnostics) {
    diagnostics_.context_.push_back(std::move(what));
  }
  ~Within() { diagnostics_.context_.pop_back(); }
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;

 private:
  Diagnostics& diagnostics_;
};

}  // namespace aztriage::source
