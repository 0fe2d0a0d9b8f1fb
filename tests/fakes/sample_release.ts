/** A release, the version that it follows, and a channel that has its blobs, all in memory. */
import { zstdCompressSync } from "node:zlib";
import { WindlassError } from "../../src/errors/windlass_error.ts";
import type { Component } from "../../src/payload/executable_codec.ts";
import type { Payload } from "../../src/payload/payload.ts";
import type { BlobReference, FetchBlobOptions, UpdateChannel } from "../../src/update/channel/channel.ts";
import { DELTA_FORMAT } from "../../src/update/delta/delta_header.ts";
import type { ReleaseComponent, ReleaseDocument } from "../../src/update/release/release_document.ts";
import { nameOf } from "./sample_delta.ts";

/** A component by its content. */
export interface SampleComponent {
  readonly name: string;
  readonly content: Uint8Array;
  readonly unpack?: boolean;
  /** Deltas by the content that they are applied to. */
  readonly deltas?: readonly { readonly from: Uint8Array; readonly bytes: Uint8Array }[];
}

/** A version with these components, each one frame. */
export function samplePayload(id: string, components: readonly SampleComponent[]): Payload {
  const frames = new Map(
    components.map(({ name, content }) => [name, new Uint8Array(zstdCompressSync(content))]),
  );
  const entries = components.map(({ name, content, unpack = false }): Component => {
    const stored = nameOf(frames.get(name)!);
    const raw = nameOf(content);
    return {
      name,
      id: raw.id,
      rawLength: raw.length,
      storedDigest: stored.id,
      storedLength: stored.length,
      offset: 0,
      stored: false,
      unpack,
      executable: false,
    };
  });
  return {
    id,
    components: entries,
    component: (name) => entries.find((entry) => entry.name === name)!,
    storedStream: (name) => ReadableStream.from([frames.get(name)!]),
  };
}

/** A channel in memory. */
export class SampleChannel implements Pick<UpdateChannel, "fetchBlob"> {
  readonly blobs = new Map<string, Uint8Array>();
  /** sha256 of what was fetched, in this order. */
  readonly fetched: string[] = [];
  /** Called before a blob is handed out. */
  onFetch: (sha256: string, path: string) => void | Promise<void> = () => {};

  async fetchBlob({ sha256 }: BlobReference, path: string, options: FetchBlobOptions): Promise<void> {
    options.signal.throwIfAborted();
    this.fetched.push(sha256);
    await this.onFetch(sha256, path);
    const bytes = this.blobs.get(sha256);
    if (!bytes) {
      throw new WindlassError(
        "WL_UPDATE_BLOB_MISSING",
        `Cannot fetch from the sample: there is no '${sha256}'`,
      );
    }
    await Deno.writeFile(path, bytes, { createNew: true });
    options.progress?.(bytes.length);
  }

  add(bytes: Uint8Array): { readonly sha256: string; readonly length: number } {
    const { id, length } = nameOf(bytes);
    this.blobs.set(id, bytes);
    return { sha256: id, length };
  }
}

/** A release with these components, whose blobs the channel gets. */
export function sampleRelease(
  channel: SampleChannel,
  components: readonly SampleComponent[],
): ReleaseDocument {
  return {
    format: 1,
    product: "windlass",
    channel: "stable",
    platform: "linux-x64",
    version: "1.1.0",
    published: "2026-11-23T00:00:00Z",
    minimumUpdater: 1,
    severity: "normal",
    notes: "",
    rollout: { percent: 100, salt: "1.1.0" },
    withdrawn: [],
    dockerd: "28.5.2",
    undo: true,
    executable: { sha256: "ee".repeat(32), length: 1_000_000 },
    components: components.map((component): ReleaseComponent => ({
      name: component.name,
      ...nameOf(component.content),
      unpack: component.unpack ?? false,
      executable: false,
      full: channel.add(new Uint8Array(zstdCompressSync(component.content))),
      deltas: (component.deltas ?? []).map(({ from, bytes }) => ({
        from: nameOf(from).id,
        ...channel.add(bytes),
        format: DELTA_FORMAT,
      })),
    })),
  };
}
