import { DOCKERD_GROUP } from "../engine/dockerd_group.ts";
import { PROXY_PORT } from "../protocol/network_names.ts";
import type { NetworkAddresses } from "./network_addresses.ts";

/** Programs that write rules; the first is what dockerd gets where the kernel has it. */
const RULE_WRITERS = ["iptables-legacy-restore", "iptables-nft-restore"] as const;

/** Rules for everybody in the engine's network, as lines of iptables-restore for the table `nat`. Pure. */
export function redirectRules(network: NetworkAddresses, port: number): string[] {
  const matches = [`-d ${network.host}/32 -p tcp`, `-d ${network.proxy}/32 -p tcp --dport ${PROXY_PORT}`];
  // Connections of containers, and of programs in the engine's own network.
  return ["PREROUTING", "OUTPUT"].flatMap((chain) =>
    matches.map((match) => `-I ${chain} ${match} ${redirectTo(network, port)}`)
  );
}

/**
 * The rule for what dockerd itself, or a program that it runs outside of containers, connects to on loopback, whatever
 * the port. Pure.
 */
export function loopbackRules(network: NetworkAddresses, port: number): string[] {
  const match = `-d 127.0.0.0/8 -p tcp -m owner --gid-owner ${DOCKERD_GROUP} --suppl-groups`;
  return [`-I OUTPUT ${match} ${redirectTo(network, port)}`];
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
