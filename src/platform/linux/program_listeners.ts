import type { ProgramListener } from "../program_listeners.ts";
import { holdsDescriptor, readSocketTable } from "./port_holder.ts";

/** Programs first, since few are wanted: the descriptors of all processes would take long to read. */
export async function findListenersOnLinux(
  port: number,
  isWanted: (executable: string) => boolean,
): Promise<readonly ProgramListener[]> {
  const programs: ProgramListener[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    // Kernel threads have none; other processes may have ended meanwhile.
    const executable = await Deno.readLink(`/proc/${name}/exe`).catch(() => undefined);
    if (executable !== undefined && isWanted(executable)) {
      programs.push({ processId: Number(name), executable });
    }
  }
  if (programs.length === 0) return [];
  const sockets = (await Promise.all(["/proc/net/tcp", "/proc/net/tcp6"].map(readSocketTable))).flat()
    .filter((socket) => socket.isOpenToAll && socket.port === port);
  const links = new Set(sockets.map(({ inode }) => `socket:[${inode}]`));
  const listening = await Promise.all(
    programs.map(({ processId }) => holdsDescriptor(String(processId), (link) => links.has(link))),
  );
  return programs.filter((_, index) => listening[index]);
}
