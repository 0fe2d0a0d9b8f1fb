import { isWindlassError } from "../../errors/windlass_error.ts";
import { callWsl, type WslCommand } from "../call_wsl.ts";
import { createWsl } from "../create_wsl.ts";
import type { Wsl } from "../wsl.ts";
import { WSL_LIMITS } from "../wsl_limits.ts";
import { findWsl } from "./find_wsl.ts";
import { plainArchive } from "./plain_archive.ts";
import { listRegisteredDistros } from "./registered_distros.ts";
import { forgetDefault, heirOfDefault, noteDefaultBefore, skipWelcome } from "./user_settings.ts";

/**
 * The WSL of this Windows user.
 *
 * - Distros are listed by the registry, see {@linkcode listRegisteredDistros}.
 * - Archives are handed over without zstd, which not every wsl.exe takes.
 * - An import leaves no window of welcome behind, and the user's own distro the default as soon as there is one.
 *
 * @throws {WindlassError} What {@linkcode findWsl} throws, before anything is called.
 *
 * @example
 * ```ts
 * const wsl = openWindowsWsl();
 * const names = (await wsl.list()).map((distro) => distro.name);
 * ```
 */
export function openWindowsWsl(command: WslCommand = findWsl()): Wsl {
  const wsl = createWsl(command);
  return {
    ...wsl,
    // deno-lint-ignore require-await -- a refusal of the registry is a rejection
    list: async (options) => {
      options?.signal?.throwIfAborted();
      return listRegisteredDistros();
    },
    import: async (options) => {
      const source = plainArchive(options.source);
      try {
        skipWelcome();
        noteDefaultBefore();
      } catch (error) {
        await source.cancel(error);
        throw error;
      }
      await wsl.import({ ...options, source });
    },
    terminate: async (name, options) => {
      await wsl.terminate(name, options);
      await giveDefaultAway(command, options?.signal);
    },
  };
}

/** Done when a distro of ours has been stopped. Where it fails, the next time will do; the stop has succeeded. */
async function giveDefaultAway(command: WslCommand, signal?: AbortSignal): Promise<void> {
  try {
    const heir = heirOfDefault();
    if (heir === null) return;
    const timeoutMilliseconds = WSL_LIMITS.setDefaultMilliseconds;
    const args = ["--set-default", heir];
    const call = { action: "set the default distro", args, timeoutMilliseconds, signal };
    const { exitCode } = await callWsl(command, call, WSL_LIMITS);
    if (exitCode === 0) forgetDefault();
  } catch (error) {
    if (!isWindlassError(error)) throw error;
  }
}
