import type { Change } from "./update_journal.ts";
import type { UpdateRecords } from "./update_records.ts";

/** A change that begins now, away from the version that runs. */
export async function newChange(
  { store, now }: Pick<UpdateRecords, "store" | "now">,
  running: { readonly id: string; readonly version: string },
  { kind, by, version, undo }: Pick<Change, "kind" | "by" | "version" | "undo">,
): Promise<Change> {
  const named = await store.readCurrent();
  return {
    kind,
    by,
    version,
    undo,
    change: crypto.randomUUID(),
    since: now().toISOString(),
    from: { id: running.id, version: running.version, previous: named?.previous ?? null },
  };
}
