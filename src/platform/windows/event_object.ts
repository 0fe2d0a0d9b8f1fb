import { WindlassError } from "../../errors/windlass_error.ts";
import { kernel32 } from "./kernel32.ts";

/** An event of Windows, which stays set until it has been checked once. Disposing it closes it. */
export interface EventObject extends Disposable {
  readonly handle: bigint;
}

/** Something whose next change sets an event. Disposing it ends that. */
export interface WatchedObject extends Disposable {
  readonly event: EventObject;
  /** Asks for the next change, once for each; the error of Windows, 0 for none. */
  watch(): number;
}

/** Makes an event. @throws {WindlassError} `WL_INTERNAL` if Windows has no room for it. */
export function openEvent(): EventObject {
  const handle = kernel32().CreateEventW(null, 0, 0, null);
  if (handle === 0n) throw new WindlassError("WL_INTERNAL", "Cannot watch for changes: CreateEventW failed");
  return {
    handle,
    [Symbol.dispose]: () => void kernel32().CloseHandle(handle),
  };
}
