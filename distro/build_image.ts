import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { removeIfPresent } from "../src/files/if_present.ts";
import { requireBuildTools } from "./build_requirements.ts";
import { buildDataRootfs } from "./data_rootfs.ts";
import { installPackages } from "./debian_bootstrap.ts";
import { overlayTree, readBusybox } from "./engine_tree.ts";
import { IMAGE_FILES, type ImageRecord, readImageRecord, writeImageRecord } from "./image_record.ts";
import { computeInputKey } from "./input_key.ts";
import { findPackages, type PackageSet } from "./package_cache.ts";
import { indexPackages } from "./package_files.ts";
import { LOCK_FILE, type LockedPackage, packageFileName, parsePackageLock } from "./package_lock.ts";
import { addPortProxy } from "./port_proxy.ts";
import { GO_PROGRAMS } from "./slim_rules.ts";
import { slimTree } from "./slim_tree.ts";
import { writeTreeArchive, type WrittenArchive } from "./tree_archive.ts";
import { addWorkspaceTool, SHARED_SOURCES } from "./workspace_tool.ts";

/** How an image is built. */
export interface BuildImageOptions {
  /** Whether only the locked packages will do. */
  readonly release: boolean;
  /** Absolute folder for packages and results. */
  readonly cacheDirectory: string;
  readonly signal?: AbortSignal;
  /** Receives a line for each step that takes time, and for each package that differs from the lock. */
  readonly progress?: (line: string) => void;
}

/** Where the archives are. */
export interface BuiltImage {
  /** The engine distro, without the two blocks that end an archive: more is appended at import. */
  readonly rootfsTar: string;
  /** The data distro, complete. */
  readonly dataRootfsTar: string;
}

/** The folder that this file is in. */
const RECIPE = new URL(".", import.meta.url).pathname.replace(/\/$/, "");
/** How often a waiting build checks whether it is its turn: soon enough for a person, at no cost. */
const TURN_MILLISECONDS = 200;

/**
 * Builds the two distros, or finds them built: the same recipe is not built twice, and gives the same bytes if it
 * is. Needs root and, for packages that are not cached, the network. A build that is interrupted leaves the
 * previous result whole.
 *
 * @throws {WindlassError} `WL_ROOT_NEEDED`, `WL_TOOL_MISSING`, `WL_IMAGE_LOCK_INVALID`, `WL_IMAGE_BUILD_FAILED`, and
 * for a release `WL_IMAGE_LOCK_MISMATCH`.
 *
 * @example
 * ```ts
 * const { rootfsTar } = await buildImage({ release: false, cacheDirectory: "/home/me/windlass/.cache" });
 * ```
 */
export async function buildImage(options: BuildImageOptions): Promise<BuiltImage> {
  const folder = `${options.cacheDirectory}/image`;
  const progress = options.progress ?? (() => {});
  const result = {
    rootfsTar: `${folder}/${IMAGE_FILES.rootfs}`,
    dataRootfsTar: `${folder}/${IMAGE_FILES.dataRootfs}`,
  };
  await Deno.mkdir(folder, { recursive: true });

  using _turn = await takeTurn(`${options.cacheDirectory}/image.lock`, progress, options.signal);
  const key = await computeInputKey(RECIPE, SHARED_SOURCES);
  const record = await readImageRecord(folder);
  if (record?.key === key && !(options.release && record.differences.length > 0)) {
    reportDifferences(record.differences, progress);
    return result;
  }
  await requireBuildTools(Deno.uid());

  const packageFolder = `${options.cacheDirectory}/packages`;
  const lock = parsePackageLock(await Deno.readTextFile(LOCK_FILE));
  const { release: strict, signal } = options;
  const set = await findPackages(packageFolder, lock, { strict, signal, progress });
  reportDifferences(set.differences, progress);
  await buildInto(folder, { ...options, key, packageFolder, set, progress });
  return result;
}

/** A second build waits for the first, and then finds the work done. */
async function takeTurn(
  path: string,
  progress: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<Deno.FsFile> {
  const lock = await Deno.open(path, { write: true, create: true });
  try {
    if (await lock.tryLock(true)) return lock;
    progress("Waiting for another build of the image");
    while (!await lock.tryLock(true)) await delay(TURN_MILLISECONDS, undefined, signal ? { signal } : {});
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

interface BuildPlan extends BuildImageOptions {
  readonly key: string;
  readonly packageFolder: string;
  readonly set: PackageSet;
  readonly progress: (line: string) => void;
}

/** Everything happens in a work folder; the results are moved out of it at the very end. */
async function buildInto(folder: string, plan: BuildPlan): Promise<void> {
  const { signal, progress } = plan;
  const work = `${plan.cacheDirectory}/image-work`;
  await removeIfPresent(work, { recursive: true }); // what a killed build left: it is ours, since this is our turn
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => removeIfPresent(work, { recursive: true }));
  await Deno.mkdir(work);
  await Deno.chmod(work, 0o755); // apt reads the archive as a user of its own

  progress(`Installing ${plan.set.packages.length} Debian packages`);
  const archive = `${work}/archive`;
  await stagePackages(plan.packageFolder, archive, plan.set.packages);
  await indexPackages(archive, plan.set.packages, signal);
  const tree = `${work}/tree`;
  await installPackages(archive, tree, signal);

  progress("Writing the images of the distros");
  const busybox = await readBusybox(tree, signal);
  await slimTree(tree);
  await overlayTree(tree, RECIPE, busybox);
  await addPortProxy(tree, signal);
  await addWorkspaceTool(tree, signal);
  const rootfs = await writeTreeArchive(tree, `${work}/${IMAGE_FILES.rootfs}`, { last: GO_PROGRAMS, signal });
  const parts = { busybox: busybox.program, applets: busybox.applets, overlay: `${RECIPE}/data` };
  const dataRootfs = await writeArchive(`${work}/${IMAGE_FILES.dataRootfs}`, await buildDataRootfs(parts));

  const record: ImageRecord = { key: plan.key, rootfs, dataRootfs, differences: [...plan.set.differences] };
  await Deno.rename(`${work}/${IMAGE_FILES.rootfs}`, `${folder}/${IMAGE_FILES.rootfs}`);
  await Deno.rename(`${work}/${IMAGE_FILES.dataRootfs}`, `${folder}/${IMAGE_FILES.dataRootfs}`);
  await writeImageRecord(folder, record);
}

/** A folder with just these packages: what else the cache holds must not be seen by apt. */
async function stagePackages(from: string, to: string, packages: readonly LockedPackage[]): Promise<void> {
  await Deno.mkdir(to);
  for (const each of packages) {
    const name = packageFileName(each);
    const [source, target] = [`${from}/${name}`, `${to}/${name}`];
    await Deno.link(source, target).catch(() => Deno.copyFile(source, target)); // the cache may be on another disk
  }
}

async function writeArchive(path: string, content: Uint8Array): Promise<WrittenArchive> {
  await Deno.writeFile(path, content);
  return { sha256: createHash("sha256").update(content).digest("hex"), bytes: content.length };
}

function reportDifferences(differences: readonly string[], progress: (line: string) => void): void {
  if (differences.length === 0) return;
  progress("WARNING: this image is NOT made of the locked packages; it must not be released:");
  for (const line of differences) progress(`  ${line}`);
}
