#include "cli/graph_view.h"

#include "base/text.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace aztriage::cli {
namespace {

enum class Line { requires_, waits, speaks, exact };

struct Edge {
  std::string from, to;  // "s0", "c3"
  std::vector<std::string> labels;
  Line line;
};

struct Graph {
  struct Node {
    std::string id, title, below;
    bool cause = false, asked = false, symptom = false;
  };
  std::vector<Node> nodes;
  std::vector<Edge> edges;
};

std::string step_id(int index) {
  return "s" + std::to_string(index);
}
std::string cause_id(int index) {
  return "c" + std::to_string(index);
}

std::string what(const playbook::Step& step) {
  switch (step.kind) {
    case playbook::StepKind::probe:
      return step.probe;
    case playbook::StepKind::question:
      return "question";
    case playbook::StepKind::command:
      return "command";
    case playbook::StepKind::of:
      return "another look";
  }
  return {};
}

void add_requirements(const playbook::Playbook& playbook, int index, Graph& graph) {
  const auto& step = playbook.steps[static_cast<std::size_t>(index)];
  std::vector<int> required;
  for (const auto& require : step.requires_) {
    const auto& on = playbook.steps[static_cast<std::size_t>(require.step)];
    Edge edge{step_id(require.step), step_id(index), {}, Line::requires_};
    for (const int outcome : require.outcomes)
      edge.labels.push_back(on.outcomes[static_cast<std::size_t>(outcome)].name);
    required.push_back(require.step);
    graph.edges.push_back(std::move(edge));
  }
  for (const int on : step.waits_for) {
    if (std::find(required.begin(), required.end(), on) != required.end()) continue;
    graph.edges.push_back({step_id(on), step_id(index), {}, Line::waits});
  }
}

/// An outcome speaks for a cause that shows it more often than the others do.
void add_causes(const playbook::Step& step, int index, Graph& graph) {
  std::map<std::pair<int, bool>, std::vector<std::string>> spoken;
  for (const auto& outcome : step.outcomes) {
    if (!outcome.given) continue;
    for (const auto& [cause, share] : outcome.given->causes) {
      if (share > outcome.given->otherwise) spoken[{cause, outcome.exact}].push_back(outcome.name);
    }
  }
  for (auto& [key, names] : spoken) {
    graph.edges.push_back(
        {step_id(index), cause_id(key.first), std::move(names), key.second ? Line::exact : Line::speaks});
  }
}

Graph graph_of(const playbook::Playbook& playbook) {
  Graph graph;
  for (int i = 0; i < static_cast<int>(playbook.steps.size()); ++i) {
    const auto& step = playbook.steps[static_cast<std::size_t>(i)];
    const bool asked = step.kind == playbook::StepKind::question || step.kind == playbook::StepKind::command;
    graph.nodes.push_back({step_id(i), step.id, what(step), false, asked, step.symptom});
  }
  for (int i = 0; i < static_cast<int>(playbook.causes.size()); ++i) {
    const auto& cause = playbook.causes[static_cast<std::size_t>(i)];
    const std::string see = cause.see.empty() ? "" : "see " + cause.see;
    graph.nodes.push_back({cause_id(i), cause.title, see, true, false, false});
  }
  for (int i = 0; i < static_cast<int>(playbook.steps.size()); ++i) {
    add_requirements(playbook, i, graph);
    add_causes(playbook.steps[static_cast<std::size_t>(i)], i, graph);
  }
  return graph;
}

/// Mermaid reads `#quot;` and the like inside a quoted text, and some of HTML.
std::string mermaid_text(std::string_view title) {
  std::string out;
  for (const char c : text::printable(title)) {
    switch (c) {
      case '"':
        out += "#quot;";
        break;
      case '#':
        out += "#35;";
        break;
      case '<':
        out += "#lt;";
        break;
      case '>':
        out += "#gt;";
        break;
      case '&':
        out += "#amp;";
        break;
      case '`':
        out += "#96;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string dot_text(std::string_view title) {
  std::string out;
  for (const char c : text::printable(title)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string graph_mermaid(const playbook::Playbook& playbook) {
  const Graph graph = graph_of(playbook);
  std::string out = "flowchart LR\n";
  for (const auto& node : graph.nodes) {
    const std::string below = node.below.empty() ? "" : "<br/>" + mermaid_text(node.below);
    const std::string title = "\"" + mermaid_text(node.title) + below + "\"";
    out += "  " + node.id +
           (node.cause   ? "([" + title + "])"
            : node.asked ? "{{" + title + "}}"
                         : "[" + title + "]") +
           "\n";
  }
  for (const auto& edge : graph.edges) {
    const bool dotted = edge.line == Line::requires_ || edge.line == Line::waits;
    const std::string arrow = dotted ? "-.->" : edge.line == Line::exact ? "==>" : "-->";
    const std::string label =
        edge.labels.empty() ? "" : "|\"" + mermaid_text(text::join(edge.labels, ", ")) + "\"|";
    out += "  " + edge.from + " " + arrow + label + " " + edge.to + "\n";
  }
  std::string symptoms;
  for (const auto& node : graph.nodes) {
    if (node.symptom) symptoms += (symptoms.empty() ? "" : ",") + node.id;
  }
  if (!symptoms.empty()) out += "  classDef symptom stroke-width:3px\n  class " + symptoms + " symptom\n";
  return out;
}

std::string graph_dot(const playbook::Playbook& playbook) {
  const Graph graph = graph_of(playbook);
  std::string out = "digraph \"" + dot_text(playbook.id) + "\" {\n  rankdir=LR;\n";
  for (const auto& node : graph.nodes) {
    const std::string below = node.below.empty() ? "" : "\\n" + dot_text(node.below);
    out += "  " + node.id + " [label=\"" + dot_text(node.title) + below + "\", shape=" +
           (node.cause   ? "oval"
            : node.asked ? "hexagon"
                         : "box") +
           (node.symptom ? ", penwidth=3" : "") + "];\n";
  }
  for (const auto& edge : graph.edges) {
    const bool dotted = edge.line == Line::requires_ || edge.line == Line::waits;
    out += "  " + edge.from + " -> " + edge.to + " [label=\"" + dot_text(text::join(edge.labels, ", ")) +
           "\"" +
           (dotted                     ? ", style=dashed"
            : edge.line == Line::exact ? ", style=bold"
                                       : "") +
           "];\n";
  }
  return out + "}\n";
}

}  // namespace aztriage::cli
