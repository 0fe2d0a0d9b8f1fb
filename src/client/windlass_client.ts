import type { HostEvent, PageLink, PublishedPorts, Status } from "../api/answers.ts";
import type { CallOptions } from "./call_options.ts";
import { openDirectHttp, plainHttp } from "./direct_http.ts";
import { EngineCalls } from "./engine_calls.ts";
import { LogCalls } from "./log_calls.ts";
import { readApiAddress, usualAddressFile } from "./read_api_address.ts";
import { SettingsCalls } from "./settings_calls.ts";
import { type HostAddress, Transport } from "./transport.ts";
import { UpdateCalls } from "./update_calls.ts";

/** What every client may be given. */
export interface SharedClientOptions {
  /** Sends the requests. @default The runtime's own `fetch`, past every proxy of the environment */
  readonly fetch?: (url: URL, init: RequestInit) => Promise<Response>;
}

/** Where the host is, for programs that can read files. */
export interface FileClientOptions extends SharedClientOptions {
  /** Path of the home's `api.json`. It is read before each call, so that a client outlives its host. */
  readonly addressFile: string;
}

/** Where the host is, for a page, which has no files: what is in the address file. */
export interface AddressClientOptions extends SharedClientOptions {
  /** Such as `http://127.0.0.1:49213`. */
  readonly url: string;
  /** 64 hexadecimal digits. Whoever has the token may do all that the user may. */
  readonly token: string;
}

/** How a client finds its host. */
export type ClientOptions = FileClientOptions | AddressClientOptions;

/** How {@linkcode WindlassClient.connect} finds the host. */
export interface ConnectOptions extends CallOptions {
  /** Path of an `api.json`. @default That of `WINDLASS_HOME`, or of the usual home. */
  readonly addressFile?: string;
}

/**
 * A client of a running Windlass, for Deno, Node 20 and later, and browsers.
 *
 * Every call takes a signal, and throws a `WindlassError` with a closed `code` and a `remedy`:
 * `WL_HOST_NOT_RUNNING` when no host runs, `WL_HOST_SILENT` when the signal ends the wait for an answer, and what
 * the host itself answers. Disposing the client closes its connections.
 *
 * @example What runs
 * ```ts
 * import { WindlassClient } from "@windlass/windlass";
 *
 * using client = await WindlassClient.connect();
 * const { engine } = await client.status();
 * engine.state; // "running"
 * ```
 *
 * @example In a browser
 * ```ts
 * import { WindlassClient } from "@windlass/windlass";
 *
 * const token = "0".repeat(64); // from the address file
 * using client = new WindlassClient({ url: "http://127.0.0.1:49213", token });
 * ```
 */
export class WindlassClient {
  /** Calls about the Docker engine. */
  readonly engine: EngineCalls;
  /** Calls about the log. */
  readonly logs: LogCalls;
  /** Calls about the settings. */
  readonly settings: SettingsCalls;
  /** Calls about updates. */
  readonly update: UpdateCalls;
  readonly #transport: Transport;

  /** Connects to nothing yet. @param options Where the host is. */
  constructor(options: ClientOptions) {
    const http = options.fetch === undefined ? openDirectHttp() : plainHttp(options.fetch);
    this.#transport = new Transport(addressOf(options), http);
    this.engine = new EngineCalls(this.#transport);
    this.logs = new LogCalls(this.#transport);
    this.settings = new SettingsCalls(this.#transport);
    this.update = new UpdateCalls(this.#transport);
  }

  /**
   * Finds the host that runs for this user, by its address file, and asks it once.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`; `WL_HOME_INVALID` if no variable says where the file is.
   *
   * @example
   * ```ts
   * import { isWindlassError, WindlassClient } from "@windlass/windlass";
   *
   * try {
   *   using client = await WindlassClient.connect({ addressFile: "/nowhere/api.json" });
   *   await client.status();
   * } catch (error) {
   *   if (!isWindlassError(error, "WL_HOST_NOT_RUNNING")) throw error;
   *   error.remedy; // "Start it with 'windlass start'."
   * }
   * ```
   */
  static async connect(options: ConnectOptions = {}): Promise<WindlassClient> {
    const addressFile = options.addressFile ?? await ownAddressFile();
    const client = new WindlassClient({ addressFile });
    try {
      await client.status(options);
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** What runs. The host answers from memory. @throws {WindlassError} `WL_HOST_NOT_RUNNING` */
  async status({ signal }: CallOptions = {}): Promise<Status> {
    return await this.#transport.ask({ method: "GET", path: "/v1/status", signal });
  }

  /** The ports of this machine that lead into the engine, and what has gone through them. */
  async ports({ signal }: CallOptions = {}): Promise<PublishedPorts> {
    return await this.#transport.ask({ method: "GET", path: "/v1/ports", signal });
  }

  /**
   * Changes of state, progress of long work, and warnings, as they happen. The first event is the status as it is. Who
   * reads slowly misses what was in between, not what is so in the end. Ends with the host or the signal.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`; `WL_API_READER_SLOW` after 30 s in which nothing was read.
   */
  async *events(options: CallOptions = {}): AsyncGenerator<HostEvent> {
    const events = this.#transport.events({ method: "GET", path: "/v1/events", ...options });
    for await (const { data } of events) yield JSON.parse(data);
  }

  /** As {@linkcode events}, told as the whole status each time, progress included. */
  async *statusChanges(options: CallOptions = {}): AsyncGenerator<Status> {
    let status: Status | undefined;
    for await (const event of this.events(options)) {
      if (event.type === "status") status = event.status;
      if (event.type === "progress" && status !== undefined) {
        const { stage, done, total } = event;
        status = { ...status, engine: { ...status.engine, stage, progress: { done, total } } };
      }
      if (event.type === "update-progress" && status?.update !== undefined) {
        const { step, done, total } = event;
        status = { ...status, update: { ...status.update, step, progress: { done, total } } };
      }
      if (status !== undefined && event.type !== "warning") yield status;
    }
  }

  /**
   * A new address that opens the status page in a browser, once and within 60 s.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`
   */
  async createPageLink({ signal }: CallOptions = {}): Promise<string> {
    const { url } = await this.#transport.ask<PageLink>({ method: "POST", path: "/v1/page-links", signal });
    return url;
  }

  /**
   * Versions, status, settings and logs, without secrets: the bytes of a zip file whose `contents.txt` lists the rest.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`
   */
  async diagnostics({ signal }: CallOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const response = await this.#transport.open({ method: "GET", path: "/v1/diagnostics", signal });
    return new Uint8Array(await response.arrayBuffer());
  }

  /**
   * Begins the end of the host, with the engine and all containers. It is over when `events()` ends.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`
   */
  async stop({ signal }: CallOptions = {}): Promise<void> {
    await this.#transport.ask({ method: "POST", path: "/v1/stop", signal });
  }

  /** Closes the connections; what is under way ends. For where `using` is not at hand, as in Node 20. */
  close(): void {
    this.#transport[Symbol.dispose]();
  }

  /** As {@linkcode close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function addressOf(options: ClientOptions): () => Promise<HostAddress> {
  if ("addressFile" in options) return () => readApiAddress(options.addressFile);
  return () => Promise.resolve(options);
}

async function ownAddressFile(): Promise<string> {
  const { env, platform } = (await import("node:process")).default;
  return usualAddressFile(env, platform);
}

/** Said apart from the class: the declarations of the npm package would leave out the method of the class. */
export interface WindlassClient extends Disposable {}
