import { errorText } from "../errors/error_text.ts";
import type { Log, LogFields } from "../logging/log.ts";
import { NEVER, sleep } from "../timing/sleep.ts";
import { LogEpisodes } from "./log_episodes.ts";

/** How an accept loop pauses after a failure; each failure in a row doubles the pause. */
export const ACCEPT_PAUSE = {
  /** Most failures concern one client that has already left, so the next one should not wait. */
  firstMilliseconds: 10,
  /** When the process is out of descriptors, two attempts a second cost nothing, and recovery goes unnoticed. */
  maximumMilliseconds: 500,
} as const;

/** An accepted client; closing it twice does nothing. */
interface Closable {
  close(): void;
}

/** What an accept loop does. */
export interface AcceptLoop<Client extends Closable> {
  /** The next client, or `null` once the listener is closed. A rejection concerns this call alone. */
  readonly accept: () => Promise<Client | null>;
  /** Takes the client over and returns at once. If it throws or rejects, that client is closed. */
  readonly serve: (client: Client) => void | Promise<void>;
  readonly log: Log;
  /** Logged when accepting or serving fails, once for each series of failures: `relay.accept.failed`. */
  readonly event: string;
  /** Logged with the event. */
  readonly fields?: LogFields;
  /** Ends the loop. */
  readonly signal?: AbortSignal;
}

/**
 * Accepts clients until the listener is closed. No failure of a client or of the process (no descriptors left, a client
 * that has already gone, a stream that cannot be opened) ends the loop: that client is closed, and the loop continues
 * after a pause. Never rejects.
 *
 * @example
 * ```ts
 * await acceptClients({ accept: () => listener.accept(), serve: (client) => serve(client), log, event: "x.accept.failed" });
 * ```
 */
export async function acceptClients<Client extends Closable>(loop: AcceptLoop<Client>): Promise<void> {
  const { accept, serve, signal = NEVER } = loop;
  const episodes = new LogEpisodes(loop.log);
  const failed = (error: unknown) =>
    episodes.log("warn", loop.event, { ...loop.fields, reason: errorText(error) });
  let pause: number = ACCEPT_PAUSE.firstMilliseconds;
  while (!signal.aborted) {
    let client: Client | null | undefined;
    try {
      client = await accept();
      if (client === null) return;
      pause = ACCEPT_PAUSE.firstMilliseconds;
      const served = client;
      serve(client)?.catch((error) => {
        served.close();
        failed(error);
      });
    } catch (error) {
      client?.close();
      if (signal.aborted || isClosed(error)) return;
      failed(error);
      await sleep(pause, signal);
      pause = Math.min(2 * pause, ACCEPT_PAUSE.maximumMilliseconds);
    }
  }
}

/** What a listener of the runtime rejects with after its `close()`. */
function isClosed(error: unknown): boolean {
  return error instanceof Deno.errors.BadResource;
}
