#include "engine/vocabulary.h"

#include "decode/reader.h"
#include "engine/client_command.h"
#include "engine/commands.h"
#include "engine/vantage.h"
#include "isolation/best_case.h"
#include "probe/registry.h"

namespace aztriage::engine {
namespace {

playbook::Vocabulary make_vocabulary() {
  playbook::Vocabulary result;
  for (const auto* probe : probe::all_probes()) {
    result.probes.push_back(
        {probe->name, probe->summary, probe->params, probe->facts, probe->operations, probe->intrusive});
  }
  for (const auto* reader : decode::all_readers()) {
    result.readers.push_back({reader->name, reader->summary, reader->params, reader->facts});
  }
  result.vantage = vantage_facts();
  return result;
}

std::vector<double> best_cases(const playbook::Playbook& playbook) {
  const auto problem = isolation::build(playbook);
  std::vector<double> best;
  for (int cause = 0; cause < problem.unlisted(); ++cause)
    best.push_back(isolation::best_case(problem, cause));
  return best;
}

}  // namespace

const playbook::Vocabulary& vocabulary() {
  static const playbook::Vocabulary result = make_vocabulary();
  return result;
}

std::vector<fact::FactSpec> facts_of(const playbook::Step& step, const playbook::Vocabulary& vocabulary,
                                     bool pasted) {
  std::vector<fact::FactSpec> facts;
  for (const auto& declared : step.facts) {
    facts.push_back(
        {declared.name, fact::Type{declared.kind}, "", declared.find.empty() ? "" : declared.name});
  }
  const auto* probe = pasted ? nullptr : vocabulary.probe(step.probe);
  if (probe) facts.insert(facts.end(), probe->facts.begin(), probe->facts.end());
  std::vector<std::string_view> readers;
  if (step.reader) {
    readers.push_back(step.reader->name);
  } else if (pasted) {
    readers = client_readers(step);
  }
  for (const auto name : readers) {
    if (const auto* reader = vocabulary.reader(name))
      facts.insert(facts.end(), reader->facts.begin(), reader->facts.end());
  }
  return facts;
}

playbook::Checks checks() {
  return {best_cases, check_read_only};
}

}  // namespace aztriage::engine
