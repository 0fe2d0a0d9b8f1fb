import type { MachinePort, PortHolder } from "../port_holder.ts";
import { overlaps } from "../port_overlap.ts";
import { findExcludedRange } from "./excluded_ports.ts";
import { processName } from "./process_name.ts";
import { type OpenSocket, readSocketTable } from "./socket_table.ts";

/** Finds the process that has a port, or the range of Windows that it lies in. */
export async function findPortHolderOnWindows(wanted: MachinePort): Promise<PortHolder | undefined> {
  const socket = findOpenSocket(wanted);
  if (socket !== undefined) {
    const name = processName(socket.processId);
    const process = { kind: "process", processId: socket.processId } as const;
    return name === undefined ? process : { ...process, name };
  }
  const range = await findExcludedRange(wanted);
  return range === undefined ? undefined : { kind: "reserved", ...range };
}

/**
 * A socket of another program that gets in the way of a port. Windows itself lets one program listen on all addresses
 * and another on one of them; the second then takes the first one's clients away.
 */
export function findOpenSocket({ protocol, address, port }: MachinePort): OpenSocket | undefined {
  const tables = [readSocketTable(`${protocol}4`), readSocketTable(`${protocol}6`)];
  return tables.flat().find((each) =>
    each.port === port && each.processId !== Deno.pid && overlaps(each.address, address)
  );
}
