import { unlessMissing } from "../../errors/unless_missing.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import { type DataStamp, formatDataStamp, isDataTooNew, parseDataStamp } from "../protocol/data_stamp.ts";
import { DATA_STAMP_NAME } from "../protocol/distro_paths.ts";
import { parentFolder } from "./parent_folder.ts";

/** Which dockerd is about to use which data. */
export interface ClaimDataOptions {
  /** The data folder. */
  readonly folder: string;
  /** Version of the dockerd; nothing is refused or written if it is not known. */
  readonly dockerd: string | undefined;
  readonly log: Log;
}

/**
 * Writes down that this dockerd uses the data from now on, so that no older one does afterwards: a later major version
 * may change formats in a way that an older one takes for damage.
 *
 * @throws {WindlassError} `WL_DATA_TOO_NEW` if a later major version has used the data; dockerd must not start then.
 */
export async function claimData({ folder, dockerd, log }: ClaimDataOptions): Promise<void> {
  if (dockerd === undefined) return log("warn", "agent.data.version_unknown");
  const path = `${folder}/${DATA_STAMP_NAME}`;
  const stamp = await readStamp(path, log);
  if (stamp?.dockerd === dockerd) return;
  if (stamp !== undefined && isDataTooNew(dockerd, stamp)) {
    throw new WindlassError(
      "WL_DATA_TOO_NEW",
      `Cannot start dockerd ${dockerd}: the data was last written by ${stamp.dockerd}`,
    );
  }
  try {
    await replace(path, formatDataStamp({ dockerd }));
  } catch (error) {
    // On a full disk, Docker is what makes room again. But an older one must not mistake the data for its own.
    if (stamp !== undefined && isDataTooNew(stamp.dockerd, { dockerd })) throw error;
    log("warn", "agent.data.stamp_failed", { reason: String(error) });
  }
}

async function readStamp(path: string, log: Log): Promise<DataStamp | undefined> {
  const text = await unlessMissing(() => Deno.readTextFile(path));
  if (text === undefined) return undefined;
  const stamp = parseDataStamp(text);
  if (stamp === undefined) log("warn", "agent.data.stamp_damaged", { path });
  return stamp;
}

/** Replaces the file as a whole; it is on disk when this returns. Only one agent at a time has the data. */
async function replace(path: string, text: string): Promise<void> {
  const partial = `${path}.partial`;
  {
    using file = await Deno.open(partial, { write: true, create: true, truncate: true, mode: 0o600 });
    const bytes = new TextEncoder().encode(text);
    for (let offset = 0; offset < bytes.length;) offset += await file.write(bytes.subarray(offset));
    await file.sync();
  }
  await Deno.rename(partial, path);
  using folder = await Deno.open(parentFolder(path));
  await folder.sync();
}
