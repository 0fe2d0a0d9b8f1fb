import { join } from "node:path";
import { removeIfPresent } from "../../../files/if_present.ts";

/** State that all instances on this host share; it is gone after a reboot, as the setting itself is. */
const FOLDER = "/run/windlass";
const SWITCH = "/proc/sys/net/ipv4/ip_forward";

/** One file for each instance that needs forwarding, and `before`: what the switch was without us. */
const USERS = join(FOLDER, "forwarding");
const BEFORE = join(FOLDER, "ip_forward.before");

/**
 * Runs `action` while no other instance on this host changes networks: what one has looked up is then still
 * true when it acts.
 */
export async function withNetworkLock<T>(action: () => Promise<T>): Promise<T> {
  await Deno.mkdir(USERS, { recursive: true, mode: 0o755 });
  using lock = await Deno.open(join(FOLDER, "network.lock"), { write: true, create: true });
  await lock.lock(true);
  return await action();
}

/** Has the host forward packets for this instance. Within {@linkcode withNetworkLock}. */
export async function takeForwarding(id: string): Promise<void> {
  const now = (await Deno.readTextFile(SWITCH)).trim();
  if (now === "0") {
    await Deno.writeTextFile(BEFORE, "0\n");
    await Deno.writeTextFile(SWITCH, "1");
  }
  await Deno.writeTextFile(join(USERS, id), `${Deno.pid}\n`);
}

/**
 * Gives forwarding back: the last instance that leaves restores what was before the first came. Instances
 * whose process has ended are ignored. Fine when nothing was taken. Within {@linkcode withNetworkLock}.
 */
export async function releaseForwarding(id: string): Promise<void> {
  await removeIfPresent(join(USERS, id));
  for await (const entry of Deno.readDir(USERS)) {
    const file = join(USERS, entry.name);
    if (await isAlive((await Deno.readTextFile(file)).trim())) return;
    await removeIfPresent(file);
  }
  const before = await Deno.readTextFile(BEFORE).catch(() => null);
  if (before === null) return;
  await Deno.writeTextFile(SWITCH, before.trim());
  await removeIfPresent(BEFORE);
}

async function isAlive(pid: string): Promise<boolean> {
  return pid !== "" && await Deno.stat(`/proc/${pid}`).then(() => true, () => false);
}
