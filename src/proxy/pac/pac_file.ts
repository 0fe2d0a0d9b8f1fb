import { clientForWay } from "../client_for_way.ts";
import { networkReason } from "../network_reason.ts";
import { PacFailure } from "./pac_failure.ts";

/** Reading a file, with connecting: requests wait for it. */
const READ_MILLISECONDS = 5_000;
/** The longest PAC files of companies have some hundred kilobytes. */
const FILE_BYTES = 1024 * 1024;

/** How a PAC file is read. */
export type ReadPacFile = (url: string) => Promise<string>;

/**
 * Reads a PAC file from an address with the scheme `http:`, `https:` or `file:`, always directly: the way to it cannot
 * depend on what it says. Ends after 5 s and 1 MiB.
 *
 * @param certificates Trusted besides those of the runtime, each as PEM.
 * @throws {PacFailure} why it cannot be read.
 */
export async function readPacFile(url: string, certificates: readonly string[]): Promise<string> {
  const signal = AbortSignal.timeout(READ_MILLISECONDS);
  try {
    const address = new URL(url);
    const text = decodeText(
      address.protocol === "file:"
        ? await readFile(address, signal)
        : await fetchFile(address, certificates, signal),
    );
    if (/^\s*</.test(text)) throw new PacFailure("it is a web page; this network may require you to sign in");
    return text;
  } catch (error) {
    if (error instanceof PacFailure) throw error;
    if (signal.aborted) {
      throw new PacFailure(`its server does not answer within ${READ_MILLISECONDS / 1000} s`);
    }
    throw new PacFailure(reasonOf(error));
  }
}

async function readFile(address: URL, signal: AbortSignal): Promise<Uint8Array> {
  using file = await Deno.open(address);
  return await readLimited(file.readable, signal);
}

async function fetchFile(
  address: URL,
  certificates: readonly string[],
  signal: AbortSignal,
): Promise<Uint8Array> {
  const headers = new Headers({ accept: "application/x-ns-proxy-autoconfig, */*" });
  const { username, password } = address;
  if (username !== "" || password !== "") headers.set("authorization", basic(username, password));
  address.username = address.password = "";
  using client = clientForWay({ certificates });
  const response = await fetch(address, { client, headers, signal });
  if (response.ok && response.body !== null) return await readLimited(response.body, signal);
  await response.body?.cancel();
  throw new PacFailure(`its server answers with status ${response.status}`);
}

async function readLimited(stream: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<Uint8Array> {
  const bytes = new Uint8Array(FILE_BYTES);
  let length = 0;
  // The reader ends the stream when it is left early.
  for await (const chunk of stream) {
    signal.throwIfAborted();
    if (length + chunk.length > FILE_BYTES) {
      throw new PacFailure(`it has more than ${FILE_BYTES / 1024 / 1024} MiB`);
    }
    bytes.set(chunk, length);
    length += chunk.length;
  }
  return bytes.subarray(0, length);
}

/** In the encoding that its first bytes name, else UTF-8, else that of old servers of Windows. Pure. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function basic(username: string, password: string): string {
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${new TextEncoder().encode(pair).toBase64()}`;
}

/** In words for users, where it is one of the usual failures. */
function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  const reason = networkReason(error);
  if (/os error (?:111|10061)\)/.test(reason)) return "nothing listens at its address";
  return /^dns error/.test(reason) ? "the name of its server is not known" : reason;
}
