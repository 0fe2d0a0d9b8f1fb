import type { RequestHandler } from "../api/local_only.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { replaceFile } from "../files/replace_file.ts";
import { type ApiAddress, formatApiAddress } from "../client/api_address.ts";

/** The served control API. Disposing it takes the address file away, then ends what is being served. */
export interface ControlServer extends AsyncDisposable {
  readonly address: ApiAddress;
}

/** What is served, and where clients learn of it. */
export interface ControlServerOptions {
  readonly addressFile: string;
  /** Makes the handler once the address is known. */
  readonly handler: (address: ApiAddress) => RequestHandler;
}

/** Bytes of randomness in a token: as many as make guessing pointless for good. */
const TOKEN_BYTES = 32;

/**
 * Serves the control API on a free port of 127.0.0.1 and writes the address file, which only its owner can read.
 * The caller holds the lock of the home, so a file that is there already was left by a host that died.
 *
 * @throws {WindlassError} `WL_FILE_NOT_WRITABLE` or `WL_NO_SPACE`; nothing is served then.
 */
export async function serveControl({ addressFile, handler }: ControlServerOptions): Promise<ControlServer> {
  const ended = new AbortController();
  // Deno would listen where this variable says, instead of where we say.
  Deno.env.delete("DENO_SERVE_ADDRESS");
  const ready = Promise.withResolvers<RequestHandler>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: ended.signal, onListen: () => {} },
    async (request) => (await ready.promise).fetch(request),
  );
  const end = async () => {
    ended.abort();
    await server.finished;
  };
  try {
    const address = { url: urlOf(server.addr), token: newToken(), pid: Deno.pid };
    ready.resolve(handler(address));
    await replaceFile(addressFile, formatApiAddress(address));
    return {
      address,
      async [Symbol.asyncDispose]() {
        removePresent(addressFile);
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** @throws {WindlassError} `WL_INTERNAL` if it is not the machine's own: nothing of ours may be reached from elsewhere. */
function urlOf(address: Deno.NetAddr): string {
  if (address.hostname === "127.0.0.1") return `http://127.0.0.1:${address.port}`;
  throw new WindlassError("WL_INTERNAL", `Cannot serve the API: it would listen on ${address.hostname}`);
}

function newToken(): string {
  return crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toHex();
}

function removePresent(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
