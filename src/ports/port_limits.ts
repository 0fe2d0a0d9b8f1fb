/** Every limit of published ports, with unit and reason. */
export const PORT_LIMITS = {
  /** A request of dockerd's is below 200 bytes; what is longer is none. */
  requestBytes: 512,
  /** How long a port that is asked for again may still be held by its predecessor, whose end is on its way. */
  handOverMilliseconds: 2_000,
  /** After a failed accept (too many open files, mostly): long enough not to spin, too short to be felt. */
  acceptPauseMilliseconds: 50,
  /** A UDP client that is silent for so long, in both directions, has gone; other proxies wait as long. */
  udpIdleMilliseconds: 90_000,
  /** How often to look for silent UDP clients: the wait above is kept to within a tenth. */
  udpSweepMilliseconds: 9_000,
  /** UDP clients of one port at a time; beyond, the one that is silent for longest makes room. */
  udpFlows: 1_024,
  /** Bytes of datagrams that may wait for the engine, for each client; beyond, datagrams are lost, as UDP may. */
  udpWaitingBytes: 512 * 1024,
  /** Receive buffer of a UDP port: a burst of one client's datagrams while the process is busy. */
  udpSocketBytes: 1024 * 1024,
  /** Listeners of host-network containers that are taken notice of; a program that opens thousands scans ports. */
  networkListeners: 256,
  /** A service on this machine answers a connect at once; one behind a firewall never does. */
  serviceConnectMilliseconds: 5_000,
} as const;
