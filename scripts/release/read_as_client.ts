import { join } from "node:path";
import { isWindlassError } from "../../src/errors/windlass_error.ts";
import { openUpdateChannel } from "../../src/update/channel/open_channel.ts";
import { CHANNELS, PLATFORMS, releaseName } from "../../src/update/release/release_document.ts";

/**
 * The release documents that installations get from this channel folder, by names such as `stable.linux-x64`, with all that
 * they check: this is the product's own client.
 *
 * @param root the root.json that executables carry
 * @throws {WindlassError} What the client refuses the folder for.
 */
export async function readAsClient(
  folder: string,
  root: Uint8Array,
  signal: AbortSignal,
): Promise<Map<string, Uint8Array>> {
  const work = await Deno.makeTempDir({ prefix: "windlass-verify-" });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(work, { recursive: true }));
  using client = openUpdateChannel({
    url: folder,
    mirrors: [],
    root,
    proxy: "none",
    directory: join(work, "tuf"),
    userAgent: "",
    log: () => {},
  });
  const documents = new Map<string, Uint8Array>();
  for (const channel of CHANNELS) {
    for (const platform of PLATFORMS) {
      const name = releaseName(channel, platform);
      try {
        documents.set(name, await client.latest(name, signal));
      } catch (error) {
        if (!isWindlassError(error, "WL_UPDATE_NO_RELEASE")) throw error;
      }
    }
  }
  return documents;
}
