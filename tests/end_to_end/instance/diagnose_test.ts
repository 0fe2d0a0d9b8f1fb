import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { runChecked } from "../../support/run_command.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import {
  openWindlassInstance,
  startWindlass,
  type WindlassInstance,
} from "../../support/windlass_instance.ts";

const PASSWORD = "hunter2-secret";
const OPTIONS = JSON.stringify({ proxies: { "http-proxy": `http://me:${PASSWORD}@proxy.invalid:3128` } });

/** The archive's files, read by a zip program that we did not write. */
async function diagnose(instance: WindlassInstance): Promise<ReadonlyMap<string, string>> {
  await using folder = await openTemporaryFolder("windlass-diagnose");
  const said = await instance.run(["diagnose", "--output", "out.zip"], { cwd: folder.path });
  await runChecked(["python3", "-m", "zipfile", "-e", "out.zip", "out"], { cwd: folder.path });
  const names = said.split("\n").map((line) => line.split("  ")[0]!);
  const files = names.map(async (name) =>
    [name, await Deno.readTextFile(join(folder.path, "out", name))] as const
  );
  return new Map(await Promise.all(files));
}

Deno.test("windlass diagnose packs what helps, with and without a host, and no secret", async () => {
  await using prepared = await openWindlassInstance();
  await prepared.run(["settings", "set", "engine.daemonOptions", OPTIONS]);
  const atRest = await diagnose(prepared);
  assert.equal(JSON.parse(atRest.get("status.json")!).engine.state, "stopped");

  await using instance = await startWindlass({ home: prepared.home });
  const { token } = JSON.parse(await Deno.readTextFile(join(instance.home, "api.json")));
  // The last lines of dockerd's start may come after the start, and an agent that is busy does not answer in time.
  const running = await eventually(async () => {
    const files = await diagnose(instance);
    assert.match(files.get("logs/windlass.jsonl")!, /API listen on/);
    assert.equal(JSON.parse(files.get("streams.json")!).agent?.answers, true, files.get("streams.json")!);
    return files;
  });
  assert.equal(JSON.parse(running.get("status.json")!).engine.state, "running");
  assert.equal(JSON.parse(running.get("wsl-distros.json")!).length, 2);
  const streams = JSON.parse(running.get("streams.json")!);
  assert.equal(streams.engine, "running");
  assert.equal(atRest.has("streams.json"), false);
  assert.equal(JSON.parse(running.get("start.json")!).start.outcome, "answered");
  assert.equal(atRest.has("start.json"), false);
  for (const [name, text] of [...atRest, ...running]) {
    assert.ok(!text.includes(PASSWORD), `${name} has the password of the proxy`);
    assert.ok(!text.includes(token), `${name} has the token`);
  }
  for await (const entry of Deno.readDir(join(instance.home, "logs"))) {
    const text = await Deno.readTextFile(join(instance.home, "logs", entry.name));
    assert.ok(!text.includes(PASSWORD) && !text.includes(token), `${entry.name} has a secret`);
  }
});
