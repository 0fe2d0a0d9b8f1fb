import type { ChannelLimits } from "./channel_limits.ts";

/**
 * Measures whether bytes come fast enough to be worth waiting for: a source that sends a byte now and then never
 * stalls, and would hold an update for ever. Only time spent waiting for the source counts.
 */
export class PaceMeter {
  #waited = 0;
  #bytes = 0;

  constructor(private readonly limits: Pick<ChannelLimits, "paceMilliseconds" | "paceBytes">) {}

  /** Takes note of bytes and of how long they took to come; false when too few came over the measured time. */
  arrived(bytes: number, waitedMilliseconds: number): boolean {
    this.#bytes += bytes;
    this.#waited += waitedMilliseconds;
    if (this.#waited < this.limits.paceMilliseconds) return true;
    const enough = this.#bytes >= this.limits.paceBytes;
    this.#waited = 0;
    this.#bytes = 0;
    return enough;
  }
}
