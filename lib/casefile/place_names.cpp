#include "casefile/place_names.h"

namespace aztriage::casefile {

using Name = engine::HostSign::Name;

std::string_view name_of(Name name) {
  switch (name) {
    case Name::not_asked:
      return "not-asked";
    case Name::resolved:
      return "resolved";
    case Name::denied:
      return "denied";
    case Name::no_answer:
      return "no-answer";
  }
  return "";
}

Name name_from(std::string_view text) {
  for (const auto name : {Name::resolved, Name::denied, Name::no_answer}) {
    if (name_of(name) == text) return name;
  }
  return Name::not_asked;
}

}  // namespace aztriage::casefile
