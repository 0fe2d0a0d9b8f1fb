import type { ProgramListener } from "../program_listeners.ts";
import { executableOf } from "./process_name.ts";
import { readSocketTable } from "./socket_table.ts";

/** By the system's tables of sockets, which name the process of each. */
export function findListenersOnWindows(
  port: number,
  isWanted: (executable: string) => boolean,
): Promise<readonly ProgramListener[]> {
  const sockets = [...readSocketTable("tcp4"), ...readSocketTable("tcp6")];
  const owners = new Set(sockets.filter((each) => each.port === port).map(({ processId }) => processId));
  owners.delete(Deno.pid);
  const listeners = [...owners].flatMap((processId) => {
    const executable = executableOf(processId);
    return executable !== null && isWanted(executable) ? [{ processId, executable }] : [];
  });
  return Promise.resolve(listeners);
}
