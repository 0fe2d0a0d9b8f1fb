import { isMuxError } from "../../mux/mux_error.ts";
import type { Duplex } from "../../streams/duplex.ts";

/** The first byte of a TLS connection. */
const TLS_HANDSHAKE = 0x16;
const UPPER_CASE_A = 0x41;
const UPPER_CASE_Z = 0x5a;
/** People read a line; the system's words at its end may be long. */
const STATUS_CHARACTERS = 300;

/**
 * A stream to a port of the user's machine, for a client on loopback that was connected before it was known whether
 * anybody listens there. If the host refuses it, one that speaks HTTP gets an answer that says why; one that begins
 * with TLS gets it as well, takes it for a server without TLS, and Docker tries HTTP next. All others see the
 * connection end.
 */
export function explainRefusal(stream: Duplex, port: number): Duplex {
  return new ExplainedStream(stream, port);
}

class ExplainedStream implements Duplex {
  readonly #stream: Duplex;
  readonly #port: number;
  /** Whether the client speaks HTTP or TLS, once it has said something. */
  readonly #speaksHttp = Promise.withResolvers<boolean>();
  #isAnswered = false;

  constructor(stream: Duplex, port: number) {
    this.#stream = stream;
    this.#port = port;
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#isAnswered) return null;
    try {
      return await this.#stream.read();
    } catch (error) {
      if (!isMuxError(error, "REFUSED")) throw error;
      if (!await this.#speaksHttp.promise) throw error;
      this.#isAnswered = true;
      return refusal(this.#port, error.detail ?? "without a reason");
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#speaksHttp.resolve(beginsHttp(bytes));
    try {
      await this.#stream.write(bytes);
    } catch (error) {
      if (!isMuxError(error, "REFUSED")) throw error; // otherwise read() deals with it
    }
  }

  async closeWrite(): Promise<void> {
    this.#speaksHttp.resolve(false);
    await this.#stream.closeWrite();
  }

  close(): void {
    this.#speaksHttp.resolve(false);
    this.#stream.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function beginsHttp(bytes: Uint8Array): boolean {
  const [first = 0] = bytes;
  return first === TLS_HANDSHAKE || (first >= UPPER_CASE_A && first <= UPPER_CASE_Z);
}

/** Docker shows no more of such an answer than its status line. Pure. */
function refusal(port: number, reason: string): Uint8Array {
  const sentence = `Cannot connect to localhost:${port}: no container publishes this port, and no ` +
    `program of this machine takes it: ${reason}`;
  const status = sentence.replace(/[^ -~]+/g, "?").slice(0, STATUS_CHARACTERS);
  const lines = [
    `HTTP/1.1 502 ${status}`,
    "Content-Type: text/plain; charset=utf-8",
    "Connection: close",
    "",
    `${sentence}\n`,
  ];
  return new TextEncoder().encode(lines.join("\r\n"));
}
