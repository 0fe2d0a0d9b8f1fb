import { insecureRegistries } from "./adapt_options.ts";
import type { NetworkAddresses } from "../network/network_addresses.ts";
import type { DaemonConfiguration } from "../protocol/agent_command.ts";
import { DOCKERD_SOCKET, PORT_PROXY } from "../protocol/distro_paths.ts";
import { PROXY_URL } from "../protocol/network_names.ts";
import { proxyExceptions } from "./proxy_exceptions.ts";

/** Where the data distro shows its folder to every distro; see `share-data` there. */
export const DATA_FOLDER = dataFolder(Deno.env.get("WSL_DISTRO_NAME"));
/**
 * An instance beside the usual one has its own folder, since all distros of a user share `/mnt/wsl`. The two engine
 * distros of an instance, `windlass` and `windlass-b`, have the same. Pure.
 */
export function dataFolder(distro = "windlass"): string {
  const first = distro.replace(/-b$/, "");
  return `/mnt/wsl/${/^windlass-.+$/.test(first) ? first : "windlass"}-data`;
}

/** The interface that leads out of the engine's network, as `engine-network.sh` names it. */
const ENGINE_LINK = "eth0";

/** What the agent found out that dockerd must know. */
export interface DockerdSettings {
  /** Parent group of all containers; absent for dockerd's own choice. */
  readonly cgroupParent?: string;
  /** Largest packet of the way out; absent when it is the usual 1500. */
  readonly mtu?: number;
  /** Addresses inside the engine's network; absent where it was made without them. */
  readonly network?: NetworkAddresses | undefined;
}

/**
 * The arguments of dockerd: what its configuration file does not say already, since dockerd does not start when
 * both say the same thing. A file that is not JSON is left for dockerd to complain about. Pure.
 *
 * @param configuration The text of /etc/docker/daemon.json; empty when there is none.
 */
export function dockerdArguments(configuration: string, settings: DockerdSettings = {}): string[] {
  const options = configuredOptions(configuration);
  const configured = new Set(Object.keys(options));
  // dockerd has two names for this one, and starts with neither of them beside the flag.
  if (configured.has("host-gateway-ips")) configured.add("host-gateway-ip");
  const wanted: [key: string, ...flags: string[]][] = [
    ["hosts", "--host", `unix://${DOCKERD_SOCKET}`],
    ["data-root", "--data-root", `${DATA_FOLDER}/docker`],
    ["pidfile", "--pidfile", "/run/docker.pid"],
    ["exec-root", "--exec-root", "/run/docker"],
    ["userland-proxy-path", "--userland-proxy-path", PORT_PROXY],
  ];
  if (settings.cgroupParent !== undefined) {
    wanted.push(["cgroup-parent", "--cgroup-parent", settings.cgroupParent]);
  }
  if (settings.network !== undefined) {
    wanted.push(["host-gateway-ip", "--host-gateway-ip", settings.network.host]);
    wanted.push(["dns", "--dns", settings.network.nameServer]);
    // The agent's addresses are on `lo`: with several to choose from, `docker swarm init` would ask for one.
    wanted.push(["swarm-default-advertise-addr", "--swarm-default-advertise-addr", ENGINE_LINK]);
    const registries = insecureRegistries(settings.network).flatMap((
      range,
    ) => ["--insecure-registry", range]);
    wanted.push(["insecure-registries", ...registries]);
    const proxies = ["--http-proxy", PROXY_URL, "--https-proxy", PROXY_URL];
    wanted.push(["proxies", ...proxies, "--no-proxy", proxyExceptions(options, settings.network)]);
  }
  if (settings.mtu !== undefined) wanted.push(["mtu", "--mtu", String(settings.mtu)]);
  return wanted.flatMap(([key, ...flags]) => configured.has(key) ? [] : flags);
}

function configuredOptions(configuration: string): DaemonConfiguration {
  try {
    const value: unknown = JSON.parse(configuration);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
