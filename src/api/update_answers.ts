import type { KeepReason, Problem, Progress } from "./answers.ts";

/** What the host does by itself about updates; the setting `update.mode`. */
export type UpdateMode = "off" | "notify" | "download" | "auto";

/** Who brings newer versions: Windlass itself (`direct`), a package manager, or whoever runs the machine. */
export type UpdateOwner = "direct" | "winget" | "scoop" | "managed";

/** What the host is doing about updates. */
export type UpdateStepName =
  | "idle"
  | "checking"
  | "downloading"
  | "preparing"
  | "ready"
  | "waiting-for-idle"
  | "switching"
  | "trial";

/** A version that could be installed. */
export interface UpdateOffer {
  /** Such as `1.2.3`. */
  version: string;
  /** ISO 8601. */
  published: string;
  /** Whether it closes a security hole. */
  severity: "normal" | "security";
  /** What is new, as text. */
  notes: string;
  /** Where more is told. */
  notesUrl?: string | undefined;
  /** Why it is offered: it is newer; the running version was withdrawn; somebody has asked for it. */
  reason: "newer" | "withdrawn" | "requested";
  /** How to get it: `windlass update install`; the package manager's command; a new executable. */
  means: "install" | "package-manager" | "executable";
  /** The package manager's command line, where it is known. */
  command?: string | undefined;
  /** Bytes that still have to be downloaded. */
  downloadBytes: number;
  /** Bytes of the whole executable, to compare with. */
  fullBytes: number;
  /** Version of dockerd in it. */
  dockerd: string;
  /** Whether `windlass update rollback` can undo it. */
  undo: boolean;
}

/** What `windlass update status --json` prints and `GET /v1/update` answers. */
export interface UpdateStatus {
  /** The version that runs; its id is `embedded` or 64 hexadecimal digits. On trial, it may still be left again. */
  current: { version: string; id: string; trial: boolean };
  /** What `windlass update rollback` goes back to. */
  previous?: { version: string; id: string } | undefined;
  /** What happens without being asked. */
  mode: UpdateMode;
  /** The line of releases that is followed: `stable`, `beta` or `nightly`. */
  channel: string;
  /** Who installs newer versions here. */
  managedBy: UpdateOwner;
  /** When the channel last answered, ISO 8601; `null` if it never has. */
  lastCheck: string | null;
  /** When it is asked next, ISO 8601; `null` if only on request. */
  nextCheck: string | null;
  /** What could be installed. */
  offer?: UpdateOffer | undefined;
  /** Why nothing is offered, as a sentence; left out before the first check and beside an offer. */
  noOffer?: string | undefined;
  /** What is being done. */
  step: UpdateStepName;
  /** How far that is, in bytes. */
  progress?: Progress | undefined;
  /** What an update waits for in the step `waiting-for-idle`. */
  waitsFor: KeepReason[];
  /** Why the last check, download or installation failed; gone with the next that does not. */
  problem?: Problem | undefined;
  /** Versions that have failed on this machine and are not offered again, newest last. */
  bad: { version: string; reason: string }[];
  /** The version, or its first numbers, that updates keep to; `null` without a pin. */
  pinned: string | null;
  /** Versions that are not offered until a newer one is. */
  skipped: string[];
}

/** What `POST /v1/update/install` takes. */
export interface UpdateInstallation {
  /**
   * `idle` waits until no container and no build runs; `now` stops the containers, and starts those again that have a
   * restart policy. @default {"idle"}
   */
  when?: "idle" | "now" | undefined;
  /** A version to install whatever speaks against it: lower, skipped, or one that has failed here. */
  version?: string | undefined;
  /** Absolute path of a bundle file, instead of the channel. */
  from?: string | undefined;
}

/** What `POST /v1/update/rollback` takes. */
export interface UpdateRollback {
  /** As for an installation. @default {"idle"} */
  when?: "idle" | "now" | undefined;
}

/** What `POST /v1/update/pin` takes. */
export interface UpdatePin {
  /** A version, or its first numbers such as `1.2`; `null` takes the pin away. */
  version: string | null;
}

/** What `POST /v1/update/skip` takes. */
export interface UpdateSkip {
  /** The version that is not to be offered. */
  version: string;
}
