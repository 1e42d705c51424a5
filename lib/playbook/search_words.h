#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::playbook {

/// The words of a text for a search: lower case, without those that say nothing, and without the endings that
/// only grammar gives them. Signs part words, but not within a code (`0x80131500`, `err_cert`).
std::vector<std::string> search_words(std::string_view text);
/// A text as plain words between single blanks, with a blank at each end, to look for phrases in.
std::string as_phrase(std::string_view text);

/// The texts of a playbook's file that people search by, without reading it as YAML: only files that are
/// known to be playbooks come here.
struct SearchTexts {
  std::string title;
  std::vector<std::string> symptoms;
  std::vector<std::string> causes;  // their titles
};
SearchTexts search_texts(std::string_view yaml);

}  // namespace aztriage::playbook
