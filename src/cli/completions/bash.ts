import type { CompletedCommand, CompletedOperand } from "./completion_model.ts";

/** The script for bash: for `source <(windlass completions bash)`, or a file in its completions folder. Pure. */
export function bashCompletions(model: readonly CompletedCommand[]): string {
  const names = model.map(({ name }) => name);
  const passing = model.filter(({ passThrough }) => passThrough).map(({ name }) => name);
  const after = model.flatMap(({ name, flags }) =>
    flags.flatMap(({ long, short, values }) => {
      if (values === undefined) return [];
      const patterns = [`${name}:--${long}`, ...short === undefined ? [] : [`${name}:-${short}`]];
      return [`    ${patterns.join(" | ")}) words='${values.join(" ")}' position=-1 ;;`];
    })
  );
  const operands = model.flatMap(({ name, operands }) =>
    operands.map((words, index) => `      ${name}:${index}) words=${wordsOf(words)} ;;`)
  );
  const flags = model.filter(({ flags }) => flags.length > 0).map(({ name, flags }) =>
    `      ${name}) words='${flags.map(({ long }) => `--${long}`).join(" ")}' ;;`
  );
  return `# Completions of windlass for bash.
_windlass() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local command=\${COMP_WORDS[1]} words='' position=0 index
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W '${names.join(" ")}' -- "$current")
    return
  fi
  case $command in
    ${passing.join(" | ")})
      compopt -o default
      return
      ;;
  esac
  for ((index = 2; index < COMP_CWORD; index++)); do
    [[ \${COMP_WORDS[index]} == -* ]] || ((position += 1))
  done
  case $command:$previous in
${after.join("\n")}
  esac
  if ((position >= 0)); then
    case $command:$position in
${operands.join("\n")}
    esac
    if [[ $current == -* || -z $words ]]; then
      case $command in
${flags.join("\n")}
      esac
    fi
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _windlass windlass windlass.exe
`;
}

/** A value for a variable of bash. */
function wordsOf(words: CompletedOperand): string {
  return "printedBy" in words
    ? `$("\${COMP_WORDS[0]}" ${words.printedBy} 2>/dev/null)`
    : `'${words.join(" ")}'`;
}
