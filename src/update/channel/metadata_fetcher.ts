import { Buffer } from "node:buffer";
import { BaseFetcher } from "tuf-js";
import { DownloadHTTPError } from "npm:tuf-js@6.0.2/dist/error.js";
import { WindlassError } from "../../errors/windlass_error.ts";
import { metadataPath } from "./channel_path.ts";
import type { ChannelSource } from "./channel_source.ts";
import { readWhole } from "./read_whole.ts";

/** What tuf-js puts before the names of metadata; no address, so that nothing but a source can be asked. */
export const METADATA_BASE = "channel:/metadata";
const NOT_FOUND = 404;
const NEXT_ROOT = /^\d+\.root\.json$/;

/**
 * Hands metadata of one source to tuf-js. That library turns many failures into texts, so the first one is kept here
 * as it was.
 */
export class MetadataFetcher extends BaseFetcher {
  failure: unknown;

  constructor(private readonly source: ChannelSource, private readonly signal: AbortSignal) {
    super();
  }

  /** In memory: metadata is small, and the library's own way leads through a temporary folder. */
  override async downloadBytes(url: string, maximumBytes: number): Promise<Buffer> {
    const name = url.slice(`${METADATA_BASE}/`.length);
    try {
      const bytes = await this.#download(name, maximumBytes);
      if (bytes !== null) return Buffer.from(bytes);
    } catch (error) {
      this.failure ??= error;
      throw error;
    }
    throw new DownloadHTTPError(`there is no ${name}`, NOT_FOUND);
  }

  override async fetch(url: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const bytes = await this.downloadBytes(url, Number.MAX_SAFE_INTEGER);
    return new Blob([new Uint8Array(bytes)]).stream();
  }

  /** `null` ends the walk through the roots; any other file must exist. */
  async #download(name: string, maximumBytes: number): Promise<Uint8Array | null> {
    const path = metadataPath(name);
    if (path === null) throw this.#rejected(`it has metadata of the name '${name}'`);
    const bytes = await readWhole(this.source, path, { signal: this.signal, maximumBytes });
    if (bytes === "too-long") throw this.#rejected(`'${path}' is longer than ${maximumBytes} bytes`);
    if (bytes !== null || NEXT_ROOT.test(name)) return bytes;
    throw new WindlassError(
      "WL_UPDATE_UNREACHABLE",
      `Cannot reach the update channel '${this.source.name}': there is no '${path}'`,
    );
  }

  #rejected(state: string): WindlassError {
    return new WindlassError(
      "WL_UPDATE_REJECTED",
      `Cannot trust the update channel '${this.source.name}': ${state}`,
    );
  }
}
