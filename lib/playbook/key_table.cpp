#include "playbook/keys.h"

#include <array>

namespace aztriage::playbook {
namespace {

using Words = std::string_view;

constexpr Words kSeen[] = {"very-common", "common", "occasional", "rare"};
constexpr Words kVantage[] = {"clock", "resolver", "inspection", "portal", "proxy"};
constexpr Words kFrom[] = {"client"};
constexpr Words kLook[] = {"portal", "logs"};
constexpr Words kFactTypes[] = {"text", "number", "boolean", "host", "ip", "network", "url", "endpoint"};
constexpr Words kInputTypes[] = {"host",   "url",    "port",   "path",        "ip",   "cidr", "text",
                                 "choice", "number", "secret", "resource-id", "file", "email"};
constexpr Words kLayers[] = {"edge", "gateway", "app", "service"};
constexpr Words kSeenIn[] = {"header", "body", "log", "client"};

constexpr KeySpec kPlaybook[] = {
    {.name = "format", .shape = Shape::number, .help = "version of this format: 1", .required = true},
    {.name = "title", .help = "what the customer sees, one line", .required = true},
    {.name = "summary", .help = "what tells this scenario from its neighbours"},
    {.name = "reviewed", .shape = Shape::date, .help = "when it was last checked against the product"},
    {.name = "symptoms", .shape = Shape::texts, .help = "customers' words and emitted texts, for triage"},
    {.name = "inputs",
     .shape = Shape::named_maps,
     .help = "what has to be known first, in the order in which bare values fill them",
     .child = Place::input},
    {.name = "unlisted",
     .shape = Shape::number,
     .help = "prior probability that it is none of the causes; 0.10",
     .least = 0.001,
     .most = 0.9},
    {.name = "causes",
     .shape = Shape::named_maps,
     .help = "what may be wrong",
     .required = true,
     .child = Place::cause},
    {.name = "steps",
     .shape = Shape::named_maps,
     .help = "the ways to learn something, in the order in which they are shown",
     .required = true,
     .child = Place::step},
};

constexpr KeySpec kInput[] = {
    {.name = "ask", .help = "the question for it, when the dictionary's does not fit"},
    {.name = "optional",
     .shape = Shape::flag,
     .help = "steps that need it are skipped while it is not known"},
    {.name = "default",
     .shape = Shape::filled,
     .help = "its value when nobody says one (of an optional input where it fits); may use other inputs"},
    {.name = "example", .help = "shown with the question"},
    {.name = "choices", .shape = Shape::texts, .help = "the only values it can have"},
};

constexpr KeySpec kCause[] = {
    {.name = "title", .help = "what is wrong, as a sentence without its full stop", .required = true},
    {.name = "seen", .shape = Shape::word, .help = "how common it is; occasional", .words = kSeen},
    {.name = "explain", .help = "why it gives this symptom"},
    {.name = "workaround",
     .shape = Shape::maps,
     .help = "what helps now, best first",
     .child = Place::workaround},
    {.name = "fix", .help = "what cures it"},
    {.name = "verify", .shape = Shape::names, .help = "steps that show that it helped"},
    {.name = "escalate",
     .shape = Shape::map,
     .help = "who needs what when it can't be cured here",
     .child = Place::escalate},
    {.name = "docs", .shape = Shape::texts, .help = "paths on learn.microsoft.com, without language"},
    {.name = "see", .help = "family/scenario of the playbook that the cause lives in; a walk goes on there"},
    {.name = "vantage",
     .shape = Shape::word,
     .help = "the cause is about this finding of the place we look from",
     .words = kVantage},
};

constexpr KeySpec kWorkaround[] = {
    {.name = "do", .shape = Shape::filled, .help = "what to do, one sentence", .required = true},
    {.name = "command", .shape = Shape::filled, .help = "the same as a command; printed, never run"},
    {.name = "powershell", .shape = Shape::filled, .help = "the same in PowerShell"},
    {.name = "portal", .shape = Shape::filled, .help = "the same in the portal"},
    {.name = "takes", .shape = Shape::duration, .help = "how long until it shows"},
    {.name = "risk", .help = "what may go wrong"},
    {.name = "undo", .help = "how to take it back; without it, it is never offered early"},
    {.name = "disruptive", .shape = Shape::flag, .help = "users notice it"},
};

constexpr KeySpec kEscalate[] = {
    {.name = "team", .help = "who", .required = true},
    {.name = "attach", .shape = Shape::names, .help = "steps whose observations they need"},
    {.name = "say", .help = "what else they need to know"},
};

constexpr KeySpec kStep[] = {
    {.name = "probe", .shape = Shape::text, .help = "the probe that looks"},
    {.name = "question", .shape = Shape::filled, .help = "what the customer is asked"},
    {.name = "command",
     .shape = Shape::map,
     .help = "a command that only reads; run here with consent, or shown for the customer's shell",
     .child = Place::command},
    {.name = "of", .shape = Shape::name, .help = "another look at what an earlier step saw"},
    {.name = "with",
     .shape = Shape::params,
     .help = "parameters of the probe; a list makes one try for each value"},
    {.name = "answers",
     .shape = Shape::maps,
     .help = "of a question; \"don't know\" is always there",
     .child = Place::outcome},
    {.name = "read",
     .shape = Shape::reader,
     .help = "the reader that turns pasted text or output into facts"},
    {.name = "facts", .shape = Shape::facts, .help = "types of members of open groups, and captures"},
    {.name = "outcomes",
     .shape = Shape::maps,
     .help = "in order, the first that matches",
     .child = Place::outcome},
    {.name = "symptom", .shape = Shape::flag, .help = "it looks for the complaint itself"},
    {.name = "say", .shape = Shape::filled, .help = "its line on the screen"},
    {.name = "cost",
     .shape = Shape::number,
     .help = "seconds it takes; 2 for a probe, 20 for a question, 90 for something to look up",
     .least = 0.1,
     .most = 86400},
    {.name = "timeout", .shape = Shape::duration, .help = "up to 240s"},
    {.name = "requires",
     .shape = Shape::requires_,
     .help =
         "steps that have to have one of these outcomes for this one to count. A probe may start together "
         "with the step that it requires, and is dropped when that has another outcome; it comes after one "
         "with `hold` (a pause on purpose), after an intrusive one, and after a question"},
    {.name = "group", .shape = Shape::name, .help = "steps that look at the same thing share a name"},
    {.name = "lasting", .shape = Shape::flag, .help = "stays true after a workaround"},
    {.name = "from",
     .shape = Shape::word,
     .help = "counts only where the failing client sits",
     .words = kFrom},
    {.name = "repeat", .shape = Shape::map, .help = "look several times", .child = Place::repeat},
    {.name = "look",
     .shape = Shape::word,
     .help = "somebody has to look the answer up there",
     .words = kLook},
};

constexpr KeySpec kCommand[] = {
    {.name = "run", .shape = Shape::arguments, .help = "program and arguments; no shell"},
    {.name = "powershell", .shape = Shape::filled, .help = "the same in PowerShell, for the customer"},
};

constexpr KeySpec kRepeat[] = {
    {.name = "times", .shape = Shape::number, .help = "how often", .required = true, .least = 2, .most = 100},
    {.name = "by", .help = "a fact; its values are sorted into working, failing and mixed"},
    {.name = "bad",
     .shape = Shape::condition,
     .help = "which tries count as failed; those without an answer"},
};

constexpr KeySpec kOutcome[] = {
    {.name = "name", .shape = Shape::name, .help = "what it is called", .required = true},
    {.name = "when",
     .shape = Shape::condition,
     .help = "what the facts must be; without it, it matches always"},
    {.name = "given", .shape = Shape::given, .help = "how often it is seen for each cause, and `otherwise`"},
    {.name = "fine", .shape = Shape::flag, .help = "this is how it should be"},
    {.name = "exact", .shape = Shape::flag, .help = "it reads the fault itself; not for answers"},
    {.name = "say", .shape = Shape::filled, .help = "the line on the screen when it is seen"},
    {.name = "label", .help = "of an answer: what a person reads; the name"},
};

constexpr KeySpec kCapture[] = {
    {.name = "type", .shape = Shape::word, .help = "of the fact", .required = true, .words = kFactTypes},
    {.name = "in", .help = "the text fact to look in, or `text` for pasted text"},
    {.name = "find", .help = "an RE2 expression with one group"},
};

constexpr KeySpec kDictionary[] = {
    {.name = "type", .shape = Shape::word, .help = "what it can be", .required = true, .words = kInputTypes},
    {.name = "ask", .help = "the question for it", .required = true},
    {.name = "example", .help = "shown with the question"},
    {.name = "choices", .shape = Shape::texts, .help = "the values of a choice"},
    {.name = "secret", .shape = Shape::flag, .help = "never shown, never recorded"},
    {.name = "default", .shape = Shape::filled, .help = "its value when nobody says one"},
};

constexpr KeySpec kVantageKeys[] = {
    {.name = "names",
     .shape = Shape::texts,
     .help = "hosts of unrelated owners to resolve and to speak TLS with",
     .required = true},
    {.name = "portal",
     .shape = Shape::map,
     .help = "a page that a captive portal would replace",
     .required = true,
     .child = Place::portal},
};

constexpr KeySpec kPortal[] = {
    {.name = "url", .help = "plain http", .required = true},
    {.name = "expect", .help = "a piece of the true page", .required = true},
};

constexpr KeySpec kFamily[] = {
    {.name = "title", .help = "name of the product", .required = true},
    {.name = "names", .shape = Shape::texts, .help = "old, new and short names, for people's words"},
    {.name = "suffixes", .shape = Shape::suffix_map, .help = "host suffixes in each cloud"},
    {.name = "ports", .shape = Shape::numbers, .help = "ports it listens on", .least = 1, .most = 65535},
    {.name = "layer",
     .shape = Shape::word,
     .help = "how far from the client it sits; service",
     .words = kLayers},
    {.name = "markers", .shape = Shape::maps, .help = "what it leaves in a response", .child = Place::marker},
};

constexpr KeySpec kMarker[] = {
    {.name = "header", .help = "name of a response header"},
    {.name = "matches", .help = "an RE2 expression on the header's value"},
    {.name = "body", .help = "a piece of the body"},
    {.name = "makes", .shape = Shape::flag, .help = "it made the response itself"},
};

constexpr KeySpec kCode[] = {
    {.name = "code", .help = "as it is emitted", .required = true},
    {.name = "seen-in", .shape = Shape::word, .help = "where it is seen", .required = true, .words = kSeenIn},
    {.name = "means", .help = "what it means", .required = true},
    {.name = "causes", .shape = Shape::texts, .help = "family/scenario#cause, most likely first"},
    {.name = "do", .help = "what to do about it"},
};

struct PlaceRow {
  Place place;
  std::string_view name;
  std::span<const KeySpec> keys;
};

constexpr std::array kPlaces = std::to_array<PlaceRow>({
    {Place::playbook, "a playbook", kPlaybook},
    {Place::input, "an input", kInput},
    {Place::cause, "a cause", kCause},
    {Place::workaround, "a workaround", kWorkaround},
    {Place::escalate, "an escalation", kEscalate},
    {Place::step, "a step", kStep},
    {Place::command, "a command", kCommand},
    {Place::repeat, "'repeat'", kRepeat},
    {Place::outcome, "an outcome", kOutcome},
    {Place::capture, "a capture", kCapture},
    {Place::dictionary, "an input of inputs.yaml", kDictionary},
    {Place::vantage, "vantage.yaml", kVantageKeys},
    {Place::portal, "'portal'", kPortal},
    {Place::family, "family.yaml", kFamily},
    {Place::marker, "a marker", kMarker},
    {Place::code, "an entry of codes.yaml", kCode},
});

const PlaceRow& row_of(Place place) {
  return kPlaces[static_cast<std::size_t>(place)];
}

}  // namespace

std::span<const KeySpec> keys_of(Place place) {
  return row_of(place).keys;
}
std::string_view place_name(Place place) {
  return row_of(place).name;
}

const std::vector<Place>& all_places() {
  static const std::vector<Place> places = [] {
    std::vector<Place> all;
    for (const PlaceRow& row : kPlaces) all.push_back(row.place);
    return all;
  }();
  return places;
}

}  // namespace aztriage::playbook
