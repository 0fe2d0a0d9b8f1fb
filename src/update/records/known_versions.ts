import { WindlassError } from "../../errors/windlass_error.ts";
import type { Current } from "../../payload/current_file.ts";
import { EMBEDDED } from "../../payload/payload.ts";
import type { VersionStore } from "../../payload/version_store.ts";
import { parseRelease } from "../release/release_document.ts";
import type { UpdateState } from "./state.ts";

/** What is known of a version on this machine. */
export interface KnownVersion {
  readonly id: string;
  /** Such as `1.2.3`. */
  readonly version: string;
  /** Whether the version before can read the data that this one has written. */
  readonly undo: boolean;
}

/** What a version is called whose number stands nowhere any more. */
export const UNKNOWN_VERSION = "unknown";

/** What is known of a version in the store or in the executable. Never rejects. */
export async function describeVersion(
  id: string,
  { running, store, state }: {
    readonly running: { readonly id: string; readonly version: string };
    readonly store: Pick<VersionStore, "releaseOf">;
    readonly state: () => UpdateState;
  },
): Promise<KnownVersion> {
  const release = await releaseOf(store, id);
  if (release !== undefined) return { id, version: release.version, undo: release.undo };
  if (id === running.id) return { id, version: running.version, undo: true };
  const { left } = state();
  return { id, version: left?.id === id ? left.version : UNKNOWN_VERSION, undo: true };
}

async function releaseOf(store: Pick<VersionStore, "releaseOf">, id: string) {
  try {
    const bytes = await store.releaseOf(id);
    return bytes === undefined ? undefined : parseRelease(bytes);
  } catch {
    return undefined; // damaged: the version runs all the same
  }
}

/** What a rollback on request leads to; nothing if there is only one version. */
export async function previousVersion(
  named: Current | undefined,
  running: string,
  describe: (id: string) => Promise<KnownVersion>,
): Promise<KnownVersion | undefined> {
  if (named === undefined) return undefined;
  const id = named.previous ?? EMBEDDED;
  return id === running ? undefined : await describe(id);
}

/**
 * The version that a rollback leads to.
 *
 * @throws {WindlassError} `WL_UPDATE_NO_PREVIOUS` if there is none; `WL_UPDATE_NO_WAY_BACK` if it could not read the data.
 */
export function requireWayBack(running: KnownVersion, previous: KnownVersion | undefined): KnownVersion {
  if (previous === undefined) {
    throw new WindlassError(
      "WL_UPDATE_NO_PREVIOUS",
      `Cannot roll back from Windlass ${running.version}: no previous version is on this machine`,
    );
  }
  if (running.undo) return previous;
  throw new WindlassError(
    "WL_UPDATE_NO_WAY_BACK",
    `Cannot roll back to Windlass ${previous.version}: it cannot read the data that Windlass ${running.version} has written`,
  );
}
