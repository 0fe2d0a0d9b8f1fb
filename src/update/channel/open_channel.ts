import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { isAbsolute } from "node:path";
import { WindlassError } from "../../errors/windlass_error.ts";
import { CHANNEL_LIMITS, type ChannelLimits } from "./channel_limits.ts";
import { blobPath, releasePath, releaseTarget } from "./channel_path.ts";
import type { ChannelSource } from "./channel_source.ts";
import { downloadBlob } from "./download_blob.ts";
import { HttpRoutes, publicAddress } from "./http_routes.ts";
import { HttpSource } from "./http_source.ts";
import { LocalSource } from "./local_source.ts";
import { Mirrors } from "./mirrors.ts";
import { PartFile } from "./part_file.ts";
import { readWhole } from "./read_whole.ts";
import type { ReleaseReference } from "./refresh_metadata.ts";
import { TrustedFolder } from "./trusted_folder.ts";
import { openWayDecider } from "../../proxy/ways/open_way_decider.ts";
import { trustedCertificates } from "../../certificates/trusted_certificates.ts";
import { updateWays } from "./update_ways.ts";
import type { BlobReference, FetchBlobOptions, UpdateChannel, UpdateChannelOptions } from "./channel.ts";

/**
 * Opens a channel. Nothing is asked and nothing is written before the first call.
 *
 * @throws {WindlassError} `WL_UPDATE_ADDRESS_INVALID` when an address or the proxy is not valid.
 *
 * @example
 * ```ts
 * using channel = openUpdateChannel({
 *   url: "https://example.org/windlass",
 *   mirrors: ["file:///mnt/mirror/windlass"],
 *   root: await Deno.readFile("root.json"),
 *   proxy: "system",
 *   directory: "/home/zoe/.local/share/windlass/update/tuf",
 *   userAgent: "windlass/1.0.0",
 *   log: () => {},
 * });
 * const release = await channel.latest("stable.linux-x64", AbortSignal.timeout(60_000));
 * ```
 */
export function openUpdateChannel(options: UpdateChannelOptions): UpdateChannel {
  return new MirroredChannel(options);
}

/** Without settings of Windlass. */
const MACHINE = { settings: () => ({ proxy: "system", noProxy: [] }), onChange: () => {} };

class MirroredChannel implements UpdateChannel {
  readonly #limits: ChannelLimits;
  readonly #routes: HttpRoutes;
  readonly #mirrors: Mirrors;
  readonly #folder: TrustedFolder;
  readonly #end = new AbortController();
  /** Checks share a scratch folder, so one follows the other. */
  #checking: Promise<unknown> = Promise.resolve();

  constructor(options: UpdateChannelOptions) {
    this.#limits = { ...CHANNEL_LIMITS, ...options.limits };
    const { ways = openWayDecider(MACHINE), certificates = trustedCertificates } = options;
    this.#routes = new HttpRoutes({ ways: updateWays(options.proxy, ways), certificates });
    const http = { routes: this.#routes, userAgent: options.userAgent, limits: this.#limits };
    const sources = [options.url, ...options.mirrors].map((address) => openSource(address, http));
    this.#mirrors = new Mirrors(sources, options.log);
    this.#folder = new TrustedFolder(options);
  }

  async latest(name: string, signal: AbortSignal): Promise<Uint8Array> {
    const target = releaseTarget(name);
    const check = this.#checking.then(() => this.#check(target, AbortSignal.any([signal, this.#end.signal])));
    this.#checking = check.catch(() => {});
    return await check;
  }

  async fetchBlob(blob: BlobReference, path: string, options: FetchBlobOptions): Promise<void> {
    blobPath(blob.sha256); // refused before anything is written
    const signal = AbortSignal.any([options.signal, this.#end.signal]);
    using part = await PartFile.open(path, blob);
    options.progress?.(part.length);
    if (!part.isRight()) {
      const download = { ...options, signal, limits: this.#limits };
      await this.#mirrors.firstThat((source) => downloadBlob(source, blob, part, download), signal);
    }
    signal.throwIfAborted();
    await part.finish();
  }

  [Symbol.dispose](): void {
    this.#end.abort(
      new WindlassError("WL_UPDATE_UNREACHABLE", "Cannot continue: the update channel was closed"),
    );
    this.#routes[Symbol.dispose]();
  }

  async #check(target: string, signal: AbortSignal): Promise<Uint8Array> {
    const { refreshMetadata } = await import("./refresh_metadata.ts"); // only a check needs tuf-js
    this.#mirrors.forgive();
    return await this.#mirrors.firstThat(async (source) => {
      const options = { folder: this.#folder, limits: this.#limits, signal };
      const reference = await refreshMetadata(source, target, options);
      const known = await this.#folder.readRelease(target);
      if (known !== null && isRelease(known, reference)) return known;
      const bytes = await readRelease(source, { target, reference, signal });
      await this.#folder.writeRelease(target, bytes);
      return bytes;
    }, signal);
  }
}

async function readRelease(
  source: ChannelSource,
  { target, reference, signal }: { target: string; reference: ReleaseReference; signal: AbortSignal },
): Promise<Uint8Array> {
  const path = releasePath(target, reference.sha256);
  const bytes = await readWhole(source, path, { signal, maximumBytes: reference.length });
  if (bytes === null) {
    const message = `Cannot reach the update channel '${source.name}': there is no '${path}'`;
    throw new WindlassError("WL_UPDATE_UNREACHABLE", message);
  }
  if (bytes !== "too-long" && isRelease(bytes, reference)) return bytes;
  const state = `'${path}' is not what was signed`;
  throw new WindlassError("WL_UPDATE_REJECTED", `Cannot trust the update channel '${source.name}': ${state}`);
}

function isRelease(bytes: Uint8Array, { sha256, length }: ReleaseReference): boolean {
  return bytes.length === length && createHash("sha256").update(bytes).digest("hex") === sha256;
}

function openSource(address: string, http: ConstructorParameters<typeof HttpSource>[1]): ChannelSource {
  if (isAbsolute(address)) return new LocalSource(address, http.limits);
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol === "http:" || url?.protocol === "https:") return new HttpSource(url, http);
  if (url?.protocol === "file:") return new LocalSource(pathOf(url), http.limits);
  throw addressError(address);
}

/** A file URL of a server is a share on Windows; elsewhere it is nothing. */
function pathOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw addressError(url.href);
  }
}

function addressError(address: string): WindlassError {
  const shown = URL.canParse(address) ? publicAddress(new URL(address)) : address;
  const state = "it is neither an http, https or file URL nor the full path of a folder or bundle";
  return new WindlassError(
    "WL_UPDATE_ADDRESS_INVALID",
    `Cannot use the update channel '${shown}': ${state}`,
  );
}
