import { WindlassError } from "../../errors/windlass_error.ts";
import { AGENT_LIMITS } from "../agent_limits.ts";
import { DOCKERD_SOCKET } from "../protocol/distro_paths.ts";

/** How a connection to dockerd is made. */
export interface ConnectDockerdOptions {
  /** Resolves once dockerd answers; rejects with why it does not. */
  readonly whenRunning: (signal: AbortSignal) => Promise<void>;
  /** Aborted when nobody wants the connection any more. */
  readonly wanted: AbortSignal;
  /** Called as the wait for dockerd begins and as it is over. */
  readonly onStation?: (station: "waiting for dockerd to run" | "connecting") => void;
}

/**
 * Connects to dockerd once it answers.
 *
 * @throws {WindlassError} as `whenRunning()`, and `WL_ENGINE_FAILED` if dockerd does not listen; the signal's reason.
 */
export async function connectDockerd(
  { whenRunning, wanted, onStation }: ConnectDockerdOptions,
): Promise<Deno.UnixConn> {
  for (let attempt = 1;; attempt++) {
    onStation?.("waiting for dockerd to run");
    await whenRunning(wanted);
    wanted.throwIfAborted();
    onStation?.("connecting");
    try {
      return await Deno.connect({ transport: "unix", path: DOCKERD_SOCKET });
    } catch (error) {
      if (!isNobodyThere(error)) throw error;
      if (attempt === AGENT_LIMITS.connectAttempts) throw notListening(error);
      // dockerd has just died, and its supervisor will know in a moment.
      await new Promise((resolve) => setTimeout(resolve, AGENT_LIMITS.connectRetryMilliseconds));
    }
  }
}

function notListening(cause: unknown): WindlassError {
  const state = `it runs, but does not listen on '${DOCKERD_SOCKET}'`;
  return new WindlassError("WL_ENGINE_FAILED", `Cannot connect to dockerd: ${state}`, { cause });
}

function isNobodyThere(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.ConnectionRefused;
}
