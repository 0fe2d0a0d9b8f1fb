import { WindlassError } from "../../../errors/windlass_error.ts";
import { chooseNetwork } from "../network_choice.ts";
import { releaseForwarding, takeForwarding, withNetworkLock } from "./forwarding.ts";
import { runTool } from "./run_tool.ts";

const ACTION = "set up the network of the distros";

/** The names under which an instance is known to the kernel. */
function interfaceName(id: string): string {
  return `wl${id}`;
}
function tableName(id: string): string {
  return `windlass_${id}`;
}

/**
 * Joins the network namespace of process `pid` to the host: a pair of interfaces, addresses of a private
 * network that the host has no route to, and NAT in a table of our own.
 *
 * @throws {WindlassError} `WL_WSL_FAILED`; call {@linkcode removeNetwork} then.
 */
export function makeNetwork(id: string, pid: number): Promise<void> {
  return withNetworkLock(async () => {
    const network = chooseNetwork(await takenRoutes(), Number.parseInt(id, 16));
    if (network === null) {
      throw new WindlassError("WL_WSL_FAILED", `Cannot ${ACTION}: no private network is free`);
    }
    const outside = interfaceName(id);
    const mtu = await uplinkMtu();
    await runTool(["ip", "-batch", "-"], {
      action: ACTION,
      input: [
        `link add name ${outside} mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns ${pid}`,
        `address add ${network.gateway}/${network.prefix} dev ${outside}`,
        `link set dev ${outside} up`,
        "",
      ].join("\n"),
    });
    await runTool(["nsenter", `--net=/proc/${pid}/ns/net`, "ip", "-batch", "-"], {
      action: ACTION,
      input: [
        `address add ${network.guest}/${network.prefix} dev eth0`,
        "link set dev eth0 up",
        `route add default via ${network.gateway}`,
        "",
      ].join("\n"),
    });
    await runTool(["nft", "-f", "-"], { action: ACTION, input: natRules(id, network.guest) });
    await acceptForwarded(id);
    await takeForwarding(id);
  });
}

/** Removes what {@linkcode makeNetwork} made, even after a crash in the middle of it. */
export function removeNetwork(id: string): Promise<void> {
  return withNetworkLock(async () => {
    const ignore = () => {};
    await runTool(["ip", "link", "delete", interfaceName(id)], { action: ACTION }).catch(ignore);
    await runTool(["nft", "delete", "table", "ip", tableName(id)], { action: ACTION }).catch(ignore);
    await removeAcceptRules(id);
    await releaseForwarding(id);
  });
}

function natRules(id: string, guest: string): string {
  return `table ip ${tableName(id)} {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${guest} oifname != "${interfaceName(id)}" masquerade
  }
}
`;
}

/**
 * Docker on the host, and some firewalls, drop what the host forwards unless a rule of theirs accepts it. Where
 * such a chain exists, ours gets two rules at its head.
 */
async function acceptForwarded(id: string): Promise<void> {
  const chain = await forwardChain();
  if (chain === null || !/policy drop/.test(chain)) return;
  for (const direction of ["iifname", "oifname"]) {
    const rule = `insert rule ip filter FORWARD ${direction} "${interfaceName(id)}" counter accept comment "${
      tableName(id)
    }"`;
    await runTool(["nft", "-f", "-"], { action: ACTION, input: `${rule}\n` });
  }
}

async function removeAcceptRules(id: string): Promise<void> {
  const chain = await forwardChain() ?? "";
  for (const line of chain.split("\n")) {
    const handle = line.includes(`comment "${tableName(id)}"`) ? /# handle (\d+)/.exec(line)?.[1] : undefined;
    if (handle === undefined) continue;
    await runTool(["nft", "delete", "rule", "ip", "filter", "FORWARD", "handle", handle], { action: ACTION })
      .catch(() => {});
  }
}

async function forwardChain(): Promise<string | null> {
  return await runTool(["nft", "-a", "list", "chain", "ip", "filter", "FORWARD"], { action: ACTION })
    .catch(() => null);
}

async function takenRoutes(): Promise<string[]> {
  const text = await runTool(["ip", "-4", "route", "show", "table", "all"], { action: ACTION });
  return text.split("\n").flatMap((line) =>
    line.split(" ").filter((word) => /^\d+\.\d+\.\d+\.\d+/.test(word)).slice(0, 1)
  );
}

/** Packets that the way out cannot carry whole would vanish in a NAT; ours are then no larger from the start. */
async function uplinkMtu(): Promise<number> {
  const route = await runTool(["ip", "-4", "route", "show", "default"], { action: ACTION });
  const device = / dev (\S+)/.exec(route)?.[1];
  const mtu = device === undefined
    ? null
    : await Deno.readTextFile(`/sys/class/net/${device}/mtu`).then(Number, () => null);
  return mtu !== null && mtu >= 576 && mtu <= 65535 ? mtu : 1500;
}
