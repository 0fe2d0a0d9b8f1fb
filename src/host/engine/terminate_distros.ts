import { problemOf } from "../../errors/problem_of.ts";
import { isWindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import type { Wsl } from "../../wsl/wsl.ts";

type Terminates = Pick<Wsl, "terminate">;

/** What cannot be terminated is either not there, which is what we want, or will end by its idle time. */
export async function terminateDistros(wsl: Terminates, names: readonly string[], log: Log): Promise<void> {
  await Promise.all(names.map(async (name) => {
    try {
      await requireTerminated(wsl, [name]);
    } catch (error) {
      log("warn", "engine.terminate.failed", { name, reason: problemOf(error).message });
    }
  }));
}

/**
 * An engine of another version whose host was killed writes to the same data for some time. Two at once would
 * spoil it, and neither can see the other: nothing may start before this has resolved.
 *
 * @throws {WindlassError} Why one of them may still run.
 */
export async function requireTerminated(wsl: Terminates, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await wsl.terminate(name).catch((error) => {
      if (!isWindlassError(error, "WL_DISTRO_NOT_FOUND")) throw error;
    });
  }
}

/**
 * Terminates the distros of an engine whose containers are not waited for. The keeper of the data would wait until
 * nothing uses the data, but nobody unmounts what killed containers used: its distro ends right after the engine's.
 */
export async function endAtOnce(
  keeper: AsyncDisposable,
  wsl: Terminates,
  { engineName, dataName }: { readonly engineName: string; readonly dataName: string },
  log: Log,
): Promise<void> {
  await terminateDistros(wsl, [engineName], log);
  const closed = keeper[Symbol.asyncDispose]();
  await terminateDistros(wsl, [dataName], log);
  await closed;
}
