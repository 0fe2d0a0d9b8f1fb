import type { MachinePort, PortHolder } from "../port_holder.ts";
import { overlaps } from "../port_overlap.ts";
import { type KernelSocket, parseSocketTable } from "./socket_table.ts";

/** Finds the process that has a port, by the kernel's table of sockets and the descriptors of all processes. */
export async function findPortHolderOnLinux(wanted: MachinePort): Promise<PortHolder | undefined> {
  const tables = await Promise.all(
    ["", "6"].map((family) => readTable(`/proc/net/${wanted.protocol}${family}`)),
  );
  const socket = tables.flat().find((each) =>
    each.isOpenToAll && each.port === wanted.port && overlaps(each.address, wanted.address)
  );
  if (socket === undefined) return undefined;
  const processId = await findOwner(socket.inode);
  if (processId === undefined) return { kind: "process", user: `user id ${socket.userId}` };
  return { kind: "process", processId, name: (await Deno.readTextFile(`/proc/${processId}/comm`)).trim() };
}

async function readTable(path: string): Promise<KernelSocket[]> {
  try {
    return parseSocketTable(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return []; // a machine without IPv6
    throw error;
  }
}

async function findOwner(inode: number): Promise<number | undefined> {
  const link = `socket:[${inode}]`;
  for await (const { name } of Deno.readDir("/proc")) {
    if (/^\d+$/.test(name) && await holdsDescriptor(name, link)) return Number(name);
  }
  return undefined;
}

async function holdsDescriptor(processId: string, link: string): Promise<boolean> {
  const folder = `/proc/${processId}/fd`;
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (await Deno.readLink(`${folder}/${name}`).catch(() => "") === link) return true;
    }
  } catch {
    // The process has ended meanwhile, or is another user's.
  }
  return false;
}
