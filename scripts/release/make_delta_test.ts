import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { writeTreeArchive } from "../../distro/tree_archive.ts";
import { applyDelta } from "../../src/update/delta/apply_delta.ts";
import { openRawSink } from "../../src/update/delta/content_sink.ts";
import { openTemporaryFolder } from "../../tests/support/temporary_folder.ts";
import { nameContent } from "./delta_writer.ts";
import { makeDelta } from "./make_delta.ts";
import { parseSteps } from "./run_bsdiff.ts";

Deno.test("makeDelta() takes an archive from one version to the next, file by file", async () => {
  await using trial = await openTrial();
  const unchanged = noise(1, 60_000);
  const program = noise(2, 90_000);
  await trial.write("old", {
    "usr/bin/kept": unchanged,
    "usr/bin/program": program,
    "usr/bin/moved": noise(3, 50_000),
    "usr/lib/lib.so.1.5.6": noise(4, 70_000),
    "usr/share/gone": noise(5, 10_000),
    [`usr/share/${"long".repeat(40)}`]: noise(6, 9_000),
  });
  await trial.write("new", {
    "usr/bin/kept": unchanged,
    "usr/bin/program": patched(program),
    "usr/libexec/moved": noise(3, 50_000),
    "usr/lib/lib.so.1.5.7": patched(noise(4, 70_000)),
    "usr/share/empty": new Uint8Array(0),
    "usr/share/new": noise(7, 5_000),
    [`usr/share/${"long".repeat(40)}`]: patched(noise(6, 9_000)),
  });
  await writeTreeArchive(trial.path("old"), trial.path("old.tar"), { last: ["usr/bin/kept"] });
  await writeTreeArchive(trial.path("new"), trial.path("new.tar"), { last: [] });
  const made = await trial.make("rootfs", "old.tar", "new.tar");
  // New: 5,000 bytes that do not get smaller; all else are copies and small changes.
  assert.ok(made!.length > 5_000 && made!.length < 7_500, `${made!.length} bytes`);
  await trial.assertApplies("old.tar", "new.tar");
});

Deno.test("makeDelta() takes a file from one version to the next", async () => {
  await using trial = await openTrial();
  const old = noise(1, 300_000);
  // Moved parts make bsdiff look at places before the beginning and behind the end.
  const parts = [
    old.subarray(200_000),
    noise(8, 100),
    old.subarray(0, 150_000),
    patched(old.subarray(100_000)),
    noise(9, 50),
  ];
  await Deno.writeFile(trial.path("old"), old);
  await Deno.writeFile(trial.path("new"), Buffer.concat(parts));
  const made = await trial.make("deno", "old", "new");
  assert.equal(made!.format, "bsdiff-tar-1");
  assert.deepEqual({ id: made!.sha256, length: made!.length }, await nameContent(trial.path("delta")));
  assert.ok(made!.length < 2_000, `${made!.length} bytes`);
  await trial.assertApplies("old", "new");
});

Deno.test("makeDelta() copes with files that have nothing in common, and with empty ones", async () => {
  await using trial = await openTrial();
  await Deno.writeFile(trial.path("old"), noise(1, 1_000));
  await Deno.writeFile(trial.path("new"), noise(2, 3_000));
  await Deno.writeFile(trial.path("empty"), new Uint8Array(0));
  for (const [from, to] of [["old", "new"], ["old", "empty"], ["empty", "new"]] as const) {
    assert.ok(await trial.make("app", from, to));
    await trial.assertApplies(from, to);
  }
});

Deno.test("makeDelta() makes none between equal files, nor one that is too long, and leaves nothing behind", async () => {
  await using trial = await openTrial();
  await Deno.writeFile(trial.path("old"), noise(1, 1_000));
  await Deno.writeFile(trial.path("new"), noise(2, 1_000));
  assert.equal(await trial.make("app", "old", "old"), undefined);
  assert.equal(await trial.make("app", "old", "new", 1_000), undefined);
  assert.deepEqual([...Deno.readDirSync(trial.path("."))].map(({ name }) => name).sort(), ["new", "old"]);
});

Deno.test("makeDelta() makes the same bytes of the same files", async () => {
  await using trial = await openTrial();
  await Deno.writeFile(trial.path("old"), noise(1, 50_000));
  await Deno.writeFile(trial.path("new"), patched(noise(1, 50_000)));
  const first = await trial.make("app", "old", "new");
  assert.deepEqual(await trial.make("app", "old", "new"), first);
});

Deno.test("parseSteps() reads numbers with a sign bit of their own", () => {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, 5n, true);
  view.setBigUint64(16, 1n << 63n | 7n, true);
  assert.deepEqual(parseSteps(bytes), [{ add: 5, insert: 0, seek: -7 }]);
});

/** What does not get smaller by compression, and is the same for the same seed. */
function noise(seed: number, length: number): Uint8Array<ArrayBuffer> {
  let state = seed;
  return new Uint8Array(length).map(() =>
    (state = Math.imul(state, 1_103_515_245) + 12_345 & 0x7fff_ffff) >> 16
  );
}

/** As a small change of a program: some bytes differ, and what follows a place has moved. */
function patched(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const changed = bytes.map((byte, place) => place % 1_000 === 17 ? byte + 1 : byte);
  return new Uint8Array(
    Buffer.concat([changed.subarray(0, 3_000), new Uint8Array(12), changed.subarray(3_000)]),
  );
}

async function openTrial() {
  const folder = await openTemporaryFolder("windlass-make-delta");
  const path = (name: string) => join(folder.path, name);
  return {
    path,
    write: async (root: string, files: Record<string, Uint8Array>) => {
      for (const [name, content] of Object.entries(files)) {
        await Deno.mkdir(join(path(root), name, ".."), { recursive: true });
        await Deno.writeFile(join(path(root), name), content);
      }
    },
    make: (name: string, from: string, to: string, atMost?: number) =>
      makeDelta({
        name,
        oldPath: path(from),
        newPath: path(to),
        output: path("delta"),
        ...(atMost === undefined ? {} : { atMost }),
      }),
    assertApplies: async (from: string, to: string) => {
      const base = await nameContent(path(from));
      const signal = new AbortController().signal;
      const application = { delta: path("delta"), base: path(from), from: base.id, signal };
      {
        await using sink = await openRawSink(path("result"));
        await applyDelta({ ...application, result: await nameContent(path(to)), sink });
      }
      assert.ok(Buffer.from(await Deno.readFile(path("result"))).equals(await Deno.readFile(path(to))));
      await Deno.remove(path("result"));
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
