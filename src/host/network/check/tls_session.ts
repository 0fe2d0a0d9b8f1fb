import { Duplex as NodeDuplex } from "node:stream";
import { connect, rootCertificates } from "node:tls";
import type { Duplex } from "../../../streams/duplex.ts";

/** What a server showed. */
export interface TlsSession extends Disposable {
  readonly stream: NodeDuplex;
  /** Such as `TLSv1.3`. */
  readonly version: string;
  /** Name of the one who issued the server's certificate. */
  readonly issuer: string;
  /** Why the certificate is not trusted, as the code of Node; nothing if it is. */
  readonly distrust: string | undefined;
}

/**
 * Speaks TLS over a stream, which it takes over. A certificate that is not trusted is part of the result.
 *
 * @param trusted Certificates in addition to those of the runtime, each as PEM.
 * @throws {Error} if the other side does not speak TLS. @throws {unknown} the signal's reason.
 */
export async function openTlsSession(
  duplex: Duplex,
  { hostname, trusted, signal }: {
    readonly hostname: string;
    readonly trusted: readonly string[];
    readonly signal: AbortSignal;
  },
): Promise<TlsSession> {
  const opened = Promise.withResolvers<void>();
  const socket = connect({
    socket: nodeStream(duplex),
    servername: isName(hostname) ? hostname : undefined,
    host: hostname,
    ca: [...rootCertificates, ...trusted],
    ALPNProtocols: ["http/1.1"],
    rejectUnauthorized: false,
  });
  const abort = () => opened.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  socket.on("error", opened.reject); // later ones as well, which nobody would handle
  socket.once("close", () => opened.reject(new Error("the connection was closed")));
  socket.once("secureConnect", () => opened.resolve());
  try {
    await opened.promise;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
  const { issuer } = socket.getPeerCertificate();
  const error = socket.authorizationError as unknown as { readonly code?: string } | string | null;
  return {
    stream: socket,
    version: socket.getProtocol() ?? "TLS",
    issuer: String(issuer?.CN ?? issuer?.O ?? "an unnamed authority"),
    distrust: socket.authorized ? undefined : (typeof error === "object" ? error?.code : error) ?? "UNKNOWN",
    [Symbol.dispose]: () => socket.destroy(),
  };
}

/** A server is asked for a name, never for an address. */
function isName(hostname: string): boolean {
  return !hostname.includes(":") && !/^[\d.]+$/.test(hostname);
}

/** A stream of Node's over one of ours, which it owns. */
function nodeStream(duplex: Duplex): NodeDuplex {
  return new NodeDuplex({
    read() {
      duplex.read().then(
        (bytes) => this.push(bytes === null ? null : bytes.slice()),
        (error) => this.destroy(error),
      );
    },
    write(bytes: Uint8Array, _encoding, done) {
      duplex.write(bytes).then(() => done(), done);
    },
    final(done) {
      duplex.closeWrite().then(() => done(), done);
    },
    destroy(error, done) {
      duplex.close();
      done(error);
    },
  });
}
