import { isWindlassError } from "../../errors/windlass_error.ts";
import type { Wsl } from "../../wsl/wsl.ts";
import { parseDataStamp } from "../../agent/protocol/data_stamp.ts";
import { DATA_DISTRO_FOLDER, DATA_STAMP_NAME } from "../../agent/protocol/distro_paths.ts";

/** Where the agent writes it, as the data distro itself has the folder. */
const STAMP_FILE = `${DATA_DISTRO_FOLDER}/${DATA_STAMP_NAME}`;

/**
 * Asks the data distro which version of dockerd has used its data last; whether it runs does not matter.
 * `undefined` if there is no such distro, or nothing about it in there.
 *
 * @throws {WindlassError} All that wsl may fail with.
 */
export async function readDataWriter(
  { wsl, distro, signal }: { wsl: Pick<Wsl, "run">; distro: string; signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const { exitCode, stdout } = await wsl.run({ distro, argv: ["/bin/cat", STAMP_FILE], signal });
    return exitCode === 0 ? parseDataStamp(stdout)?.dockerd : undefined;
  } catch (error) {
    if (isWindlassError(error, "WL_DISTRO_NOT_FOUND")) return undefined;
    throw error;
  }
}
