import { ERROR_CODES } from "./error_codes.ts";
import { errorText } from "./error_text.ts";
import { isWindlassError } from "./windlass_error.ts";

/** A failure as it is shown to users: stable code, sentence, and what to do. */
export interface ReportedProblem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Any failure as it is shown to users; one that is not a `WindlassError` is reported as a defect. Pure. */
export function problemOf(error: unknown): ReportedProblem {
  if (isWindlassError(error)) return { code: error.code, message: error.message, remedy: error.remedy };
  return {
    code: "WL_INTERNAL",
    message: `Cannot continue: ${errorText(error)}`,
    remedy: ERROR_CODES.WL_INTERNAL,
  };
}
