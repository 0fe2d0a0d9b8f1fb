/** Updates: what the host can be asked to do. */
import { z } from "zod";

/** Longer than any version or pin. */
const VERSION_CHARACTERS = 96;
/** The longest path on Windows. */
const PATH_CHARACTERS = 32_767;

const When = z.enum(["idle", "now"]).optional().describe(
  "idle (the default) waits until no container and no build is running; now stops the containers",
);
const VersionText = z.string().max(VERSION_CHARACTERS).regex(
  /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/,
  "not a version such as '1.2.7'",
);
/** A pin that matches no version would block every update. */
const PinText = z.string().max(VERSION_CHARACTERS).regex(
  /^\d+(?:\.\d+(?:\.\d+(?:-[0-9A-Za-z.-]+)?)?)?$/,
  "not a version such as '1.2.7', nor the first numbers of one such as '1.2'",
);

/** The body of `POST /v1/update/install`. */
export interface UpdateInstallation {
  /**
   * `idle` waits until no container and no build is running; `now` stops the containers, and then starts those again
   * that have a restart policy. @default {"idle"}
   */
  when?: "idle" | "now" | undefined;
  /** A version to install even if it is older, skipped, or has failed on this machine. */
  version?: string | undefined;
  /** Absolute path of a bundle file to install from, instead of the channel. */
  from?: string | undefined;
}

export const UpdateInstallation: z.ZodType<UpdateInstallation> = z.strictObject({
  when: When,
  version: VersionText.optional().describe(
    "A version to install even if it is older, skipped, or has failed on this machine",
  ),
  from: z.string().min(1).max(PATH_CHARACTERS).optional().describe(
    "Absolute path of a bundle file to install from, instead of the channel",
  ),
}).meta({ id: "UpdateInstallation" });

/** The body of `POST /v1/update/rollback`. */
export interface UpdateRollback {
  /** As for an installation. @default {"idle"} */
  when?: "idle" | "now" | undefined;
}

export const UpdateRollback: z.ZodType<UpdateRollback> = z.strictObject({ when: When })
  .meta({ id: "UpdateRollback" });

/** The body of `POST /v1/update/pin`. */
export interface UpdatePin {
  /** A version, or its first numbers such as `1.2`; `null` removes the pin. */
  version: string | null;
}

export const UpdatePin: z.ZodType<UpdatePin> = z.strictObject({
  version: PinText.nullable().describe("A version or its first numbers; null removes the pin"),
}).meta({ id: "UpdatePin" });

/** The body of `POST /v1/update/skip`. */
export interface UpdateSkip {
  /** The version to hide. */
  version: string;
}

export const UpdateSkip: z.ZodType<UpdateSkip> = z.strictObject({ version: VersionText })
  .meta({ id: "UpdateSkip" });
