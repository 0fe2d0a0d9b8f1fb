/** Which folder may import which, each with its reason. Part of `deno task ok`. */
import { dirname, join } from "node:path/posix";

interface Boundary {
  readonly within: string;
  /** Prefixes of what may be imported from this checkout; a folder may always import itself. */
  readonly mayImport: readonly string[];
  /** Prefixes of npm and node modules; `undefined` allows all. */
  readonly mayUse?: readonly string[];
  readonly why: string;
}

const BASICS = ["src/errors/", "src/logging/log.ts", "src/timing/", "src/version.ts"];

/** The first entry whose `within` matches a file decides. */
export const BOUNDARIES: readonly Boundary[] = [
  { within: "src/errors/", mayImport: [], mayUse: [], why: "everything imports it" },
  { within: "src/streams/", mayImport: BASICS, mayUse: ["node:"], why: "both ends of the link run it" },
  {
    within: "src/mux/",
    mayImport: [...BASICS, "src/streams/"],
    mayUse: ["node:"],
    why: "both ends of the link run it, so it knows neither WSL nor Docker",
  },
  {
    within: "src/agent/",
    mayImport: [...BASICS, "src/streams/", "src/mux/", "src/platform/linux/"],
    mayUse: ["node:"],
    why: "it ships inside the distro and must load quickly",
  },
  {
    within: "src/relay/",
    mayImport: [...BASICS, "src/streams/", "src/platform/"],
    mayUse: ["node:"],
    why: "it joins two byte streams and knows neither WSL nor the mux",
  },
  {
    within: "src/ports/",
    mayImport: [...BASICS, "src/streams/", "src/platform/"],
    mayUse: ["node:"],
    why: "it joins ports of this machine to streams and knows neither WSL nor the mux",
  },
  {
    within: "src/wsl/linux/",
    mayImport: [...BASICS, "src/files/", "src/platform/"],
    mayUse: ["node:", "zod"],
    why: "it stands in for a program of Windows, so it must not know the product that calls it",
  },
  {
    within: "src/wsl/",
    mayImport: [...BASICS, "src/streams/", "src/platform/"],
    mayUse: ["node:"],
    why: "it drives a command line and knows nothing of engines",
  },
  {
    within: "src/payload/",
    mayImport: [...BASICS, "src/files/", "src/platform/operating_system.ts"],
    mayUse: ["node:"],
    why: "it reads the executable, whoever asks",
  },
  {
    within: "src/update/channel/",
    mayImport: [...BASICS, "src/files/", "src/platform/"],
    mayUse: ["node:", "npm:tuf-js@", "tuf-js", "zod"],
    why: "it fetches and verifies, and knows nothing of what is fetched",
  },
  {
    within: "src/docker_context/",
    mayImport: [...BASICS, "src/files/"],
    mayUse: ["node:"],
    why: "it edits the files of another program, whoever asks",
  },
  {
    within: "src/install/",
    mayImport: [...BASICS, "src/files/", "src/payload/", "src/platform/"],
    mayUse: ["node:", "zod"],
    why: "it puts a program into its place, whatever the program does there",
  },
  {
    within: "src/distro/",
    mayImport: [...BASICS, "src/wsl/", "src/files/", "src/payload/", "src/platform/"],
    why: "it is the life of two distros, whatever runs in them",
  },
  {
    within: "src/settings/",
    mayImport: [...BASICS, "src/files/"],
    mayUse: ["node:", "zod"],
    why: "it says what the settings are; who follows them reads them from it",
  },
  {
    within: "src/update/decision/",
    mayImport: [...BASICS, "src/update/release/", "src/install/installation_owner.ts"],
    mayUse: ["node:crypto"],
    why: "it decides from what it is told and touches nothing",
  },
  {
    within: "src/update/",
    mayImport: [
      ...BASICS,
      "src/files/",
      "src/payload/",
      "src/settings/settings_schema.ts",
      "src/install/installation_owner.ts",
      "src/api/answers.ts",
      "src/api/routes/update_routes.ts",
      "src/platform/operating_system.ts",
    ],
    mayUse: ["node:", "zod"],
    why: "it knows how versions follow each other; the host hands in engine, distros and channel",
  },
  {
    within: "src/platform/",
    mayImport: [...BASICS, "src/streams/"],
    mayUse: ["node:"],
    why: "the bottom: it knows the machine and nothing of the product",
  },
  {
    within: "src/client/",
    mayImport: [...BASICS, "src/api/answers.ts"],
    mayUse: ["node:"],
    why: "programs of others run it, on other runtimes and in browsers",
  },
  {
    within: "src/api/",
    mayImport: [...BASICS, "src/logging/", "src/client/"],
    mayUse: ["@hono/zod-openapi", "hono", "zod", "node:"],
    why: "a function of what is handed in",
  },
];

/** No "@" before the name: what is between an export and the import of an example in a comment has one. */
const IMPORT =
  /^\s*(?:import|export)\b[^"';@]*?\bfrom\s+"([^"]+)"|^\s*import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm;

/** What the file at `path` imports and may not, as sentences. Pure. */
export function importProblems(path: string, text: string): string[] {
  const boundary = BOUNDARIES.find((candidate) => path.startsWith(candidate.within));
  if (boundary === undefined || path.endsWith("_test.ts")) return [];
  const problems: string[] = [];
  for (const match of text.matchAll(IMPORT)) {
    const specifier = match[1] ?? match[2] ?? match[3] ?? "";
    const local = specifier.startsWith(".") ? join(dirname(path), specifier) : undefined;
    const allowed = local === undefined
      ? boundary.mayUse === undefined || boundary.mayUse.some((prefix) => specifier.startsWith(prefix))
      : local.startsWith(boundary.within) || boundary.mayImport.some((prefix) => local.startsWith(prefix));
    if (!allowed) {
      problems.push(`${path}: imports ${local ?? specifier}; ${boundary.within} may not: ${boundary.why}`);
    }
  }
  return problems;
}

async function* sourceFiles(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sourceFiles(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

if (import.meta.main) {
  const problems: string[] = [];
  for await (const path of sourceFiles("src")) {
    problems.push(...importProblems(path, await Deno.readTextFile(path)));
  }
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) Deno.exit(1);
}
