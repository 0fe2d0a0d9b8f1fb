/**
 * The command line of a Windows program is one text. Node, Deno and Rust quote an argument list into it, and
 * `wsl.exe` takes it apart again, partly without minding quotes. To behave alike, `wsl` for Linux makes that
 * text from its own argument list first.
 */

/** Quotes one argument as Windows callers do: only when needed, so that `CommandLineToArgvW` gives it back. */
export function quoteArgument(argument: string): string {
  if (argument !== "" && !/[ \t"]/.test(argument)) return argument;
  const escaped = argument.replace(/(?<!\\)(\\*)"/g, '$1$1\\"').replace(/(?<!\\)(\\+)$/, "$1$1");
  return `"${escaped}"`;
}

/**
 * The text that a Windows caller would make of an argument list.
 *
 * @example
 * ```ts
 * joinCommandLine(["-d", "Debian", "--exec", "/bin/echo", "a b"]); // `-d Debian --exec /bin/echo "a b"`
 * ```
 */
export function joinCommandLine(args: readonly string[]): string {
  return args.map(quoteArgument).join(" ");
}

/** How the first word of a text is read: as a program name (quotes toggle, backslashes are plain) or as any other. */
export type FirstWord = "program" | "argument";

/** Takes a text apart as `CommandLineToArgvW` does. Blank text has no words. */
export function splitCommandLine(text: string, firstWord: FirstWord): string[] {
  const words: string[] = [];
  let rest = text.replace(/^[ \t]+/, "");
  while (rest !== "") {
    const [word, length] = words.length === 0 && firstWord === "program"
      ? programWord(rest)
      : argumentWord(rest);
    words.push(word);
    rest = rest.slice(length).replace(/^[ \t]+/, "");
  }
  return words;
}

function programWord(text: string): [word: string, length: number] {
  let quoted = false;
  let index = 0;
  let word = "";
  for (; index < text.length; index++) {
    const character = text[index] as string;
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === " " || character === "\t")) break;
    else word += character;
  }
  return [word, index];
}

function argumentWord(text: string): [word: string, length: number] {
  let quoted = false;
  let index = 0;
  let word = "";
  while (index < text.length) {
    const character = text[index] as string;
    if (!quoted && (character === " " || character === "\t")) break;
    const backslashes = /^\\*/.exec(text.slice(index))?.[0].length ?? 0;
    if (text[index + backslashes] === '"') {
      word += "\\".repeat(Math.floor(backslashes / 2));
      index += backslashes + 1;
      if (backslashes % 2 === 1) word += '"';
      else if (quoted && text[index] === '"') {
        word += '"';
        index++;
      } else quoted = !quoted;
    } else if (backslashes > 0) {
      word += "\\".repeat(backslashes);
      index += backslashes;
    } else {
      word += character;
      index++;
    }
  }
  return [word, index];
}
