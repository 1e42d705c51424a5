#include "mistakes.h"

#include <doctest/doctest.h>

using namespace aztriage;
using source::Code;

namespace {

// Lines 1 to 4; a row begins in line 5.
const std::string kHead =
    "format: 1\ntitle: t\nreviewed: 2026-01-01\n"
    "causes: {acl: {title: A}, down: {title: B}}\n";
// Lines 1 to 8; a row goes on inside a step, indented by four, from line 9.
const std::string kStep =
    "format: 1\ntitle: t\nreviewed: 2026-01-01\n"
    "causes: {acl: {title: A}, down: {title: B}}\n"
    "inputs: {endpoint: {}, port: {}, key: {}, method: {}, note: {}}\n"
    "steps:\n"
    "  other: {probe: dns, with: {name: '${endpoint}'}, outcomes: [{name: yes, when: {exists: true}}, {name: "
    "no}]}\n"
    "  ping:\n";

}  // namespace

TEST_CASE("mistakes: of the file as a whole") {
  const Mistake rows[] = {
      {"", Code::P006, {0, 0}, "nothing in it", ""},
      {"# a comment\n", Code::P006, {0, 0}, "nothing in it", ""},
      {"- a\n- b\n", Code::P013, {1, 1}, "a playbook is a map, not a list", "format: 1"},
      {"just words", Code::P013, {1, 1}, "not a single value", ""},
      {"a: b: c\n", Code::P003, {1, 5}, "':' where no value can stand", "quote"},
      {"a:\n\t- b\n", Code::P003, {2, 1}, "not YAML", ""},
      {"a: \x80\n", Code::P002, {1, 4}, "not UTF-8", "UTF-8"},
      {"a: \x01\n", Code::P002, {1, 4}, "control character '\\x01'", "remove"},
      {"a: \"\\u202e\"\n", Code::P002, {1, 4}, "control character", "escape"},
      {"format: 1\n---\nformat: 1\n", Code::P005, {2, 1}, "second document", "file of its own"},
  };
  for (const Mistake& row : rows) {
    const std::string text = row.text;
    const auto loaded = small_world::load(text);
    INFO(source::render(loaded.diagnostics, source::Source("p.yaml", text)));
    CHECK_FALSE(loaded.playbook);
    REQUIRE_FALSE(loaded.diagnostics.items().empty());
    const source::Diagnostic& d = loaded.diagnostics.items()[0];
    CHECK(source::code_name(d.code) == source::code_name(row.code));
    CHECK(d.span.begin == row.at);
    CHECK_MESSAGE(text::contains(d.message, row.message), d.message);
    CHECK_MESSAGE(text::contains(text::join(d.hints, ";"), row.hint), text::join(d.hints, ";"));
  }
}

TEST_CASE("mistakes: keys and values at the top") {
  const std::string steps = "steps: {s: {question: q, answers: [{name: x}]}}\n";
  const Mistake rows[] = {
      {"titel: t\n", Code::P010, {6, 1}, "unknown key 'titel' in a playbook", "did you mean 'title'?"},
      {"zebra: 1\n", Code::P010, {6, 1}, "unknown key 'zebra'", "playbooks/README.md"},
      {"title: again\n", Code::P011, {6, 1}, "duplicate key 'title'", "line 2"},
      {"summary: [a]\n", Code::P013, {6, 10}, "'summary' takes a single value, not a list", ""},
      {"summary:\n", Code::P018, {6, 8}, "'summary' is empty", ""},
      {"summary: uses ${endpoint}\n", Code::P039, {6, 10}, "'${' can't stand in 'summary'", ""},
      {"symptoms: []\n", Code::P018, {6, 11}, "empty list", ""},
      {"symptoms: {a: b}\n", Code::P013, {6, 11}, "not a map", ""},
      {"unlisted: many\n", Code::P014, {6, 11}, "'unlisted'", ""},
      {"unlisted: 1.5\n", Code::P014, {6, 11}, "'unlisted'", ""},
      {"inputs: [a]\n", Code::P013, {6, 9}, "'inputs' takes a map, not a list", ""},
  };
  for (const Mistake& row : rows) check_mistake(kHead + steps, row);
}

TEST_CASE("mistakes: the head itself") {
  const std::string rest = "causes: {a: {title: A}}\nsteps: {s: {question: q, answers: [{name: x}]}}\n";
  const Mistake rows[] = {
      {"format: 2\ntitle: t\nreviewed: 2026-01-01\n", Code::P016, {1, 9}, "unknown format '2'", "format 1"},
      {"format: one\ntitle: t\nreviewed: 2026-01-01\n", Code::P014, {1, 9}, "'format'", ""},
      {"title: t\nreviewed: 2026-01-01\n", Code::P015, {1, 1}, "a playbook needs 'format'", "add 'format'"},
      {"format: 1\nreviewed: 2026-01-01\n", Code::P015, {1, 1}, "a playbook needs 'title'", ""},
      {"format: 1\ntitle: t\n", Code::P015, {1, 1}, "needs 'reviewed'", ""},
      {"format: 1\ntitle: t\nreviewed: yesterday\n",
       Code::P051,
       {3, 11},
       "not a date: 'yesterday'",
       "2026-11-20"},
      {"format: 1\ntitle: t\nreviewed: 2026-02-30\n", Code::P051, {3, 11}, "not a date", ""},
      {"format: 1\ntitle: \"a\\nb\"\nreviewed: 2026-01-01\n",
       Code::P014,
       {2, 8},
       "more than one line",
       "summary"},
  };
  for (const Mistake& row : rows) {
    const std::string text = std::string(row.text) + rest;
    Mistake whole = row;
    whole.text = text.c_str();
    check_mistake("", whole);
  }
}

TEST_CASE("mistakes: inputs") {
  const std::string head =
      "format: 1\ntitle: t\nreviewed: 2026-01-01\ncauses: {a: {title: A}}\n"
      "steps: {s: {question: q, answers: [{name: x}]}}\n";
  const Mistake rows[] = {
      {"inputs: {endpiont: {}}\n",
       Code::P034,
       {6, 10},
       "unknown input 'endpiont'",
       "did you mean 'endpoint'?"},
      {"inputs: {zebra: {}}\n", Code::P034, {6, 10}, "unknown input 'zebra'", "inputs.yaml"},
      {"inputs: {End-Point: {}}\n", Code::P017, {6, 10}, "not a usable name", "underscores"},
      {"inputs: {endpoint: [a]}\n", Code::P013, {6, 20}, "an input is a map", "{}"},
      {"inputs: {endpoint: {optional: maybe}}\n", Code::P014, {6, 31}, "'optional'", ""},
      {"inputs: {endpoint: {aks: x}}\n", Code::P010, {6, 21}, "unknown key 'aks'", "did you mean 'ask'?"},
      {"inputs: {port: {default: 70000}}\n", Code::P014, {6, 26}, "'default'", ""},
      {"inputs: {path: {default: cart}}\n", Code::P014, {6, 26}, "not a path", "first '/'"},
      {"inputs: {note: {default: '${nothing}'}}\n", Code::P027, {6, 27}, "unknown name 'nothing'", ""},
      {"inputs: {note: {default: '${s.status}'}}\n", Code::P027, {6, 27}, "unknown name 's.status'", ""},
      {"inputs: {endpoint: {}, port: {default: '${endpoint}'}}\n",
       Code::P014,
       {6, 40},
       "it becomes something like",
       ""},
      {"inputs: {key: {}, note: {default: '${key}'}}\n", Code::P038, {6, 36}, "the secret input 'key'", ""},
      {"inputs: {key: {choices: [a]}}\n", Code::P019, {6, 16}, "a secret has no choices", ""},
      {"inputs: {note: {choices: [a, a]}}\n", Code::P041, {6, 30}, "stands there twice", ""},
      {"inputs: {note: {default: '${origin}'}, origin: {default: '${note}'}}\n",
       Code::P045,
       {6, 10},
       "note -> origin -> note",
       ""},
      {"inputs: {vantage: {}}\n", Code::P048, {6, 10}, "has a meaning of its own", ""},
  };
  for (const Mistake& row : rows) {
    // The cycle's second default is a text where a host is due.
    const auto loaded = small_world::load(head + row.text);
    const auto errors = of_severity(loaded.diagnostics, source::Severity::error);
    CAPTURE(row.text);
    REQUIRE_FALSE(errors.empty());
    const auto& d = row.code == Code::P045 ? errors.front() : errors.back();
    CHECK(source::code_name(d.code) == source::code_name(row.code));
    CHECK(d.span.begin == row.at);
    CHECK_MESSAGE(text::contains(d.message, row.message), d.message);
    CHECK_MESSAGE(text::contains(text::join(d.hints, ";"), row.hint), text::join(d.hints, ";"));
  }
}

TEST_CASE("mistakes: causes") {
  const std::string head =
      "format: 1\ntitle: t\nreviewed: 2026-01-01\n"
      "steps: {edge: {question: q, answers: [{name: x}]}}\n";
  const Mistake rows[] = {
      {"causes: {acl: {titel: A, title: B}}\n",
       Code::P010,
       {5, 16},
       "unknown key 'titel' in a cause",
       "did you mean 'title'?"},
      {"causes: {acl: {}}\n", Code::P015, {5, 15}, "a cause needs 'title'", ""},
      {"causes: {acl: A}\n", Code::P013, {5, 10}, "a cause is a map, not a single value", "title"},
      {"causes: {Acl_1: {title: A}}\n",
       Code::P017,
       {5, 10},
       "not a usable name for a cause: 'Acl_1'",
       "hyphens"},
      {"causes: {otherwise: {title: A}}\n", Code::P048, {5, 10}, "'otherwise' has a meaning of its own", ""},
      {"causes: {acl: {title: A, seen: comon}}\n",
       Code::P014,
       {5, 32},
       "'seen' can't be 'comon'",
       "did you mean 'common'?"},
      {"causes: {acl: {title: A, seen: xyz}}\n",
       Code::P014,
       {5, 32},
       "'seen' can't be 'xyz'",
       "very-common, common"},
      {"causes: {acl: {title: 'A ${edge}'}}\n", Code::P039, {5, 23}, "'${' can't stand in 'title'", ""},
      {"causes: {acl: {title: A, verify: [egde]}}\n",
       Code::P032,
       {5, 35},
       "unknown step 'egde'",
       "did you mean 'edge'?"},
      {"causes: {acl: {title: A, escalate: {team: T, attach: [no]}}}\n",
       Code::P032,
       {5, 55},
       "unknown step 'no'",
       ""},
      {"causes: {acl: {title: A, escalate: {say: x}}}\n",
       Code::P015,
       {5, 36},
       "an escalation needs 'team'",
       ""},
      {"causes: {acl: {title: A, docs: [https://learn.microsoft.com/azure/x]}}\n",
       Code::P050,
       {5, 33},
       "not a path",
       "/azure/"},
      {"causes: {acl: {title: A, docs: /en-us/azure/x}}\n", Code::P050, {5, 32}, "not a path", "language"},
      {"causes: {acl: {title: A, see: site-5xx}}\n",
       Code::P049,
       {5, 31},
       "not the id of a playbook",
       "family/scenario"},
      {"causes: {acl: {title: A, see: front-door/p}}\n", Code::P049, {5, 10}, "back to this playbook", ""},
      {"causes: {acl: {title: A, vantage: clok}}\n",
       Code::P014,
       {5, 35},
       "'vantage' can't be 'clok'",
       "did you mean 'clock'?"},
      {"causes: {acl: {title: A, workaround: [{command: x}]}}\n",
       Code::P015,
       {5, 39},
       "a workaround needs 'do'",
       ""},
      {"causes: {acl: {title: A, workaround: [{do: x, takes: soon}]}}\n",
       Code::P014,
       {5, 54},
       "'takes': not a duration",
       "500ms"},
      {"causes: {acl: {title: A, workaround: [{do: 'x ${nope}'}]}}\n",
       Code::P027,
       {5, 47},
       "unknown name 'nope'",
       ""},
      {"causes: {acl: {title: A, workaround: [{do: x, undo: '${edge}'}]}}\n",
       Code::P039,
       {5, 53},
       "'undo'",
       ""},
      {"causes: {acl: {title: A, workaround: []}}\n", Code::P018, {5, 38}, "empty list", ""},
      {"causes: {acl: {title: A, workaround: x}}\n", Code::P013, {5, 38}, "a list of maps", ""},
  };
  for (const Mistake& row : rows) check_mistake(head, row);
}

TEST_CASE("mistakes: kinds of steps and the keys that belong to them") {
  const Mistake rows[] = {
      {"steps: {s: {say: hello}}\n", Code::P015, {5, 9}, "needs one of 'probe', 'question'", ""},
      {"steps: {s: {probe: dns, question: q, with: {name: a.example}}}\n",
       Code::P019,
       {5, 25},
       "'question' stands beside 'probe'",
       "two steps"},
      {"steps: {s: [a]}\n", Code::P013, {5, 9}, "a step is a map", ""},
      {"steps: {vantage: {question: q, answers: [{name: x}]}}\n",
       Code::P048,
       {5, 9},
       "meaning of its own",
       "rename"},
      {"steps: {S: {question: q, answers: [{name: x}]}}\n",
       Code::P017,
       {5, 9},
       "not a usable name for a step",
       ""},
      {"steps: {s: {question: q}}\n", Code::P015, {5, 9}, "no 'answers'", "'read'"},
      {"steps: {s: {question: q, answers: []}}\n", Code::P018, {5, 35}, "empty list", ""},
      {"steps: {s: {question: q, answers: [{name: x}], with: {a: b}}}\n",
       Code::P019,
       {5, 48},
       "'with' does not belong to a question",
       ""},
      {"steps: {s: {question: q, answers: [{name: x}], timeout: 5s}}\n",
       Code::P019,
       {5, 48},
       "'timeout' does not belong",
       ""},
      {"steps: {s: {question: q, read: error, answers: [{name: x}], outcomes: [{name: y}]}}\n",
       Code::P019,
       {5, 39},
       "'answers' does not belong to a question with a reader",
       ""},
      {"steps: {s: {question: q, read: eror, outcomes: [{name: y}]}}\n",
       Code::P030,
       {5, 32},
       "unknown reader 'eror'",
       "did you mean 'error'?"},
      {"steps: {s: {question: q, read: [error], outcomes: [{name: y}]}}\n",
       Code::P013,
       {5, 32},
       "'read' takes a single value",
       ""},
      {"steps: {s: {question: q, read: nsg, outcomes: [{name: y}]}}\n",
       Code::P036,
       {5, 32},
       "the reader 'nsg' needs the parameter 'port'",
       ""},
      {"steps: {s: {question: q, read: {nsg: {port: 99999}}, outcomes: [{name: y}]}}\n",
       Code::P037,
       {5, 45},
       "'port'",
       ""},
      {"steps: {s: {probe: dns, with: {name: a.example}, look: portal}}\n",
       Code::P019,
       {5, 50},
       "'look' does not belong to a probe",
       ""},
      {"steps: {s: {command: {powershell: Get}, repeat: {times: 2}}}\n",
       Code::P019,
       {5, 41},
       "'repeat' does not belong to a command",
       ""},
      {"steps: {s: {command: {}}}\n", Code::P018, {5, 22}, "'command' is empty", ""},
      {"steps: {s: {command: {run: ['${note}']}}, t: {question: q, answers: [{name: x}]}}\n",
       Code::P027,
       {5, 30},
       "unknown name 'note'",
       ""},
      {"steps: {s: {of: t}}\n", Code::P015, {5, 9}, "no 'outcomes'", ""},
      {"steps: {s: {of: s, outcomes: [{name: x}]}}\n", Code::P046, {5, 17}, "it is this step", ""},
      {"steps: {t: {question: q, answers: [{name: x}]}, s: {of: t, outcomes: [{name: x}]}}\n",
       Code::P046,
       {5, 57},
       "an answer that is chosen has no facts",
       ""},
  };
  for (const Mistake& row : rows) {
    const auto loaded = small_world::load(kHead + row.text);
    const auto errors = of_severity(loaded.diagnostics, source::Severity::error);
    INFO(source::render(loaded.diagnostics, source::Source("p.yaml", kHead + row.text)));
    CAPTURE(row.text);
    REQUIRE_FALSE(errors.empty());
    const bool found = std::any_of(errors.begin(), errors.end(), [&](const source::Diagnostic& d) {
      return d.code == row.code && d.span.begin == row.at && text::contains(d.message, row.message) &&
             text::contains(text::join(d.hints, ";"), row.hint);
    });
    CHECK(found);
  }
}

TEST_CASE("mistakes: probes and their parameters") {
  const Mistake rows[] = {
      {"    probe: htp\n", Code::P012, {9, 12}, "unknown probe 'htp'", "did you mean 'http'?"},
      {"    probe: http\n", Code::P036, {9, 12}, "the probe 'http' needs the parameter 'url'", ""},
      {"    probe: http\n    with: {url: 'https://a.example/', heders: {A: b}}\n",
       Code::P035,
       {10, 39},
       "no parameter 'heders'",
       "did you mean 'headers'?"},
      {"    probe: http\n    with: {url: 'https:/a.example/'}\n", Code::P037, {10, 17}, "'url'", ""},
      {"    probe: http\n    with: {url: 'https://${endpont}/'}\n",
       Code::P027,
       {10, 26},
       "unknown name 'endpont'",
       "did you mean 'endpoint'?"},
      {"    probe: http\n    with: {url: 'https://${endpoint/'}\n",
       Code::P026,
       {10, 26},
       "without its closing brace",
       ""},
      {"    probe: http\n    with: {url: '${port}'}\n",
       Code::P037,
       {10, 17},
       "'port' is a number, and 'url' takes a",
       ""},
      {"    probe: tls\n    with: {host: '${note}'}\n",
       Code::P037,
       {10, 18},
       "'note' is a text, and 'host' takes a",
       "declare its type"},
      {"    probe: tls\n    with: {host: a.example, port: 70000}\n", Code::P037, {10, 35}, "'port'", ""},
      {"    probe: tls\n    with: {host: a.example, port: {a: 1}}\n", Code::P013, {10, 35}, "not a map", ""},
      {"    probe: tls\n    with: {host: a.example, port: []}\n", Code::P018, {10, 35}, "empty list", ""},
      {"    probe: tls\n    with: {host: a.example, port: }\n", Code::P018, {10, 33}, "'port' is empty", ""},
      {"    probe: tls\n    with: {host: '${endpoint?}'}\n",
       Code::P037,
       {10, 18},
       "can't be left out",
       "'?'"},
      {"    probe: http\n    with: {url: 'https://a.example/', follow: perhaps}\n",
       Code::P037,
       {10, 47},
       "'follow'",
       ""},
      {"    probe: http\n    with: {url: 'https://a.example/', family: 5}\n",
       Code::P037,
       {10, 47},
       "'family'",
       ""},
      {"    probe: http\n    with: {url: 'https://a.example/', headers: x}\n",
       Code::P013,
       {10, 48},
       "takes names and values",
       ""},
      {"    probe: http\n    with: {url: 'https://a.example/', headers: {'${note}': x}}\n",
       Code::P039,
       {10, 49},
       "can't stand in a name",
       ""},
      {"    probe: http\n    with: {url: 'https://a.example/', headers: {A: \"x\\r\\nB: c\"}}\n",
       Code::P037,
       {10, 49},
       "line break",
       ""},
      {"    probe: login\n    with: {host: '${endpoint}', password: '${key}', user: x}\n",
       Code::P035,
       {10, 53},
       "no parameter 'user'",
       ""},
      {"    probe: tls\n    with: {host: '${key}'}\n",
       Code::P038,
       {10, 19},
       "the secret input 'key' can't stand in the parameter 'host' of the probe 'tls'",
       "declares secret"},
      {"    probe: tls\n    with: {host: '${ping.certificate.names}'}\n",
       Code::P045,
       {8, 3},
       "its own facts",
       ""},
      {"    probe: tls\n    with: {host: '${other.exists}'}\n", Code::P037, {10, 18}, "is a boolean", ""},
      {"    probe: tls\n    with: {host: a.example}\n    timeout: 300s\n",
       Code::P014,
       {11, 14},
       "longer than 240s",
       ""},
      {"    probe: tls\n    with: {host: a.example}\n    cost: -3\n", Code::P014, {11, 11}, "'cost'", ""},
      {"    probe: tls\n    with: {host: a.example}\n    repeat: {times: 200}\n",
       Code::P014,
       {11, 21},
       "'times'",
       ""},
      {"    probe: tls\n    with: {host: a.example}\n    repeat: {times: 3, by: certifcate.names}\n",
       Code::P020,
       {11, 28},
       "unknown fact",
       "did you mean 'certificate.names'?"},
      {"    probe: tls\n    with: {host: a.example}\n    from: outside\n",
       Code::P014,
       {11, 11},
       "'from' can't be 'outside'",
       "client"},
      {"    probe: tls\n    with: {host: a.example}\n    group: Not A Name\n",
       Code::P017,
       {11, 12},
       "not a usable name",
       ""},
      {"    probe: tls\n    with: {host: a.example}\n    facts: {headers.x: number}\n",
       Code::P020,
       {11, 13},
       "has no fact 'headers.x'",
       ""},
      {"    probe: http\n    with: {url: 'http://a.example'}\n    facts: {headers.x: numbr}\n",
       Code::P014,
       {11, 24},
       "'type' can't be 'numbr'",
       "did you mean 'number'?"},
      {"    probe: http\n    with: {url: 'http://a.example'}\n    facts: {x: {type: ip, in: body}}\n",
       Code::P055,
       {11, 13},
       "both 'in' and 'find'",
       ""},
      {"    probe: http\n    with: {url: 'http://a.example'}\n    facts: {x: {type: ip, in: body, find: "
       "'abc'}}\n",
       Code::P055,
       {11, 43},
       "0 groups, not one",
       "round brackets"},
      {"    probe: http\n    with: {url: 'http://a.example'}\n    facts: {x: {type: ip, in: body, find: "
       "'(a'}}\n",
       Code::P023,
       {11, 43},
       "",
       ""},
      {"    probe: http\n    with: {url: 'http://a.example'}\n    facts: {x: {type: ip, in: status, find: "
       "'(a)'}}\n",
       Code::P055,
       {11, 13},
       "can't look for text in 'status'",
       ""},
  };
  for (const Mistake& row : rows) check_mistake(kStep, row);
}

TEST_CASE("mistakes: outcomes") {
  const std::string head = kStep +
                           "    probe: http\n    with: {url: 'https://${endpoint}/', headers: {X: '${port} "
                           "${key} ${method} ${note}'}}\n";
  const Mistake rows[] = {
      {"    outcomes: [{when: {status: 1}}]\n", Code::P015, {11, 16}, "an outcome needs 'name'", ""},
      {"    outcomes: [{name: a b}]\n", Code::P017, {11, 23}, "not a usable name", ""},
      {"    outcomes: [{name: a}, {name: a, when: {status: 1}}]\n",
       Code::P041,
       {11, 34},
       "'a' stands there twice",
       ""},
      {"    outcomes: [{name: a}, {name: b, when: {status: 1}}]\n",
       Code::P040,
       {11, 34},
       "'b' can't be reached: 'a' before it matches always",
       ""},
      {"    outcomes: [{name: a, when: {status: {below: 500}}}, {name: b, when: {status: {below: 300}}}]\n",
       Code::P040,
       {11, 64},
       "matches whenever it would",
       ""},
      {"    outcomes: [{name: dont-know}]\n", Code::P048, {11, 23}, "meaning of its own", ""},
      {"    outcomes: [{name: a, when: {statsu: 200}}]\n",
       Code::P020,
       {11, 33},
       "statsu",
       "did you mean 'status'?"},
      {"    outcomes: [{name: a, when: {other.exsts: true}}]\n",
       Code::P020,
       {11, 33},
       "other.exsts",
       "did you mean 'other.exists'?"},
      {"    outcomes: [{name: a, when: {status: abc}}]\n", Code::P022, {11, 41}, "", ""},
      {"    outcomes: [{name: a, when: {status: {belw: 3}}}]\n",
       Code::P021,
       {11, 42},
       "belw",
       "did you mean 'below'?"},
      {"    outcomes: [{name: a, when: {body: {matches: '('}}}]\n", Code::P023, {11, 49}, "", ""},
      {"    outcomes: [{name: a, when: {body: {contains: '${key}'}}}]\n",
       Code::P038,
       {11, 23},
       "can't stand in a condition",
       ""},
      {"    outcomes: [{name: a, given: {acl: usually}}]\n",
       Code::P042,
       {11, 26},
       "'given' has no 'otherwise'",
       "otherwise: rarely"},
      {"    outcomes: [{name: a, given: {alc: usually, otherwise: rarely}}]\n",
       Code::P031,
       {11, 34},
       "unknown cause 'alc'",
       "did you mean 'acl'?"},
      {"    outcomes: [{name: a, given: {acl: usualy, otherwise: rarely}}]\n",
       Code::P014,
       {11, 39},
       "'given' can't be 'usualy'",
       "did you mean 'usually'?"},
      {"    outcomes: [{name: a, given: {acl: 1.5, otherwise: rarely}}]\n",
       Code::P014,
       {11, 39},
       "'1.5'",
       "0 to 1"},
      {"    outcomes: [{name: a, given: {acl: certain, otherwise: rarely}}]\n",
       Code::P043,
       {11, 39},
       "'certain' is for exact outcomes only",
       "exact: true"},
      {"    outcomes: [{name: a, given: {acl: [usually], otherwise: rarely}}]\n",
       Code::P013,
       {11, 39},
       "takes words",
       ""},
      {"    outcomes: [{name: a, exact: true}]\n", Code::P043, {11, 26}, "'exact' without 'given'", ""},
      {"    outcomes: [{name: a, fine: perhaps}]\n", Code::P014, {11, 32}, "'fine'", ""},
      {"    outcomes: [{name: a, label: x}]\n", Code::P019, {11, 26}, "'label' does not belong here", ""},
      {"    outcomes: [{name: a, say: '${statsu}'}]\n",
       Code::P027,
       {11, 32},
       "unknown name 'statsu'",
       "did you mean 'status'?"},
      {"    outcomes: [{name: a, say: 'key ${key}'}]\n", Code::P038, {11, 36}, "a line for the screen", ""},
      {"    outcomes: [{name: a}]\n    requires: {othr: yes}\n",
       Code::P032,
       {12, 16},
       "unknown step 'othr'",
       "did you mean 'other'?"},
      {"    outcomes: [{name: a}]\n    requires: {other: [yess]}\n",
       Code::P033,
       {12, 24},
       "'other' has no outcome 'yess'",
       "did you mean 'yes'?"},
      {"    outcomes: [{name: a}]\n    requires: {other: []}\n",
       Code::P018,
       {12, 23},
       "no outcome is named",
       ""},
      {"    outcomes: [{name: a}]\n    requires: {ping: a}\n", Code::P045, {12, 16}, "requires itself", ""},
      {"    outcomes: [{name: a}]\n  headers: {question: q, answers: [{name: x}]}\n",
       Code::P048,
       {12, 3},
       "'headers' is also the first part of a fact",
       "rename"},
      {"    outcomes: [{name: a}]\n  ask: {question: q, answers: [{name: x, when: {a: b}}]}\n",
       Code::P019,
       {12, 42},
       "'when' does not belong here",
       ""},
      {"    outcomes: [{name: a}]\n  ask: {question: q, answers: [{name: x, exact: true, given: {otherwise: "
       "0.1}}]}\n",
       Code::P043,
       {12, 42},
       "an answer is never exact",
       ""},
      {"    outcomes: [{name: a}]\n    requires: {a1: x}\n  a1: {of: ping, outcomes: [{name: x}]}\n",
       Code::P045,
       {8, 3},
       "ping -> a1 -> ping",
       ""},
  };
  for (const Mistake& row : rows) check_mistake(head, row);
}

TEST_CASE("mistakes: a look at a look says where to look") {
  const std::string text = kStep +
                           "    probe: dns\n    with: {name: '${endpoint}'}\n"
                           "  second: {of: ping, outcomes: [{name: x}]}\n"
                           "  third: {of: second, outcomes: [{name: x}]}\n";
  const auto loaded = small_world::load(text);
  const auto errors = of_severity(loaded.diagnostics, source::Severity::error);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].code == Code::P046);
  CHECK(errors[0].span.begin == source::Position{12, 15});
  CHECK(errors[0].hints[0] == "write 'of: ping'");
}

TEST_CASE("mistakes: all of them at once, in order, each with what encloses it") {
  const std::string text =
      "format: 1\ntitle: t\nreviewed: 2026-01-01\n"
      "inputs:\n  endpiont: {}\n"
      "causes:\n  acl: {titl: A}\n"
      "steps:\n"
      "  ping:\n    probe: reddis\n    outcomes:\n      - {name: up, given: {alc: often}}\n"
      "  pong:\n    probe: tls\n    with: {hst: a.example}\n";
  const auto loaded = small_world::load(text);
  std::vector<std::string> codes;
  for (const auto& d : of_severity(loaded.diagnostics, source::Severity::error)) {
    codes.emplace_back(source::code_name(d.code));
  }
  CHECK(text::join(codes, " ") == "P034 P015 P010 P012 P042 P031 P014 P036 P035");
  for (const auto& d : loaded.diagnostics.items()) {
    REQUIRE_FALSE(d.context.empty());
    CHECK(d.context[0] == "in playbook 'front-door/p'");
    if (d.code == Code::P031) {
      CHECK(d.context ==
            std::vector<std::string>{"in playbook 'front-door/p'", "in step 'ping'", "in outcome 'up'"});
    }
  }
}

TEST_CASE("mistakes: warnings do not stop a playbook") {
  const std::string text =
      kStep +
      "    probe: http\n    with: {url: 'https://${endpoint}:${port}/', headers: {X: '${key}'}}\n"
      "    symptom: true\n    outcomes: [{name: bad, when: {status: {above: 499}}}]\n";
  const auto loaded = small_world::load(text);
  REQUIRE(loaded.playbook);
  std::vector<std::string> codes;
  for (const auto& d : loaded.diagnostics.items()) codes.emplace_back(source::code_name(d.code));
  // 'method' and 'note' are never used; the symptom step is never fine and has no last outcome.
  CHECK(text::join(codes, " ") == "P054 P054 P056 P047");
  const auto quiet = small_world::load(
      "format: 1\ntitle: t\nreviewed: 2026-01-01\ncauses: {a: {title: A}}\nsteps: {s: {question: q, answers: "
      "[{name: x}]}}\n");
  REQUIRE(quiet.playbook);
  REQUIRE(quiet.diagnostics.items().size() == 1);
  CHECK(quiet.diagnostics.items()[0].code == Code::P052);
}
