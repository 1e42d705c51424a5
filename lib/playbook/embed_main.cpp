/// A tool of the build: makes the source of embedded.h out of playbooks/.
///
///     aztriage_embed FOLDER LIST OUTPUT     LIST names the files below FOLDER, one a line
#include "base/file.h"
#include "base/text.h"
#include "playbook/yaml_reader.h"
#include "source/render.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

namespace {

using namespace aztriage;
using source::Node;

/// A C++ string literal, a line of the text on a line.
std::string literal(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n\"\n    \"";
    } else if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte < 0x20 || byte >= 0x7f || c == '?') {
      // Three digits always, so that a digit after it is not taken in; '?' could begin a trigraph.
      out += {'\\', static_cast<char>('0' + (byte >> 6U)), static_cast<char>('0' + ((byte >> 3U) & 7U)),
              static_cast<char>('0' + (byte & 7U))};
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string view(std::string_view text) {
  return "std::string_view(" + literal(text) + ", " + std::to_string(text.size()) + ")";
}

struct File {
  std::string path;
  std::string text;
  Node root;
};

bool is_data(std::string_view path) {
  return std::count(path.begin(), path.end(), '/') != 1 || path.ends_with("/family.yaml") ||
         path.ends_with("/codes.yaml");
}

const Node& child(const Node& node, std::string_view key) {
  static const Node none;
  const Node* found = node.find(key);
  return found == nullptr ? none : *found;
}

class Writer {
 public:
  explicit Writer(const Node& dictionary) : dictionary_(dictionary) {}

  void add(const File& file) {
    if (is_data(file.path)) {
      files_ << "    {" << view(file.path) << ",\n     " << view(file.text) << "},\n";
      if (file.path.ends_with("/codes.yaml")) add_codes(file);
      return;
    }
    const std::string id = file.path.substr(0, file.path.size() - std::string_view(".yaml").size());
    playbooks_ << "    {" << view(id) << ", " << view(child(file.root, "title").text) << ",\n     "
               << view(file.text) << ",\n     " << inputs(child(file.root, "inputs")) << ", "
               << steps(child(file.root, "steps")) << "},\n";
  }

  std::string text() const {
    return "// Made by aztriage_embed out of playbooks/. Changes here are lost.\n"
           "#include <array>\n\n#include \"playbook/embedded.h\"\n\nnamespace aztriage::playbook "
           "{\nnamespace {\n\n" +
           lists_.str() + "\n" + table("EmbeddedPlaybook", "kPlaybooks", playbooks_.str()) +
           table("EmbeddedFile", "kFiles", files_.str()) + table("EmbeddedCode", "kCodes", codes_.str()) +
           "}  // namespace\n\n"
           "std::span<const EmbeddedPlaybook> embedded_playbooks() { return kPlaybooks; }\n"
           "std::span<const EmbeddedFile> embedded_files() { return kFiles; }\n"
           "std::span<const EmbeddedCode> embedded_codes() { return kCodes; }\n\n}  // namespace "
           "aztriage::playbook\n";
  }

 private:
  /// `code: a, b` is two spellings.
  void add_codes(const File& file) {
    const std::string family = file.path.substr(0, file.path.find('/'));
    for (const Node& item : file.root.items) {
      for (const std::string_view piece : text::split(child(item, "code").text, ',')) {
        const std::string_view code = text::trim(piece);
        if (code.empty()) continue;
        codes_ << "    {" << view(code) << ", " << view(family) << ", " << view(child(item, "means").text)
               << "},\n";
      }
    }
  }

  static std::string table(std::string_view type, std::string_view name, const std::string& rows) {
    const std::string head =
        "constexpr " + std::string(rows.empty() ? "std::array<" : "") + std::string(type);
    if (rows.empty()) return head + ", 0> " + std::string(name) + "{};\n\n";
    return head + " " + std::string(name) + "[] = {\n" + rows + "};\n\n";
  }

  /// A named array of rows, or `{}` for none.
  std::string list(std::string_view type, const std::vector<std::string>& rows) {
    if (rows.empty()) return "{}";
    const std::string name = "kList" + std::to_string(count_++);
    lists_ << "constexpr " << type << " " << name << "[] = {" << text::join(rows, ", ") << "};\n";
    return name;
  }

  std::string words(const Node& node) {
    std::vector<std::string> rows;
    if (node.kind == Node::Kind::scalar) rows.push_back(view(node.text));
    for (const Node& item : node.items) rows.push_back(view(item.text));
    return list("std::string_view", rows);
  }

  std::string inputs(const Node& node) {
    std::vector<std::string> rows;
    for (const Node::Entry& entry : node.entries) {
      const Node& known = child(dictionary_, entry.key);
      const Node& own = child(entry.value, "choices");
      const bool optional = child(entry.value, "optional").text == "true" ||
                            entry.value.find("default") != nullptr || known.find("default") != nullptr;
      const std::string choices = words(own.kind == Node::Kind::missing ? child(known, "choices") : own);
      const bool secret = child(known, "secret").text == "true" || child(known, "type").text == "secret";
      rows.push_back("{" + view(entry.key) + ", " + choices + ", " + (optional ? "true" : "false") + ", " +
                     (secret ? "true" : "false") + "}");
    }
    return list("EmbeddedInput", rows);
  }

  std::string steps(const Node& node) {
    std::vector<std::string> rows;
    for (const Node::Entry& entry : node.entries) {
      std::vector<std::string> names;
      for (const std::string_view key : {"answers", "outcomes"}) {
        for (const Node& item : child(entry.value, key).items)
          names.push_back(view(child(item, "name").text));
      }
      rows.push_back("{" + view(entry.key) + ", " + list("std::string_view", names) + "}");
    }
    return list("EmbeddedStep", rows);
  }

  const Node& dictionary_;
  std::ostringstream lists_;
  std::ostringstream playbooks_;
  std::ostringstream files_;
  std::ostringstream codes_;
  int count_ = 0;
};

int complain(const Error& error) {
  std::cerr << "aztriage_embed: " << error.what << "\n";
  return 1;
}

int run(const std::string& folder, const std::string& list, const std::string& output) {
  const auto names = read_file(list, playbook::kMaxFileBytes);
  if (!names) return complain(names.error());
  std::set<std::string> paths;
  for (const std::string_view name : text::split(*names, '\n')) {
    if (!text::trim(name).empty()) paths.emplace(text::trim(name));
  }
  std::map<std::string, File> files;
  bool good = true;
  for (const std::string& path : paths) {
    const auto text = read_file(folder + "/" + path, playbook::kMaxFileBytes);
    if (!text) return complain(text.error());
    const source::Source source("playbooks/" + path, *text);
    source::Diagnostics diagnostics;
    files[path] = {path, *text, playbook::read_yaml(source, diagnostics)};
    std::cerr << source::render(diagnostics, source);
    good = good && !diagnostics.has_errors();
  }
  if (!good) return 1;
  Writer writer(files["inputs.yaml"].root);
  for (const auto& [path, file] : files) {
    if (!file.path.empty()) writer.add(file);
  }
  const auto written = write_file(output, writer.text());
  return written ? 0 : complain(written.error());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return complain({"usage: aztriage_embed FOLDER LIST OUTPUT", ""});
  return run(argv[1], argv[2], argv[3]);
}
