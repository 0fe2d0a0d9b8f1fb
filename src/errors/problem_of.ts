import { ERROR_CODES } from "./error_codes.ts";
import { isWindlassError } from "./windlass_error.ts";

/** A failure as it is told to users: stable code, sentence, and what to do. */
export interface ToldProblem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Any failure as it is told to users; what is none of ours is a defect and says so. Pure. */
export function problemOf(error: unknown): ToldProblem {
  if (isWindlassError(error)) return { code: error.code, message: error.message, remedy: error.remedy };
  return {
    code: "WL_INTERNAL",
    message: `Cannot go on: ${error instanceof Error ? error.message : String(error)}`,
    remedy: ERROR_CODES.WL_INTERNAL,
  };
}
