import type { KeepReason } from "../api/answers.ts";
import type { FindOfferParts } from "./find_offer.ts";
import type { KnownVersion } from "./known_versions.ts";
import type { ObtainParts } from "./obtain_version.ts";
import type { EngineToLeave } from "./switch_version.ts";

/** What the updater of a host works with. */
export interface UpdaterParts extends Omit<ObtainParts, "step">, Omit<FindOfferParts, "running" | "state"> {
  readonly running: { readonly id: string; readonly version: string };
  readonly engine: EngineToLeave;
  /** What keeps the engine running, as far as it is known. */
  readonly keptBy: () => readonly KeepReason[];
  /** What is known of a version that is in the store or in the executable. */
  describe(id: string): Promise<KnownVersion>;
  /** Removes the engine distros of other versions. */
  removeOtherDistros(signal: AbortSignal): Promise<void>;
  /** The host is to end, so that the version on trial can begin. */
  readonly endForSwitch: () => void;
  /** Called after every change of what the status tells. */
  readonly onChange: () => void;
}
