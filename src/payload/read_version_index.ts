import { WindlassError } from "../errors/windlass_error.ts";
import { systemReason } from "../files/file_errors.ts";
import { sha256 } from "../hashing/sha256.ts";
import { type Component, ExecutableFormatError } from "./executable_codec.ts";
import { isDigest } from "./payload.ts";
import { readSmallFile } from "./read_small_file.ts";
import type { VersionFiles } from "./version_files.ts";
import { decodeVersionIndex, MAX_VERSION_INDEX_BYTES } from "./version_index.ts";

/**
 * Reads the index file of an installed version. Does not check whether its components exist.
 *
 * @throws {WindlassError} `WL_VERSION_INCOMPLETE` if there is none, or it is damaged.
 */
export async function readVersionIndex(
  files: Pick<VersionFiles, "index">,
  id: string,
): Promise<readonly Component[]> {
  if (!isDigest(id)) throw incomplete(id, "it is not the name of a version");
  let components: readonly Component[] | undefined;
  try {
    components = await soundVersionIndex(files, id);
  } catch (cause) {
    throw incomplete(id, `its index cannot be read: ${systemReason(cause)}`, cause);
  }
  if (components === undefined) throw incomplete(id, "its index is damaged");
  return components;
}

/** The same; `undefined` if it is damaged, and what the system says if it cannot be read. */
export async function soundVersionIndex(
  files: Pick<VersionFiles, "index">,
  id: string,
): Promise<readonly Component[] | undefined> {
  const bytes = await readSmallFile(files.index(id), MAX_VERSION_INDEX_BYTES);
  if (bytes === undefined || sha256(bytes) !== id) return undefined;
  try {
    return decodeVersionIndex(bytes);
  } catch (error) {
    if (error instanceof ExecutableFormatError) return undefined;
    throw error;
  }
}

function incomplete(id: string, state: string, cause?: unknown): WindlassError {
  return new WindlassError("WL_VERSION_INCOMPLETE", `Cannot read version '${id}': ${state}`, { cause });
}
