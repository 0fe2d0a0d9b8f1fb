import type { DecideWay } from "../../proxy/way.ts";
import type { Log } from "../../logging/log.ts";
import type { ChannelLimits } from "./channel_limits.ts";

/** Where a channel is, and how to get there. */
export interface UpdateChannelOptions {
  /** Base of the channel folder: an `http:`, `https:` or `file:` URL, or the path of a folder or of a bundle file. */
  readonly url: string;
  /** Copies of the channel, in the same forms, asked in this order when the one before does not do. */
  readonly mirrors: readonly string[];
  /** The bytes of the root.json that this program carries: the only thing that is trusted from the start. */
  readonly root: Uint8Array;
  /** `system` goes the usual ways; `none` goes directly; anything else is the URL of a proxy. */
  readonly proxy: string;
  /** The usual ways. @default {those of this machine's settings} */
  readonly ways?: DecideWay;
  /** Trusted besides those of the runtime, each as PEM. @default {those of this machine} */
  readonly certificates?: () => Promise<readonly string[]>;
  /**
   * Where verified metadata is kept between runs, such as `update/tuf` of the home; made where it is missing. Beside it
   * lies `<directory>.versions.json`, which says how new it was.
   */
  readonly directory: string;
  /** All that a server learns about its client: no identifiers. */
  readonly userAgent: string;
  readonly log: Log;
  /** @default {CHANNEL_LIMITS} */
  readonly limits?: Partial<ChannelLimits>;
}

/** A file of `blobs/`, as a release names it. */
export interface BlobReference {
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly length: number;
}

/** How to fetch a blob. */
export interface FetchBlobOptions {
  readonly signal: AbortSignal;
  /**
   * Told how many bytes of the blob are at hand, those of an earlier run included. The number can fall: when a
   * source turns out to be wrong, the next one starts over.
   */
  readonly progress?: (bytes: number) => void;
}

/** A channel as a client sees it: what it hands out has been verified. Disposing it ends all that it still does. */
export interface UpdateChannel extends Disposable {
  /**
   * The release.json of `<channel>.<platform>`, such as `stable.linux-x64`: signed, newest, within its limit.
   * With nothing new this takes two requests.
   *
   * @throws {WindlassError} `WL_UPDATE_UNREACHABLE` or `WL_UPDATE_STALLED` when no source answers,
   * `WL_UPDATE_REJECTED` when what came cannot be trusted, `WL_UPDATE_EXPIRED` when it was valid once,
   * `WL_UPDATE_NO_RELEASE` when the channel has no such release.
   */
  latest(name: string, signal: AbortSignal): Promise<Uint8Array>;
  /**
   * Makes a file of exactly these bytes, on disk when this returns. What an earlier call left in `<path>.part` is
   * used, even after a loss of power.
   *
   * @throws {WindlassError} `WL_UPDATE_UNREACHABLE` or `WL_UPDATE_STALLED` when no source delivers,
   * `WL_UPDATE_BLOB_MISSING` when those that answer do not have it,
   * `WL_UPDATE_BLOB_INVALID` when one delivered other bytes and no other has the right ones, `WL_NO_SPACE` or
   * `WL_FILE_NOT_WRITABLE` when the file cannot be written.
   */
  fetchBlob(blob: BlobReference, path: string, options: FetchBlobOptions): Promise<void>;
}
