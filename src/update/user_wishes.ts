import type { UpdateRecords } from "./update_records.ts";
import { withSkipped } from "./update_state.ts";

/** What of the records a wish is written into. */
type WishRecords = Pick<UpdateRecords, "state" | "history" | "now">;

/** Keeps updates to a version, or to its first numbers; `undefined` takes the pin away. */
export async function recordPin(
  { state, history, now }: WishRecords,
  version: string | undefined,
): Promise<void> {
  await state.change((known) => ({ ...known, pinned: version ?? null }));
  const at = now().toISOString();
  if (version === undefined) await history.add({ at, event: "unpinned", by: "user" });
  else await history.add({ at, event: "pinned", by: "user", version });
}

/** A version is not to be offered. */
export async function recordSkip({ state, history, now }: WishRecords, version: string): Promise<void> {
  await state.change((known) => withSkipped(known, version));
  await history.add({ at: now().toISOString(), event: "skipped", by: "user", version });
}
