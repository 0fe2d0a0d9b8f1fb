import { WindlassError } from "../../errors/windlass_error.ts";

/** Why a request gets no engine any more. */
export function hostEnding(): WindlassError {
  return new WindlassError("WL_HOST_NOT_RUNNING", "Cannot reach the engine: Windlass is being stopped");
}
