/**
 * Applies a delta in a process of its own, and prints how long it took, the most memory that the process had, and why the delta was
 * refused, if it was.
 *
 *     deno run -A update_apply_program.ts DELTA BASE TARGET raw|frame|memory
 */
import { hashFile } from "../../scripts/build/compressed_component.ts";
import { NEVER } from "../../src/timing/sleep.ts";
import { applyDelta } from "../../src/update/delta/apply_delta.ts";
import { type ContentSink, openFrameSink, openRawSink } from "../../src/update/delta/content_sink.ts";
import { DeltaError } from "../../src/update/delta/delta_rules.ts";
import { decodeDeltaHeader, DELTA_HEADER_BYTES } from "../../src/update/delta/delta_header.ts";

const [delta = "", base = "", target = "", kind = ""] = Deno.args;
await hashFile(base); // from the disk into memory, as it is after it was expanded
const header = await (async () => {
  using file = await Deno.open(delta);
  const bytes = new Uint8Array(DELTA_HEADER_BYTES);
  await file.read(bytes);
  return decodeDeltaHeader(bytes, (await file.stat()).size);
})();
let blockedMilliseconds = 0;
let seen = performance.now();
const watch = setInterval(() => {
  blockedMilliseconds = Math.max(blockedMilliseconds, performance.now() - seen);
  seen = performance.now();
}, 1);
const started = performance.now();
let refused: string | null = null;
{
  await using sink: ContentSink = kind === "frame" ? await openFrameSink(target) : await openRawSink(target);
  const unsynced: ContentSink = {
    write: (piece) => sink.write(piece),
    finish: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const applied = applyDelta({
    delta,
    base,
    from: header.base.id,
    result: header.result,
    sink: kind === "memory" ? unsynced : sink,
    signal: NEVER,
  });
  await applied.catch((error) => {
    if (!(error instanceof DeltaError)) throw error;
    refused = error.state;
  });
}
const milliseconds = performance.now() - started;
clearInterval(watch);
const peak = /^VmHWM:\s*(\d+) kB/m.exec(await Deno.readTextFile("/proc/self/status"))?.[1];
const megabytes = Number(peak) * 1024 / 1_000_000;
console.log(JSON.stringify({ milliseconds, blockedMilliseconds, megabytes, refused }));
