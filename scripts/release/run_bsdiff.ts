import { WindlassError } from "../../src/errors/windlass_error.ts";
import { runTool } from "../build/run_tool.ts";

/** One step of a patch as bsdiff makes it, in bytes. */
export interface PatchStep {
  /** Taken from the old file, plus the next bytes of the differences. The old file may be left on both sides: zeros then. */
  readonly add: number;
  /** Taken from the insertions. */
  readonly insert: number;
  /** How far the place in the old file moves on after that. */
  readonly seek: number;
}

/** A patch, unpacked. */
export interface Patch {
  readonly steps: readonly PatchStep[];
  readonly differences: Uint8Array;
  readonly insertions: Uint8Array;
}

const MAGIC = "BSDIFF40";
const HEADER_BYTES = 32;

/**
 * Runs Debian's `bsdiff` on two files. It takes nine times the old file's size in memory.
 *
 * @param work A folder for temporary files, which the caller removes.
 * @throws {WindlassError} `WL_TOOL_MISSING`, or `WL_BUILD_FAILED` if it fails.
 */
export async function runBsdiff(
  oldPath: string,
  newPath: string,
  work: string,
  signal?: AbortSignal,
): Promise<Patch> {
  const patchPath = `${work}/patch`;
  await runTool(["bsdiff", oldPath, newPath, patchPath], signal ? { signal } : {});
  const patch = await Deno.readFile(patchPath);
  const view = new DataView(patch.buffer);
  if (new TextDecoder().decode(patch.subarray(0, 8)) !== MAGIC) {
    throw new WindlassError("WL_BUILD_FAILED", "Cannot make a delta: bsdiff wrote another format");
  }
  const differencesAt = HEADER_BYTES + readNumber(view, 8);
  const insertionsAt = differencesAt + readNumber(view, 16);
  const unpack = (bytes: Uint8Array<ArrayBuffer>) => decompress(bytes, work, signal);
  const steps = parseSteps(await unpack(patch.subarray(HEADER_BYTES, differencesAt)));
  const differences = await unpack(patch.subarray(differencesAt, insertionsAt));
  const insertions = await unpack(patch.subarray(insertionsAt));
  return { steps, differences, insertions };
}

/** Reads a patch's control block. Pure. */
export function parseSteps(bytes: Uint8Array): PatchStep[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const steps: PatchStep[] = [];
  for (let offset = 0; offset < bytes.length; offset += 24) {
    steps.push({
      add: readNumber(view, offset),
      insert: readNumber(view, offset + 8),
      seek: readNumber(view, offset + 16),
    });
  }
  return steps;
}

/** A number of 64 bits with a sign bit of its own, not in two's complement. */
function readNumber(view: DataView, offset: number): number {
  const value = view.getBigUint64(offset, true);
  const magnitude = Number(value & 0x7fff_ffff_ffff_ffffn);
  return value >> 63n === 1n ? -magnitude : magnitude;
}

async function decompress(
  bytes: Uint8Array<ArrayBuffer>,
  work: string,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const path = `${work}/part`;
  await Deno.writeFile(`${path}.bz2`, bytes);
  await runTool(["bzip2", "-dkf", `${path}.bz2`], signal ? { signal } : {});
  return await Deno.readFile(path);
}
