#include "playbook/search_words.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace aztriage::playbook {
namespace {

constexpr auto kSilent = std::to_array<std::string_view>(
    {"a",     "after", "all",   "am",   "an",   "and",   "any",       "are",   "as",      "at",       "be",
     "but",   "by",    "can",   "do",   "does", "for",   "from",      "get",   "got",     "had",      "has",
     "have",  "he",    "hi",    "how",  "i",    "if",    "in",        "into",  "is",      "it",       "its",
     "just",  "my",    "no",    "not",  "of",   "on",    "or",        "our",   "out",     "please",   "she",
     "since", "so",    "some",  "that", "the",  "their", "them",      "then",  "there",   "they",     "this",
     "to",    "up",    "us",    "was",  "we",   "were",  "what",      "when",  "which",   "while",    "why",
     "will",  "with",  "would", "you",  "your", "azure", "microsoft", "today", "morning", "customer", "says",
     "say",   "help",  "hello", "t",    "s"});

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string stem(std::string word) {
  const auto drop = [&](std::string_view ending, std::size_t least) {
    if (word.size() < least + ending.size() || !word.ends_with(ending)) return false;
    word.resize(word.size() - ending.size());
    return true;
  };
  if (word.ends_with("ss")) return word;
  if (drop("ing", 4) || drop("ed", 4)) {
    // "stopped" is "stop".
    const std::size_t size = word.size();
    if (size > 3 && word[size - 1] == word[size - 2] && word.back() != 's' && word.back() != 'l')
      word.pop_back();
    return word;
  }
  if (drop("ies", 3)) return word + "y";
  if (drop("s", 3)) return word;
  return word;
}

std::vector<std::string> plain_words(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_word_byte(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_word_byte(text[end])) ++end;
    words.push_back(text::lower(text.substr(i, end - i)));
    i = end;
    // "Times out" and "timeout" are one word to who says them.
    const std::size_t count = words.size();
    if (count > 1 && words[count - 1] == "out" && words[count - 2].starts_with("tim") &&
        words[count - 2].size() < 7) {
      words.pop_back();
      words.back() = "timeout";
    }
  }
  return words;
}

std::string unquoted(std::string_view text) {
  text = text::trim(text);
  if (text.size() > 1 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
    text = text.substr(1, text.size() - 2);
  return std::string(text);
}

/// `[one, two]`, as a short file writes its list.
void add_flow_list(std::string_view text, std::vector<std::string>& items) {
  text = text::trim(text);
  if (!text.starts_with('[') || !text.ends_with(']')) return;
  for (const auto item : text::split(text.substr(1, text.size() - 2), ','))
    if (!text::trim(item).empty()) items.push_back(unquoted(item));
}

/// The value of `title:` in a line of a cause, which may be a map on one line.
std::string title_in(std::string_view line) {
  const std::size_t at = line.find("title: ");
  if (at == std::string_view::npos) return {};
  const bool own_line = text::trim(line.substr(0, at)).empty();
  auto value = line.substr(at + 7);
  if (!own_line) value = value.substr(0, value.find_first_of(",}"));
  return unquoted(value);
}

}  // namespace

std::vector<std::string> search_words(std::string_view text) {
  std::vector<std::string> words;
  for (auto& word : plain_words(text)) {
    if (std::ranges::find(kSilent, word) != kSilent.end()) continue;
    words.push_back(stem(std::move(word)));
  }
  return words;
}

std::string as_phrase(std::string_view text) {
  return " " + text::join(plain_words(text), " ") + " ";
}

SearchTexts search_texts(std::string_view yaml) {
  SearchTexts texts;
  enum class In { other, symptoms, causes } in = In::other;
  for (std::string_view line : text::split(yaml, '\n')) {
    if (line.empty() || line.front() == '#') continue;
    if (line.front() != ' ' && line.front() != '-') {
      in = line.starts_with("symptoms:") ? In::symptoms
           : line.starts_with("causes:") ? In::causes
                                         : In::other;
      if (line.starts_with("title:")) texts.title = unquoted(line.substr(6));
      if (in == In::symptoms) add_flow_list(line.substr(9), texts.symptoms);
      continue;
    }
    const auto trimmed = text::trim(line);
    if (in == In::symptoms && trimmed.starts_with("- "))
      texts.symptoms.push_back(unquoted(trimmed.substr(2)));
    if (in != In::causes) continue;
    if (auto title = title_in(line); !title.empty()) texts.causes.push_back(std::move(title));
  }
  return texts;
}

}  // namespace aztriage::playbook
