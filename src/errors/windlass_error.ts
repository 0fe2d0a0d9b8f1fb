import { ERROR_CODES, type ErrorCode } from "./error_codes.ts";

/** What may be added to an error beyond its code and message. */
export interface WindlassErrorOptions {
  /** The failure underneath, kept for logs and `--json` output. */
  readonly cause?: unknown;
  /** Replaces the remedy of the code's list entry where a more exact one is known. */
  readonly remedy?: string;
}

/**
 * A failure that can be shown to a user: closed code, a sentence "Cannot <action>: <state>" without a
 * final period, and what to do about it.
 *
 * @example
 * ```ts
 * throw new WindlassError("WL_ROOT_NEEDED", "Cannot start the engine: user id is 1000, not 0");
 * ```
 */
export class WindlassError extends Error {
  override readonly name = "WindlassError";
  /** One sentence that says what to do. */
  readonly remedy: string;

  constructor(readonly code: ErrorCode, message: string, options: WindlassErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.remedy = options.remedy ?? ERROR_CODES[code];
  }
}

/** Whether `error` is a {@linkcode WindlassError}, with that code if one is given. */
export function isWindlassError(error: unknown, code?: ErrorCode): error is WindlassError {
  return error instanceof WindlassError && (code === undefined || error.code === code);
}
