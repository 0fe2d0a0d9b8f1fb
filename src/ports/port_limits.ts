/** Every limit of published ports, with unit and reason. */
export const PORT_LIMITS = {
  /** A request of dockerd's is below 200 bytes; anything longer than this is not one. */
  requestBytes: 512,
  /**
   * How long a port that is asked for again may still be held by its predecessor, whose end is on its way. With the
   * search below it stays under the 14 s that `port-proxy` waits; on a busy machine either may take seconds.
   */
  handOverMilliseconds: 6_000,
  /** How long a port that is given up waits for its clients' connections to end; the port itself is free at once. */
  closeMilliseconds: 1_000,
  /** The search for the holder of a busy port only makes the message better. */
  findHolderMilliseconds: 6_000,
  /** A request takes a few milliseconds; one that takes longer than this is worth a line in the log. */
  slowRequestMilliseconds: 3_000,
  /** A UDP client that is silent for so long, in both directions, has gone; other proxies wait as long. */
  udpIdleMilliseconds: 90_000,
  /** How often to look for silent UDP clients: the wait above is kept to within a tenth. */
  udpSweepMilliseconds: 9_000,
  /** UDP clients of one port at a time; beyond, the one that is silent for longest makes room. */
  udpFlows: 1_024,
  /** Bytes of datagrams that may wait for the engine, for each client; beyond, datagrams are lost, as UDP may. */
  udpWaitingBytes: 512 * 1024,
  /** The agent's list of 256 listeners has some 15 KiB; a longer line does not come from the agent. */
  listenersLineBytes: 64 * 1024,
  /** Listeners of host-network containers that are taken notice of; a program that opens thousands scans ports. */
  networkListeners: 256,
  /** A service on this machine answers a connect at once; one behind a firewall never does. */
  serviceConnectMilliseconds: 5_000,
  /** How long it is believed who listens on a port of this machine: looking reads the table of all processes. */
  controlPortMilliseconds: 1_000,
  /** Ports of which that is remembered; past this the oldest is forgotten. */
  controlPortsKnown: 256,
} as const;
