import { parseLine } from "./protocol.ts";

/** Longest line taken; a request holds at most two paths. Bytes. */
const LINE_BYTES = 64 * 1024;

/** A connection that carries JSON objects, one a line. Disposing it closes it. */
export class ServiceLines implements Disposable {
  readonly #connection: Deno.UnixConn;
  readonly #buffer = new Uint8Array(4096);
  #text = "";
  #closed = false;

  constructor(connection: Deno.UnixConn) {
    this.#connection = connection;
  }

  /** Sends one object. Rejects when the other side is gone. */
  async send(message: object): Promise<void> {
    const bytes = new TextEncoder().encode(`${JSON.stringify(message)}\n`);
    for (let done = 0; done < bytes.length;) done += await this.#connection.write(bytes.subarray(done));
  }

  /** The next object; `null` when the other side is gone. */
  async receive(): Promise<Record<string, unknown> | null> {
    const decoder = new TextDecoder();
    for (;;) {
      const end = this.#text.indexOf("\n");
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return parseLine(line);
      }
      if (this.#text.length > LINE_BYTES) return null;
      const count = await this.#connection.read(this.#buffer).catch(() => null);
      if (count === null) return null;
      this.#text += decoder.decode(this.#buffer.subarray(0, count), { stream: true });
    }
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
  }
}
