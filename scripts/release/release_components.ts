import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import { WindlassError } from "../../src/errors/windlass_error.ts";
import { openExecutable, READ_BYTES } from "../../src/payload/executable.ts";
import { verifyExecutable } from "../../src/payload/verify_executable.ts";
import { blobPath, type ReleaseComponent } from "../../src/update/release/release_document.ts";
import { hashFile } from "../build/compressed_component.ts";
import type { ChannelFolder } from "./channel_folder.ts";

/**
 * Puts the components of an executable into the channel, each as the zstd frame that the executable has of it, and describes them
 * without deltas. The stub stays out: an update does not replace it.
 *
 * @throws {WindlassError} `WL_RELEASE_REFUSED` if the executable is damaged, before anything is written.
 */
export async function storeComponents(
  folder: ChannelFolder,
  executablePath: string,
  workDirectory: string,
): Promise<ReleaseComponent[]> {
  const [problem] = await verifyExecutable(executablePath);
  if (problem) {
    throw new WindlassError("WL_RELEASE_REFUSED", `Cannot publish '${executablePath}': ${problem.message}`);
  }
  using executable = await openExecutable(executablePath);
  const components: ReleaseComponent[] = [];
  for (const component of executable.components) {
    if (component.stored) continue;
    const frame = join(workDirectory, `${component.storedDigest}.zst`);
    await pipeline(Readable.from(executable.storedStream(component.name)), createWriteStream(frame));
    const full = await folder.putBlob(frame);
    await Deno.remove(frame);
    const { name, id, rawLength: length, unpack, executable: runs } = component;
    components.push({ name, id, length, unpack, executable: runs, full, deltas: [] });
  }
  return components;
}

/**
 * Unpacks a component of the channel into a file of its own and returns the file's path. A file that is there is taken.
 *
 * @throws {WindlassError} `WL_RELEASE_FOLDER_DAMAGED` if the channel does not have these bytes.
 */
export async function unpackComponent(
  folder: ChannelFolder,
  component: Pick<ReleaseComponent, "name" | "id" | "full">,
  workDirectory: string,
): Promise<string> {
  const path = join(workDirectory, `${component.id}-${component.name}`);
  if (await Deno.stat(path).then(() => true, () => false)) return path;
  const partial = `${path}.partial`;
  try {
    await pipeline(
      createReadStream(join(folder.path, blobPath(component.full.sha256))),
      createZstdDecompress({ chunkSize: READ_BYTES }),
      createWriteStream(partial),
    );
  } catch (cause) {
    damaged(component.name, cause);
  }
  if ((await hashFile(partial)).digest !== component.id) damaged(component.name);
  await Deno.rename(partial, path);
  return path;
}

function damaged(name: string, cause?: unknown): never {
  const message = `Cannot unpack component '${name}' of the channel: its blob is missing or damaged`;
  throw new WindlassError("WL_RELEASE_FOLDER_DAMAGED", message, cause === undefined ? {} : { cause });
}
