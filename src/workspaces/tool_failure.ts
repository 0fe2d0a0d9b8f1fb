import type { ErrorCode } from "../errors/error_codes.ts";
import { isWindlassError, WindlassError } from "../errors/windlass_error.ts";
import type { RunResult } from "../wsl/wsl.ts";
import type { ToolFailure } from "./tool_output.ts";

/** What the tool's own codes mean; the others have no code of their own here. */
const TOOL_CODES: Readonly<Partial<Record<string, ErrorCode>>> = {
  "read-only": "WL_WORKSPACE_READ_ONLY",
  "disk-full": "WL_WORKSPACE_FULL",
  "other-instance": "WL_WORKSPACE_FOREIGN",
};

/** What wsl's failures mean for a distro that is not ours: their own remedies would replace the distro. */
const WSL_CODES: Readonly<Partial<Record<string, ErrorCode>>> = {
  WL_WSL_TIMEOUT: "WL_WORKSPACE_TIMEOUT",
  WL_DISTRO_NOT_FOUND: "WL_WORKSPACE_GONE",
  WL_DISTRO_BUSY: "WL_DISTRO_BUSY",
};

/** One step with one distro, for its errors. */
export interface ToolStep {
  /** What follows "Cannot ", such as "enable the workspace 'Ubuntu'". */
  readonly action: string;
  readonly milliseconds: number;
}

/** The failure of wsl itself during a step; anything else is returned as it is. */
export function stepFailure({ action, milliseconds }: ToolStep, error: unknown): unknown {
  if (!isWindlassError(error)) return error;
  if (error.code === "WL_WSL_TIMEOUT") {
    const seconds = milliseconds / 1000;
    const message = `Cannot ${action}: the distro did not answer within ${seconds} s`;
    return new WindlassError("WL_WORKSPACE_TIMEOUT", message, { cause: error });
  }
  const isOfDistro = error.code.startsWith("WL_DISTRO_");
  const code = WSL_CODES[error.code] ?? (isOfDistro ? "WL_WORKSPACE_FAILED" : error.code);
  const state = stateOf(error.message);
  return new WindlassError(code, `Cannot ${action}: ${state}`, {
    cause: error,
    ...isOfDistro ? {} : { remedy: error.remedy },
  });
}

/** The failure that the tool has reported. */
export function toolFailure({ action }: ToolStep, { error, message }: ToolFailure): WindlassError {
  const words = message.replace(/^Cannot /, "it cannot ");
  return new WindlassError(TOOL_CODES[error] ?? "WL_WORKSPACE_FAILED", `Cannot ${action}: ${words}`);
}

/** The failure of a tool that has not reported what it should have. */
export function silentFailure(
  { action }: ToolStep,
  result: Pick<RunResult, "exitCode" | "stderr">,
): WindlassError {
  const said = result.stderr.trim().split(/\r?\n/).at(-1) ?? "";
  const end = `its program ended with status ${result.exitCode}${said && `: ${said.slice(0, 200)}`}`;
  return new WindlassError("WL_WORKSPACE_FAILED", `Cannot ${action}: ${end}`);
}

/** What follows the first "Cannot …: " of a message. */
function stateOf(message: string): string {
  const colon = message.indexOf(": ");
  return colon < 0 ? message : message.slice(colon + 2);
}
