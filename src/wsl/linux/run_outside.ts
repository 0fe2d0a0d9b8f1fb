import { WindlassError } from "../../errors/windlass_error.ts";
import { replaceProcess } from "../../platform/linux/replace_process.ts";
import { nativeProgram } from "./native_program.ts";
import { findByName } from "./registry.ts";
import { readRegistry } from "./registry_file.ts";
import { rootfsOf } from "./service/distro_instance.ts";
import { statePaths } from "./state_paths.ts";

/** A program of a distro that is to run outside of it. */
export interface OutsideProgram {
  readonly distro: string;
  /** Its path in the distro. */
  readonly program: string;
  /** A folder of the distro whose programs it finds on the machine in the folder `at`. */
  readonly plugins: string;
  /** A folder of the machine; it need not exist, and only this program sees it. */
  readonly at: string;
  /** Variables of this process that it does not get. */
  readonly unset: readonly string[];
  /** Taken away afterwards from the names of variables that begin with it. */
  readonly restore: string;
  readonly set: Readonly<Record<string, string>>;
  /** Programs that are missing, and what the ones that stand in for them say. */
  readonly standIns: readonly { readonly program: string; readonly message: string }[];
  /** Where the caller works, as an open folder, when that folder has no path any more. */
  readonly folder: string | undefined;
}

/** Below the folder `at`: the programs that stand in for missing ones. */
export const STAND_IN_FOLDER = ".windlass/stand-ins";

/**
 * Becomes a program of a distro that runs in the machine's own root and network, with the environment, terminal,
 * signals and process id of this process. Returns only by failing.
 *
 * @throws {WindlassError} `WL_WSL_FAILED`
 */
export async function runOutside(
  outside: OutsideProgram,
  words: readonly string[],
): Promise<never> {
  const environment = Deno.env.toObject();
  const found = findByName(await readRegistry(statePaths(environment).registry), outside.distro);
  if (found === undefined) {
    throw new WindlassError(
      "WL_WSL_FAILED",
      `Cannot run '${outside.program}': no distro '${outside.distro}'`,
    );
  }
  const helper = nativeProgram(environment);
  const reason = replaceProcess(helper, [
    ...["wsl-helper", "outside", "--at", outside.at, "--rootfs", rootfsOf(found.entry.BasePath)],
    ...["--program", outside.program, "--plugins", outside.plugins],
    ...(outside.folder === undefined ? [] : ["--folder", outside.folder]),
    ...outside.unset.flatMap((name) => ["--unset", name]),
    ...["--restore", outside.restore],
    ...Object.entries(outside.set).flatMap(([name, value]) => ["--set", `${name}=${value}`]),
    ...outside.standIns.flatMap(({ program, message }) => ["--stand-in", program, message]),
    "--",
    ...words,
  ]);
  throw new WindlassError("WL_WSL_FAILED", `Cannot run '${helper}': error ${reason} of execve`);
}
