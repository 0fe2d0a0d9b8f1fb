import type { DeviceNode } from "../mount_plan.ts";

/** Devices that a distro gets when the host has them; anyone may use fuse and tun, as in the real one. */
const WANTED: readonly { readonly path: string; readonly mode: number }[] = [
  { path: "fuse", mode: 0o666 },
  { path: "net/tun", mode: 0o666 },
  { path: "kmsg", mode: 0o644 },
  { path: "loop-control", mode: 0o660 },
  { path: "kvm", mode: 0o666 },
  ...Array.from({ length: 8 }, (_, index) => ({ path: `loop${index}`, mode: 0o660 })),
];

/** The device nodes of the host that distros get beside the standard ones. */
export async function extraDevices(): Promise<DeviceNode[]> {
  const nodes: DeviceNode[] = [];
  for (const { path, mode } of WANTED) {
    const info = await Deno.stat(`/dev/${path}`).catch(() => null);
    if (info === null || info.rdev === null || !(info.isCharDevice || info.isBlockDevice)) continue;
    nodes.push({ kind: info.isBlockDevice ? "b" : "c", mode, ...deviceNumbers(info.rdev), path });
  }
  return nodes;
}

/** Splits the number of a device as the C library's makedev() has put it together. */
export function deviceNumbers(rdev: number): { major: number; minor: number } {
  const wide = BigInt(rdev);
  return {
    major: Number(((wide >> 8n) & 0xfffn) | ((wide >> 32n) & 0xfffff000n)),
    minor: Number((wide & 0xffn) | ((wide >> 12n) & 0xffffff00n)),
  };
}
