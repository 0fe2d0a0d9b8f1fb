import type { Duplex as NodeDuplex } from "node:stream";

/** What a server answers to `GET /v2/`. */
export interface RegistryAnswer {
  /** Status code. */
  readonly status: number;
  /** Whether it answers as registries do. */
  readonly isRegistry: boolean;
}

/** A head of an answer that is longer comes from no registry. */
const HEAD_BYTES = 64 * 1024;
const HEAD_END = "\r\n\r\n";

/**
 * Asks the server at the other end of a stream whether it is a registry.
 *
 * @param authority Value of `Host`.
 * @returns A text says why the answer cannot be used, as a lower-case clause.
 * @throws {Error} of the stream. @throws {unknown} the signal's reason.
 */
export async function askRegistry(
  stream: NodeDuplex,
  authority: string,
  signal: AbortSignal,
): Promise<RegistryAnswer | string> {
  stream.write(
    `GET /v2/ HTTP/1.1\r\nHost: ${authority}\r\nUser-Agent: windlass\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
  );
  return parseAnswer(await readHead(stream, signal));
}

/** A text says why it is not an answer, as a lower-case clause. Pure. */
export function parseAnswer(head: string): RegistryAnswer | string {
  const [, status] = /^HTTP\/1\.[01] (\d{3})(?: |\r|$)/.exec(head) ?? [];
  if (status === undefined) {
    return head === "" ? "the connection was closed without an answer" : "the answer is not HTTP";
  }
  const isRegistry = /^docker-distribution-api-version:/im.test(head) ||
    status === "401" && /^www-authenticate:/im.test(head);
  return { status: Number(status), isRegistry };
}

function readHead(stream: NodeDuplex, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    let tail = ""; // of the text: the end of the head may come in several pieces
    const abort = () => finish(() => reject(signal.reason));
    const finish = (settle: () => void) => {
      signal.removeEventListener("abort", abort);
      stream.off("data", take).off("end", end).off("close", end).off("error", fail);
      settle();
    };
    const end = () => finish(() => resolve(text));
    const fail = (error: Error) => finish(() => reject(error));
    const take = (bytes: Uint8Array) => {
      const piece = new TextDecoder("latin1").decode(bytes);
      const recent = tail + piece;
      const found = recent.indexOf(HEAD_END);
      const length = text.length - tail.length + found;
      text += piece;
      tail = recent.slice(1 - HEAD_END.length);
      if (found >= 0) finish(() => resolve(text.slice(0, length)));
      else if (text.length > HEAD_BYTES) finish(() => resolve(""));
    };
    stream.on("data", take).on("end", end).on("close", end).on("error", fail);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
  });
}
