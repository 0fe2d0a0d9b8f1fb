import { join } from "node:path";

/** What goes wrong with a file. Each keeps to what it says and serves the rest as it should be. */
export type ChannelFault =
  /** The connection ends after so many bytes of the body. */
  | { readonly kind: "cut"; readonly after: number }
  /** So many bytes at a time, with a pause after each. */
  | { readonly kind: "slow"; readonly bytes: number; readonly milliseconds: number }
  /** So many bytes arrive, then none, and the connection stays. */
  | { readonly kind: "stall"; readonly after: number }
  /** The request is not answered at all. */
  | { readonly kind: "hang" }
  /** The file, then zeros without an end, and no length in the headers. */
  | { readonly kind: "endless" }
  /** The file cut or filled up with zeros to so many bytes, and stated so. */
  | { readonly kind: "length"; readonly bytes: number }
  /** The right length, with one byte changed. */
  | { readonly kind: "flip"; readonly at: number }
  /** Other bytes in place of the file. */
  | { readonly kind: "bytes"; readonly bytes: Uint8Array<ArrayBuffer>; readonly type?: string }
  /** A sign-in page with status 200, as networks with a captive portal answer. */
  | { readonly kind: "page" }
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "redirect"; readonly to: string }
  /** Another ETag with each request, as if the file changed all the time. */
  | { readonly kind: "new-etag" }
  /** Ranges are not understood: the whole file comes. */
  | { readonly kind: "no-ranges" };

/** One request as it was served. */
export interface ServedRequest {
  /** Within the folder, such as `metadata/timestamp.json`. */
  readonly path: string;
  /** The headers `range`, `if-range` and `user-agent`, if they were sent. */
  readonly range: string | null;
  readonly ifRange: string | null;
  readonly userAgent: string | null;
  /** Of the answer; 0 for none. */
  readonly status: number;
  /** Bytes of the body that were handed to the connection. */
  readonly bytes: number;
}

/** A folder served on loopback, as any web server would, with faults on demand. */
export interface ChannelServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40001`, without a slash at the end. */
  readonly url: string;
  readonly requests: readonly ServedRequest[];
  /** The folder that is served from now on. */
  folder: string;
  /** Breaks each file whose path begins with that, for so many requests. Later faults come first. */
  break(prefix: string, fault: ChannelFault, times?: number): void;
  /** Takes all faults back. */
  mend(): void;
  /** Bytes of all bodies so far. */
  bytes(): number;
  /** Forgets the requests so far. */
  forget(): void;
}

interface Broken {
  readonly prefix: string;
  readonly fault: ChannelFault;
  times: number;
}

/** The parts of a ServedRequest that change while it is served. */
type Serving = { -readonly [Name in keyof ServedRequest]: ServedRequest[Name] };

const CHUNK = 64 * 1024;
const PAGE = "<!DOCTYPE html><html><title>Welcome</title><p>Please sign in to use this network</html>";

/** Serves a folder until it is disposed; open connections end with it. With a certificate it speaks TLS. */
export function openChannelServer(folder: string, tls: Partial<Deno.TlsCertifiedKeyPem> = {}): ChannelServer {
  return new FolderServer(folder, tls);
}

class FolderServer implements ChannelServer {
  readonly url: string;
  readonly requests: Serving[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #end = new AbortController();
  #broken: Broken[] = [];
  #etags = 0;

  constructor(public folder: string, tls: Partial<Deno.TlsCertifiedKeyPem>) {
    const options = { port: 0, hostname: "127.0.0.1", onListen() {}, signal: this.#end.signal, ...tls };
    this.#server = Deno.serve(options, (request) => this.#serve(request));
    this.url = `${tls.cert === undefined ? "http" : "https"}://127.0.0.1:${this.#server.addr.port}`;
  }

  break(prefix: string, fault: ChannelFault, times = Infinity): void {
    this.#broken.unshift({ prefix, fault, times });
  }

  mend(): void {
    this.#broken = [];
  }

  bytes(): number {
    return this.requests.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  forget(): void {
    this.requests.length = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#server.finished;
  }

  async #serve(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname.slice(1);
    const { headers } = request;
    const served: Serving = {
      path,
      range: headers.get("range"),
      ifRange: headers.get("if-range"),
      userAgent: headers.get("user-agent"),
      status: 0,
      bytes: 0,
    };
    this.requests.push(served);
    const response = await this.#answer(path, served, this.#faultOf(path));
    served.status = response.status;
    return response;
  }

  #faultOf(path: string): ChannelFault | undefined {
    const broken = this.#broken.find(({ prefix, times }) => path.startsWith(prefix) && times > 0);
    if (broken !== undefined) broken.times--;
    return broken?.fault;
  }

  async #answer(path: string, served: Serving, fault: ChannelFault | undefined): Promise<Response> {
    switch (fault?.kind) {
      case "hang":
        await new Promise((resolve) => this.#end.signal.addEventListener("abort", resolve, { once: true }));
        return new Response(null, { status: 503 });
      case "status":
        return new Response(`status ${fault.status}`, { status: fault.status });
      case "redirect":
        return new Response(null, { status: 302, headers: { location: fault.to } });
      case "page":
        return new Response(PAGE, { headers: { "content-type": "text/html; charset=utf-8" } });
      case "bytes":
        return new Response(fault.bytes, { headers: { "content-type": fault.type ?? "text/plain" } });
    }
    const file = await this.#read(path);
    if (file === null) return new Response("not found", { status: 404 });
    return this.#fileAnswer(changed(file.bytes, fault), file.etag, served, fault);
  }

  async #read(path: string): Promise<{ bytes: Uint8Array<ArrayBuffer>; etag: string } | null> {
    try {
      const full = join(this.folder, decodeURIComponent(path));
      const [bytes, info] = [await Deno.readFile(full), await Deno.stat(full)];
      return { bytes, etag: `"${info.size}-${info.mtime?.getTime()}"` };
    } catch {
      return null;
    }
  }

  #fileAnswer(
    bytes: Uint8Array<ArrayBuffer>,
    fileEtag: string,
    served: Serving,
    fault: ChannelFault | undefined,
  ): Response {
    const etag = fault?.kind === "new-etag" ? `"${++this.#etags}"` : fileEtag;
    const asked = Number(/^bytes=(\d+)-$/.exec(served.range ?? "")?.[1] ?? 0);
    const fits = served.ifRange === null || served.ifRange === etag;
    const offset = asked > 0 && fits && fault?.kind !== "no-ranges" ? asked : 0;
    if (offset > 0 && offset >= bytes.length) {
      return new Response(null, { status: 416, headers: { "content-range": `bytes */${bytes.length}` } });
    }
    const headers = new Headers({ etag, "content-type": "application/octet-stream" });
    if (fault?.kind !== "endless") headers.set("content-length", `${bytes.length - offset}`);
    if (offset > 0) headers.set("content-range", `bytes ${offset}-${bytes.length - 1}/${bytes.length}`);
    const body = this.#body(bytes.subarray(offset), served, fault);
    return new Response(body, { status: offset > 0 ? 206 : 200, headers });
  }

  #body(bytes: Uint8Array<ArrayBuffer>, served: Serving, fault: ChannelFault | undefined): ReadableStream {
    const step = fault?.kind === "slow" ? fault.bytes : CHUNK;
    const end = fault?.kind === "cut" || fault?.kind === "stall" ? fault.after : bytes.length;
    let offset = 0;
    const send = (controller: ReadableStreamDefaultController, chunk: Uint8Array) => {
      served.bytes += chunk.length;
      controller.enqueue(chunk);
    };
    return new ReadableStream({
      pull: async (controller) => {
        if (offset < Math.min(end, bytes.length)) {
          const chunk = bytes.subarray(offset, Math.min(offset + step, end));
          offset += chunk.length;
          send(controller, chunk);
          if (fault?.kind === "slow") await this.#pause(fault.milliseconds);
        } else if (fault?.kind === "endless") send(controller, new Uint8Array(CHUNK));
        else if (fault?.kind === "stall") await this.#pause(600_000);
        else controller.close(); // before the length that the headers state, if it is cut
      },
    }, { highWaterMark: 0 });
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#end.signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    });
  }
}

/** The file as the fault has it. */
function changed(bytes: Uint8Array<ArrayBuffer>, fault: ChannelFault | undefined): Uint8Array<ArrayBuffer> {
  if (fault?.kind === "length") {
    const other = new Uint8Array(fault.bytes);
    other.set(bytes.subarray(0, fault.bytes));
    return other;
  }
  if (fault?.kind === "flip") {
    const other = bytes.slice();
    other[fault.at] = (other[fault.at] ?? 0) ^ 1;
    return other;
  }
  return bytes;
}
