import { isWindlassError, WindlassError } from "../src/errors/windlass_error.ts";
import { configurationProblems, entryProblems } from "./image_problems.ts";
import { DATA_RULES, DISTRIBUTION_CONFIGURATION, ENGINE_RULES, type ImageRules } from "./image_rules.ts";
import { runProgram } from "./run_program.ts";
import { readTarEntries, type ReadTarEntry } from "./tar_reader.ts";
import { unresolvedLibraries } from "./unresolved_libraries.ts";

/** What an image turned out to be. */
export interface ImageReport {
  readonly entries: number;
  readonly bytes: number;
  /** First lines of what the programs inside say about their version, by program. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Which distro an archive is to be. */
export type ImageKind = "engine" | "data";

/** Programs of the engine distro that must start, and the arguments with which they print their version. */
const VERSION_CALLS: Readonly<Record<string, readonly string[]>> = {
  "docker": ["docker", "--version"],
  "docker compose": ["docker", "compose", "version"],
  "docker buildx": ["docker", "buildx", "version"],
  "dockerd": ["dockerd", "--version"],
  "containerd": ["containerd", "--version"],
  "runc": ["runc", "--version"],
  "iptables": ["iptables", "--version"],
  "git": ["git", "--version"],
  "ps": ["ps", "--version"],
  "tini": ["docker-init", "--version"],
};

/** What the versions of the engine and its companions must begin with. */
const EXPECTED_VERSIONS: Readonly<Record<string, RegExp>> = {
  docker: /^Docker version 28\.5\./,
  dockerd: /^Docker version 28\.5\./,
  "docker compose": /^Docker Compose version /,
};

/**
 * Unpacks an archive into a folder of its own and checks it against the rules of its kind: files, modes, owners,
 * no set-id bits, size, configuration, and that its programs find their libraries and run. Needs root.
 *
 * @throws {WindlassError} `WL_IMAGE_CHECK_FAILED` with every problem found.
 *
 * @example
 * ```ts
 * const { versions } = await checkImage(".cache/image/rootfs.tar", "engine");
 * ```
 */
export async function checkImage(
  archive: string,
  kind: ImageKind,
  signal?: AbortSignal,
): Promise<ImageReport> {
  const rules = kind === "engine" ? ENGINE_RULES : DATA_RULES;
  const entries: ReadTarEntry[] = [];
  for await (const entry of readTarEntries(archive)) entries.push(entry);
  const { size } = await Deno.stat(archive);
  const problems = entryProblems(entries, rules);
  if (size > rules.maximumBytes) {
    problems.push(`the archive has ${size} bytes, more than ${rules.maximumBytes}`);
  }

  const tree = await Deno.makeTempDir({ prefix: "windlass-image-check-" });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(tree, { recursive: true }));
  await runProgram("tar", ["--extract", "--numeric-owner", "--file", archive, "--directory", tree], {
    signal,
  });
  problems.push(...await configurationFileProblems(tree, rules));
  requireNone(problems, archive); // nothing is run of an image that is not whole
  const versions: Record<string, string> = {};
  if (kind === "engine") {
    problems.push(...await unresolvedLibraries(tree, signal));
    problems.push(...await programProblems(tree, versions, signal));
  } else {
    await runProgram("chroot", [tree, "/bin/sh", "-n", "/usr/lib/windlass/share-data"], { signal });
  }
  requireNone(problems, archive);
  return { entries: entries.length, bytes: size, versions };
}

function requireNone(problems: readonly string[], archive: string): void {
  if (problems.length === 0) return;
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  throw new WindlassError(
    "WL_IMAGE_CHECK_FAILED",
    `Cannot accept the image '${archive}': ${count}:\n${problems.join("\n")}`,
  );
}

async function configurationFileProblems(tree: string, rules: ImageRules): Promise<string[]> {
  const files = {
    "etc/wsl.conf": rules.wslConfiguration,
    "etc/wsl-distribution.conf": DISTRIBUTION_CONFIGURATION,
  };
  const problems: string[] = [];
  for (const [path, wanted] of Object.entries(files)) {
    const text = await Deno.readTextFile(`${tree}/${path}`).catch(() => "");
    problems.push(...configurationProblems(path, text, wanted));
  }
  return problems;
}

async function programProblems(
  tree: string,
  versions: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const problems: string[] = [];
  const inside = (call: readonly string[]) => runInside(tree, call, signal);
  for (const [name, call] of Object.entries(VERSION_CALLS)) {
    const said = await inside(call).catch((error: unknown) => String(error));
    const version = said.split("\n")[0] ?? "";
    versions[name] = version;
    const expected = EXPECTED_VERSIONS[name] ?? /\d+\.\d+/;
    if (!expected.test(version)) problems.push(`${name}: says '${version}' when asked for its version`);
  }
  const validation = ["dockerd", "--validate", "--config-file", "/etc/docker/daemon.json"];
  await inside(validation).catch((error: unknown) => problems.push(`etc/docker/daemon.json: ${error}`));
  return problems;
}

/** Runs a program of the unpacked image, with devices and processes as a distro has them, mounted for it alone. */
async function runInside(
  tree: string,
  call: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string> {
  const script = `mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && exec chroot "$@"`;
  const environment = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LC_ALL: "C.UTF-8" };
  const isolation = ["--mount", "--propagation", "private", "--", "sh", "-c", script, "sh"];
  return await runProgram("unshare", [...isolation, tree, ...call], { environment, signal });
}

async function main(): Promise<number> {
  const [archive, kind = "engine"] = Deno.args;
  if (archive === undefined || (kind !== "engine" && kind !== "data")) {
    console.error("Usage: deno run -A distro/check_image.ts ARCHIVE [engine|data]");
    return 2;
  }
  try {
    console.log(JSON.stringify(await checkImage(archive, kind), null, 2));
    return 0;
  } catch (error) {
    if (!isWindlassError(error)) throw error;
    console.error(`${error.code}: ${error.message}\n${error.remedy}`);
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main());
