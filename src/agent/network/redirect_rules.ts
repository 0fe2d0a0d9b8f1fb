import { DOCKERD_GROUP } from "../engine/dockerd_group.ts";
import { PROXY_PORT } from "../protocol/network_names.ts";
import type { NetworkAddresses } from "./network_addresses.ts";

/** Programs that write rules; the first is what dockerd gets where the kernel has it. */
const RULE_WRITERS = ["iptables-legacy-restore", "iptables-nft-restore"] as const;

/**
 * Rules that lead everybody in the engine's network to a listener on the machine's address, as lines of iptables-restore
 * for the table `nat`: containers, and programs that run beside them. Pure.
 */
export function redirectRules(network: NetworkAddresses, port: number): string[] {
  const to = redirectTo(network, port);
  return ["PREROUTING", "OUTPUT"].flatMap((chain) =>
    served(network).map((match) => `-I ${chain} -p tcp ${match} ${to}`)
  );
}

/**
 * The same for dockerd and the programs that it runs outside of containers, and for what they connect to on loopback,
 * whatever the port. They are to be written after the others, and so come ahead of them. Pure.
 */
export function dockerdRules(network: NetworkAddresses, port: number): string[] {
  const owner = `-m owner --gid-owner ${DOCKERD_GROUP} --suppl-groups`;
  const to = redirectTo(network, port);
  return [...served(network), "-d 127.0.0.0/8"].map((match) => `-I OUTPUT -p tcp ${match} ${owner} ${to}`);
}

/** What the agent serves: every port of the machine's address, and one of the proxy's. */
function served({ host, proxy }: NetworkAddresses): string[] {
  return [`-d ${host}/32`, `-d ${proxy}/32 --dport ${PROXY_PORT}`];
}

function redirectTo({ host }: NetworkAddresses, port: number): string {
  return `-j DNAT --to-destination ${host}:${port}`;
}

/**
 * Adds rules to the table `nat`: all of them or none. Namespace and rules are made again for each agent, so nothing has
 * to be taken back. They are inserted: dockerd, which starts meanwhile, appends its own.
 *
 * @throws {Deno.errors.NotSupported} with what the last of the writers said.
 */
export async function writeRules(rules: readonly string[]): Promise<void> {
  const input = new TextEncoder().encode(["*nat", ...rules, "COMMIT", ""].join("\n"));
  let complaint = "";
  for (const program of RULE_WRITERS) {
    const child = new Deno.Command(program, {
      args: ["--noflush", "--wait"],
      stdin: "piped",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    // One that ends without reading says why on its stderr.
    await writer.write(input).then(() => writer.close()).catch(() => {});
    const { success, stderr } = await child.output();
    if (success) return;
    complaint = new TextDecoder().decode(stderr).trim();
  }
  throw new Deno.errors.NotSupported(complaint);
}
