import assert from "node:assert/strict";
import { whileInUse } from "./rename_file.ts";

/** Fails so often, with an error as Deno has it for a file that is open elsewhere. */
function failing(times: number, code = "EBUSY") {
  const calls = { work: 0, pauses: 0 };
  return {
    calls,
    work() {
      if (++calls.work <= times) {
        return Promise.reject(Object.assign(new Error("Sharing violation"), { code }));
      }
      return Promise.resolve("done");
    },
    pause() {
      calls.pauses++;
      return Promise.resolve();
    },
  };
}

for (const code of ["EPERM", "EACCES", "EBUSY"]) {
  Deno.test(`whileInUse() on Windows tries again after ${code}`, async () => {
    const { work, pause, calls } = failing(3, code);
    assert.equal(await whileInUse(work, { system: "windows", pause }), "done");
    assert.deepEqual(calls, { work: 4, pauses: 3 });
  });
}

Deno.test("whileInUse() on Windows gives up after 15 tries", async () => {
  const { work, pause, calls } = failing(100);
  await assert.rejects(whileInUse(work, { system: "windows", pause }), { message: "Sharing violation" });
  assert.deepEqual(calls, { work: 15, pauses: 14 });
});

Deno.test("whileInUse() tries no other failure again, and nothing on Linux", async () => {
  for (const [code, system] of [["ENOSPC", "windows"], ["EBUSY", "linux"]] as const) {
    const { work, pause, calls } = failing(1, code);
    await assert.rejects(whileInUse(work, { system, pause }), { message: "Sharing violation" });
    assert.deepEqual(calls, { work: 1, pauses: 0 });
  }
});
