import type { Log } from "../logging/log.ts";
import type { VersionStore } from "../payload/version_store.ts";
import type { HistoryStore } from "./update_history.ts";
import type { JournalStore } from "./update_journal.ts";
import type { StateStore } from "./update_state.ts";

/** All that a change from one version to another writes. Whoever holds the lock of the home has it. */
export interface UpdateRecords {
  readonly journal: JournalStore;
  readonly state: StateStore;
  readonly history: HistoryStore;
  readonly store: Pick<
    VersionStore,
    "readCurrent" | "writeCurrent" | "removeCurrent" | "versions" | "remove" | "collect"
  >;
  readonly log: Log;
  readonly now: () => Date;
}
