import { matchesPin } from "./decision/version_pin.ts";
import type { Settings } from "../settings/settings_schema.ts";
import type { ChangeAuthor, InstalledChange } from "./update_journal.ts";
import type { UpdateState } from "./update_state.ts";

/** A version that only the switch separates from running. */
export interface Ready {
  readonly change: InstalledChange;
  /** Whether it is to be installed at the next idle moment. */
  readonly consent: boolean;
}

/**
 * The change as it goes on when somebody agrees to it, who need not be the one who has downloaded it. What the user has
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
