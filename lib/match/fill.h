#pragma once

#include "match/reference.h"

#include <optional>
#include <string>
#include <vector>

namespace aztriage::match {

/// A template with its values looked up: literals have none.
struct FilledPiece {
  const Template::Piece* piece = nullptr;
  std::optional<fact::Value> value;
};

/// Text, or why the value of which piece can't stand where it does.
struct FillOutcome {
  std::string text;
  std::string refused;
  std::size_t culprit = 0;
};
FillOutcome fill_url(const std::vector<FilledPiece>& pieces);
FillOutcome fill_shell(const std::vector<FilledPiece>& pieces, bool powershell);

}  // namespace aztriage::match
