import type { ClientConnection, Listener } from "../../src/platform/listener.ts";
import type { Duplex } from "../../src/streams/duplex.ts";
import { createMemoryDuplexPair } from "../../src/streams/memory_duplex.ts";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/** A client in memory: its own end, and the end that a listener would hand out. */
export interface MemoryClient {
  readonly own: Duplex;
  readonly accepted: ClientConnection;
  /** The process ends: nobody reads or writes any more. */
  vanish(): void;
}

/** Makes a client that can vanish as a killed process does: to a reader that looks like a half-close. */
export function createMemoryClient(): MemoryClient {
  const [own, theirs] = createMemoryDuplexPair();
  let gone = false;
  const accepted: ClientConnection = {
    read: () => theirs.read(),
    write: (bytes) => theirs.write(bytes),
    closeWrite: () => theirs.closeWrite(),
    close: () => theirs.close(),
    isGone: () => Promise.resolve(gone),
    [Symbol.dispose]: () => theirs.close(),
  };
  return {
    own,
    accepted,
    vanish: () => {
      gone = true;
      void own.closeWrite();
    },
  };
}

/** A listener whose clients are handed to it. */
export class MemoryListener implements Listener {
  readonly address = "memory";
  readonly #waiting: (ClientConnection | Error)[] = [];
  #wake: (() => void) | undefined;
  closed = false;

  /** The next `accept()` gets this client, or fails. */
  offer(client: ClientConnection | Error): void {
    this.#waiting.push(client);
    this.#wake?.();
  }

  async accept(): Promise<ClientConnection | null> {
    while (this.#waiting.length === 0 && !this.closed) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const next = this.#waiting.shift();
    if (next instanceof Error) throw next;
    return next ?? null;
  }

  close(): void {
    this.closed = true;
    this.#wake?.();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Writes text as bytes. */
export function writeText(stream: Duplex, text: string): Promise<void> {
  return stream.write(ENCODER.encode(text));
}

/** Reads until `length` characters have arrived, or the end. */
export async function readText(stream: Duplex, length: number): Promise<string> {
  let text = "";
  while (text.length < length) {
    const bytes = await stream.read();
    if (bytes === null) break;
    text += DECODER.decode(bytes);
  }
  return text;
}
