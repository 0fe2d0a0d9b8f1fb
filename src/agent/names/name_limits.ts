/** Every limit of the name server, with unit and reason. */
export const NAME_LIMITS = {
  /** How long, in seconds, a container may keep the address of the user's machine: it holds as long as the engine. */
  ownNameSeconds: 60,
  /**
   * A server that is silent for this long gets company: the next one is asked as well. Resolvers wait 4 to 5 s for
   * us, so two more servers have their turn.
   */
  patienceMilliseconds: 1_500,
  /** A question that no server has answered by now has failed. Docker's own resolver gives up on us after 4 s. */
  questionMilliseconds: 3_800,
  /** How long a server that was silent is asked after the others: a VPN that went away takes its server with it. */
  silentMilliseconds: 30_000,
  /** How often a silent server gets a question beside the others, to see whether it is back. */
  probeMilliseconds: 1_000,
  /** Opening a TCP connection to a server takes a round trip; one that takes longer is not worth waiting for. */
  connectMilliseconds: 2_500,
  /** Servers that are asked for one question. */
  servers: 8,
  /** Times that each server is asked, unless resolv.conf says otherwise: a lost datagram is not sent again by itself. */
  attempts: 2,
  /** As for `attempts`, whatever resolv.conf says. */
  maximumAttempts: 5,
  /** Bytes of resolv.conf that are read. */
  configurationBytes: 64 * 1024,
  /** How long what resolv.conf said is believed. A change is noticed at once, a busy container does not read it often. */
  configurationMilliseconds: 100,
  /** Questions under way over UDP for one container. Beyond it they are lost, and are asked again by those who asked. */
  questionsPerClient: 64,
  /** The same for all containers together. Each one needs a descriptor, or a few while servers are silent. */
  questions: 1_024,
  /** TCP connections of one container. */
  connectionsPerClient: 16,
  /** The same for all containers together. */
  connections: 256,
  /** Questions under way on one TCP connection; further ones wait in it. An answer that waits has up to 64 KiB. */
  questionsPerConnection: 4,
  /** A TCP connection without a question, or with an answer that its client does not read, is closed after this. */
  idleMilliseconds: 10_000,
  /** A client gets no more than this part of what is free, so that something is left for each further one. */
  shareOfFree: 1 / 8,
  /** After a failed accept, which mostly means too many open files: long enough not to spin. */
  acceptPauseMilliseconds: 50,
} as const;
