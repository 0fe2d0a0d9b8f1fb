import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { parsePackageLock } from "../../distro/package_lock.ts";
import { cachePath, REPOSITORY } from "../support/repository.ts";
import { runChecked } from "../support/run_command.ts";

/** The suite that gets new versions before the one that the engine is made of. */
const NEWER_SUITE = "sid";
/** What a month of Debian changes: libraries and tools, of each kind some. Those that have no newer version are left out. */
const PACKAGES = [
  "iproute2",
  "libaudit-common",
  "libaudit1",
  "libbrotli1",
  "libcurl3t64-gnutls",
  "libcurl4-gnutls",
  "libgcc-s1",
  "libpcre2-8-0",
  "libstdc++6",
  "libsystemd0",
  "libudev1",
  "systemd-standalone-sysusers",
  "tar",
  "zlib1g",
];

/** A package in both versions; paths of folders with their files. */
interface PackagePair {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/**
 * Replaces packages of an unpacked root file system by newer ones of Debian: files that both have, and files with another number in
 * their name, such as that of a library's version.
 *
 * @returns How many packages there are newer versions of.
 */
export async function upgradePackages(tree: string): Promise<number> {
  const pairs = await openPackages();
  for (const pair of pairs) {
    const before = await filesBelow(pair.before);
    const after = await filesBelow(pair.after);
    const inTree = await existing(tree, before);
    const numberless = new Set(inTree.map(withoutNumbers));
    for (const path of inTree) await Deno.remove(join(tree, path));
    for (const path of after) {
      // What slimming has taken out of the tree stays out.
      if (!numberless.has(withoutNumbers(path))) continue;
      await runChecked(["cp", "-a", "--", join(pair.after, path), join(tree, path)]);
    }
  }
  return pairs.length;
}

async function openPackages(): Promise<readonly PackagePair[]> {
  const lock = parsePackageLock(await Deno.readTextFile(join(REPOSITORY, "distro/packages.lock.json")));
  const mirror = Deno.env.get("WINDLASS_DEBIAN_MIRROR") || "http://deb.debian.org/debian";
  const folder = cachePath("update-bench", "packages");
  await Deno.mkdir(folder, { recursive: true });
  const index = await readIndex(`${mirror}/dists/${NEWER_SUITE}/main/binary-amd64/Packages.xz`, folder);
  const pairs: PackagePair[] = [];
  for (const name of PACKAGES) {
    const locked = lock.packages.find((one) => one.package === name);
    const newer = index.get(name);
    if (!locked || !newer || newer.version === locked.version) continue;
    const prefix = `${name}_${locked.version.replace(":", "%3a")}_`;
    const { name: file } = (await Array.fromAsync(Deno.readDir(cachePath("packages")))).find((one) =>
      one.name.startsWith(prefix)
    )!;
    const before = join(folder, `${name}-before`);
    const after = join(folder, `${name}-${newer.sha256.slice(0, 12)}`);
    await unpack(cachePath("packages", file), before);
    await unpack(await download(`${mirror}/${newer.path}`, newer.sha256, folder), after);
    pairs.push({ name, before, after });
  }
  return pairs;
}

interface IndexEntry {
  readonly version: string;
  readonly path: string;
  readonly sha256: string;
}

/** Once a day is often enough for a suite that moves four times a day. */
async function readIndex(url: string, folder: string): Promise<Map<string, IndexEntry>> {
  const path = join(folder, `${NEWER_SUITE}-${new Date().toISOString().slice(0, 10)}.xz`);
  if (!await exists(path)) await Deno.writeFile(path, await get(url));
  const { stdout } = await runChecked(["xz", "-dc", path]);
  const entries = new Map<string, IndexEntry>();
  for (const paragraph of stdout.split("\n\n")) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(paragraph)?.[1] ?? "";
    const name = field("Package");
    if (!PACKAGES.includes(name)) continue;
    entries.set(name, { version: field("Version"), path: field("Filename"), sha256: field("SHA256") });
  }
  return entries;
}

async function download(url: string, sha256: string, folder: string): Promise<string> {
  const path = join(folder, `${sha256}.deb`);
  if (await exists(path)) return path;
  const bytes = await get(url);
  if (createHash("sha256").update(bytes).digest("hex") !== sha256) {
    throw new Error(`Cannot use ${url}: its hash is not the one of the index`);
  }
  await Deno.writeFile(path, bytes);
  return path;
}

async function get(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`Cannot download ${url}: status ${response.status}`);
  return await response.bytes();
}

async function unpack(path: string, target: string): Promise<void> {
  if (await exists(target)) return;
  await runChecked(["dpkg-deb", "--extract", path, `${target}.partial`]);
  await Deno.rename(`${target}.partial`, target);
}

/** Files and links, relative to the folder. */
async function filesBelow(folder: string, prefix = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, prefix))) {
    const path = join(prefix, name);
    if (isDirectory) paths.push(...await filesBelow(folder, path));
    else paths.push(path);
  }
  return paths;
}

async function existing(tree: string, paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    if (await Deno.lstat(join(tree, path)).then(() => true, () => false)) found.push(path);
  }
  return found;
}

function withoutNumbers(path: string): string {
  return join(dirname(path), path.slice(dirname(path).length).replaceAll(/[0-9]+/g, "#"));
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}
