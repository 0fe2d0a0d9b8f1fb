import { join } from "node:path";
import { encodeTarHeader, paddedSize, TAR_BLOCK_BYTES } from "../../distro/tar_header.ts";
import { WindlassError } from "../../src/errors/windlass_error.ts";
import {
  blobPath,
  type ChannelName,
  type PlatformName,
  releaseName,
} from "../../src/update/release/release_document.ts";
import { openChannelFolder } from "./channel_folder.ts";
import { updateBlobs } from "./release_blobs.ts";
import { currentRelease } from "./release_history.ts";

/** Which release goes into a bundle. */
export interface BundleRequest {
  readonly folder: string;
  readonly channel: ChannelName;
  readonly platform: PlatformName;
  readonly output: string;
}

/**
 * Writes what one platform needs for the channel's newest release as a plain tar, for machines without a network: the part of the
 * folder that its client asks for. It counts as long as its timestamp does. Same folder, same bytes.
 *
 * @returns The version in it.
 * @throws {WindlassError} `WL_RELEASE_REFUSED` if there is no such release, `WL_RELEASE_FOLDER_DAMAGED`.
 */
export async function writeBundle(request: BundleRequest): Promise<string> {
  const name = releaseName(request.channel, request.platform);
  using folder = await openChannelFolder(request.folder);
  const roots = await folder.readRoots();
  const root = roots.at(-1);
  const state = root && await folder.readState(root);
  const release = state && await currentRelease(folder, state, name);
  const targets = state?.targets;
  if (release === undefined || targets === undefined) {
    throw new WindlassError("WL_RELEASE_REFUSED", `Cannot bundle '${name}': the channel has no such release`);
  }
  const paths = [
    ...roots.map(({ signed }) => `metadata/${signed.version}.root.json`),
    "metadata/timestamp.json",
    `metadata/${targets.snapshot}.snapshot.json`,
    `metadata/${targets.metadata.signed.version}.targets.json`,
    `targets/${targets.metadata.signed.targets[`${name}.json`]?.hashes.sha256}.${name}.json`,
    ...updateBlobs(release).map(({ sha256 }) => blobPath(sha256)),
  ];
  await writeTar(folder.path, paths, request.output);
  return release.version;
}

async function writeTar(folder: string, paths: readonly string[], output: string): Promise<void> {
  const partial = `${output}.partial`;
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(partial).catch(() => {}));
  {
    using tar = await Deno.open(partial, { write: true, create: true, truncate: true });
    for (const path of paths) {
      using file = await Deno.open(join(folder, path));
      const { size } = await file.stat();
      await writeAll(tar, encodeTarHeader({ path, type: "file", mode: 0o644, uid: 0, gid: 0, size }));
      await file.readable.pipeTo(tar.writable, { preventClose: true });
      await writeAll(tar, new Uint8Array(paddedSize(size) - size));
    }
    await writeAll(tar, new Uint8Array(2 * TAR_BLOCK_BYTES));
    await tar.sync();
  }
  await Deno.rename(partial, output);
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length;) offset += await file.write(bytes.subarray(offset));
}
