/** Addresses inside the engine's network that are the agent's to serve. */
export interface NetworkAddresses {
  /** Stands for the user's machine: every TCP port of it. */
  readonly host: string;
  /** The name server of the containers. */
  readonly nameServer: string;
  /** Where the network proxy is reached. Not that of the machine, whose own service may have the port. */
  readonly proxy: string;
}

/** As `engine-network.sh` has made them; `undefined` in an engine distro that is older than this agent. */
export function readNetworkAddresses(): NetworkAddresses | undefined {
  const network = Deno.env.get("WINDLASS_NETWORK");
  return network === undefined ? undefined : networkAddresses(network);
}

/** The addresses in a network that is given by its first three numbers. Pure. */
export function networkAddresses(network: string): NetworkAddresses {
  return { host: `${network}.5`, nameServer: `${network}.6`, proxy: `${network}.6` };
}
