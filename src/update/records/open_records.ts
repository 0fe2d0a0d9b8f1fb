import { join } from "node:path";
import type { Log } from "../../logging/log.ts";
import type { VersionStore } from "../../payload/version_store.ts";
import { historyFile } from "./history.ts";
import { journalFile } from "./journal.ts";
import type { UpdateRecords } from "./records.ts";
import { openUpdateState } from "./state.ts";

/** Where the records of updates are. */
export interface UpdateRecordsOptions {
  /** The folder `update` of the home; made where it is missing. */
  readonly directory: string;
  readonly store: VersionStore;
  readonly log: Log;
}

/**
 * Opens what updates are recorded in. The caller holds the lock of the home.
 *
 * @throws The system's error if the folder cannot be made.
 */
export async function openUpdateRecords(
  { directory, store, log }: UpdateRecordsOptions,
): Promise<UpdateRecords> {
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  return {
    journal: journalFile(join(directory, "journal.json")),
    state: await openUpdateState(join(directory, "state.json"), log),
    history: historyFile(join(directory, "history.jsonl")),
    store,
    log,
    now: () => new Date(),
  };
}
