import { WindlassError } from "../../src/errors/windlass_error.ts";
import { NEVER } from "../../src/timing/sleep.ts";
import { applyDelta } from "../../src/update/delta/apply_delta.ts";
import type { ContentSink } from "../../src/update/delta/content_sink.ts";
import { DeltaError } from "../../src/update/delta/delta_rules.ts";
import type { ReleaseComponent } from "../../src/update/release/release_document.ts";

/** A delta and what it is to make of what. */
export interface DeltaCheck {
  readonly delta: string;
  /** A file with the uncompressed bytes of `from`. */
  readonly base: string;
  readonly from: Pick<ReleaseComponent, "id">;
  readonly to: Pick<ReleaseComponent, "name" | "id" | "length">;
  readonly signal?: AbortSignal;
}

/**
 * Applies a delta as installations will, and forgets the result. One that does not lead there would cost each of them its
 * download twice.
 *
 * @throws {WindlassError} `WL_RELEASE_REFUSED` if it does not make the component.
 */
export async function checkDelta({ delta, base, from, to, signal }: DeltaCheck): Promise<void> {
  try {
    await applyDelta({
      delta,
      base,
      from: from.id,
      result: { id: to.id, length: to.length },
      sink: NOWHERE,
      signal: signal ?? NEVER,
    });
  } catch (cause) {
    if (!(cause instanceof DeltaError)) throw cause;
    const which = `the delta of '${to.name}' from ${from.id.slice(0, 12)}`;
    throw new WindlassError("WL_RELEASE_REFUSED", `Cannot publish ${which}: ${cause.state}`, { cause });
  }
}

const NOWHERE: ContentSink = {
  write: () => Promise.resolve(),
  finish: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
