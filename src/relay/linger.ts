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

/**
 * Reads and drops what a client still sends after the end of a raw stream, so that closing the connection does not
 * look like a failure to it. Resolves when the client has ended or sends nothing, and at last at the limit. Some
 * clients see the end of a stream only in the closing, so a silent one is not waited for.
 *
 * @param read Resolves to `null` at the client's end. A failure counts as that.
 */
export async function drain(read: () => Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const limit = setTimeout(resolve, RELAY_LIMITS.drainMilliseconds);
  let quiet = setTimeout(resolve, RELAY_LIMITS.quietMilliseconds);
  const readAll = async () => {
    while (await read() !== null) {
      clearTimeout(quiet);
      quiet = setTimeout(resolve, RELAY_LIMITS.quietMilliseconds);
    }
  };
  void readAll().catch(() => {}).then(resolve);
  await promise;
  clearTimeout(limit);
  clearTimeout(quiet);
}
