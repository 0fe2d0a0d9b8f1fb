import type { WindlassInstance } from "../support/windlass_instance.ts";

/** Does something with an instance; a failure shows the last lines of its logs. */
export async function withLogs<Value>(
  instance: WindlassInstance,
  action: () => Promise<Value>,
): Promise<Value> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Error) error.message += `\n${await instance.logs()}`;
    throw error;
  }
}
