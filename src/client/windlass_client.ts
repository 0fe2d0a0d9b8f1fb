import type { HostEvent } from "../api/resources/events.ts";
import type { PageLink } from "../api/resources/page_links.ts";
import type { PublishedPorts } from "../api/resources/ports.ts";
import type { StartReport } from "../api/resources/start_report.ts";
import type { StreamsReport } from "../api/resources/streams_report.ts";
import type { Status } from "../api/resources/status.ts";
import type { CallOptions } from "./call_options.ts";
import { openDirectHttp, plainHttp } from "./direct_http.ts";
import { EngineCalls } from "./engine_calls.ts";
import { LogCalls } from "./log_calls.ts";
import { NetworkCalls } from "./network_calls.ts";
import { readApiAddress, usualAddressFile } from "./read_api_address.ts";
import { SettingsCalls } from "./settings_calls.ts";
import { answerInvalid, type HostAddress, Transport } from "./transport.ts";
import { UpdateCalls } from "./update_calls.ts";
import { WorkspaceCalls } from "./workspace_calls.ts";

/** Options of every client. */
export interface SharedClientOptions {
  /** Sends the requests. @default The runtime's own `fetch`, bypassing every configured proxy */
  readonly fetch?: (url: URL, init: RequestInit) => Promise<Response>;
}

/** Locates the host by its address file, for programs that can read files. */
export interface FileClientOptions extends SharedClientOptions {
  /** Path of the home's `api.json`. It is read before each call, so that a client can outlive its host. */
  readonly addressFile: string;
}

/** Locates the host by the contents of its address file, for web pages, which cannot read files. */
export interface AddressClientOptions extends SharedClientOptions {
  /** Such as `http://127.0.0.1:49213`. */
  readonly url: string;
  /** 64 hexadecimal digits. A program that has the token can do everything the user can. */
  readonly token: string;
}

/** Locates the host by a function, for programs that find it in their own way. */
export interface FoundClientOptions extends SharedClientOptions {
  /** Called before each call to the host. */
  readonly address: () => Promise<HostAddress>;
}

/** How a client finds its host. */
export type ClientOptions = FileClientOptions | AddressClientOptions | FoundClientOptions;

/** Options of {@linkcode WindlassClient.stop}. */
export interface StopOptions extends CallOptions {
  /** Kills the containers instead of waiting for them. @default false */
  readonly force?: boolean;
}

/** Options of {@linkcode WindlassClient.connect}. */
export interface ConnectOptions extends CallOptions {
  /** Path of an `api.json`. @default That of `WINDLASS_HOME`, or of the default home. */
  readonly addressFile?: string;
}

/**
 * A client of a running Windlass, for Deno, Node 20 and later, and browsers.
 *
 * Every call takes a signal, and throws a `WindlassError` with a stable `code` and a `remedy`: `WL_HOST_NOT_RUNNING`
 * if no host is running, `WL_HOST_SILENT` if the signal ends the wait for a response, or the error that the host
 * reports. Disposing the client closes its connections.
 *
 * @example Status
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
  /** Calls for the Docker engine. */
  readonly engine: EngineCalls;
  /** Calls for the log. */
  readonly logs: LogCalls;
  /** Calls for the way of requests out of this machine. */
  readonly network: NetworkCalls;
  /** Calls for the settings. */
  readonly settings: SettingsCalls;
  /** Calls for updates. */
  readonly update: UpdateCalls;
  /** Calls for the user's own distros. */
  readonly workspaces: WorkspaceCalls;
  readonly #transport: Transport;

  /** Connects to nothing yet. @param options Locates the host. */
  constructor(options: ClientOptions) {
    const http = options.fetch === undefined ? openDirectHttp() : plainHttp(options.fetch);
    this.#transport = new Transport(addressOf(options), http);
    this.engine = new EngineCalls(this.#transport);
    this.logs = new LogCalls(this.#transport);
    this.network = new NetworkCalls(this.#transport);
    this.settings = new SettingsCalls(this.#transport);
    this.update = new UpdateCalls(this.#transport);
    this.workspaces = new WorkspaceCalls(this.#transport);
  }

  /**
   * Finds this user's running host by its address file, and checks that it responds.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`; `WL_HOME_INVALID` if no variable locates the home folder.
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

  /**
   * The state of the engine, warnings, and updates. The host answers from memory.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`
   */
  async status({ signal }: CallOptions = {}): Promise<Status> {
    const request = { method: "GET", path: "/v1/status", signal } as const;
    const status = await this.#transport.ask<Status>(request);
    // Programs that show a status rely on these parts.
    if (
      ![status?.host, status?.engine, status?.distro].every((part) =>
        typeof part === "object" && part !== null
      )
    ) {
      throw answerInvalid(request);
    }
    return status;
  }

  /** The ports of this machine that lead into the engine, and their traffic. */
  async ports({ signal }: CallOptions = {}): Promise<PublishedPorts> {
    return await this.#transport.ask({ method: "GET", path: "/v1/ports", signal });
  }

  /**
   * Changes of state, progress, and warnings, as they happen. The first event is the current status. A slow reader
   * may miss intermediate states, but never the latest one. Ends with the host or the signal.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`; `WL_API_READER_SLOW` if nothing is read for 30 s.
   */
  async *events(options: CallOptions = {}): AsyncGenerator<HostEvent> {
    const events = this.#transport.events({ method: "GET", path: "/v1/events", ...options });
    for await (const { data } of events) yield JSON.parse(data);
  }

  /** Like {@linkcode events}, but yields the whole status each time, including progress. */
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
      // Warnings and workspaces are in the status already.
      const isPart = event.type === "warning" || event.type === "workspaces";
      if (status !== undefined && !isPart) yield status;
    }
  }

  /**
   * A new address that opens the status page in a browser, once and within 60 s.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`
   */
  async createPageLink({ signal }: CallOptions = {}): Promise<string> {
    const request = { method: "POST", path: "/v1/page-links", signal } as const;
    const { address, answer } = await this.#transport.askWithAddress<PageLink>(request);
    // Callers pass it to the system to open, which could also start a program.
    if (typeof answer?.url !== "string" || !answer.url.startsWith(`${address.url}/`)) {
      throw answerInvalid(request);
    }
    return answer.url;
  }

  /**
   * What each request of a Docker client is waiting for, for debugging. The form of the answer may change with any
   * version. Takes about 2 s if the engine is stuck.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`
   */
  async streamsReport({ signal }: CallOptions = {}): Promise<StreamsReport> {
    return await this.#transport.ask({ method: "GET", path: "/v1/debug/streams", signal });
  }

  /**
   * Where the time of the engine's last start went, for debugging. The form of the answer may change with any version.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`
   */
  async startReport({ signal }: CallOptions = {}): Promise<StartReport> {
    return await this.#transport.ask({ method: "GET", path: "/v1/debug/start", signal });
  }

  /**
   * A zip file for a bug report: versions, status, settings and logs, without passwords and tokens. Its
   * `contents.txt` lists the other files.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`
   */
  async diagnostics({ signal }: CallOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const response = await this.#transport.open({ method: "GET", path: "/v1/diagnostics", signal });
    return new Uint8Array(await response.arrayBuffer());
  }

  /**
   * Starts the shutdown of the host, with the engine and all containers; it is complete when `events()` ends.
   * Containers get the time to stop that they are configured with, unless `force` kills them. A second call with
   * `force` ends the wait of a first one.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`
   */
  async stop({ signal, force = false }: StopOptions = {}): Promise<void> {
    await this.#transport.ask({ method: "POST", path: `/v1/stop${force ? "?force=true" : ""}`, signal });
  }

  /** Closes the connections and ends calls in progress. For runtimes without `using`, such as Node 20. */
  close(): void {
    this.#transport[Symbol.dispose]();
  }

  /** Like {@linkcode close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function addressOf(options: ClientOptions): () => Promise<HostAddress> {
  if ("addressFile" in options) return () => readApiAddress(options.addressFile);
  if ("address" in options) return options.address;
  return () => Promise.resolve(options);
}

async function ownAddressFile(): Promise<string> {
  const { env, platform } = (await import("node:process")).default;
  return usualAddressFile(env, platform);
}

/** Declared separately: the declarations of the npm package would omit the method of the class. */
export interface WindlassClient extends Disposable {}
