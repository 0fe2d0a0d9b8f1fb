import { WindlassError } from "../errors/windlass_error.ts";
import { systemReason } from "../files/file_errors.ts";
import { readTextIfPresent } from "../files/if_present.ts";

/**
 * The text of a file of Docker's configuration that may be missing.
 *
 * @throws {WindlassError} `WL_DOCKER_CONFIG_INVALID` if the file exists and cannot be read.
 */
export async function readDockerFile(path: string): Promise<string | undefined> {
  try {
    return await readTextIfPresent(path);
  } catch (cause) {
    throw new WindlassError("WL_DOCKER_CONFIG_INVALID", `Cannot read '${path}': ${systemReason(cause)}`, {
      cause,
    });
  }
}
