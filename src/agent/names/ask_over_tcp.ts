import { dnsFrame, DnsFrameReader } from "./dns_frames.ts";
import { type AskedQuestion, DNS_PORT, isAnswerTo } from "./dns_message.ts";
import { NAME_LIMITS } from "./name_limits.ts";

/** Asks a server over a connection of its own. Resolves to nothing if it gives no answer, or with the signal. */
export async function askOverTcp(
  asked: AskedQuestion,
  server: string,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    const connecting = AbortSignal.any([signal, AbortSignal.timeout(NAME_LIMITS.connectMilliseconds)]);
    using connection = await Deno.connect({ hostname: server, port: DNS_PORT, signal: connecting });
    using _ = closeOnAbort(connection, signal);
    await writeAll(connection, dnsFrame(asked.query));
    const answer = await new DnsFrameReader(connection).next();
    return answer !== undefined && isAnswerTo(answer, asked) ? answer : undefined;
  } catch {
    return undefined; // refused, unreachable, reset or given up: the next server, then
  }
}

/** Writes all of it. */
export async function writeAll(connection: Pick<Deno.Conn, "write">, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await connection.write(bytes.subarray(written));
}

/** Ends a connection's reads and writes with a signal, while what is returned is not disposed of. */
export function closeOnAbort(connection: Disposable, signal: AbortSignal): Disposable {
  const close = () => connection[Symbol.dispose]();
  signal.addEventListener("abort", close, { once: true });
  if (signal.aborted) close();
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", close) };
}
