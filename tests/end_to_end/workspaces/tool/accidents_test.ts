import assert from "node:assert/strict";
import { compiledProgram } from "../../../support/compile_once.ts";
import { type Additions, ENABLE, openToolTree, SOME_PROGRAM, TOOL, type ToolTree } from "./tool_tree.ts";

/** Steps of every kind: folders that exist and that do not, files, links, completions. */
const DISTRO: Additions = {
  "/etc/profile.d": null,
  "/usr/local/bin": null,
  "/usr/bin/zsh": SOME_PROGRAM,
  "/var/lib": null,
};
/** Far above the number of steps. */
const STEPS_MAX = 1_000;
const KILLED = 9;

async function remount(distro: ToolTree, options: string): Promise<void> {
  const { code, stderr } = await distro.outside(["mount", "-o", `remount,${options}`, distro.root]);
  assert.equal(code, 0, stderr);
}

/** What a run that was cut off may leave: files that are whole, or none. */
async function assertWhole(distro: ToolTree): Promise<void> {
  const { files } = await distro.probe() as { files: { state: string }[] };
  assert.ok(files.every(({ state }) => state === "placed" || state === "missing"), JSON.stringify(files));
}

/** Enables, where the disk has ever more room, until that succeeds; returns how often it has failed. */
async function enableWithMoreAndMore(option: (amount: number) => string): Promise<number> {
  await using distro = await openToolTree(DISTRO);
  const before = await distro.list();
  for (let amount = 0; amount < STEPS_MAX; amount++) {
    await remount(distro, option(amount));
    const { code, stdout } = await distro.inside([TOOL, ...ENABLE]);
    await assertWhole(distro);
    const leftOver = (await distro.list()).filter((line) => line.includes(".windlass-new"));
    assert.deepEqual(leftOver, [], `with ${option(amount)}`);
    await distro.tool(["disable"]);
    assert.deepEqual(await distro.list(), before, `with ${option(amount)}`);
    if (code === 0) return amount;
    assert.match(
      stdout,
      /\{"error":"disk-full","message":"Cannot (write|make the link) '[^']+': No space left on device"\}\n$/,
    );
  }
  throw new Error("It has not succeeded");
}

async function kilobytesUsed(): Promise<number> {
  await using distro = await openToolTree(DISTRO);
  const { stdout } = await distro.outside(["df", "--output=used,iused", "--block-size=1K", distro.root]);
  return Number(stdout.trim().split("\n").at(-1)!.trim().split(/\s+/)[0]);
}

async function filesUsed(): Promise<number> {
  await using distro = await openToolTree(DISTRO);
  const { stdout } = await distro.outside(["df", "--output=iused", distro.root]);
  return Number(stdout.trim().split("\n").at(-1)!.trim());
}

Deno.test("A disk that is full at any byte gives an error and nothing half done", async () => {
  const used = await kilobytesUsed();
  // Steps of some 48 KB: the two programs are the larger part.
  assert.ok(await enableWithMoreAndMore((amount) => `size=${used + 4 + 48 * amount}k`) > 10);
});

Deno.test("A disk without room for one more file, whichever it is, gives an error and nothing half done", async () => {
  const used = await filesUsed();
  assert.ok(await enableWithMoreAndMore((amount) => `nr_inodes=${used + 1 + amount}`) > 10);
});

Deno.test("enable that is killed at any step is repaired by a second one, or taken back by disable", async () => {
  const killer = await compiledProgram("tests/support/kill_at_change.c");
  await using distro = await openToolTree(DISTRO);
  const before = await distro.list();
  await Deno.copyFile(killer, distro.path("/tmp/kill-at-change"));
  let step = 1;
  for (let code = KILLED; code === KILLED; step++) {
    assert.ok(step < STEPS_MAX);
    ({ code } = await distro.outside([killer, `${step}`, "/usr/sbin/chroot", distro.root, TOOL, ...ENABLE]));
    assert.ok(code === KILLED || code === 0, `step ${step}: ${code}`);
    await assertWhole(distro);
    if (step % 2 === 0) {
      await distro.tool(ENABLE);
      const { files, manifest, socket } = await distro.probe() as
        & { files: { state: string }[] }
        & Record<string, unknown>;
      assert.ok(files.every(({ state }) => state === "placed"), `step ${step}: ${JSON.stringify(files)}`);
      assert.deepEqual({ manifest, socket }, { manifest: true, socket: "ours" });
    }
    await distro.tool(["disable"]);
    assert.deepEqual(await distro.list(), before, `step ${step}`);
  }
  assert.ok(step > 50, `there were ${step} steps`);
});

Deno.test("enable over an older version and disable, killed at any step, are repaired by a second one", async () => {
  const killer = await compiledProgram("tests/support/kill_at_change.c");
  await using distro = await openToolTree(DISTRO);
  const before = await distro.list();
  const newer = [...ENABLE, "--home", "C:\\other"];
  for (const verb of [newer, ["disable"]]) {
    for (let step = 1, code = KILLED; code === KILLED; step++) {
      assert.ok(step < STEPS_MAX);
      await distro.tool(ENABLE);
      ({ code } = await distro.outside([killer, `${step}`, "/usr/sbin/chroot", distro.root, TOOL, ...verb]));
      assert.ok(code === KILLED || code === 0, `step ${step}: ${code}`);
      await assertWhole(distro);
      const [{ kept }] = await distro.tool(["disable"]) as [{ kept: unknown }];
      assert.deepEqual(kept, []);
      assert.deepEqual(await distro.list(), before, `${verb[0]}, step ${step}`);
    }
  }
});
