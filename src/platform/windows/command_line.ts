/** What ends an argument, or means something inside one. */
const NEEDS_QUOTES_REGEXP = /[\s"]/;
/** Backslashes mean themselves, except before a quote. */
const BEFORE_QUOTE_REGEXP = /(?<!\\)(\\*)("|$)/g;

/**
 * Joins a program and its arguments into the one text that Windows hands to a program, so that it takes it
 * apart into the same arguments by the usual rules (CommandLineToArgvW, every C runtime). Pure.
 *
 * @example `commandLine(["a.exe", "b c", 'say "hi"'])` is `"a.exe" "b c" "say \"hi\""`.
 */
export function commandLine(
  [program, ...args]: readonly [program: string, ...args: readonly string[]],
): string {
  // The program's own name is read by simpler rules: quotes around it, and no escapes within.
  return [`"${program}"`, ...args.map(quote)].join(" ");
}

function quote(argument: string): string {
  if (argument !== "" && !NEEDS_QUOTES_REGEXP.test(argument)) return argument;
  const escaped = argument.replaceAll(
    BEFORE_QUOTE_REGEXP,
    (_, backslashes: string, mark: string) => backslashes + backslashes + (mark === "" ? "" : '\\"'),
  );
  return `"${escaped}"`;
}

/**
 * The variables as CreateProcess takes them: sorted by name, each ended by a zero, and one zero more. Names that
 * differ only in case are one variable to Windows; the last one wins. Pure.
 */
export function environmentText(variables: Readonly<Record<string, string>>): string {
  const unique = new Map<string, string>();
  for (const [name, value] of Object.entries(variables)) unique.set(name.toUpperCase(), `${name}=${value}\0`);
  const sorted = [...unique].sort(([one], [other]) => one < other ? -1 : 1);
  return sorted.map(([, line]) => line).join("") || "\0";
}
