import { NO_LOG } from "../../src/logging/log.ts";
import type { ClientConnection, Listener } from "../../src/platform/listener.ts";
import { listenUnixSocket } from "../../src/platform/linux/unix_socket.ts";
import { linuxPaths } from "../../src/relay/paths/linux_paths.ts";
import { type OpenUpstream, type Relay, startRelay } from "../../src/relay/relay.ts";
import { connectionDuplex } from "../../src/streams/connection_duplex.ts";

/** A relay on a unix socket before an engine of the test's own on another. */
export interface ServedRelay extends AsyncDisposable {
  /** Where clients connect. */
  readonly path: string;
  /** Where the engine listens; the test does that, by {@linkcode EngineStart}. */
  readonly enginePath: string;
  readonly relay: Relay;
}

/** Begins to listen on the path; what it returns is disposed at the end. */
export type EngineStart = (path: string) => AsyncDisposable | Promise<AsyncDisposable>;

/** Starts both in a new folder, which is removed at the end. */
export async function serveRelay(
  startEngine: EngineStart,
  openUpstream?: OpenUpstream,
): Promise<ServedRelay> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "windlass-relay-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const enginePath = `${folder}/engine.sock`;
  const path = `${folder}/docker.sock`;
  stack.use(await startEngine(enginePath));
  const relay = stack.use(startRelay({
    listener: await listenUnixSocket(path),
    openUpstream: openUpstream ??
      (async () => connectionDuplex(await Deno.connect({ transport: "unix", path: enginePath }))),
    translatePath: linuxPaths({ dockerSocket: path }),
    log: NO_LOG,
  }));
  const owned = stack.move();
  return { path, enginePath, relay, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** An engine that speaks by hand: the test takes each connection and does what it likes. */
export class ManualEngine implements AsyncDisposable {
  readonly #listener: Listener;
  readonly #accepted: ClientConnection[] = [];

  private constructor(listener: Listener) {
    this.#listener = listener;
  }

  static async listen(path: string): Promise<ManualEngine> {
    return new ManualEngine(await listenUnixSocket(path));
  }

  async accept(): Promise<ClientConnection> {
    const connection = (await this.#listener.accept())!;
    this.#accepted.push(connection);
    return connection;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#accepted) connection.close();
    return Promise.resolve();
  }
}
