import assert from "node:assert/strict";
import { join } from "node:path";
import { openChannelLab } from "../../../support/channel_lab.ts";
import { runChecked } from "../../../support/run_command.ts";

const { signal } = new AbortController();

/** A lab with a disk of 256 KiB. */
async function openSmallDisk() {
  await using cleanup = new AsyncDisposableStack();
  const disk = await Deno.makeTempDir({ prefix: "windlass-full-" });
  cleanup.defer(() => Deno.remove(disk));
  await runChecked(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]);
  cleanup.defer(async () => void await runChecked(["umount", disk]));
  const lab = cleanup.use(await openChannelLab());
  const owned = cleanup.move();
  return { disk, lab, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

Deno.test("a download onto a full disk says so, blames no source, and continues once there is room", async () => {
  await using small = await openSmallDisk();
  const { disk, lab } = small;
  const bytes = new Uint8Array(200_000).fill(7);
  const blob = lab.repository.addBlob(bytes);
  const path = join(disk, "blob");
  const filler = join(disk, "filler");
  await Deno.writeFile(filler, new Uint8Array(150_000));
  await assert.rejects(lab.client({ mirrors: [lab.repository.folder] }).fetchBlob(blob, path, { signal }), {
    code: "WL_NO_SPACE",
    message: `Cannot write '${path}': the disk is full`,
  });
  assert.deepEqual(lab.lines, []);
  await Deno.remove(filler);
  lab.server.forget();
  await lab.client().fetchBlob(blob, path, { signal });
  assert.deepEqual(await Deno.readFile(path), bytes);
  assert.match(lab.server.requests[0]?.range ?? "", /^bytes=\d+-$/);
});

Deno.test("a check on a full disk says so, and trusts the same as before once there is room", async () => {
  await using small = await openSmallDisk();
  const { disk, lab } = small;
  const directory = join(disk, "update/tuf");
  assert.equal(await lab.latest({ directory }), "one");
  const filler = join(disk, "filler");
  await Deno.writeFile(filler, new Uint8Array(1_000_000)).catch(() => {});
  lab.repository.publish({ [`stable.linux-x64`]: "two" });
  await assert.rejects(lab.latest({ directory }), { code: "WL_NO_SPACE" });
  assert.deepEqual(lab.lines, []);
  await Deno.remove(filler);
  assert.equal(await lab.latest({ directory }), "two");
});
