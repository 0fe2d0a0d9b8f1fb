import { z } from "zod";
import { WindlassError } from "../errors/windlass_error.ts";
import { sha256 } from "../hashing/sha256.ts";
import type { ComponentName } from "./component_names.ts";
import type { Payload } from "./payload.ts";

/** Component that says where a build's channel is, and what it trusts. */
const COMPONENT: ComponentName = "update-source";
/** A root.json has 2 KB; one with many keys and signatures stays far below. Bytes. */
const MAX_BYTES = 512 * 1024;

const SourceSchema = z.strictObject({
  /** Base of the channel folder. */
  url: z.string().min(1).max(4_096),
  /** The first root.json that is trusted. */
  root: z.looseObject({ signed: z.unknown(), signatures: z.unknown() }),
});

/** Where the channel of a build is, and what it trusts. */
export interface UpdateSource {
  readonly url: string;
  /** The bytes of a root.json. */
  readonly root: Uint8Array;
}

/** Whether a version has a channel. */
export function hasUpdateSource(version: Payload): boolean {
  return version.components.some(({ name }) => name === COMPONENT);
}

/**
 * What a version says about its channel.
 *
 * @throws {WindlassError} `WL_UPDATE_NO_CHANNEL` if it has none; `WL_EXECUTABLE_CORRUPT` if that part is damaged.
 */
export async function readUpdateSource(version: Payload): Promise<UpdateSource> {
  if (!hasUpdateSource(version)) {
    throw new WindlassError(
      "WL_UPDATE_NO_CHANNEL",
      "Cannot check for updates: this build has no update channel",
    );
  }
  const { id, rawLength, storedLength } = version.component(COMPONENT);
  if (rawLength > MAX_BYTES || storedLength > MAX_BYTES) throw damaged("it is too long");
  const stored = new Uint8Array(await new Response(version.storedStream(COMPONENT)).arrayBuffer());
  const { zstdDecompressSync } = await import("node:zlib");
  let text: string;
  try {
    const bytes = zstdDecompressSync(stored, { maxOutputLength: MAX_BYTES });
    if (sha256(bytes) !== id) throw damaged("its bytes differ from what its index says");
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof WindlassError) throw error;
    throw damaged("it cannot be unpacked", error);
  }
  const parsed = SourceSchema.safeParse(parseJson(text));
  if (!parsed.success) throw damaged("its format is not valid", parsed.error);
  const { url, root } = parsed.data;
  return { url, root: new TextEncoder().encode(JSON.stringify(root)) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged("it is not JSON", error);
  }
}

function damaged(state: string, cause?: unknown): WindlassError {
  return new WindlassError("WL_EXECUTABLE_CORRUPT", `Cannot read component '${COMPONENT}': ${state}`, {
    cause,
  });
}
