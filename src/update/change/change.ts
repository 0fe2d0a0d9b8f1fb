/** The beginning of a change of versions, what becomes of one that is ready, and the user's wishes about versions. */
import type { Settings } from "../../settings/settings_schema.ts";
import { matchesPin } from "../decision/version_pin.ts";
import type { Change, ChangeAuthor, InstalledChange } from "../records/journal.ts";
import type { UpdateRecords } from "../records/records.ts";
import { type UpdateState, withSkipped } from "../records/state.ts";

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

/** A version that only the switch separates from running. */
export interface Ready {
  readonly change: InstalledChange;
  /** Whether it is to be installed at the next idle moment. */
  readonly consent: boolean;
}

/**
 * The change as it continues when somebody agrees to it, who need not be the one who has downloaded it. What the user has
 * agreed to stays so when `auto` comes to the same. Pure.
 */
export function agreedChange({ change, consent }: Ready, by: ChangeAuthor): InstalledChange {
  return { ...change, by: consent && change.by === "user" ? "user" : by };
}

/**
 * Whether a version that nobody has asked for is one that must not be installed unasked any more: it may have been skipped, or
 * pinned away, while it was being prepared. Pure.
 */
export function isUnwanted(
  { version, by }: Pick<InstalledChange, "version" | "by">,
  { skipped, bad, pinned }: Pick<UpdateState, "skipped" | "bad" | "pinned">,
  { values: { "update.pin": pin } }: { readonly values: Pick<Settings, "update.pin"> },
): boolean {
  if (by !== "auto") return false;
  if (skipped.includes(version) || bad.some((failure) => failure.version === version)) return true;
  const pins = [pinned ?? "", pin].filter((pin) => pin !== "");
  return pins.some((pin) => !matchesPin(version, pin));
}

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
