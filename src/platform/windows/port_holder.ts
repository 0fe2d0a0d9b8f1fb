import type { MachinePort, PortHolder } from "../port_holder.ts";
import { findExcludedRange } from "./excluded_ports.ts";
import { findOpenSocket } from "./open_socket.ts";
import { processName } from "./process_name.ts";

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
