import { WindlassError } from "../../../src/errors/windlass_error.ts";
import {
  type ChannelName,
  CHANNELS,
  type PlatformName,
  PLATFORMS,
} from "../../../src/update/release/release_document.ts";
import { isVersion } from "../../../src/update/release/version_order.ts";

/** A subcommand of `scripts/release.ts`. */
export interface ReleaseCommand {
  /** What stands behind its name, such as `--into FOLDER`. */
  readonly usage: string;
  readonly summary: string;
  /** Flags with a value; `many` may be given more than once. */
  readonly flags: Readonly<Record<string, "one" | "many" | "switch">>;
  /** Whether words that belong to no flag are taken. */
  readonly operands?: boolean;
  run(input: ReleaseInput): Promise<void>;
}

/** What was typed, checked against the command's flags. */
export class ReleaseInput {
  readonly #values: Readonly<Record<string, readonly string[]>>;

  constructor(
    values: Readonly<Record<string, readonly string[]>>,
    readonly operands: readonly string[],
    readonly signal: AbortSignal,
  ) {
    this.#values = values;
  }

  /** All values of a flag. */
  many(flag: string): readonly string[] {
    return this.#values[flag] ?? [];
  }

  /** The value of a flag, if it was given. */
  optional(flag: string): string | undefined {
    return this.#values[flag]?.at(-1);
  }

  /** The value of a flag that must be given. */
  required(flag: string): string {
    return this.optional(flag) ?? usage(`the flag '--${flag}' is missing`);
  }

  /** Whether a switch is on. */
  on(flag: string): boolean {
    return this.#values[flag] !== undefined;
  }

  /** A whole number between two others, both included. */
  whole(
    flag: string,
    range: { readonly least: number; readonly most: number; readonly usual: number },
  ): number {
    const text = this.optional(flag);
    if (text === undefined) return range.usual;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= range.least && value <= range.most) return value;
    usage(`'--${flag} ${text}' is not a whole number from ${range.least} to ${range.most}`);
  }

  version(flag: string): string {
    return requireVersion(flag, this.required(flag));
  }

  versions(flag: string): string[] {
    return this.many(flag).map((text) => requireVersion(flag, text));
  }

  channel(): ChannelName {
    const text = this.required("channel");
    return CHANNELS.find((name) => name === text) ?? usage(`there is no channel '${text}'`);
  }

  /** The platforms that were named, or both. */
  platforms(): readonly PlatformName[] {
    const named = this.many("platform").map((text) =>
      PLATFORMS.find((name) => name === text) ?? usage(`there is no platform '${text}'`)
    );
    return named.length === 0 ? PLATFORMS : PLATFORMS.filter((name) => named.includes(name));
  }
}

/** Refuses what was typed. */
export function usage(state: string): never {
  throw new WindlassError("WL_USAGE", `Cannot run 'release': ${state}`, {
    remedy: "Run 'deno task release help' to see the commands and their flags.",
  });
}

function requireVersion(flag: string, text: string): string {
  return isVersion(text) ? text : usage(`'--${flag} ${text}' is not a version such as 1.2.3`);
}
