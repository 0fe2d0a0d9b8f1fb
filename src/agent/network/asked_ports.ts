import type { Duplex } from "../../streams/duplex.ts";
import type { HeldPort } from "../protocol/rpc_messages.ts";

/** The line that `port-proxy` begins with: `publish tcp 0.0.0.0 8080 172.17.0.2 80`. */
const REQUEST_REGEXP = /^publish (tcp|udp) \S{1,64} (\d{1,5}) /;
/** Bytes that are read of it: up to the number. */
const REQUEST_BYTES = 128;

/** A client whose request is counted for as long as it is not disposed. */
export interface AskingClient extends Disposable {
  readonly client: Duplex;
}

/**
 * The numbers of the ports that containers have published. dockerd binds each of them in the engine's network as well,
 * and they must not be taken for services of programs on the host network.
 */
export class AskedPorts {
  /** How many clients have asked for a port: one for each address. By numbers, since every scan asks for every port. */
  readonly #counts = new Map<number, number>();
  readonly #decoder = new TextDecoder();

  has(protocol: HeldPort["protocol"], port: number): boolean {
    return this.#counts.has(keyOf(protocol, port));
  }

  /** Reads along what a client asks for first; all bytes pass through as they are. */
  follow(client: Duplex): AskingClient {
    let isFirst = true;
    let asked: number | undefined;
    const read = async () => {
      const bytes = await client.read();
      if (isFirst && bytes !== null) {
        const [, protocol, port] =
          REQUEST_REGEXP.exec(this.#decoder.decode(bytes.subarray(0, REQUEST_BYTES))) ?? [];
        if (protocol !== undefined) this.#change(asked = keyOf(protocol, Number(port)), 1);
      }
      isFirst = false;
      return bytes;
    };
    return {
      client: {
        read,
        write: (bytes) => client.write(bytes),
        closeWrite: () => client.closeWrite(),
        close: () => client.close(),
        [Symbol.dispose]: () => client.close(),
      },
      [Symbol.dispose]: () => {
        if (asked !== undefined) this.#change(asked, -1);
        asked = undefined;
      },
    };
  }

  #change(key: number, by: number): void {
    const count = (this.#counts.get(key) ?? 0) + by;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}

/** Ports have 16 bits. */
const UDP = 0x10000;

function keyOf(protocol: string, port: number): number {
  return protocol === "udp" ? port + UDP : port;
}
