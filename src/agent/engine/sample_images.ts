import { unlessMissingSync } from "../../errors/unless_missing.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import { AGENT_LIMITS } from "../agent_limits.ts";
import { requestDocker } from "./docker_request.ts";
import { DATA_FOLDER } from "./dockerd_arguments.ts";
import { IMAGES_FOLDER } from "../protocol/distro_paths.ts";

/** In the data distro: an image that the user has removed does not come back with the next engine distro. */
const MARKER = `${DATA_FOLDER}/sample-images-loaded`;

/** Whether the images that come with the engine distro were already loaded into this data distro. */
export function sampleImagesAreLoaded(): boolean {
  try {
    return Deno.statSync(MARKER).isFile;
  } catch {
    return false;
  }
}

/**
 * Loads the images that come with the engine distro, and notes in the data distro that it need not be done again.
 *
 * @throws {WindlassError} `WL_ENGINE_FAILED` if dockerd does not take one; tried again at the next start.
 */
export async function loadSampleImages(log: Log, signal: AbortSignal): Promise<void> {
  for (const file of sampleFiles()) {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(AGENT_LIMITS.sampleImageMilliseconds)]);
    const answer = await requestDocker({
      method: "POST",
      path: "/images/load?quiet=1",
      bodyFile: file,
      signal: limit,
    });
    // A failure halfway comes with a status of 200 and an error among the progress messages.
    if (answer.status !== 200 || answer.body.includes('"errorDetail"')) {
      throw new WindlassError(
        "WL_ENGINE_FAILED",
        `Cannot load the sample image ${file}: dockerd answered ${answer.status} ${answer.body.trim()}`,
      );
    }
    log("info", "agent.sample_image.loaded", { file });
  }
  await Deno.writeTextFile(MARKER, "");
}

function sampleFiles(): string[] {
  const names = unlessMissingSync(() => [...Deno.readDirSync(IMAGES_FOLDER)].map(({ name }) => name)) ?? [];
  return names.filter((name) => name.endsWith(".tar")).sort().map((name) => `${IMAGES_FOLDER}/${name}`);
}
