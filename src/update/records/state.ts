import { z } from "zod";
import { errorText } from "../../errors/error_text.ts";
import { replaceFile } from "../../files/replace_file.ts";
import type { Log } from "../../logging/log.ts";
import { readTextIfPresent } from "../../files/if_present.ts";
import { renameFile } from "../../files/rename_file.ts";
import { shortReason, UPDATE_LIMITS } from "../limits.ts";

const Version = z.string().min(1).max(64);
const Failure = z.strictObject({
  version: Version,
  reason: z.string().max(1_024),
  at: z.iso.datetime(),
});

const StateSchema = z.strictObject({
  format: z.literal(1),
  /** Random; decides which share of a staged roll-out this installation is in. It never leaves the machine. */
  installId: z.uuid(),
  /** When the channel has answered last. */
  lastCheck: z.iso.datetime().nullable(),
  /** Versions whose trial has failed here, newest first. */
  bad: z.array(Failure),
  /** Versions that are not to be offered, newest first. */
  skipped: z.array(Version),
  /** A version or its first numbers. */
  pinned: Version.nullable(),
  /** The version that was left last: the number of the embedded one stands nowhere else while another runs. */
  left: z.strictObject({ id: z.string().max(64), version: Version }).nullable(),
  /** Why the last change was undone; told until another version is confirmed or this one is skipped. */
  lastFailure: Failure.nullable(),
});

/** What is remembered between updates. */
export type UpdateState = Readonly<z.output<typeof StateSchema>>;
/** A version that has failed, and why. */
export type VersionFailure = Readonly<z.output<typeof Failure>>;

/** The state of an installation that has none. */
export function newUpdateState(installId: string): UpdateState {
  return {
    format: 1,
    installId,
    lastCheck: null,
    bad: [],
    skipped: [],
    pinned: null,
    left: null,
    lastFailure: null,
  };
}

/** A version's trial has failed. Pure. */
export function withFailure(state: UpdateState, failure: VersionFailure): UpdateState {
  const known = { ...failure, reason: shortReason(failure.reason) };
  const others = state.bad.filter(({ version }) => version !== failure.version);
  return { ...state, bad: [known, ...others].slice(0, UPDATE_LIMITS.rememberedVersions), lastFailure: known };
}

/** A version is not to be offered. Pure. */
export function withSkipped(state: UpdateState, version: string): UpdateState {
  const others = state.skipped.filter((other) => other !== version);
  return {
    ...state,
    skipped: [version, ...others].slice(0, UPDATE_LIMITS.rememberedVersions),
    lastFailure: state.lastFailure?.version === version ? null : state.lastFailure,
  };
}

/** A version has confirmed itself: it is neither bad nor skipped any more. Pure. */
export function withConfirmed(
  state: UpdateState,
  version: string,
  left: { readonly id: string; readonly version: string },
): UpdateState {
  return {
    ...state,
    left: { id: left.id, version: left.version },
    bad: state.bad.filter((failure) => failure.version !== version),
    skipped: state.skipped.filter((other) => other !== version),
    lastFailure: null,
  };
}

/** Where the state is kept. Only the holder of the home's lock changes it. */
export interface StateStore {
  readonly state: UpdateState;
  /** On disk when this resolves; changes take effect one after another. */
  change(change: (state: UpdateState) => UpdateState): Promise<void>;
}

/** The state of a file. One that is damaged is set aside, and a new one begun: no start depends on it. Never rejects. */
export async function openUpdateState(path: string, log: Log): Promise<StateStore> {
  const found = await readState(path, log);
  const store = new FileState(path, found ?? newUpdateState(crypto.randomUUID()));
  if (found === undefined) {
    // Without it a roll-out would see another installation at each start.
    await store.change((state) => state).catch((error) => tell(log, path, error));
  }
  return store;
}

class FileState implements StateStore {
  #changing: Promise<void> = Promise.resolve();

  constructor(private readonly path: string, public state: UpdateState) {}

  change(change: (state: UpdateState) => UpdateState): Promise<void> {
    const changed = this.#changing.then(async () => {
      const state = change(this.state);
      await replaceFile(this.path, `${JSON.stringify(state, null, 1)}\n`);
      this.state = state;
    });
    this.#changing = changed.catch(() => {});
    return changed;
  }
}

async function readState(path: string, log: Log): Promise<UpdateState | undefined> {
  try {
    const text = await readTextIfPresent(path);
    return text === undefined ? undefined : StateSchema.parse(JSON.parse(text));
  } catch (error) {
    tell(log, path, error);
    // In place of an older one, so that its user can look at it.
    await renameFile(path, `${path}.damaged`).catch((cause) => tell(log, path, cause));
    return undefined;
  }
}

function tell(log: Log, path: string, error: unknown): void {
  log("warn", "update.state.damaged", {
    path,
    reason: shortReason(errorText(error)),
  });
}
