import assert from "node:assert/strict";
import { locksOf, type TestFile } from "./test_files.ts";
import { nextFile, runFiles } from "./test_schedule.ts";

const file = (path: string, seconds: number, ...locks: string[]): TestFile => ({
  suite: path.split("/")[0]!,
  path,
  locks,
  atOnce: path.startsWith("windows/") ? 2 : Infinity,
  seconds,
});

Deno.test("locksOf() reads the names of every lock line", () => {
  assert.deepEqual(locksOf("// lock: full-disk, quiet\nimport ...\n// lock: a\n"), [
    "full-disk",
    "quiet",
    "a",
  ]);
  assert.deepEqual(locksOf("// a lock: none\n"), []);
});

Deno.test("nextFile() starts the longest first, and no more than there are slots", () => {
  const [short, long] = [file("e/short", 1), file("e/long", 9)];
  assert.equal(nextFile([short, long], [], 2), long);
  assert.equal(nextFile([short], [long], 2), short);
  assert.equal(nextFile([short], [long], 1), undefined);
});

Deno.test("nextFile() keeps files with the same lock apart", () => {
  const [one, other, free] = [file("e/1", 9, "disk"), file("e/2", 8, "disk", "net"), file("e/3", 1)];
  assert.equal(nextFile([other, free], [one], 3), free);
  assert.equal(nextFile([other], [one, free], 3), undefined);
  assert.equal(nextFile([other], [free], 3), other);
});

Deno.test("nextFile() keeps to the number of files that a suite may run at once", () => {
  const [one, other, third] = [file("windows/1", 9), file("windows/2", 8), file("windows/3", 7)];
  const free = file("e/1", 1);
  assert.equal(nextFile([third, free], [one], 4), third);
  assert.equal(nextFile([third, free], [one, other], 4), free);
});

Deno.test("nextFile() runs quiet files last and alone", () => {
  const [quiet, loud] = [file("h/1", 9, "quiet"), file("e/1", 1)];
  assert.equal(nextFile([quiet, loud], [], 3), loud);
  assert.equal(nextFile([quiet], [loud], 3), undefined);
  assert.equal(nextFile([quiet], [], 3), quiet);
  assert.equal(nextFile([loud], [quiet], 3), undefined);
});

Deno.test("runFiles() waits for a suite's set-up, and leaves a suite out whose set-up fails", async () => {
  const order: string[] = [];
  const prepared = Promise.withResolvers<boolean>();
  const files = [file("windows/1", 9), file("end/1", 1), file("end/2", 1, "quiet"), file("broken/1", 5)];
  await runFiles(files, {
    slots: 2,
    ready: new Map([["windows", prepared.promise], ["broken", Promise.resolve(false)]]),
    async run({ path }) {
      order.push(path);
      await Promise.resolve();
      if (path === "end/1") prepared.resolve(true);
    },
  });
  assert.deepEqual(order, ["end/1", "windows/1", "end/2"]);
});

Deno.test("runFiles() never runs more than its slots, nor two files with one lock", async () => {
  const files = Array.from({ length: 12 }, (_, n) => file(`e/${n}`, n, ...(n % 3 === 0 ? ["disk"] : [])));
  const running = new Set<TestFile>();
  let most = 0;
  await runFiles(files, {
    slots: 3,
    ready: new Map(),
    async run(file) {
      assert.ok(file.locks.length === 0 || [...running].every(({ locks }) => locks.length === 0));
      running.add(file);
      most = Math.max(most, running.size);
      for (let turn = 0; turn <= file.seconds; turn++) await Promise.resolve();
      running.delete(file);
    },
  });
  assert.equal(most, 3);
});
