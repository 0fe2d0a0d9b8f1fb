import { WindlassError } from "../../errors/windlass_error.ts";
import type { ChannelLimits } from "./channel_limits.ts";
import { PaceMeter } from "./pace_meter.ts";
import { waitWithin } from "./wait_within.ts";

/** Whose bytes are read, and how long to wait for them. */
export interface PacedReaderOptions {
  /** The file as messages call it. */
  readonly name: string;
  readonly signal: AbortSignal;
  readonly limits: ChannelLimits;
}

/** Reads bytes and gives up on a source that stalls or trickles. */
export class PacedReader {
  readonly #meter: PaceMeter;

  /** @param next The next bytes, or `null` at the end; one call at a time. */
  constructor(
    private readonly next: () => Promise<Uint8Array | null>,
    private readonly options: PacedReaderOptions,
  ) {
    this.#meter = new PaceMeter(options.limits);
  }

  /** The next bytes; `null` at the end. Fails with `WL_UPDATE_STALLED`, or as the source does. */
  async read(): Promise<Uint8Array | null> {
    const { signal, limits } = this.options;
    const milliseconds = limits.stallMilliseconds;
    const began = performance.now();
    const late = () => this.#stalled(`no data for ${milliseconds / 1000} s`);
    const bytes = await waitWithin(this.next(), { milliseconds, signal, late });
    if (bytes === null || this.#meter.arrived(bytes.length, performance.now() - began)) return bytes;
    const { paceBytes, paceMilliseconds } = limits;
    throw this.#stalled(`fewer than ${paceBytes} bytes arrived in ${paceMilliseconds / 1000} s`);
  }

  #stalled(state: string): WindlassError {
    return new WindlassError("WL_UPDATE_STALLED", `Cannot fetch '${this.options.name}': ${state}`);
  }
}
