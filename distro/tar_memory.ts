import { encodeTarHeader, paddedSize, TAR_BLOCK_BYTES, type TarEntry } from "./tar_header.ts";

/** An entry of an archive that fits in memory. */
export interface MemoryEntry {
  readonly path: string;
  readonly type: TarEntry["type"];
  /** Permission bits. */
  readonly mode: number;
  readonly content?: Uint8Array;
  readonly linkTarget?: string;
}

/** A folder that only root writes to. */
export function folder(path: string, mode = 0o755): MemoryEntry {
  return { path, type: "directory", mode };
}

/** A plain file. */
export function file(path: string, content: Uint8Array | string, mode = 0o644): MemoryEntry {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return { path, type: "file", mode, content: bytes };
}

/** A symbolic link. */
export function symlink(path: string, linkTarget: string): MemoryEntry {
  return { path, type: "symlink", mode: 0o777, linkTarget };
}

/**
 * A complete tar archive, all of it owned by root. Entries come in the order of their paths, whatever the order
 * given, so the same set of entries gives the same bytes.
 *
 * @example
 * ```ts
 * const archive = buildTar([folder("etc"), file("etc/hostname", "windlass\n")]);
 * ```
 */
export function buildTar(entries: readonly MemoryEntry[]): Uint8Array<ArrayBuffer> {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  const parts = sorted.map((entry) => {
    const content = entry.content ?? new Uint8Array();
    const { path, type, mode, linkTarget } = entry;
    const header = encodeTarHeader({
      path,
      type,
      mode,
      uid: 0,
      gid: 0,
      size: content.length,
      ...(linkTarget === undefined ? {} : { linkTarget }),
    });
    return { header, content };
  });
  const size = parts.reduce((sum, part) => sum + part.header.length + paddedSize(part.content.length), 0);
  const archive = new Uint8Array(size + 2 * TAR_BLOCK_BYTES);
  let offset = 0;
  for (const { header, content } of parts) {
    archive.set(header, offset);
    archive.set(content, offset + header.length);
    offset += header.length + paddedSize(content.length);
  }
  return archive;
}
