import type { OpenUpstream, Upstream } from "./upstream.ts";

/**
 * The engine as one client's connection sees it: at most one stream at a time. A stream that was released is followed
 * by another one when the client makes its next request.
 */
export class EngineSide {
  readonly #open: OpenUpstream;
  /** Set while a stream is being opened. */
  #opening: AbortController | undefined;
  #stream: Upstream | undefined;
  /** Settled once the engine has sent all that it will on the present stream. */
  #downloaded: Promise<void> = Promise.resolve();
  #isWriting = false;
  #closed = false;

  constructor(open: OpenUpstream) {
    this.#open = open;
  }

  get isOpening(): boolean {
    return this.#opening !== undefined;
  }

  get isAttached(): boolean {
    return this.#stream !== undefined;
  }

  /** Whether the engine has yet to take bytes. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** The number of the present stream, where streams have numbers. */
  get streamId(): number | undefined {
    return this.#stream?.id;
  }

  /** Resolves once the engine has sent all that it will. */
  get downloaded(): Promise<void> {
    return this.#downloaded;
  }

  /** Whether `stream` is the present one, and not one that was released. */
  isPresent(stream: Upstream): boolean {
    return this.#stream === stream;
  }

  /**
   * Opens a stream and starts to read from it.
   *
   * @param attached Called with the stream; returns the promise of its end.
   * @returns Whether there is a stream now; there is none if the connection was closed meanwhile.
   * @throws What the opening rejects with.
   */
  async attach(attached: (stream: Upstream) => Promise<void>): Promise<boolean> {
    await this.#downloaded; // of the stream that was released
    this.#opening = new AbortController();
    let stream: Upstream;
    try {
      stream = await this.#open(this.#opening.signal);
    } finally {
      this.#opening = undefined; // aborting is expensive, even if nobody listens
    }
    if (this.#closed) {
      stream.close();
      return false;
    }
    this.#stream = stream;
    this.#downloaded = attached(stream);
    return true;
  }

  /** Resolves once the engine has taken the bytes. They are dropped while there is no stream. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#isWriting = true;
    await this.#stream?.write(bytes);
    this.#isWriting = false;
  }

  async closeWrite(): Promise<void> {
    await this.#stream?.closeWrite();
  }

  /** Closes the stream; the next request opens another one. */
  release(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.close();
  }

  /** Ends it for good. */
  close(): void {
    this.#closed = true;
    this.#opening?.abort();
    this.#stream?.close();
  }
}
