import type { Log } from "../../logging/log.ts";
import { TOOLS_FOLDER } from "../protocol/distro_paths.ts";

const LEGACY_PROGRAM = "/usr/sbin/xtables-legacy-multi";

/**
 * Makes dockerd use the older of the two iptables where the kernel has it, and says what to put ahead of its
 * PATH. dockerd calls iptables some 130 times before it answers. The older one takes half the time for each call,
 * and for a deletion, of which a restart makes 40, a tenth: the newer waits for the kernel's grace period
 * then. Both do the same for Docker, and nobody else has rules in the engine's network namespace.
 *
 * @returns The folder, or `undefined` where the distro's own choice must do.
 */
export async function preferQuickFirewall(log: Log): Promise<string | undefined> {
  try {
    const probes = ["iptables", "ip6tables"].map((name) =>
      succeeds(LEGACY_PROGRAM, [name, "--wait", "-t", "nat", "-S"])
    );
    if (!(await Promise.all(probes)).every(Boolean)) return undefined;
    Deno.mkdirSync(TOOLS_FOLDER, { recursive: true });
    for (const name of ["iptables", "ip6tables"]) {
      for (const suffix of ["", "-save", "-restore"]) {
        linkOver(LEGACY_PROGRAM, `${TOOLS_FOLDER}/${name}${suffix}`);
      }
    }
    return TOOLS_FOLDER;
  } catch (error) {
    log("info", "agent.firewall.default", { reason: String(error) });
    return undefined;
  }
}

async function succeeds(program: string, args: string[]): Promise<boolean> {
  const streams = { stdin: "null", stdout: "null", stderr: "null" } as const;
  return (await new Deno.Command(program, { args, ...streams }).output()).success;
}

function linkOver(target: string, path: string): void {
  try {
    Deno.symlinkSync(target, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}
