# bash completion for aztriage: source <(aztriage completion bash)

_aztriage() {
  local rest=${COMP_LINE:0:COMP_POINT} trimmed piece i
  local -a words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    piece=${COMP_WORDS[i]}
    trimmed=${rest#"${rest%%[![:space:]]*}"}
    [[ $i -eq $COMP_CWORD ]] && piece=$trimmed
    if [[ $i -gt 0 && $trimmed == "$rest" ]]; then
      words[${#words[@]}-1]+=$piece
    else
      words+=("$piece")
    fi
    rest=${trimmed#"$piece"}
  done
  words=("${words[@]//[\"\'\\]/}")

  local current=${words[${#words[@]}-1]} cut=
  local breaks=${COMP_WORDBREAKS//[!=:@]/}
  [[ -n $breaks && $current == *["$breaks"]* ]] && cut=${current%"${current##*["$breaks"]}"}

  local line flags= prefix= first=1 value
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $first -eq 1 ]]; then
      first=0 flags=${line%%$'\t'*} prefix=${line#*$'\t'}
      continue
    fi
    value=${line%%$'\t'*}
    printf -v value %q "${value#"$cut"}"
    COMPREPLY+=("$value")
  done < <("${COMP_WORDS[0]}" __complete -- "${words[@]:1}" 2>/dev/null)

  [[ $flags == *n* ]] && compopt -o nospace 2>/dev/null
  local name=${current#"$prefix"}
  if [[ $flags == *f* ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$name")
  elif [[ $flags == *d* ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$name")
  fi
}
complete -F _aztriage aztriage
