#include "cli/complete/complete.h"

namespace aztriage::cli {

extern const std::string_view kBashScript;
extern const std::string_view kZshScript;
extern const std::string_view kFishScript;
extern const std::string_view kPowershellScript;

std::string_view completion_script(std::string_view shell) {
  if (shell == "bash") return kBashScript;
  if (shell == "zsh") return kZshScript;
  if (shell == "fish") return kFishScript;
  if (shell == "powershell") return kPowershellScript;
  return {};
}

}  // namespace aztriage::cli
