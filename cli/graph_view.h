#pragma once

#include "playbook/model.h"

#include <string>

namespace aztriage::cli {

/// A playbook as a picture: steps with what they require and wait for, and from each step to the causes that
/// an outcome of it speaks for. Texts are escaped, so that a title can't add anything.
std::string graph_mermaid(const playbook::Playbook& playbook);
std::string graph_dot(const playbook::Playbook& playbook);

}  // namespace aztriage::cli
