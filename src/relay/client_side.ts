import type { ClientConnection } from "../platform/listener.ts";
import { drain, linger } from "./linger.ts";
import { CONTINUE_RESPONSE } from "./http/own_response.ts";
import { RELAY_LIMITS } from "./relay_limits.ts";

/**
 * One client as the relay sees it. The engine's bytes and the relay's own answers go to it one after the other, and the
 * end is signalled in every way that clients wait for.
 */
export class ClientSide {
  #busy = false;
  #ended = false;
  #interim: Promise<void> | undefined;
  /** Wakes an answer that waits for its turn. */
  #turn: PromiseWithResolvers<void> | undefined;
  /** Reads so far, to distinguish a slow upload from a stuck one. */
  #reads = 0;
  #readsWhenGone = 0;
  #checksWhenGone = 0;

  /** @param failed Called when the connection fails: its client is gone. */
  constructor(private readonly connection: ClientConnection, private readonly failed: () => void) {}

  /** Whether bytes are on their way to the client. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Whether our direction has been closed. From then on, only a read shows that the client is gone. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether an answer of the relay's own waits for those to earlier requests. */
  get waitsForTurn(): boolean {
    return this.#turn !== undefined;
  }

  /** The next bytes from the client; `null` at its end. */
  async read(): Promise<Uint8Array | null> {
    try {
      const bytes = await this.connection.read();
      this.#reads++;
      return bytes;
    } catch (error) {
      this.failed();
      throw error;
    }
  }

  /** Resolves once the connection has taken the bytes. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#busy = true;
    try {
      if (this.#interim !== undefined) await this.#interim;
      await this.connection.write(bytes);
    } catch (error) {
      this.failed();
      throw error;
    }
    this.#busy = false;
    this.wake();
  }

  /** Writes the head of a raw stream, and what came with it, separately: some clients read the head through a buffer and
   * lose what follows it there. dockerd writes the head by itself as well. */
  async writeApart(head: Uint8Array, rest: Uint8Array): Promise<void> {
    await this.write(head);
    await new Promise((resolve) => setTimeout(resolve, RELAY_LIMITS.rawHeadMilliseconds));
    await this.write(rest);
  }

  /** Asks the client to send its body. */
  sendContinue(): void {
    this.#interim = this.connection.write(CONTINUE_RESPONSE).catch(() => this.failed());
  }

  /** Resolves once `isTurn` returns true; it is called again after each write and each `wake()`. */
  async whenTurn(isTurn: () => boolean): Promise<void> {
    while (!isTurn()) {
      this.#turn = Promise.withResolvers();
      await this.#turn.promise;
    }
    this.#turn = undefined;
  }

  /** Makes `whenTurn()` check again. */
  wake(): void {
    this.#turn?.resolve();
  }

  /**
   * Whether the client has vanished. While we read from it, the bytes that it left behind are still delivered, unless the
   * engine does not take them.
   */
  async hasVanished(uploading: boolean): Promise<boolean> {
    if (this.#ended || !await this.connection.isGone() || this.#ended) return false;
    if (!uploading) return true;
    if (this.#reads !== this.#readsWhenGone) this.#checksWhenGone = 0;
    this.#readsWhenGone = this.#reads;
    return ++this.#checksWhenGone >= RELAY_LIMITS.goneChecks;
  }

  /**
   * Closes our direction, and gives the client time to read to its end.
   *
   * @param uploaded Resolves once nothing else reads from it.
   */
  async finish(uploaded: Promise<void>): Promise<void> {
    await this.#end();
    await linger(uploaded.then(() => this.#discard()));
  }

  /** The same for a client that has nothing to send: does not wait for its end. */
  async finishIdle(): Promise<void> {
    await linger(this.#end());
  }

  /** The same at the end of a raw stream, on which a client may still be sending. */
  async finishRaw(uploaded: Promise<void>): Promise<void> {
    await this.#end();
    await drain(async () => {
      await uploaded;
      return await this.connection.read();
    });
  }

  async #end(): Promise<void> {
    this.#ended = true;
    await this.connection.closeWrite().catch(() => this.failed());
  }

  async #discard(): Promise<void> {
    while (await this.connection.read() !== null);
  }
}
