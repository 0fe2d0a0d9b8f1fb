import type { Component } from "./executable_codec.ts";

/**
 * The components of one version of Windlass, wherever they are stored: in an executable, or for a version that an update brought, in
 * the executable and the components folder. Any number of streams may be read from it at once.
 */
export interface Payload {
  /** What `current.json` calls the version: "embedded", or the sha256 of its index file. */
  readonly id: string;
  /** Lengths and digests of the stored form are those of {@linkcode storedStream}; see there. */
  readonly components: readonly Component[];
  /**
   * The component of that name.
   *
   * @throws {WindlassError} `WL_EXECUTABLE_CORRUPT`, or `WL_VERSION_INCOMPLETE` if the version has none.
   */
  component(name: string): Component;
  /**
   * A component's bytes as one zstd frame; those of the stub as they are. From an executable they are not checked, since
   * unpacking does that; from a file of the components folder they are, and the stream fails before it has handed out the last of
   * them if they are wrong.
   */
  storedStream(name: string): ReadableStream<Uint8Array>;
}

/** The version that an executable carries, in `current.json` and in `WINDLASS_VERSION_ID`. */
export const EMBEDDED = "embedded";

/** Whether this is a digest as ids are written: 64 digits of lower-case hexadecimal. */
export function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
