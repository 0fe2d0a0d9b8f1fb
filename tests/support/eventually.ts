/** Milliseconds between two tries; as long as the last try took, if that is more: a try may be a whole command. */
const INTERVAL_MILLISECONDS = 50;

/** Far above what any state needs, a boot of an engine too, on a machine that is slow or stands still for a while. */
const LIMIT_MILLISECONDS = 180_000;

/**
 * Tries until `attempt` returns without throwing, and returns its value. The last try begins after the limit: a try that
 * took long has seen an old state.
 *
 * @throws {unknown} the last failure, when the time is over.
 */
export async function eventually<Value>(
  attempt: () => Value | Promise<Value>,
  milliseconds = LIMIT_MILLISECONDS,
): Promise<Value> {
  const deadline = Date.now() + milliseconds;
  while (true) {
    const started = Date.now();
    try {
      return await attempt();
    } catch (error) {
      if (started >= deadline) throw error;
    }
    await pause(Math.max(INTERVAL_MILLISECONDS, Date.now() - started));
  }
}

/** Waits. For what has no event that could be waited for, such as "nothing arrives". */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
