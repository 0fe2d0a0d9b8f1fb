import assert from "node:assert/strict";
import { NO_LOG } from "../../logging/log.ts";
import { makeExpectedFiles } from "./expected_files.ts";

Deno.test("makeExpectedFiles() makes a machine's number once, and a folder for modules", async () => {
  const folder = await Deno.makeTempDir({ prefix: "windlass-root-" });
  try {
    await Deno.mkdir(`${folder}/etc`);
    makeExpectedFiles(NO_LOG, `${folder}/`);
    const number = await Deno.readTextFile(`${folder}/etc/machine-id`);
    assert.match(number, /^[0-9a-f]{32}\n$/);
    assert.ok((await Deno.stat(`${folder}/usr/lib/modules`)).isDirectory);
    makeExpectedFiles(NO_LOG, `${folder}/`);
    assert.equal(await Deno.readTextFile(`${folder}/etc/machine-id`), number);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("makeExpectedFiles() reports what it could not make and continues", () => {
  const events: string[] = [];
  makeExpectedFiles((_level, event) => void events.push(event), "/proc/self/nowhere/");
  assert.deepEqual(events, ["agent.expected_files.failed"]);
});
