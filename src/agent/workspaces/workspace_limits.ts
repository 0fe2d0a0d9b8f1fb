/** Every limit of the workspaces' part of the agent, with unit and reason. */
export const WORKSPACE_LIMITS = {
  /** A distro boots within seconds; one with many services may take half a minute on a busy machine. */
  attachMilliseconds: 30_000,
  /** dockerd starts after so long even if the files of some restarted container are missing: others wait for it. */
  restartsMilliseconds: 20_000,
  /** `mount` and `umount` return at once, unless a file system hangs. */
  programMilliseconds: 5_000,
  /** How long files stay at hand without a container that has them: from the lookup of a path to the container's start. */
  keepMilliseconds: 30_000,
  /** How often to check which containers have files of workspaces, while any are at hand: one list of containers. */
  checkMilliseconds: 10_000,
  /** Docker describes a container within milliseconds; a busy one may need more. */
  describeMilliseconds: 10_000,
  /** A description has all labels, mounts and variables. */
  descriptionBytes: 1024 * 1024,
  /** The host's answer to a request for files: a word, or a sentence. */
  answerBytes: 4 * 1024,
  /** Workspaces that are served at a time: more distros than anybody has. */
  workspaces: 64,
} as const;
