#include <string_view>

namespace aztriage::cli {

extern const std::string_view kZshScript;
const std::string_view kZshScript = R"script(#compdef aztriage
# zsh completion for aztriage: put this file as _aztriage into a folder of $fpath,
# or: source <(aztriage completion zsh)

_aztriage() {
  local -a lines values shown
  local line flags prefix value help
  local -a before=("${(@Q)words[2,CURRENT-1]}")
  lines=("${(@f)$("${(Q)words[1]}" __complete -- "${before[@]}" "${(Q)PREFIX}" 2>/dev/null)}")
  (( $#lines )) || return 1
  flags=${lines[1]%%$'\t'*}
  prefix=${lines[1]#*$'\t'}
  for line in "${lines[@]:1}"; do
    [[ -n $line ]] || continue
    value=${line%%$'\t'*}
    help=${line#*$'\t'}
    values+=("$value")
    shown+=("${value}${help:+  -- $help}")
  done

  local -a space=()
  [[ $flags == *n* ]] && space=(-S '')
  local result=1
  if (( $#values )); then
    compadd -U -l -d shown "${space[@]}" -- "${values[@]}" && result=0
  fi
  if [[ $flags == *[fd]* ]]; then
    [[ -n $prefix ]] && compset -P "${(b)prefix}"
    if [[ $flags == *d* ]]; then
      _path_files -/ && result=0
    else
      _path_files && result=0
    fi
  fi
  return result
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _aztriage "$@"
else
  compdef _aztriage aztriage
fi
)script";

}  // namespace aztriage::cli
