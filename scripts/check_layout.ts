/**
 * Layout rules that a reader relies on: files are short, names say what they do, and what is forbidden by
 * convention is absent. Part of `deno task ok`.
 */
import { filesBelow } from "./files_below.ts";

const LINES_PER_FILE = 300;
const ROOTS = ["src", "scripts", "distro", "tests"];
const VAGUE_NAME = /(^|[/_])(utils?|helpers?|common|misc|shared|manager)([/_.]|$)/;
/** The one program of the product that is called "helper" has its name from its place in the contract. */
const NAME_EXCEPTIONS = ["compile_helper"];

interface Rule {
  readonly pattern: RegExp;
  readonly allowed: RegExp;
  readonly why: string;
}

const RULES: readonly Rule[] = [
  {
    pattern: /\bDeno\.build\.os\b|\bDeno\.dlopen\b/,
    allowed: /^src\/platform\/|^tests\/|^scripts\//,
    why: "only src/platform/ knows the operating system",
  },
  {
    pattern: /\bconsole\.\w+\(/,
    allowed: /^src\/cli\/|^src\/main\.ts$|^tests\/|^scripts\/|^distro\//,
    why: "only the command line prints; everything else gets a Log",
  },
  {
    pattern: /\bDeno\.exit\(/,
    allowed:
      /^src\/main\.ts$|^src\/agent\/main\.ts$|^src\/wsl\/linux\/main\.ts$|^tests\/|^scripts\/|^distro\//,
    why: "only an entry point ends its process",
  },
  {
    pattern: /\bthrow new Error\(/,
    allowed: /^tests\/|^scripts\/|^distro\/|_test\.ts$/,
    why: "errors carry a closed code",
  },
  {
    pattern: /\.\.\.\{/,
    allowed: /^scripts\/check_layout(_test)?\.ts$/,
    why: "a spread literal only saves lines; write the members, and split the file if it becomes too long",
  },
  {
    pattern: /\b(TODO|FIXME|XXX)\b/,
    allowed: /^scripts\/check_layout(_test)?\.ts$/,
    why: "unfinished work belongs in an issue",
  },
  {
    pattern: /\b(pkill|killall)\b/,
    allowed: /^scripts\/check_layout(_test)?\.ts$/,
    why: "processes are ended by id, and only our own",
  },
];

/** What is wrong with one file, as sentences; empty if nothing is. Pure. */
export function layoutProblems(path: string, text: string): string[] {
  const problems: string[] = [];
  const lines = text.split("\n").length - 1;
  const exempt = /^\s*(\/\/|\*|\/\*\*?) Longer than \d+ lines because .+/m.test(text);
  if (lines > LINES_PER_FILE && !exempt) {
    problems.push(
      `${path}: ${lines} lines; split it by responsibility, or say "Longer than 300 lines because ..."`,
    );
  }
  const name = NAME_EXCEPTIONS.reduce((rest, exception) => rest.replace(exception, ""), path);
  if (VAGUE_NAME.test(name)) problems.push(`${path}: the name does not say what it does`);
  for (const rule of RULES) {
    if (!rule.allowed.test(path) && rule.pattern.test(text)) {
      problems.push(`${path}: contains ${rule.pattern.exec(text)?.[0]}; ${rule.why}`);
    }
  }
  return problems;
}

if (import.meta.main) {
  const problems: string[] = [];
  for (const root of ROOTS) {
    for await (const path of filesBelow(root)) {
      if (!/\.(ts|c|h)$/.test(path)) continue;
      problems.push(...layoutProblems(path, await Deno.readTextFile(path)));
    }
  }
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) Deno.exit(1);
}
