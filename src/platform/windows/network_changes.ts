import { isWindlassError } from "../../errors/windlass_error.ts";
import type { NetworkChanges } from "../network_changes.ts";
import { watchAddresses } from "./address_changes.ts";
import { type EventObject, openEvent, type WatchedObject } from "./event_object.ts";
import { kernel32 } from "./kernel32.ts";
import { type RegistryKey, watchRegistryKey } from "./registry/registry.ts";

const INTERNET_SETTINGS = "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings";
const INTERNET_POLICIES = "Software\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings";
const SERVICES = "SYSTEM\\CurrentControlSet\\Services";

/** The proxy settings of the user and the machine, those of policies, and the name servers. */
const KEYS: readonly RegistryKey[] = [
  { hive: "HKCU", path: INTERNET_SETTINGS },
  { hive: "HKLM", path: INTERNET_SETTINGS },
  { hive: "HKCU", path: INTERNET_POLICIES },
  { hive: "HKLM", path: INTERNET_POLICIES },
  { hive: "HKLM", path: `${SERVICES}\\Tcpip\\Parameters` },
  { hive: "HKLM", path: `${SERVICES}\\Tcpip6\\Parameters` },
];

const WAIT_TIMEOUT = 0x102;
const INFINITE = 0xffff_ffff;
const ERROR_SUCCESS = 0;
/** One change of a network comes as dozens. */
const PAUSE_MILLISECONDS = 250;

/** Watches addresses, name servers and proxy settings, on one thread of the runtime. */
export function watchNetworkChanges(changed: () => void): Promise<NetworkChanges> {
  using owned = new DisposableStack();
  const failures: string[] = [];
  const watched: WatchedObject[] = [];
  const watch = (what: string, open: () => WatchedObject | null) => {
    const error = startWatching(open, (object) => watched.push(owned.use(object)));
    if (error !== undefined) failures.push(`${what}: ${error}`);
  };
  for (const key of KEYS) watch(`${key.hive}\\${key.path}`, () => watchRegistryKey(key));
  watch("addresses", watchAddresses);
  const stop = owned.use(openEvent());
  const stack = owned.move();
  void new ChangeReport(stop, watched, changed).run().finally(() => stack.dispose());
  return Promise.resolve({
    // Whatever it has opened is closed once its thread has seen that.
    [Symbol.dispose]: () => stop.set(),
    ...(failures.length === 0 ? {} : { unwatched: failures.join("; ") }),
  });
}

/** Why something cannot be watched; `undefined` if it is, or does not exist. */
function startWatching(
  open: () => WatchedObject | null,
  keep: (object: WatchedObject) => void,
): string | undefined {
  try {
    const object = open();
    if (object === null) return undefined;
    keep(object);
    const error = object.watch();
    return error === ERROR_SUCCESS ? undefined : `error ${error}`;
  } catch (error) {
    if (isWindlassError(error)) return error.message;
    throw error;
  }
}

/** Calls `changed` after changes until `stop` is set. */
class ChangeReport {
  readonly #stop: EventObject;
  readonly #watched: WatchedObject[];
  readonly #changed: () => void;
  /** Windows reads them on another thread, so they are kept while it waits. */
  #handles = new BigInt64Array(0);

  constructor(stop: EventObject, watched: WatchedObject[], changed: () => void) {
    this.#stop = stop;
    this.#watched = watched;
    this.#changed = changed;
  }

  async run(): Promise<void> {
    const { WaitForMultipleObjects, WaitForSingleObject } = kernel32();
    for (;;) {
      this.#handles = new BigInt64Array(
        [this.#stop, ...this.#watched.map(({ event }) => event)].map((event) => event.handle),
      );
      const buffer = new Uint8Array(this.#handles.buffer);
      const which = await WaitForMultipleObjects(this.#handles.length, buffer, 0, INFINITE);
      const source = this.#watched[which - 1];
      if (source === undefined) return; // told to stop, or Windows cannot wait any more
      // A key that was deleted cannot be watched any longer.
      if (source.watch() !== ERROR_SUCCESS) this.#watched.splice(which - 1, 1);
      if (await WaitForSingleObject(this.#stop.handle, PAUSE_MILLISECONDS) !== WAIT_TIMEOUT) return;
      this.#changed();
    }
  }
}
