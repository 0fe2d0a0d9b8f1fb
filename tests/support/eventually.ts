/** Milliseconds between two tries; as long as the last try took, if that is more: a try may be a whole command. */
const INTERVAL_MILLISECONDS = 50;

/**
 * Tries until `attempt` returns without throwing, and returns its value.
 *
 * @throws {unknown} the last failure, when the time is over.
 */
export async function eventually<Value>(
  attempt: () => Value | Promise<Value>,
  milliseconds = 10_000,
): Promise<Value> {
  const deadline = Date.now() + milliseconds;
  while (true) {
    const started = Date.now();
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
    }
    await pause(Math.max(INTERVAL_MILLISECONDS, Date.now() - started));
  }
}

/** Waits. For what has no event that could be waited for, such as "nothing arrives". */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
