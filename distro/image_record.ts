import { z } from "zod";
import type { WrittenArchive } from "./tree_archive.ts";

const ArchiveSchema = z.strictObject({
  /** Hash of the uncompressed archive: its id as a component. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().positive(),
});

const ImageRecordSchema = z.strictObject({
  /** Hash over the inputs that it was built from. */
  key: z.string(),
  rootfs: ArchiveSchema,
  dataRootfs: ArchiveSchema,
  /** What differs from the package lock; empty in a release. */
  differences: z.array(z.string()),
});

/** What was built, and from what: `image.json` beside the archives. */
export type ImageRecord = z.output<typeof ImageRecordSchema>;

/** Names of the archives and of the record. */
export const IMAGE_FILES = {
  rootfs: "rootfs.tar",
  dataRootfs: "data-rootfs.tar",
  record: "image.json",
} as const;

/**
 * The record of the image in `folder`, if both archives exist with the recorded sizes; `undefined` if there is
 * none, or not a whole one.
 */
export async function readImageRecord(folder: string): Promise<ImageRecord | undefined> {
  try {
    const record = ImageRecordSchema.parse(
      JSON.parse(await Deno.readTextFile(`${folder}/${IMAGE_FILES.record}`)),
    );
    const rootfs = await hasSize(`${folder}/${IMAGE_FILES.rootfs}`, record.rootfs);
    const dataRootfs = await hasSize(`${folder}/${IMAGE_FILES.dataRootfs}`, record.dataRootfs);
    return rootfs && dataRootfs ? record : undefined;
  } catch {
    return undefined; // absent or unreadable: the image is built again
  }
}

/** Writes the record; it comes last, so that it never speaks for archives which do not exist. */
export async function writeImageRecord(folder: string, record: ImageRecord): Promise<void> {
  const partial = `${folder}/${IMAGE_FILES.record}.partial`;
  await Deno.writeTextFile(partial, `${JSON.stringify(record, null, 2)}\n`);
  await Deno.rename(partial, `${folder}/${IMAGE_FILES.record}`);
}

async function hasSize(path: string, archive: WrittenArchive): Promise<boolean> {
  const { size } = await Deno.stat(path);
  return size === archive.bytes;
}
