import { createHash } from "node:crypto";
import { encodeTarHeader, paddedSize, type TarEntry } from "./tar_header.ts";

/** An archive as it was written. */
export interface WrittenArchive {
  /** Hash of the whole file, in lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** How a tree becomes an archive. */
export interface TreeArchiveOptions {
  /** Paths of files that come after all others, next to each other, in this order. */
  readonly last: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** Bytes that are read and hashed at a time: large enough that calls cost nothing, small enough to stay in cache. */
const COPY_BYTES = 1024 * 1024;

/** Set-user-id and set-group-id: nothing in the engine distro runs as anyone but root, so nothing needs them. */
const SET_ID_BITS = 0o6000;

/**
 * Writes the folder `root` as a tar archive without end blocks: sorted, numeric owners, one constant time, no
 * set-id bits. The same tree gives the same bytes, whenever and wherever.
 *
 * @throws {TypeError} for a device, socket or pipe in the tree: none belongs there.
 *
 * @example
 * ```ts
 * const { sha256 } = await writeTreeArchive("tree", "rootfs.tar", { last: ["usr/bin/docker"] });
 * ```
 */
export async function writeTreeArchive(
  root: string,
  target: string,
  options: TreeArchiveOptions,
): Promise<WrittenArchive> {
  const paths = await sortedPaths(root);
  const last = options.last.filter((path) => paths.includes(path));
  const ordered = [...paths.filter((path) => !last.includes(path)), ...last];

  using archive = await Deno.open(target, { write: true, create: true, truncate: true });
  const hash = createHash("sha256");
  let bytes = 0;
  const write = async (chunk: Uint8Array) => {
    hash.update(chunk);
    bytes += chunk.length;
    for (let offset = 0; offset < chunk.length;) offset += await archive.write(chunk.subarray(offset));
  };

  const firstPathOfInode = new Map<number, string>();
  const buffer = new Uint8Array(COPY_BYTES);
  for (const path of ordered) {
    options.signal?.throwIfAborted();
    const entry = await describeEntry(root, path, firstPathOfInode);
    await write(encodeTarHeader(entry));
    if (entry.size === 0) continue;
    using content = await Deno.open(`${root}/${path}`);
    for (let count = await content.read(buffer); count !== null; count = await content.read(buffer)) {
      await write(buffer.subarray(0, count));
    }
    await write(new Uint8Array(paddedSize(entry.size) - entry.size));
  }
  return { sha256: hash.digest("hex"), bytes };
}

/** Every path beneath `root`, a folder before what is in it, in the order of their code units. */
async function sortedPaths(root: string): Promise<string[]> {
  const paths: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for await (const child of Deno.readDir(`${root}/${folder}`)) {
      const path = folder === "" ? child.name : `${folder}/${child.name}`;
      paths.push(path);
      if (child.isDirectory) await visit(path);
    }
  };
  await visit("");
  return paths.sort();
}

async function describeEntry(
  root: string,
  path: string,
  firstPathOfInode: Map<number, string>,
): Promise<TarEntry> {
  const info = await Deno.lstat(`${root}/${path}`);
  const mode = (info.mode ?? 0) & 0o7777 & ~SET_ID_BITS;
  const common = { path, mode, uid: info.uid ?? 0, gid: info.gid ?? 0 };
  if (info.isDirectory) return { ...common, type: "directory", size: 0 };
  if (info.isSymlink) {
    return { ...common, type: "symlink", size: 0, linkTarget: await Deno.readLink(`${root}/${path}`) };
  }
  if (!info.isFile) throw new TypeError(`Cannot archive '${path}': it is neither file, folder nor link`);
  const inode = info.ino ?? 0;
  const first = firstPathOfInode.get(inode);
  if (first !== undefined) return { ...common, type: "hardlink", size: 0, linkTarget: first };
  if ((info.nlink ?? 1) > 1) firstPathOfInode.set(inode, path);
  return { ...common, type: "file", size: info.size };
}
