/** Every limit of a change from one version to another, with its unit and reason. Reading a channel has its own. */
export const UPDATE_LIMITS = {
  /** Milliseconds between two checks of the guardian: a failed start is seen soon, and a check costs one small file. */
  guardianPollMilliseconds: 1_000,
  /**
   * Milliseconds from the switch until the guardian gives up: both limits of the health check, a start, and as much
   * again for a slow machine. Only a host whose event loop hangs comes to this.
   */
  guardianMilliseconds: 480_000,
  /** Milliseconds that a check may be late on a busy machine; a later one was delayed by the machine's sleep. */
  guardianLateMilliseconds: 10_000,
  /** Starts of the previous host after a rollback, and milliseconds between them: what is in the way may pass. */
  previousLaunches: 3,
  previousPauseMilliseconds: 5_000,
  /** Milliseconds until the API of the new host must answer: it listens before its health check begins. */
  apiMilliseconds: 20_000,
  /** Milliseconds until dockerd must answer: a start on a slow disk takes a minute, a request waits three. */
  engineMilliseconds: 180_000,
  /** Answers of an engine that has failed which end the trial, and milliseconds between them: one may be chance. */
  engineFailures: 3,
  engineFailurePauseMilliseconds: 3_000,
  /** Milliseconds until containers with a restart policy must have been started again, and between two looks. */
  containersMilliseconds: 90_000,
  containersPollMilliseconds: 1_000,
  /** Milliseconds that what has missed its limit has to say what it still waits for. */
  lastWordMilliseconds: 1_000,
  /** Containers that are compared, one request each; of more, those that run come first. */
  comparedContainers: 500,
  /** Milliseconds that dockerd has for its list of containers: thousands of them take seconds. */
  listMilliseconds: 30_000,
  /** Bytes of dockerd's answer: a container takes two or three kilobytes in its list. */
  answerBytes: 32 * 1024 * 1024,
  /** Milliseconds without use that make a moment idle: a script that runs one container after another has gaps. */
  quietMilliseconds: 60_000,
  /** Milliseconds between two looks for an idle moment. */
  idlePollMilliseconds: 15_000,
  /** Milliseconds between the switch and the end of the host: the client that asked for it is answered first. */
  answerMilliseconds: 300,
  /** Bad and skipped versions that are remembered, newest first: none so old is offered again. */
  rememberedVersions: 20,
  /** Lines of the history, and bytes of one line: a few years of releases. */
  historyLines: 200,
  historyLineBytes: 4 * 1024,
  /** Characters of a reason that is kept: a sentence, not a log. */
  reasonCharacters: 600,
} as const;

/** A reason as it is kept and told: one line of bounded length. Pure. */
export function shortReason(reason: string): string {
  const line = reason.replaceAll(/\s+/g, " ").trim();
  const limit = UPDATE_LIMITS.reasonCharacters;
  return line.length <= limit ? line : `${line.slice(0, limit - 1)}…`;
}
