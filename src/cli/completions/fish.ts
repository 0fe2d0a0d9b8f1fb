import type { CompletedCommand, CompletedOperand } from "./completion_model.ts";

/** The script for fish: for `windlass completions fish | source`, or a file in its completions folder. Pure. */
export function fishCompletions(model: readonly CompletedCommand[]): string {
  const lines = model.flatMap(({ name, summary, flags, operands, passThrough }) => {
    const within = `-n '__windlass_is ${name}'`;
    return [
      `complete -c windlass -n __windlass_first -a ${name} -d ${quote(summary)}`,
      ...passThrough ? [`complete -c windlass ${within} -F`] : [],
      ...flags.map(({ long, short, values }) =>
        [
          `complete -c windlass ${within} -l ${long}`,
          ...short === undefined ? [] : [`-s ${short}`],
          ...values === undefined ? [] : ["-x"],
          ...values === undefined || values.length === 0 ? [] : [`-a ${quote(values.join(" "))}`],
        ].join(" ")
      ),
      ...operands.map((words, index) =>
        `complete -c windlass -n '__windlass_is ${name} ${index}' -a ${quote(wordsOf(words))}`
      ),
    ];
  });
  return `# Completions of windlass for fish.
function __windlass_words
    commandline -opc | string match -v -- '-*'
end
function __windlass_first
    test (count (__windlass_words)) -eq 1
end
# Whether the command is the first argument, and exactly as many operands as the second one says stand after it.
function __windlass_is
    set -l words (__windlass_words)
    test (count $words) -ge 2; and test $words[2] = $argv[1]; or return 1
    test (count $argv) -lt 2; or test (count $words) -eq (math $argv[2] + 2)
end
complete -c windlass -f
${lines.join("\n")}
`;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** What fish makes words of, when it needs them. */
function wordsOf(words: CompletedOperand): string {
  return "printedBy" in words ? `(windlass ${words.printedBy} 2>/dev/null)` : words.join(" ");
}
