import type { Log } from "../../logging/log.ts";
import type { VersionStore } from "../../payload/version_store.ts";
import type { HistoryStore } from "./history.ts";
import type { JournalStore } from "./journal.ts";
import type { StateStore } from "./state.ts";

/** All that a change from one version to another writes. Only the holder of the home's lock has it. */
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
