import { openEvent, type WatchedObject } from "./event_object.ts";

const ERROR_SUCCESS = 0;
const ERROR_IO_PENDING = 997;
const HANDLE_BYTES = 8;
/** OVERLAPPED, whose last field is an event. */
const OVERLAPPED = { bytes: 32, event: 24 } as const;

const FUNCTIONS = {
  CancelIPChangeNotify: { parameters: ["buffer"], result: "i32" },
  NotifyAddrChange: { parameters: ["buffer", "buffer"], result: "u32" },
} as const satisfies Deno.ForeignLibraryInterface;

let symbols: Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"] | undefined;

/** Opened with the first use, for as long as the process lives. */
function iphlpapi(): Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"] {
  return symbols ??= Deno.dlopen("iphlpapi.dll", FUNCTIONS).symbols;
}

/** One for each watch, for as long as the process lives: Windows may write to them after it was told to stop. */
const overlappeds: Uint8Array[] = [];

/** Watches the IPv4 addresses of this machine, which a VPN, a cable or a wireless network changes. */
export function watchAddresses(): WatchedObject {
  const event = openEvent();
  const overlapped = new Uint8Array(OVERLAPPED.bytes);
  new DataView(overlapped.buffer).setBigInt64(OVERLAPPED.event, event.handle, true);
  overlappeds.push(overlapped);
  return {
    event,
    watch() {
      const error = iphlpapi().NotifyAddrChange(new Uint8Array(HANDLE_BYTES), overlapped);
      return error === ERROR_IO_PENDING ? ERROR_SUCCESS : error;
    },
    [Symbol.dispose]() {
      iphlpapi().CancelIPChangeNotify(overlapped);
      event[Symbol.dispose]();
    },
  };
}
