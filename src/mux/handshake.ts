import { putUint32, uint32At } from "./frame.ts";
import { MuxError } from "./mux_error.ts";

/** Which end of the link one is. */
export type MuxRole = "host" | "agent";

/** What one end sends to the other before any frame. */
export interface Hello {
  readonly major: number;
  readonly minor: number;
  readonly role: MuxRole;
  /** Bit set; see the version rule in `PROTOCOL.md`. */
  readonly capabilities: number;
  /** Bytes that the peer may send on a new stream. */
  readonly initialWindow: number;
}

/** The version that this module speaks. */
export const PROTOCOL_VERSION = { major: 1, minor: 0 } as const;

/** Begins with bytes that no text has, so that no message printed by a shell can look like it. */
export const MAGIC: Uint8Array = Uint8Array.from([
  0x00,
  0xff,
  ...new TextEncoder().encode("WINDLASS-MUX"),
  13,
  10,
]);

const BODY_BYTES = 14;
const MAXIMUM_BODY_BYTES = 1_024;
const LENGTH_BYTES = 2;
/** How much of the noise an error message quotes: the first line or two of what a shell said. */
const QUOTED_NOISE_BYTES = 300;

/** The hello as it goes over the link. */
export function encodeHello(hello: Hello): Uint8Array {
  const bytes = new Uint8Array(MAGIC.length + LENGTH_BYTES + BODY_BYTES);
  bytes.set(MAGIC);
  const at = MAGIC.length;
  bytes[at] = BODY_BYTES >>> 8;
  bytes[at + 1] = BODY_BYTES;
  bytes[at + 2] = hello.major;
  bytes[at + 3] = hello.minor;
  bytes[at + 4] = hello.role === "host" ? 0 : 1;
  putUint32(bytes, at + 6, hello.capabilities);
  putUint32(bytes, at + 10, hello.initialWindow);
  return bytes;
}

/** What {@linkcode HelloReader.push} returns once the hello is complete. */
export interface ReceivedHello {
  readonly hello: Hello;
  /** Bytes before the magic. */
  readonly noise: number;
  /** What came after the hello: the first frames. */
  readonly rest: Uint8Array;
}

/** Finds the peer's hello in chunks that may be cut anywhere and may begin with noise. */
export class HelloReader {
  readonly #maximumNoise: number;
  /** What has come and is not known to be noise; holds at most one hello and one chunk. */
  #held: Uint8Array = new Uint8Array(0);
  #noise = 0;
  #quoted: Uint8Array = new Uint8Array(0);

  constructor(maximumNoise: number) {
    this.#maximumNoise = maximumNoise;
  }

  /**
   * The hello, or `null` if more bytes are needed.
   *
   * @throws {MuxError} `HANDSHAKE` (too much noise, broken hello) or `VERSION`.
   */
  push(chunk: Uint8Array): ReceivedHello | null {
    this.#held = joined(this.#held, chunk);
    this.#skipNoise();
    const held = this.#held;
    if (held.length < MAGIC.length + LENGTH_BYTES) return null;
    const length = (held[MAGIC.length]! << 8) + held[MAGIC.length + 1]!;
    if (length < BODY_BYTES || length > MAXIMUM_BODY_BYTES) {
      throw new MuxError("HANDSHAKE", `Cannot start the session: the peer's hello has ${length} bytes`);
    }
    const end = MAGIC.length + LENGTH_BYTES + length;
    if (held.length < end) return null;
    return {
      hello: decodeBody(held.subarray(MAGIC.length + LENGTH_BYTES, end)),
      noise: this.#noise,
      rest: held.subarray(end),
    };
  }

  /** The error for a link that ended before the hello was complete; quotes what came instead. */
  ended(): MuxError {
    const came = joined(this.#quoted, this.#held).subarray(0, QUOTED_NOISE_BYTES);
    const state = came.length === 0
      ? "the link ended before the peer sent anything"
      : `the link ended after ${JSON.stringify(quote(came))}`;
    return new MuxError("HANDSHAKE", `Cannot start the session: ${state}`);
  }

  #skipNoise(): void {
    const skipped = offsetOfMagic(this.#held);
    if (skipped === 0) return;
    this.#noise += skipped;
    if (this.#quoted.length < QUOTED_NOISE_BYTES) {
      this.#quoted = joined(this.#quoted, this.#held.subarray(0, Math.min(skipped, QUOTED_NOISE_BYTES)));
    }
    if (this.#noise > this.#maximumNoise) {
      throw new MuxError(
        "HANDSHAKE",
        `Cannot start the session: more than ${this.#maximumNoise} bytes came that are not a hello: ` +
          JSON.stringify(quote(this.#quoted)),
      );
    }
    this.#held = this.#held.subarray(skipped);
  }
}

/** Where the magic, or a beginning of it that the end of the bytes cuts off, starts. */
function offsetOfMagic(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(MAGIC[0]!); at !== -1; at = bytes.indexOf(MAGIC[0]!, at + 1)) {
    const compared = Math.min(MAGIC.length, bytes.length - at);
    let same = 1;
    while (same < compared && bytes[at + same] === MAGIC[same]) same++;
    if (same === compared) return at;
  }
  return bytes.length;
}

function decodeBody(body: Uint8Array): Hello {
  const major = body[0]!;
  if (major !== PROTOCOL_VERSION.major) {
    throw new MuxError(
      "VERSION",
      `Cannot start the session: the peer speaks version ${major}.${body[1]!}, ` +
        `this end ${PROTOCOL_VERSION.major}.${PROTOCOL_VERSION.minor}`,
    );
  }
  if (body[2]! > 1) {
    throw new MuxError("HANDSHAKE", `Cannot start the session: the peer has role ${body[2]!}`);
  }
  return {
    major,
    minor: body[1]!,
    role: body[2] === 0 ? "host" : "agent",
    capabilities: uint32At(body, 4),
    initialWindow: uint32At(body, 8),
  };
}

/** Text of unknown encoding for a message: wsl.exe prints UTF-16 unless set otherwise, whose zeros are dropped. */
function quote(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.filter((byte) => byte !== 0)).slice(0, QUOTED_NOISE_BYTES).trim();
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
