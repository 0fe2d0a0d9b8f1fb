import { z } from "zod";
import type * as answers from "./answers.ts";
import { KeepReason } from "./engine_schemas.ts";
import { Problem } from "./problem_schemas.ts";

/** Longer than any version or pin. */
const VERSION_CHARACTERS = 96;
/** The longest path that Windows knows. */
const PATH_CHARACTERS = 32_767;

/** What the host does by itself about updates. */
export const UpdateMode: z.ZodType<answers.UpdateMode> = z.enum(["off", "notify", "download", "auto"]);

/** Who brings newer versions. */
export const UpdateOwner: z.ZodType<answers.UpdateOwner> = z.enum(["direct", "winget", "scoop", "managed"]);

/** What the host is doing about updates. */
export const UpdateStepName: z.ZodType<answers.UpdateStepName> = z.enum([
  "idle",
  "checking",
  "downloading",
  "preparing",
  "ready",
  "waiting-for-idle",
  "switching",
  "trial",
]);

/** A version that could be installed. */
export const UpdateOffer: z.ZodType<answers.UpdateOffer> = z.object({
  version: z.string(),
  published: z.iso.datetime(),
  severity: z.enum(["normal", "security"]).describe("Whether it closes a security hole"),
  notes: z.string().describe("What is new, as text"),
  notesUrl: z.url().optional().describe("Where more is told"),
  reason: z.enum(["newer", "withdrawn", "requested"]).describe(
    "Why it is offered: it is newer, the running version was withdrawn, or somebody has asked for it",
  ),
  means: z.enum(["install", "package-manager", "executable"]).describe(
    "How to get it: install it, run the package manager's command, or download the new executable and run it",
  ),
  command: z.string().optional().describe("The package manager's command line, where it is known"),
  downloadBytes: z.number().describe("Bytes that still have to be downloaded"),
  fullBytes: z.number().describe("Bytes of the whole executable, to compare with"),
  dockerd: z.string().describe("Version of dockerd in it"),
  undo: z.boolean().describe("Whether a rollback can undo it"),
}).meta({ id: "UpdateOffer" });

/** What `windlass update status --json` prints and `GET /v1/update` answers. */
export const UpdateStatus: z.ZodType<answers.UpdateStatus> = z.object({
  current: z.object({
    version: z.string(),
    id: z.string().describe("embedded, or the sha256 of the version's index"),
    trial: z.boolean().describe("Whether it may still be left again by itself"),
  }),
  previous: z.object({ version: z.string(), id: z.string() }).optional().describe("What a rollback leads to"),
  mode: UpdateMode.describe("What happens without being asked"),
  channel: z.string().describe("stable, beta or nightly"),
  managedBy: UpdateOwner.describe("Who installs newer versions here; direct is Windlass itself"),
  lastCheck: z.iso.datetime().nullable().describe("When the channel last answered; null if it never has"),
  nextCheck: z.iso.datetime().nullable().describe("When it is asked next; null if only on request"),
  offer: UpdateOffer.optional().describe("What could be installed"),
  noOffer: z.string().optional().describe("Why nothing is offered"),
  step: UpdateStepName,
  progress: z.object({ done: z.number(), total: z.number() }).optional().describe("Bytes of the step"),
  waitsFor: z.array(KeepReason).describe("What an update waits for in the step waiting-for-idle"),
  problem: Problem.optional().describe("Why the last check, download or installation failed"),
  bad: z.array(z.object({ version: z.string(), reason: z.string() })).describe(
    "Versions that have failed on this machine and are not offered again",
  ),
  pinned: z.string().nullable().describe("The version, or its first numbers, that updates keep to"),
  skipped: z.array(z.string()).describe("Versions that are not offered until a newer one is"),
}).meta({ id: "UpdateStatus" });

const When = z.enum(["idle", "now"]).optional().describe(
  "idle waits until no container and no build runs; now stops the containers. Default idle",
);
const VersionText = z.string().max(VERSION_CHARACTERS).regex(
  /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/,
  "it is no version such as '1.2.7'",
);
/** A pin that no version begins with would hold back every update. */
const PinText = z.string().max(VERSION_CHARACTERS).regex(
  /^\d+(?:\.\d+(?:\.\d+(?:-[0-9A-Za-z.-]+)?)?)?$/,
  "it is no version such as '1.2.7' and not the first numbers of one such as '1.2'",
);

/** What `POST /v1/update/install` takes. */
export const UpdateInstallation: z.ZodType<answers.UpdateInstallation> = z.strictObject({
  when: When,
  version: VersionText.optional().describe("Install this one, whatever speaks against it"),
  from: z.string().min(1).max(PATH_CHARACTERS).optional().describe(
    "Absolute path of a bundle file, instead of the channel",
  ),
}).meta({ id: "UpdateInstallation" });

/** What `POST /v1/update/rollback` takes. */
export const UpdateRollback: z.ZodType<answers.UpdateRollback> = z.strictObject({ when: When }).meta({
  id: "UpdateRollback",
});

/** What `POST /v1/update/pin` takes. */
export const UpdatePin: z.ZodType<answers.UpdatePin> = z.strictObject({
  version: PinText.nullable().describe("A version or its first numbers; null takes the pin away"),
}).meta({ id: "UpdatePin" });

/** What `POST /v1/update/skip` takes. */
export const UpdateSkip: z.ZodType<answers.UpdateSkip> = z.strictObject({ version: VersionText }).meta({
  id: "UpdateSkip",
});

// A name is a schema where a value is meant, and what it describes where a type is meant.
/** What the schema of the same name describes. */
export type UpdateMode = answers.UpdateMode;
/** What the schema of the same name describes. */
export type UpdateOwner = answers.UpdateOwner;
/** What the schema of the same name describes. */
export type UpdateStepName = answers.UpdateStepName;
/** What the schema of the same name describes. */
export type UpdateOffer = answers.UpdateOffer;
/** What the schema of the same name describes. */
export type UpdateStatus = answers.UpdateStatus;
/** What the schema of the same name describes. */
export type UpdateInstallation = answers.UpdateInstallation;
/** What the schema of the same name describes. */
export type UpdateRollback = answers.UpdateRollback;
/** What the schema of the same name describes. */
export type UpdatePin = answers.UpdatePin;
/** What the schema of the same name describes. */
export type UpdateSkip = answers.UpdateSkip;
