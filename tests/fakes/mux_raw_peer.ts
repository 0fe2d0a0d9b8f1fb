import type { FrameType } from "../../src/mux/frame.ts";
import { encodeFrame } from "./mux_frame.ts";
import { FrameReader } from "../../src/mux/frame_reader.ts";
import { encodeHello, HelloReader } from "../../src/mux/handshake.ts";
import type { Duplex } from "../../src/streams/duplex.ts";

/** One frame that a session sent. */
export interface SentFrame {
  readonly type: FrameType;
  readonly id: number;
  readonly payload: Uint8Array;
}

/** The far end of a link, frame by frame, for tests in which the peer breaks the rules or the order matters. */
export class RawPeer {
  readonly #link: Duplex;
  readonly #frames: SentFrame[] = [];
  readonly #hello = new HelloReader(0);
  readonly #reader: FrameReader;
  #greeted = false;

  constructor(link: Duplex) {
    this.#link = link;
    this.#reader = new FrameReader({
      data: (id, bytes) => void this.#frames.push({ type: 3, id, payload: bytes.slice() }),
      frame: (type, id, payload) => void this.#frames.push({ type, id, payload: payload.slice() }),
    });
  }

  /** Sends the hello of an agent. */
  async greet(initialWindow = 1_048_576): Promise<void> {
    await this.#link.write(
      encodeHello({ major: 1, minor: 0, role: "agent", capabilities: 0, initialWindow }),
    );
  }

  /** Sends bytes as they are. */
  async sendBytes(bytes: Uint8Array): Promise<void> {
    await this.#link.write(bytes);
  }

  /** Sends one frame. */
  async send(type: FrameType, id: number, payload: Uint8Array = new Uint8Array(0)): Promise<void> {
    await this.#link.write(encodeFrame(type, id, payload));
  }

  /** The next frame of the session, or `null` at the link's end. DATA may come in pieces. */
  async next(): Promise<SentFrame | null> {
    while (this.#frames.length === 0) {
      const bytes = await this.#link.read();
      if (bytes === null) return null;
      if (this.#greeted) {
        this.#reader.push(bytes);
        continue;
      }
      const received = this.#hello.push(bytes);
      this.#greeted = received !== null;
      if (received !== null) this.#reader.push(received.rest);
    }
    return this.#frames.shift()!;
  }

  /** Reads frames until the link ends. */
  async rest(): Promise<SentFrame[]> {
    const frames: SentFrame[] = [];
    for (let frame = await this.next(); frame !== null; frame = await this.next()) frames.push(frame);
    return frames;
  }
}
