import { WindlassError } from "../../errors/windlass_error.ts";
import type { Payload } from "../../payload/payload.ts";

/**
 * Reads every component of a version and compares its stored bytes with what its index says.
 *
 * @throws {WindlassError} `WL_VERSION_INCOMPLETE` for the first that differs; the signal's reason.
 */
export async function verifyVersion(version: Payload, signal: AbortSignal): Promise<void> {
  const { createHash } = await import("node:crypto");
  for (const { name, id, storedDigest, storedLength } of version.components) {
    const hash = createHash("sha256");
    let length = 0;
    for await (const bytes of version.storedStream(name)) {
      signal.throwIfAborted();
      hash.update(bytes);
      length += bytes.length;
    }
    // What is stored uncompressed comes in a frame that is made on the way; such a stream has compared it itself.
    if (length === storedLength && (storedDigest === id || hash.digest("hex") === storedDigest)) continue;
    throw new WindlassError(
      "WL_VERSION_INCOMPLETE",
      `Cannot use version '${version.id}': the bytes of component '${name}' differ from what was installed`,
    );
  }
}
