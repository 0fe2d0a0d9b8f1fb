import { RELAY_LIMITS } from "./relay_limits.ts";

/**
 * Gives a client time to read our last bytes, which it would lose if it were still sending when we close.
 *
 * @param ended Resolves once the client has said that it sends no more. A failure counts as that.
 */
export async function linger(ended: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, RELAY_LIMITS.lingerMilliseconds);
  await Promise.race([ended.catch(() => {}), promise]);
  clearTimeout(timer);
}
