const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/** A connection to a docker socket on which HTTP is written and read byte for byte as a test wants it. */
export class RawConnection implements Disposable {
  #buffered = new Uint8Array();

  private constructor(readonly connection: Deno.UnixConn) {}

  static async open(socketPath: string): Promise<RawConnection> {
    return new RawConnection(await Deno.connect({ transport: "unix", path: socketPath }));
  }

  async write(data: string | Uint8Array): Promise<void> {
    let rest = typeof data === "string" ? ENCODER.encode(data) : data;
    while (rest.length > 0) rest = rest.subarray(await this.connection.write(rest));
  }

  /** Bytes as they come; `undefined` at the end of the stream. */
  async readSome(): Promise<Uint8Array | undefined> {
    if (this.#buffered.length > 0) {
      const bytes = this.#buffered;
      this.#buffered = new Uint8Array();
      return bytes;
    }
    const buffer = new Uint8Array(65_536);
    const count = await this.connection.read(buffer);
    return count === null ? undefined : buffer.subarray(0, count);
  }

  async readUntil(marker: string): Promise<string> {
    let text = "";
    while (true) {
      const end = text.indexOf(marker);
      if (end >= 0) {
        this.#buffered = ENCODER.encode(text.slice(end + marker.length));
        return text.slice(0, end + marker.length);
      }
      const bytes = await this.readSome();
      if (!bytes) {
        throw new Error(
          `Cannot find ${JSON.stringify(marker)}: the stream ended after ${JSON.stringify(text)}`,
        );
      }
      text += DECODER.decode(bytes);
    }
  }

  async readToEnd(): Promise<string> {
    let text = "";
    for (let bytes = await this.readSome(); bytes; bytes = await this.readSome()) {
      text += DECODER.decode(bytes);
    }
    return text;
  }

  /** Sends a request and reads one response with `Content-Length`, leaving the connection usable. */
  async request(method: string, path: string, body?: unknown): Promise<{ status: number; body: string }> {
    await this.write(formatRequest(method, path, body));
    return await this.readResponse();
  }

  /** Reads a response that has a `Content-Length`, is chunked, or has no body at all. */
  async readResponse(): Promise<{ status: number; body: string; head: string }> {
    const head = await this.readUntil("\r\n\r\n");
    const status = Number(head.split(" ")[1]);
    const length = Number(head.match(/^content-length: *(\d+)/im)?.[1] ?? 0);
    let body = "";
    if (/^transfer-encoding: *chunked/im.test(head)) {
      while (true) {
        const size = parseInt(await this.readUntil("\r\n"), 16);
        const chunk = await this.#readExactly(size + 2);
        if (size === 0) break;
        body += chunk.slice(0, -2);
      }
    } else body = await this.#readExactly(length);
    return { status, body, head };
  }

  async #readExactly(count: number): Promise<string> {
    let bytes = new Uint8Array();
    while (bytes.length < count) {
      const more = await this.readSome();
      if (!more) throw new Error(`Cannot read ${count} bytes: the stream ended after ${bytes.length}`);
      const joined = new Uint8Array(bytes.length + more.length);
      joined.set(bytes);
      joined.set(more, bytes.length);
      bytes = joined;
    }
    this.#buffered = bytes.slice(count);
    return DECODER.decode(bytes.subarray(0, count));
  }

  [Symbol.dispose](): void {
    try {
      this.connection.close();
    } catch {
      // The test closed it itself.
    }
  }
}

/** The bytes of a request, with a JSON body if one is given. */
export function formatRequest(method: string, path: string, body?: unknown, headers: string[] = []): string {
  const text = body === undefined ? "" : JSON.stringify(body);
  const lines = [`${method} ${path} HTTP/1.1`, "Host: docker", ...headers];
  if (body !== undefined) lines.push("Content-Type: application/json", `Content-Length: ${text.length}`);
  else if (method === "POST") lines.push("Content-Length: 0");
  return `${lines.join("\r\n")}\r\n\r\n${text}`;
}

/** The status of one GET on a connection of its own. */
export async function getStatus(socketPath: string, path: string): Promise<number> {
  using connection = await RawConnection.open(socketPath);
  return (await connection.request("GET", path)).status;
}
