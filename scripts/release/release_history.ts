import type { TargetFile } from "@tufjs/models";
import { sha256 } from "../../src/payload/executable_codec.ts";
import { parseRelease, type ReleaseDocument } from "../../src/update/release/release_document.ts";
import { WindlassError } from "../../src/errors/windlass_error.ts";
import type { ChannelFolder, ChannelState } from "./channel_folder.ts";

/**
 * The release that a name such as `stable.linux-x64` leads to now; nothing if there is none yet.
 *
 * @throws {WindlassError} `WL_RELEASE_FOLDER_DAMAGED` if the folder has other bytes under that name.
 */
export async function currentRelease(
  folder: ChannelFolder,
  state: ChannelState,
  name: string,
): Promise<ReleaseDocument | undefined> {
  const listed = (state.targets?.metadata.signed.targets ?? {})[`${name}.json`] as TargetFile | undefined;
  if (listed === undefined) return undefined;
  const bytes = await folder.read(`targets/${listed.hashes.sha256}.${name}.json`);
  if (sha256(bytes) === listed.hashes.sha256) return parseRelease(bytes);
  const message = `Cannot use the channel in '${folder.path}': the document of '${name}' is damaged`;
  throw new WindlassError("WL_RELEASE_FOLDER_DAMAGED", message);
}

/**
 * The releases that the folder still has under a name, newest first, each version once. Documents whose bytes do not fit their
 * name are left out.
 */
export async function releaseHistory(folder: ChannelFolder, name: string): Promise<ReleaseDocument[]> {
  const documents: ReleaseDocument[] = [];
  for (const file of await folder.list("targets")) {
    if (!file.endsWith(`.${name}.json`)) continue;
    const bytes = await folder.read(`targets/${file}`);
    if (file === `${sha256(bytes)}.${name}.json`) documents.push(parseRelease(bytes));
  }
  return newestOfEach(documents);
}

/** Newest first, each version once: the document of it that was published last. Pure. */
export function newestOfEach(documents: readonly ReleaseDocument[]): ReleaseDocument[] {
  const sorted = documents.toSorted((a, b) => Date.parse(b.published) - Date.parse(a.published));
  return sorted.filter(({ version }, place) =>
    sorted.findIndex((other) => other.version === version) === place
  );
}
