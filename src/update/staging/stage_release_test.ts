import assert from "node:assert/strict";
import { join } from "node:path";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { joinBytes, nameOf, sampleDelta } from "../../../tests/fakes/sample_delta.ts";
import {
  SampleChannel,
  type SampleComponent,
  samplePayload,
  sampleRelease,
} from "../../../tests/fakes/sample_release.ts";
import { openTemporaryFolder } from "../../../tests/support/temporary_folder.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import { NEVER } from "../../timing/sleep.ts";
import { stageRelease } from "./stage_release.ts";

const text = (words: string) => new TextEncoder().encode(words);
const OLD = new Uint8Array(200_000).map((_, place) => place * place >> 7);
const NEW = OLD.map((byte, place) => place % 4_001 === 77 ? byte + place : byte);
const atHand = samplePayload("aa".repeat(32), [
  { name: "app", content: text("app 1"), unpack: true },
  { name: "same", content: text("same"), unpack: true },
  { name: "rootfs", content: OLD },
  { name: "deno", content: OLD.slice(150_000), unpack: true },
]);
const embedded = samplePayload("embedded", [{ name: "agent", content: text("agent") }]);

/** A delta from `base` to `result` that has one addition. */
const deltaOf = (base: Uint8Array, result: Uint8Array) =>
  sampleDelta({
    base,
    result,
    operations: [{ kind: "add", offset: 0, length: result.length }],
    differences: result.map((byte, place) => byte - base[place]!),
  });
const APP: SampleComponent = { name: "app", content: text("app 2"), unpack: true };
const ROOTFS: SampleComponent = {
  name: "rootfs",
  content: NEW,
  deltas: [{ from: OLD, bytes: deltaOf(OLD, NEW) }],
};
const DENO: SampleComponent = {
  name: "deno",
  content: NEW.slice(150_000),
  unpack: true,
  deltas: [{ from: OLD.slice(150_000), bytes: deltaOf(OLD.slice(150_000), NEW.slice(150_000)) }],
};

Deno.test("stageRelease() leaves what is at hand, and brings the rest by delta or whole, small things first", async () => {
  await using trial = await openTrial([
    { name: "agent", content: text("agent") },
    { name: "same", content: text("same"), unpack: true },
    ROOTFS,
    APP,
    DENO,
  ]);
  const staged = await trial.stage();
  assert.deepEqual(staged.map(({ name, source }) => [name, typeof source === "string" ? source : "path"]), [
    ["agent", "embedded"],
    ["same", "installed"],
    ["rootfs", "path"],
    ["app", "path"],
    ["deno", "path"],
  ]);
  assert.deepEqual(trial.channel.fetched, [trial.whole("app"), trial.delta("deno"), trial.delta("rootfs")]);
  assert.deepEqual(
    trial.names(),
    [`${nameOf(APP.content).id}-app`, `${nameOf(DENO.content).id}-deno`, `${nameOf(NEW).id}-rootfs.zst`]
      .sort(),
  );
  assert.deepEqual(await trial.content("rootfs"), NEW);
  assert.deepEqual(await trial.content("deno"), DENO.content);
  const rootfs = staged[2]!.source;
  assert.ok(typeof rootfs === "object");
  const { id, length } = nameOf(await Deno.readFile(rootfs.path));
  assert.deepEqual([rootfs.storedDigest, rootfs.storedLength], [id, length]);
});

Deno.test("stageRelease() reports its progress, and that the total grows with a delta that is of no use", async () => {
  await using trial = await openTrial([APP, { ...ROOTFS, deltas: [{ from: OLD, bytes: text("no delta") }] }]);
  await trial.stage();
  const [app, rootfs] = [trial.size(trial.whole("app")), trial.size(trial.whole("rootfs"))];
  assert.deepEqual(trial.progress.at(0), { done: 8, total: 8 + app });
  assert.deepEqual(trial.progress.at(-1), { done: app + rootfs, total: app + rootfs });
});

const USELESS_DELTAS: readonly [string, Uint8Array, string][] = [
  ["damaged", text("not what it was"), "Cannot apply the delta: it is shorter than its header"],
  [
    "for another base",
    deltaOf(OLD.slice(150_000), NEW.slice(150_000)),
    "Cannot apply the delta: it is for another base",
  ],
  ["for another result", deltaOf(OLD, OLD), "Cannot apply the delta: it is for another result"],
  [
    "wrong",
    sampleDelta({ base: OLD, result: NEW, operations: [{ kind: "copy", offset: 0, length: OLD.length }] }),
    "Cannot apply the delta: its result is wrong",
  ],
];

for (const [what, bytes, reason] of USELESS_DELTAS) {
  Deno.test(`stageRelease() fetches the whole component when the delta is ${what}`, async () => {
    await using trial = await openTrial([{ ...ROOTFS, deltas: [{ from: OLD, bytes }] }]);
    await trial.stage();
    assert.deepEqual(trial.channel.fetched, [trial.delta("rootfs"), trial.whole("rootfs")]);
    assert.deepEqual(await trial.content("rootfs"), NEW);
    assert.deepEqual(trial.names(), [`${nameOf(NEW).id}-rootfs.zst`]);
    assert.deepEqual(trial.warnings, [{ component: "rootfs", reason }]);
  });
}

Deno.test("stageRelease() fetches the whole component when the channel does not have the delta", async () => {
  await using trial = await openTrial([ROOTFS]);
  trial.channel.blobs.delete(trial.delta("rootfs"));
  await trial.stage();
  assert.deepEqual(await trial.content("rootfs"), NEW);
});

Deno.test("stageRelease() fetches the whole component when the one at hand has been changed", async () => {
  for (const frame of [zstdCompressSync(OLD.with(5, 9)), text("no frame")]) {
    await using trial = await openTrial([ROOTFS]);
    const changed = { ...atHand, storedStream: () => ReadableStream.from([new Uint8Array(frame)]) };
    await trial.stage({ atHand: changed });
    assert.deepEqual(await trial.content("rootfs"), NEW);
  }
});

Deno.test("stageRelease() fetches an installed component whose file has been changed", async () => {
  await using trial = await openTrial([{ name: "same", content: text("same"), unpack: true }]);
  const broken = { ...atHand, storedStream: () => ReadableStream.from(failing()) };
  const [same] = await trial.stage({ atHand: broken });
  assert.equal(typeof same!.source, "object");
  assert.deepEqual(await trial.content("same"), text("same"));
});

Deno.test("stageRelease() fails as the line does, and asks another way only for a delta that is missing", async () => {
  const cases = [["WL_UPDATE_BLOB_MISSING", 2], ["WL_UPDATE_UNREACHABLE", 1], [
    "WL_UPDATE_STALLED",
    1,
  ]] as const;
  for (const [code, asked] of cases) {
    await using trial = await openTrial([ROOTFS]);
    const down = new WindlassError(code, "Cannot reach the channel: down");
    trial.channel.onFetch = () => Promise.reject(down);
    await assert.rejects(trial.stage(), down);
    assert.equal(trial.channel.fetched.length, asked);
  }
});

Deno.test("stageRelease() refuses a release whose blob holds something else", async () => {
  for (const unpack of [true, false]) {
    await using trial = await openTrial([{ ...APP, unpack }]);
    const component = trial.release.components[0]!;
    const full = trial.channel.add(new Uint8Array(zstdCompressSync(text("app 3"))));
    const release = { ...trial.release, components: [{ ...component, full }] };
    await assert.rejects(trial.stage({ release }), {
      code: "WL_UPDATE_RELEASE_INVALID",
      message: "Cannot stage component 'app': the blob that the release names holds something else",
    });
    assert.deepEqual(trial.names(), []);
  }
});

Deno.test("stageRelease() refuses a blob with a second frame behind the right one", async () => {
  await using trial = await openTrial([{ ...APP, unpack: false }]);
  const component = trial.release.components[0]!;
  const two = joinBytes([zstdCompressSync(APP.content), zstdCompressSync(text("more"))]);
  const release = { ...trial.release, components: [{ ...component, full: trial.channel.add(two) }] };
  await assert.rejects(trial.stage({ release }), { code: "WL_UPDATE_RELEASE_INVALID" });
});

Deno.test("stageRelease() ends with the signal's reason, and continues at the next call", async () => {
  await using trial = await openTrial([APP, ROOTFS]);
  const reason = new Error("enough");
  const abort = new AbortController();
  trial.channel.onFetch = (sha256) => {
    if (sha256 === trial.delta("rootfs")) abort.abort(reason);
  };
  await assert.rejects(trial.stage({ signal: abort.signal }), reason);
  trial.channel.fetched.length = 0;
  await trial.stage();
  assert.deepEqual(trial.channel.fetched, []); // the app is staged, and the delta had come
  assert.deepEqual(await trial.content("rootfs"), NEW);
});

// deno-lint-ignore require-yield
async function* failing(): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  throw new WindlassError("WL_VERSION_INCOMPLETE", "Cannot read the component: its content is another");
}

async function openTrial(components: readonly SampleComponent[]) {
  const folder = await openTemporaryFolder("windlass-stage");
  const directory = join(folder.path, "update", "staging");
  const channel = new SampleChannel();
  const release = sampleRelease(channel, components);
  const component = (name: string) => release.components.find((one) => one.name === name)!;
  const warnings: unknown[] = [];
  const progress: { done: number; total: number }[] = [];
  const log: Log = (level, _event, fields) => {
    if (level === "warn") warnings.push(fields);
  };
  const common = { release, atHand, embedded, channel, directory, log, signal: NEVER };
  return {
    channel,
    release,
    warnings,
    progress,
    directory,
    stage: (options: Partial<Parameters<typeof stageRelease>[0]> = {}) =>
      stageRelease({ ...common, ...options, progress: (one) => progress.push(one) }),
    whole: (name: string) => component(name).full.sha256,
    delta: (name: string) => component(name).deltas[0]!.sha256,
    size: (sha256: string) => channel.blobs.get(sha256)!.length,
    names: () => [...Deno.readDirSync(directory)].map(({ name }) => name).sort(),
    content: async (name: string) => {
      const { id, unpack } = component(name);
      const bytes = await Deno.readFile(join(directory, `${id}-${name}${unpack ? "" : ".zst"}`));
      return unpack ? bytes : new Uint8Array(zstdDecompressSync(bytes));
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
