import type { ArchiveEntry } from "./archive_layout.ts";

/** The old content that an entry of the new archive is made from. */
export interface EntryMatch {
  readonly entry: ArchiveEntry;
  /** The old entry with the same path and type: its header is likely to be the same. */
  readonly sameName: ArchiveEntry | undefined;
  /** The old entry whose data are the same, wherever it was, or else the most similar; `undefined` for something new. */
  readonly data: ArchiveEntry | undefined;
}

/**
 * Finds for each entry of a new archive what it may be made of: the file of the same content, else that of the same path, else
 * one that has gone and whose path differs in numbers only, such as `libzstd.so.1.5.6` for `libzstd.so.1.5.7`. Pure.
 */
export function matchEntries(
  old: readonly ArchiveEntry[],
  next: readonly ArchiveEntry[],
): readonly EntryMatch[] {
  const byKey = new Map(old.map((entry) => [entry.key, entry]));
  const byDigest = new Map(old.filter(hasData).map((entry) => [entry.dataDigest, entry]));
  const nextKeys = new Set(next.map(({ key }) => key));
  const gone = new Map(
    old.filter((entry) => hasData(entry) && !nextKeys.has(entry.key)).map((entry) => [
      withoutNumbers(entry.key),
      entry,
    ]),
  );
  return next.map((entry) => {
    const sameName = byKey.get(entry.key);
    if (!hasData(entry)) return { entry, sameName, data: undefined };
    const similar = sameName && hasData(sameName) ? sameName : gone.get(withoutNumbers(entry.key));
    const data = sameName?.dataDigest === entry.dataDigest
      ? sameName
      : byDigest.get(entry.dataDigest) ?? similar;
    return { entry, sameName, data };
  });
}

function hasData({ dataLength }: ArchiveEntry): boolean {
  return dataLength > 0;
}

function withoutNumbers(key: string): string {
  return key.replaceAll(/[0-9]+/g, "#");
}
