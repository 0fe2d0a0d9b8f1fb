/** How many connections of each kind a process holds at a time. */
export interface ConnectionLimits {
  /** Connections that carry data of containers: published ports, UDP clients, services of the user's machine. */
  readonly data: number;
  /** Data connections of one published port. */
  readonly port: number;
  /** Data connections to one address of a container, which may have many ports. */
  readonly address: number;
  /** Data connections of all containers to one service of the user's machine. */
  readonly service: number;
  /** Data connections of one client of the network proxy: a thousand tunnels and room for more. */
  readonly proxyClient: number;
  /** Data connections of one container to services of the user's machine: less than a service takes. */
  readonly container: number;
  /** Docker clients of one socket or pipe of the user's machine. */
  readonly dockerClients: number;
  /** Docker clients inside the engine's distro: containers with a mounted socket, mostly. */
  readonly innerDockerClients: number;
  /** Docker clients in the user's workspaces, of all together. */
  readonly workspaceClients: number;
  /** Connections of dockerd itself to the outside, which no container may use up. */
  readonly dockerd: number;
  /** Ports that are published at a time; a port without an address takes two, one for each family. */
  readonly ports: number;
  /** Numbers that are held in the engine's network because the machine has taken them; dockerd's own tries find more. */
  readonly heldPorts: number;
}

/**
 * What a process holds that has descriptors enough. A load test opens a thousand connections; no program that does its
 * work opens six thousand to one machine. Together they are below the limit of the mux.
 */
const MOST = {
  data: 6_144,
  dockerClients: 5_120,
  innerDockerClients: 512,
  workspaceClients: 1_024,
  /** A pull has three layers under way; some dozen images are pulled at a time. */
  dockerd: 512,
  ports: 4_096,
  heldPorts: 4_096,
} as const;

/**
 * The part of the process's descriptors that each kind gets. One connection takes one descriptor on each side. In all
 * the agent, which has all kinds, gives away 31/32: the rest is left for name service, dockerd's pipes and files.
 */
const PART = {
  data: 3 / 8,
  dockerClients: 1 / 4,
  innerDockerClients: 1 / 16,
  /** Both sides of these are in the agent: each takes two. */
  workspaceClients: 1 / 64,
  /** As with these. */
  dockerd: 1 / 128,
  ports: 1 / 8,
  heldPorts: 3 / 64,
} as const;

/**
 * The limits of a process. Pure.
 *
 * @param descriptors How many the process may have open (RLIMIT_NOFILE); `undefined` where the system has no limit.
 */
export function connectionLimits(descriptors: number | undefined): ConnectionLimits {
  const limit = (kind: keyof typeof MOST) =>
    Math.min(MOST[kind], Math.floor((descriptors ?? Infinity) * PART[kind]));
  const data = limit("data");
  return {
    data,
    port: Math.floor(data / 4),
    address: Math.floor(data / 2),
    service: Math.floor(data / 4),
    proxyClient: Math.floor(data / 4),
    container: Math.floor(data / 8),
    dockerClients: limit("dockerClients"),
    innerDockerClients: limit("innerDockerClients"),
    workspaceClients: limit("workspaceClients"),
    dockerd: limit("dockerd"),
    ports: limit("ports"),
    heldPorts: limit("heldPorts"),
  };
}
