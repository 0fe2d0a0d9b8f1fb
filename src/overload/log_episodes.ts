import type { Log, LogFields, LogLevel } from "../logging/log.ts";

/** How long an event must not have happened before it is logged again, in milliseconds: about one line per flood. */
const QUIET_MILLISECONDS = 30_000;
/** Events that are remembered at a time; beyond this, the oldest is forgotten and may be logged early. */
const MAXIMUM_EPISODES = 256;

interface Episode {
  last: number;
  suppressed: number;
}

/**
 * Logs an event once per episode: its first occurrence, and the next one only after a quiet time. A flood of clients
 * must not become a flood of log lines. The first line of an episode says how many the last one left out.
 */
export class LogEpisodes {
  readonly #episodes = new Map<string, Episode>();

  constructor(private readonly sink: Log, private readonly now: () => number = () => performance.now()) {}

  /** @param key What the episode is about, where one event has several, such as a port. */
  log(level: LogLevel, event: string, fields: LogFields = {}, key = ""): void {
    const name = `${event} ${key}`;
    const now = this.now();
    const episode = this.#episodes.get(name);
    if (episode !== undefined && now - episode.last < QUIET_MILLISECONDS) {
      episode.last = now;
      episode.suppressed++;
      return;
    }
    const suppressed = episode?.suppressed ?? 0;
    this.#episodes.delete(name); // so that it becomes the newest
    if (this.#episodes.size >= MAXIMUM_EPISODES) {
      const [oldest] = this.#episodes.keys();
      this.#episodes.delete(oldest!);
    }
    this.#episodes.set(name, { last: now, suppressed: 0 });
    this.sink(level, event, suppressed > 0 ? { ...fields, leftOut: suppressed } : fields);
  }
}
