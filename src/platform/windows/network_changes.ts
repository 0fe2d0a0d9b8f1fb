import { isWindlassError } from "../../errors/windlass_error.ts";
import type { NetworkChanges } from "../network_changes.ts";
import { watchAddresses } from "./address_changes.ts";
import type { WatchedObject } from "./event_object.ts";
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

const ERROR_SUCCESS = 0;
const WAIT_OBJECT_0 = 0;
/**
 * Time between two checks. A check takes microseconds, and reports the dozens of events of one network change together.
 * Waiting would occupy a thread of the runtime, which has eight on a machine with two processors; child processes need them.
 */
const CHECK_MILLISECONDS = 2_000;

/** Watches addresses, name servers and proxy settings. */
export function watchNetworkChanges(changed: () => void): Promise<NetworkChanges> {
  using owned = new DisposableStack();
  const failures: string[] = [];
  const watched = new Set<WatchedObject>();
  const watch = (what: string, open: () => WatchedObject | null) => {
    const error = startWatching(open, (object) => watched.add(owned.use(object)));
    if (error !== undefined) failures.push(`${what}: ${error}`);
  };
  for (const key of KEYS) watch(`${key.hive}\\${key.path}`, () => watchRegistryKey(key));
  watch("addresses", watchAddresses);
  const timer = setInterval(() => {
    if (takeChanges(watched)) changed();
  }, CHECK_MILLISECONDS);
  Deno.unrefTimer(timer);
  owned.defer(() => clearInterval(timer));
  const stack = owned.move();
  return Promise.resolve({
    [Symbol.dispose]: () => stack.dispose(),
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

/** Whether anything has changed since the last call. */
function takeChanges(watched: Set<WatchedObject>): boolean {
  const { CheckSingleObject } = kernel32();
  let isChanged = false;
  for (const object of watched) {
    if (CheckSingleObject(object.event.handle, 0) !== WAIT_OBJECT_0) continue;
    isChanged = true;
    // A key that was deleted cannot be watched any longer.
    if (object.watch() !== ERROR_SUCCESS) watched.delete(object);
  }
  return isChanged;
}
