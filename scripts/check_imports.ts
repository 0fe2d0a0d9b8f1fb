/**
 * Which folder may import which, each with its reason; what loads quickly; that no files import each other. Part of `deno task ok`.
 *
 * Longer than 300 lines because the table of boundaries is read as one.
 */
import { dirname, join } from "node:path/posix";
import { filesBelow } from "./files_below.ts";
import { QUICK_ENTRIES, slowImports } from "./slow_imports.ts";

interface Boundary {
  readonly within: string;
  /** Prefixes of what may be imported from this checkout; a folder may always import itself. */
  readonly mayImport: readonly string[];
  /** Prefixes of npm and node modules; `undefined` allows all. */
  readonly mayUse?: readonly string[];
  readonly why: string;
}

const BASICS = [
  "src/hashing/",
  "src/errors/",
  "src/logging/log.ts",
  "src/timing/",
  "src/overload/",
  "src/version.ts",
];

/** A folder of which the rest of `src` sees a part only. */
interface Enclosure {
  readonly folder: string;
  /** The part that everyone may import. */
  readonly open: string;
  readonly why: string;
}

/** What is behind these is the folder's own business; tests are exempt. */
const ENCLOSURES: readonly Enclosure[] = [
  {
    folder: "src/agent/",
    open: "src/agent/protocol/",
    why: "the agent runs in another machine; the two ends share the protocol and nothing else",
  },
];

/** The first entry whose `within` matches a file decides. */
export const BOUNDARIES: readonly Boundary[] = [
  { within: "src/errors/", mayImport: [], mayUse: [], why: "everything imports it" },
  { within: "src/hashing/", mayImport: [], mayUse: [], why: "it is a function of bytes" },
  {
    within: "src/overload/",
    mayImport: ["src/errors/", "src/logging/log.ts", "src/timing/"],
    mayUse: [],
    why: "whatever serves clients imports it",
  },
  { within: "src/streams/", mayImport: BASICS, mayUse: ["node:"], why: "both ends of the link run it" },
  {
    within: "src/http/",
    mayImport: [...BASICS, "src/streams/", "src/platform/"],
    mayUse: [],
    why: "it is a server of HTTP, whatever is served",
  },
  {
    within: "src/mux/",
    mayImport: [...BASICS, "src/streams/"],
    mayUse: ["node:"],
    why: "both ends of the link run it, so it knows neither WSL nor Docker",
  },
  {
    within: "src/agent/",
    mayImport: [
      ...BASICS,
      "src/streams/",
      "src/mux/",
      // Clients in the user's distros are served where they are, by the same code as those of the host.
      "src/relay/",
      "src/platform/addresses.ts",
      "src/platform/runtime_udp.ts",
      "src/platform/linux/",
      "src/files/space_reserve.ts",
    ],
    mayUse: ["node:"],
    why: "it ships inside the distro and must load quickly",
  },
  {
    within: "src/relay/",
    mayImport: [...BASICS, "src/streams/", "src/platform/", "src/agent/protocol/distro_paths.ts"],
    mayUse: ["node:"],
    why: "it joins two byte streams and knows neither WSL nor the mux",
  },
  {
    within: "src/ports/",
    mayImport: [
      ...BASICS,
      "src/streams/",
      "src/platform/",
      "src/client/api_address.ts",
      "src/agent/protocol/",
    ],
    mayUse: ["node:"],
    why: "it joins ports of this machine to streams and knows neither WSL nor the mux",
  },
  {
    within: "src/proxy/pac/",
    mayImport: [
      ...BASICS,
      "src/proxy/way.ts",
      "src/proxy/ways/",
      "src/proxy/client_for_way.ts",
      "src/proxy/network_reason.ts",
    ],
    mayUse: ["node:", "quickjs-wasi"],
    why: "it evaluates files of others, and nothing that they say leads further than to an answer",
  },
  {
    within: "src/proxy/",
    mayImport: [...BASICS, "src/streams/", "src/platform/", "src/certificates/", "src/agent/protocol/"],
    mayUse: ["node:"],
    why: "it forwards what arrives on a stream, and knows neither WSL nor the mux",
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
    mayUse: ["node:", "zod"],
    why: "it reads the executable and knows no caller",
  },
  {
    within: "src/update/channel/",
    mayImport: [...BASICS, "src/files/", "src/platform/", "src/certificates/", "src/proxy/"],
    mayUse: ["node:", "npm:tuf-js@", "tuf-js", "zod"],
    why: "it fetches and verifies, and knows nothing of what is fetched",
  },
  {
    within: "src/certificates/",
    mayImport: [...BASICS, "src/platform/"],
    mayUse: ["node:crypto"],
    why: "it decides which certificates are trusted, and knows no connection",
  },
  {
    within: "src/docker_context/",
    mayImport: [...BASICS, "src/files/"],
    mayUse: ["node:"],
    why: "it edits the files of another program and knows no caller",
  },
  {
    within: "src/install/",
    mayImport: [...BASICS, "src/files/", "src/payload/", "src/platform/"],
    mayUse: ["node:", "zod"],
    why: "it puts a program into its place, whatever the program does there",
  },
  {
    within: "src/provisioning/",
    mayImport: [
      ...BASICS,
      "src/wsl/",
      "src/files/",
      "src/payload/",
      "src/platform/",
      "src/agent/protocol/distro_paths.ts",
    ],
    why: "it is the life of two distros, whatever runs in them",
  },
  {
    within: "src/settings/",
    // Whether a value names a proxy is known where proxies are, and which addresses are loopback where addresses are.
    mayImport: [
      ...BASICS,
      "src/files/",
      "src/platform/addresses.ts",
      "src/api/resources/settings.ts",
      "src/proxy/ways/",
      "src/proxy/way.ts",
    ],
    mayUse: ["node:", "zod"],
    why: "it defines the settings; the code that follows them reads them from it",
  },
  {
    within: "src/update/decision/",
    mayImport: [
      ...BASICS,
      "src/update/release/",
      "src/install/installation_owner.ts",
      "src/api/resources/updates.ts",
    ],
    mayUse: ["node:crypto"],
    why: "it decides from its arguments and touches nothing",
  },
  {
    within: "src/update/",
    mayImport: [
      ...BASICS,
      "src/files/",
      "src/payload/",
      "src/settings/settings_schema.ts",
      "src/install/installation_owner.ts",
      "src/api/resources/",
      "src/api/update_service.ts",
      "src/platform/operating_system.ts",
    ],
    mayUse: ["node:", "zod"],
    why: "it knows how versions follow each other; the host hands in engine, distros and channel",
  },
  {
    within: "src/workspaces/",
    mayImport: [...BASICS, "src/wsl/", "src/files/"],
    mayUse: ["zod"],
    why: "it knows the user's distros and the tool in them, and nothing of the engine's life",
  },
  {
    within: "src/platform/",
    // Of proxies it has the terms alone, in which it says what the settings of the system are.
    mayImport: [...BASICS, "src/streams/", "src/proxy/way.ts"],
    mayUse: ["node:"],
    why: "the bottom: it knows the machine and nothing of the product",
  },
  {
    within: "src/client/",
    mayImport: [...BASICS, "src/api/resources/"],
    mayUse: ["node:"],
    why: "other programs run it, on other runtimes and in browsers; it imports the types of resources only",
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
  if (path.endsWith("_test.ts")) return [];
  const boundary = BOUNDARIES.find((candidate) => path.startsWith(candidate.within));
  const problems: string[] = [];
  for (const match of text.matchAll(IMPORT)) {
    const specifier = match[1] ?? match[2] ?? match[3] ?? "";
    const local = specifier.startsWith(".") ? join(dirname(path), specifier) : undefined;
    const enclosure = ENCLOSURES.find(({ folder }) => local?.startsWith(folder) && !path.startsWith(folder));
    if (enclosure !== undefined && local?.startsWith(enclosure.open) === false) {
      problems.push(`${path}: imports ${local}; others see ${enclosure.open} only: ${enclosure.why}`);
    }
    if (boundary === undefined) continue;
    const allowed = local === undefined
      ? boundary.mayUse === undefined || boundary.mayUse.some((prefix) => specifier.startsWith(prefix))
      : local.startsWith(boundary.within) || boundary.mayImport.some((prefix) => local.startsWith(prefix));
    if (!allowed) {
      problems.push(`${path}: imports ${local ?? specifier}; ${boundary.within} may not: ${boundary.why}`);
    }
  }
  return problems;
}

/**
 * Files that import each other in a circle, types and lazy imports included, each circle as one sentence. Pure.
 *
 * @param texts The files by path.
 */
export function importCircles(texts: ReadonlyMap<string, string>): string[] {
  const imports = new Map<string, string[]>();
  for (const [path, text] of texts) {
    const specifiers = [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
    const local = specifiers.filter((specifier) => specifier.startsWith("."));
    imports.set(path, local.map((specifier) => join(dirname(path), specifier)));
  }
  const circles: string[] = [];
  const finished = new Set<string>();
  const follow = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) {
      circles.push([...way.slice(way.indexOf(path)), path].join(" imports "));
      return;
    }
    if (finished.has(path)) return;
    for (const next of imports.get(path) ?? []) follow(next, [...way, path]);
    finished.add(path);
  };
  for (const path of imports.keys()) follow(path, []);
  return circles;
}

if (import.meta.main) {
  const problems: string[] = [];
  const texts = new Map<string, string>();
  for (const root of ["src", "scripts", "distro", "tests"]) {
    for await (const path of filesBelow(root)) {
      if (path.endsWith(".ts")) texts.set(path, await Deno.readTextFile(path));
    }
  }
  for (const [path, text] of texts) if (path.startsWith("src/")) problems.push(...importProblems(path, text));
  for (const quick of QUICK_ENTRIES) problems.push(...slowImports(texts, quick));
  for (const circle of importCircles(texts)) {
    problems.push(
      `${circle}; a contract and the choice of its implementation are two files: x.ts and this_x.ts`,
    );
  }
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) Deno.exit(1);
}
