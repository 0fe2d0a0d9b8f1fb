/** Addresses inside the engine's network that are the agent's to serve. */
export interface NetworkAddresses {
  /** Stands for the user's machine. */
  readonly host: string;
  /** The name server of the containers. */
  readonly nameServer: string;
}

/** As `engine-network.sh` has made them; `undefined` in an engine distro that is older than this agent. */
export function readNetworkAddresses(): NetworkAddresses | undefined {
  const network = Deno.env.get("WINDLASS_NETWORK");
  return network === undefined ? undefined : { host: `${network}.5`, nameServer: `${network}.6` };
}
