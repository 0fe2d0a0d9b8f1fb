/** Which programs must load quickly, and what is therefore not on their way. Used by `check_imports.ts`. */
import { dirname, join } from "node:path/posix";

/** A program that must load quickly. */
interface QuickEntry {
  readonly entry: string;
  /** Prefixes of what no file may import statically that the program loads at its start. */
  readonly without: readonly string[];
  readonly why: string;
}

/** Modules of Node that take long to load; `path`, `util` and `os` take a fifth of that. */
const WITH_STREAMS = ["child_process", "crypto", "fs", "http", "net", "process", "stream", "zlib"]
  .map((name) => `node:${name}`);

/** Each program whose start is waited for; the rest of what it uses is behind an `import()`. */
export const QUICK_ENTRIES: readonly QuickEntry[] = [
  {
    entry: "src/agent/main.ts",
    without: ["node:", "npm:"],
    why:
      "the runtime takes longer to set up its part for Node than to load the agent, and dockerd would wait for it",
  },
  ...["status", "start", "host"].map((name) => ({
    entry: `src/cli/commands/${name}.ts`,
    without: WITH_STREAMS,
    why: "it loads the runtime's streams of Node, 25 ms of a command that is waited for",
  })),
  {
    entry: "src/wsl/linux/main.ts",
    without: WITH_STREAMS,
    why: "each start of a distro waits for it, and it loads the runtime's streams of Node, 25 ms",
  },
];

/** An import or export that is evaluated before the file itself; one of types never is. */
const STATIC_IMPORT =
  /^\s*(?:import|export)\s+(?!type\b)[^"';@]*?\bfrom\s+"([^"]+)"|^\s*import\s+"([^"]+)"/gm;

/**
 * What a quick program loads at its start and may not, each with the way to it. Pure.
 *
 * @param texts The files by path.
 */
export function slowImports(
  texts: ReadonlyMap<string, string>,
  { entry, without, why }: QuickEntry,
): string[] {
  const problems: string[] = [];
  const ways = new Map([[entry, entry]]);
  for (const [path, way] of ways) {
    for (const match of (texts.get(path) ?? "").matchAll(STATIC_IMPORT)) {
      const specifier = match[1] ?? match[2] ?? "";
      if (without.some((prefix) => specifier.startsWith(prefix))) {
        problems.push(`${way} imports ${specifier}; load it by import() where it is needed: ${why}`);
      }
      if (!specifier.startsWith(".")) continue;
      const next = join(dirname(path), specifier);
      if (!ways.has(next)) ways.set(next, `${way} imports ${next}`);
    }
  }
  return problems;
}
