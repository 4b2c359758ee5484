// What `tb completion` prints for each shell. The scripts only hand over what is typed: `tb __complete` knows the commands, so
// they stay right when tb is updated. It answers with a line for each candidate (word, tab, description), and `:files` when
// names of files fit too.

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

// "=" separates words in bash, so that a flag with its value comes as three: tb is given one, and its answer is cut again.
const bash = `# Completion of tb for bash.
_tb() {
  local line value files= words=() i
  for ((i = 1; i <= COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} == "=" && i -gt 1 ]]; then
      words[\${#words[@]}-1]+="="
    elif [[ \${#words[@]} -gt 0 && \${words[\${#words[@]}-1]} == --*= && \${COMP_WORDS[i-1]} == "=" ]]; then
      words[\${#words[@]}-1]+=\${COMP_WORDS[i]}
    else
      words+=("\${COMP_WORDS[i]}")
    fi
  done
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      files=1
      continue
    fi
    value=\${line%%$'\\t'*}
    [[ $COMP_WORDBREAKS == *"="* ]] && value=\${value#--*=}
    COMPREPLY+=("$value")
  done < <(command tb __complete -- "\${words[@]}" 2>/dev/null)
  if [[ -n $files ]]; then
    compopt -o default 2>/dev/null || COMPREPLY+=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
  fi
}
complete -F _tb tb
`;

const zsh = `#compdef tb
# Completion of tb for zsh.
_tb() {
  local -a shown
  local line value files
  for line in "\${(@f)$(command tb __complete -- "\${(@Q)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}"; do
    [[ -z $line ]] && continue
    if [[ $line == :files ]]; then
      files=1
      continue
    fi
    value=\${line%%$'\\t'*}
    shown+=("\${value//:/\\\\:}:\${line#*$'\\t'}")
  done
  (( $#shown )) && _describe -t tb tb shown
  if [[ -n $files ]]; then
    compset -P '--*='
    _files
  fi
}
if [[ $funcstack[1] == _tb ]]; then
  _tb "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _tb tb
fi
`;

const fish = `# Completion of tb for fish.
function __tb_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in (command tb __complete -- $words[2..] "$current" 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c tb -f -a '(__tb_complete)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash, zsh, fish };
