/** Bytes of the length ahead of a message on a stream. */
const LENGTH_BYTES = 2;
const LARGEST_MESSAGE = 0xffff;

/** A message as it goes over TCP: its length ahead. Pure. */
export function dnsFrame(message: Uint8Array): Uint8Array {
  if (message.length > LARGEST_MESSAGE) throw new RangeError(`a message of ${message.length} bytes`);
  const frame = new Uint8Array(LENGTH_BYTES + message.length);
  new DataView(frame.buffer).setUint16(0, message.length);
  frame.set(message, LENGTH_BYTES);
  return frame;
}

/** Takes messages out of a stream, however it is cut. Holds one message at most, which has 64 KiB at most. */
export class DnsFrameReader {
  #read: (buffer: Uint8Array) => Promise<number | null>;

  constructor(source: Pick<Deno.Conn, "read">) {
    this.#read = (buffer) => source.read(buffer);
  }

  /** The next message; `undefined` at the end of the stream, even in the middle of a message. */
  async next(): Promise<Uint8Array | undefined> {
    const length = await this.#take(LENGTH_BYTES);
    if (length === undefined) return undefined;
    return await this.#take(new DataView(length.buffer).getUint16(0));
  }

  async #take(count: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      const read = await this.#read(bytes.subarray(filled));
      if (read === null || read === 0) return undefined;
      filled += read;
    }
    return bytes;
  }
}
