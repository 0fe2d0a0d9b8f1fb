/** Every limit of the agent, with unit and reason. */
export const AGENT_LIMITS = {
  /** The data distro boots at the same time as this one; a cold WSL takes seconds, a sick one for ever. */
  dataMountMilliseconds: 60_000,
  /** How often to look for the data folder: a cheap `stat`, and each wait delays the start by half of it. */
  dataMountPollMilliseconds: 5,
  /** How often to see that dockerd still has its containerd and its data: two cheap `stat`s. */
  engineWatchMilliseconds: 500,
  /** dockerd answers within a second or two; with thousands of containers to restore it takes longer. */
  engineStartMilliseconds: 120_000,
  /** How long the link waits for dockerd's start, which it would delay: longer than the preparation of one usually takes. */
  linkDelayMilliseconds: 150,
  /** Between two tries to connect to dockerd's socket: this long late at worst. */
  engineConnectPollMilliseconds: 3,
  /**
   * Containers have 10 s to stop, dockerd some more for itself; after this it is killed. Where a container has asked
   * for more, the limit is that and the margin.
   */
  engineStopMilliseconds: 30_000,
  /**
   * What a predecessor that is still stopping its containers may take before it is killed, since requests wait for
   * that; longer where a container has asked for it, as above.
   */
  predecessorStopMilliseconds: 4_000,
  /** Containers that a stop waits for and that are reported; people read three. */
  reportedStopWaits: 20,
  /** Killed processes are gone at once, unless they hang in the kernel. */
  killMilliseconds: 3_000,
  /** How often to check whether a process has ended. */
  killPollMilliseconds: 20,
  /** A request on a stream waits this long for Docker before it is refused. */
  streamWaitMilliseconds: 120_000,
  /** A container that is to be reached answers within milliseconds; one behind a firewall rule never does. */
  containerConnectMilliseconds: 30_000,
  /** How often the age of connections that are being made is checked: the limit above is kept to within a tenth. */
  connectCheckMilliseconds: 3_000,
  /** Between two tries to connect a stream: enough to notice the end of a process, too short for anybody to feel. */
  connectRetryMilliseconds: 10,
  /** Some seconds of such tries: by then the end of dockerd has been noticed, so its socket has been removed. */
  connectAttempts: 500,
  /** Docker lists its containers within milliseconds; a busy one may need more. */
  useMilliseconds: 10_000,
  /** An engine that ran for this long was well: the next failure counts as the first. */
  wellAfterMilliseconds: 60_000,
  /** Log lines kept for `logs`: some hours of a quiet dockerd. */
  logRingLines: 2_000,
  /** A longer line of dockerd is cut: it is a dump, not a message. */
  logLineBytes: 16 * 1024,
  /** Messages that may wait for a host that does not read; beyond this, log lines are dropped and counted. */
  rpcQueueMessages: 1_000,
  /** Characters of the lines in a `logs` answer: with its JSON around, and at most 4 bytes each, below the line above. */
  logsCharacters: 768 * 1024,
  /** Bytes of datagrams that may wait for the host, for each client; beyond, datagrams are lost, as UDP may. */
  datagramWaitingBytes: 512 * 1024,
  /** Streams that the agent's status lists; people read ten. */
  reportedStreams: 500,
  /** How often to look for programs that listen in the engine's own network, those of host-network containers. */
  listenerScanMilliseconds: 500,
  /** Listeners that are told to the host; a program that opens more scans ports. */
  listeners: 256,
  /** Loading a sample image takes about a second; it is tried again at the next start. */
  sampleImageMilliseconds: 120_000,
} as const;

/** Waits between a failure of dockerd and the next try. */
export const RESTART_BACK_OFF = {
  /** At once, nearly: most failures are somebody's kill, and requests are waiting. */
  firstMilliseconds: 100,
  /** Each further failure in a row doubles the wait. */
  factor: 2,
  /** A broken engine costs a start every half minute, not more. */
  maximumMilliseconds: 30_000,
} as const;
