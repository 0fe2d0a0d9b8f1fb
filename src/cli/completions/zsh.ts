import type { CompletedCommand, CompletedFlag, CompletedOperand } from "./completion_model.ts";

/** The script for zsh: for `source <(windlass completions zsh)`, or the file `_windlass` in its `fpath`. Pure. */
export function zshCompletions(model: readonly CompletedCommand[]): string {
  const described = model.map(({ name, summary }) =>
    `    ${quote(`${name}:${summary.replaceAll(":", "\\:")}`)}`
  );
  const cases = model.map(({ name, flags, operands, passThrough }) => {
    if (passThrough) return `    ${name}) _files ;;`;
    const specs = [
      ...flags.map(flagSpec),
      ...operands.map((words, index) => quote(`${index + 1}::word:${wordsOf(words)}`)),
    ];
    return specs.length === 0 ? `    ${name}) ;;` : `    ${name}) _arguments ${specs.join(" ")} ;;`;
  });
  return `#compdef windlass
# Completions of windlass for zsh.
_windlass() {
  local -a commands=(
${described.join("\n")}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT -= 1))
  case $command in
${cases.join("\n")}
  esac
}
if [[ $funcstack[1] == _windlass ]]; then
  _windlass "$@"
else
  compdef _windlass windlass
fi
`;
}

function flagSpec({ long, short, values }: CompletedFlag): string {
  const value = values === undefined
    ? ""
    : values.length === 0
    ? `:${long}: `
    : `:${long}:(${values.join(" ")})`;
  if (short === undefined) return quote(`--${long}${value}`);
  return `${quote(`(-${short} --${long})`)}{${quote(`-${short}${value}`)},${quote(`--${long}${value}`)}}`;
}

/** An action of _arguments: a list, or code that adds the words when they are needed. */
function wordsOf(words: CompletedOperand): string {
  return "printedBy" in words
    ? `{compadd -- \${(f)"$(windlass ${words.printedBy} 2>/dev/null)"}}`
    : `(${words.join(" ")})`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
