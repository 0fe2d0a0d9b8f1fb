/** Updates: what the host reports about them. */
import { z } from "zod";
import { KeepReason } from "./engine.ts";
import { Problem } from "./problems.ts";
import { Progress } from "./progress.ts";

/** What the host does about updates on its own: the setting `update.mode`. */
export type UpdateMode = "off" | "notify" | "download" | "auto";

export const UpdateMode: z.ZodType<UpdateMode> = z.enum(["off", "notify", "download", "auto"]);

/**
 * The installer of newer versions: Windlass itself (`direct`), a package manager, or the administrator (`managed`).
 */
export type UpdateOwner = "direct" | "winget" | "scoop" | "managed";

export const UpdateOwner: z.ZodType<UpdateOwner> = z.enum(["direct", "winget", "scoop", "managed"]);

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

export const UpdateStepName: z.ZodType<UpdateStepName> = z.enum([
  "idle",
  "checking",
  "downloading",
  "preparing",
  "ready",
  "waiting-for-idle",
  "switching",
  "trial",
]);

/** A version that can be installed. */
export interface UpdateOffer {
  /** Such as `1.2.3`. */
  version: string;
  /** When it was published, ISO 8601. */
  published: string;
  /** `security` if it fixes a vulnerability. */
  severity: "normal" | "security";
  /** Release notes, as plain text. */
  notes: string;
  /** Address of the full release notes. */
  notesUrl?: string | undefined;
  /** Why it is offered: it is newer, it replaces a withdrawn version, or the user asked for it. */
  reason: "newer" | "withdrawn" | "requested";
  /** How to get it: `windlass update install`, the package manager's command, or a new executable. */
  means: "install" | "package-manager" | "executable";
  /** The package manager's command line, if known. */
  command?: string | undefined;
  /** Bytes left to download. */
  downloadBytes: number;
  /** Size of the whole executable in bytes, for comparison. */
  fullBytes: number;
  /** The version of dockerd that it contains. */
  dockerd: string;
  /** Whether a rollback can undo the update. */
  undo: boolean;
}

export const UpdateOffer: z.ZodType<UpdateOffer> = z.object({
  version: z.string().describe("Such as 1.2.3"),
  published: z.iso.datetime().describe("When it was published"),
  severity: z.enum(["normal", "security"]).describe("security if it fixes a vulnerability"),
  notes: z.string().describe("Release notes, as plain text"),
  notesUrl: z.url().optional().describe("Address of the full release notes"),
  reason: z.enum(["newer", "withdrawn", "requested"]).describe(
    "Why it is offered: it is newer, it replaces a withdrawn version, or the user asked for it",
  ),
  means: z.enum(["install", "package-manager", "executable"]).describe(
    "How to get it: 'windlass update install', the package manager's command, or a new executable",
  ),
  command: z.string().optional().describe("The package manager's command line, if known"),
  downloadBytes: z.number().describe("Bytes left to download"),
  fullBytes: z.number().describe("Size of the whole executable in bytes, for comparison"),
  dockerd: z.string().describe("The version of dockerd that it contains"),
  undo: z.boolean().describe("Whether a rollback can undo the update"),
}).meta({ id: "UpdateOffer" });

/** The status of updates: the output of `windlass update status --json` and of `GET /v1/update`. */
export interface UpdateStatus {
  /**
   * The running version; `id` is `embedded` or the SHA-256 of its index. On trial, it may still be rolled back
   * automatically.
   */
  current: { version: string; id: string; trial: boolean };
  /** The version that `windlass update rollback` returns to. */
  previous?: { version: string; id: string } | undefined;
  /** What the host does about updates on its own. */
  mode: UpdateMode;
  /** The channel that is followed: `stable`, `beta` or `nightly`. */
  channel: string;
  /** Whether this build has an update channel; without one, it cannot check or download. */
  hasChannel: boolean;
  /** The installer of newer versions on this machine. */
  managedBy: UpdateOwner;
  /** The last successful check of the channel, ISO 8601; `null` before the first one. */
  lastCheck: string | null;
  /** The next automatic check, ISO 8601; `null` if none is planned. */
  nextCheck: string | null;
  /** The version that can be installed. */
  offer?: UpdateOffer | undefined;
  /**
   * Why there is no offer, as a clause without a period; left out before the first check, and if there is an offer.
   */
  noOffer?: string | undefined;
  /** What the host is doing. */
  step: UpdateStepName;
  /** The step in a few words, for display; left out in the steps `idle`, `ready` and `waiting-for-idle`. */
  stage?: string | undefined;
  /** Progress of the step. */
  progress?: Progress | undefined;
  /** What must stop before the switch, in the step `waiting-for-idle`. */
  waitsFor: KeepReason[];
  /** Why the last check, download or installation failed; cleared when the next one starts. */
  problem?: Problem | undefined;
  /** Versions that failed on this machine and are no longer offered, newest last. */
  bad: { version: string; reason: string }[];
  /** The version, or its first numbers, that updates are limited to; `null` without a pin. */
  pinned: string | null;
  /** Versions that are hidden until a newer one is published. */
  skipped: string[];
}

export const UpdateStatus: z.ZodType<UpdateStatus> = z.object({
  current: z.object({
    version: z.string(),
    id: z.string().describe("embedded, or the SHA-256 of the version's index"),
    trial: z.boolean().describe("Whether it may still be rolled back automatically"),
  }).describe("The running version"),
  previous: z.object({ version: z.string(), id: z.string() }).optional().describe(
    "The version that a rollback returns to",
  ),
  mode: UpdateMode.describe("What the host does about updates on its own"),
  channel: z.string().describe("The channel that is followed: stable, beta or nightly"),
  hasChannel: z.boolean().describe(
    "Whether this build has an update channel; without one, it cannot check or download",
  ),
  managedBy: UpdateOwner.describe(
    "The installer of newer versions on this machine; direct is Windlass itself",
  ),
  lastCheck: z.iso.datetime().nullable().describe(
    "The last successful check of the channel; null before the first one",
  ),
  nextCheck: z.iso.datetime().nullable().describe("The next automatic check; null if none is planned"),
  offer: UpdateOffer.optional().describe("The version that can be installed"),
  noOffer: z.string().optional().describe("Why there is no offer, as a clause without a period"),
  step: UpdateStepName.describe("What the host is doing"),
  stage: z.string().optional().describe(
    "The step in a few words, for display; left out in the steps idle, ready and waiting-for-idle",
  ),
  progress: Progress.optional().describe("Progress of the step"),
  waitsFor: z.array(KeepReason).describe("What must stop before the switch, in the step waiting-for-idle"),
  problem: Problem.optional().describe("Why the last check, download or installation failed"),
  bad: z.array(z.object({ version: z.string(), reason: z.string() })).describe(
    "Versions that failed on this machine and are no longer offered, newest last",
  ),
  pinned: z.string().nullable().describe(
    "The version, or its first numbers, that updates are limited to; null without a pin",
  ),
  skipped: z.array(z.string()).describe("Versions that are hidden until a newer one is published"),
}).meta({ id: "UpdateStatus" });
