import { unlessMissing } from "../../errors/unless_missing.ts";
import type { MachinePort, PortHolder } from "../port_holder.ts";
import { overlaps } from "../addresses.ts";
import { type KernelSocket, parseSocketTable } from "./socket_table.ts";

/** Finds the process that has a port, by the kernel's table of sockets and the descriptors of all processes. */
export async function findPortHolderOnLinux(wanted: MachinePort): Promise<PortHolder | undefined> {
  const tables = await Promise.all(
    ["", "6"].map((family) => readSocketTable(`/proc/net/${wanted.protocol}${family}`)),
  );
  const socket = tables.flat().find((each) =>
    each.isOpenToAll && each.port === wanted.port && overlaps(each.address, wanted.address)
  );
  if (socket === undefined) return undefined;
  const processId = await findOwner(socket.inode);
  if (processId === undefined) return { kind: "process", user: `user id ${socket.userId}` };
  // It may have ended meanwhile.
  const name = await Deno.readTextFile(`/proc/${processId}/comm`).catch(() => undefined);
  return { kind: "process", processId, ...name === undefined ? {} : { name: name.trim() } };
}

/** A table of /proc/net. */
export async function readSocketTable(path: string): Promise<KernelSocket[]> {
  const text = await unlessMissing(() => Deno.readTextFile(path));
  return parseSocketTable(text ?? ""); // a machine without IPv6
}

async function findOwner(inode: number): Promise<number | undefined> {
  const link = `socket:[${inode}]`;
  for await (const { name } of Deno.readDir("/proc")) {
    if (/^\d+$/.test(name) && await holdsDescriptor(name, (each) => each === link)) return Number(name);
  }
  return undefined;
}

/** Whether the process has a descriptor whose link in /proc is wanted, such as `socket:[1234]`. */
export async function holdsDescriptor(
  processId: string,
  isWanted: (link: string) => boolean,
): Promise<boolean> {
  const folder = `/proc/${processId}/fd`;
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (isWanted(await Deno.readLink(`${folder}/${name}`).catch(() => ""))) return true;
    }
  } catch {
    // The process has ended meanwhile, or is another user's.
  }
  return false;
}
