import { endpoint } from "../../platform/addresses.ts";
import { PROXY_LIMITS } from "../proxy_limits.ts";
import { DialFailure } from "./dial_failure.ts";

/** Makes one connection; `Deno.connect` but for tests. */
export type Connect<Connection> = (
  options: { readonly hostname: string; readonly port: number; readonly signal: AbortSignal },
) => Promise<Connection>;

/**
 * Connects to the first address that answers. The next one is tried when one fails, and beside one that does not answer
 * soon: a name may have an address that leads nowhere.
 *
 * @param addresses At least one.
 * @throws {DialFailure} of the first address. @throws {unknown} the signal's reason.
 */
export function connectFirst<Connection extends { close(): void }>(
  addresses: readonly string[],
  port: number,
  { signal, connect }: { readonly signal: AbortSignal; readonly connect: Connect<Connection> },
): Promise<Connection> {
  const losers = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<Connection>();
  const ordered = alternating(addresses);
  let [next, open, isOver] = [0, 0, false];
  let failure: unknown;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = () => {
    isOver = true;
    clearTimeout(timer);
    signal.removeEventListener("abort", aborted);
    losers.abort();
  };
  const aborted = () => {
    end();
    reject(signal.reason);
  };
  const begin = () => {
    clearTimeout(timer);
    const hostname = ordered[next++]!;
    open++;
    connect({ hostname, port, signal: losers.signal }).then((connection) => {
      if (isOver) return connection.close();
      end();
      resolve(connection);
    }, (error) => {
      open--;
      failure ??= DialFailure.ofAddress(error, endpoint(hostname, port));
      if (isOver) return;
      if (next < ordered.length) return begin();
      if (open > 0) return;
      end();
      reject(failure);
    });
    if (next < ordered.length) timer = setTimeout(begin, PROXY_LIMITS.nextAddressMilliseconds);
  };
  signal.addEventListener("abort", aborted, { once: true });
  if (signal.aborted) aborted();
  else begin();
  return promise;
}

/** Both families in turn, beginning with the one that the system prefers: one of them may lead nowhere. Pure. */
function alternating(addresses: readonly string[]): string[] {
  const isFirstKind = (address: string) => address.includes(":") === addresses[0]?.includes(":");
  const first = addresses.filter(isFirstKind);
  const second = addresses.filter((address) => !isFirstKind(address));
  const ordered: string[] = [];
  for (let index = 0; index < Math.max(first.length, second.length); index++) {
    for (const address of [first[index], second[index]]) if (address !== undefined) ordered.push(address);
  }
  return ordered;
}
