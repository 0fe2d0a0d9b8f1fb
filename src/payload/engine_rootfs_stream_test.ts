import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { zstdDecompressSync } from "node:zlib";
import { engineRootfsId, engineRootfsLength, engineRootfsStream } from "./engine_rootfs_stream.ts";
import { openExecutable } from "./executable.ts";
import { sampleExecutable, writeSample } from "../../tests/fakes/sample_executable.ts";
import { tarHeader, tarPadding } from "./tar_member.ts";

const DENO = crypto.getRandomValues(new Uint8Array(60_001));
const AGENT = new TextEncoder().encode("1 + 1");
const ROOTFS = new Uint8Array([
  ...tarHeader({ path: "etc/name", mode: 0o644, size: 3 }),
  1,
  2,
  3,
  ...tarPadding(3),
]);
const SAMPLE = sampleExecutable({ deno: DENO, rootfs: ROOTFS, agent: AGENT });

Deno.test("engineRootfsStream() is the rootfs with runtime and agent joined in, in zstd frames", async () => {
  await using file = await writeSample(SAMPLE.bytes);
  using executable = await openExecutable(file.path);
  // Each frame of the sample is small enough to come in one piece.
  const frames = await Array.fromAsync(engineRootfsStream(executable));
  assert.deepEqual(
    new Uint8Array(frames.flatMap((frame) => [...zstdDecompressSync(frame)])),
    new Uint8Array([
      ...ROOTFS,
      ...tarHeader({ path: "usr/lib/windlass/deno", mode: 0o755, size: DENO.length }),
      ...DENO,
      ...tarPadding(DENO.length),
      ...tarHeader({ path: "usr/lib/windlass/agent.js", mode: 0o644, size: AGENT.length }),
      ...AGENT,
      ...tarPadding(AGENT.length),
      ...new Uint8Array(1024),
    ]),
  );
});

Deno.test("engineRootfsStream() counts what the reader took", async () => {
  await using file = await writeSample(SAMPLE.bytes);
  using executable = await openExecutable(file.path);
  const steps: [number, number][] = [];
  let length = 0;
  const stream = engineRootfsStream(executable, { progress: (...step) => steps.push(step) });
  for await (const bytes of stream) length += bytes.length;
  assert.deepEqual(steps.at(-1), [length, length]);
  assert.equal(steps.length, 6);
});

Deno.test("engineRootfsStream() rejects with the reason of an aborted signal", async () => {
  await using file = await writeSample(SAMPLE.bytes);
  using executable = await openExecutable(file.path);
  const abort = new AbortController();
  const reader = engineRootfsStream(executable, { signal: abort.signal }).getReader();
  await reader.read();
  const reason = new DOMException("enough", "AbortError");
  abort.abort(reason);
  await assert.rejects(async () => {
    while (!(await reader.read()).done);
  }, reason);
});

Deno.test("engineRootfsId() is the hash of the ids of rootfs, runtime and agent", async () => {
  await using file = await writeSample(SAMPLE.bytes);
  using executable = await openExecutable(file.path);
  const hash = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");
  assert.equal(engineRootfsId(executable), hash(`${hash(ROOTFS)}\n${hash(DENO)}\n${hash(AGENT)}\n`));
});

Deno.test("engineRootfsStream() joins in the runtime for Linux where the host's is another one", async () => {
  const windows = sampleExecutable({
    "agent-runtime": DENO,
    deno: new Uint8Array(9),
    rootfs: ROOTFS,
    agent: AGENT,
  });
  await using file = await writeSample(SAMPLE.bytes);
  await using windowsFile = await writeSample(windows.bytes);
  using executable = await openExecutable(file.path);
  using windowsExecutable = await openExecutable(windowsFile.path);
  assert.equal(engineRootfsId(windowsExecutable), engineRootfsId(executable));
  assert.equal(engineRootfsLength(windowsExecutable), engineRootfsLength(executable));
  assert.deepEqual(
    await Array.fromAsync(engineRootfsStream(windowsExecutable)),
    await Array.fromAsync(engineRootfsStream(executable)),
  );
});
