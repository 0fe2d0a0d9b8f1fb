import { errorText } from "../../errors/error_text.ts";
import { isWindlassError } from "../../errors/windlass_error.ts";
import { type EngineFailureCode, isEngineFailureCode } from "../protocol/dockerd_state.ts";

/** Whether the words of a program or of the system mean ENOSPC; Go and Rust differ in their case. */
export function isFullDisk(words: string): boolean {
  return words.toLowerCase().includes("no space left on device");
}

/** A failure as it is reported to the host; one that is not a `WindlassError` happened while preparing. Pure. */
export function failureOf(error: unknown): { code: EngineFailureCode; message: string } {
  if (isWindlassError(error)) {
    const { code, message } = error;
    if (isEngineFailureCode(code)) return { code, message };
  }
  const state = errorText(error);
  const code = isFullDisk(state) ? "WL_NO_SPACE" : "WL_ENGINE_PREPARATION_FAILED";
  return { code, message: `Cannot prepare the engine: ${state}` };
}
