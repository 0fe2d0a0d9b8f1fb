import { readApiAddress } from "../client/read_api_address.ts";
import type { HostAddress } from "../client/transport.ts";
import { WindlassClient } from "../client/windlass_client.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import type { Home } from "./home.ts";
import { lockHolder } from "./single_instance.ts";

/** A client of the host that holds the lock of the home; a file that a dead host has left is not believed. */
export function hostClient(home: Home): WindlassClient {
  return new WindlassClient({ address: () => liveAddress(home) });
}

async function liveAddress(home: Home): Promise<HostAddress> {
  const pid = await lockHolder(home);
  if (pid === undefined) throw notRunning(`no host is running for ${home.root}`);
  const address = await readApiAddress(home.apiAddressFile);
  // The host that is starting has not written its own yet.
  if (pid !== 0 && pid !== address.pid) {
    throw notRunning(`${home.apiAddressFile} belongs to a host that has ended`);
  }
  return { ...address, isAlive: true };
}

function notRunning(state: string): WindlassError {
  return new WindlassError("WL_HOST_NOT_RUNNING", `Cannot reach the host: ${state}`);
}
