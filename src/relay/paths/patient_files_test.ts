import assert from "node:assert/strict";
import { NEVER } from "../../timing/sleep.ts";
import { PatientFiles } from "./patient_files.ts";
import { RELAY_LIMITS } from "../relay_limits.ts";
import { FileSystemSilent } from "./resolve_links.ts";

Deno.test("PatientFiles lookups up a path once at a time, and starts nothing while too many lookups hang", async () => {
  const lookups: string[] = [];
  const answers = new Map<string, (target: string | null) => void>();
  const files = new PatientFiles((path) => {
    lookups.push(path);
    return new Promise((resolve) => answers.set(path, resolve));
  }, 1);
  for (let index = 0; index < RELAY_LIMITS.hangingLookups; index++) {
    for (let again = 0; again < 3; again++) {
      await assert.rejects(files.readLink(`/dead/${index}`, NEVER), FileSystemSilent);
    }
  }
  assert.equal(lookups.length, RELAY_LIMITS.hangingLookups);
  await assert.rejects(files.readLink("/good", NEVER), FileSystemSilent);
  assert.equal(lookups.length, RELAY_LIMITS.hangingLookups);
  answers.get("/dead/0")!(null);
  await Promise.resolve();
  await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
  const lookup = files.readLink("/good", NEVER);
  answers.get("/good")!("target");
  assert.equal(await lookup, "target");
});

Deno.test("PatientFiles passes on the file system's answer", async () => {
  const files = new PatientFiles(undefined, 3_600_000); // a busy machine is not a dead file system
  assert.equal(await files.readLink("/proc", NEVER), null);
  assert.match(String(await files.readLink("/proc/self", NEVER)), /^\d+$/);
  await assert.rejects(files.readLink("/nowhere/x", NEVER), Deno.errors.NotFound);
  await assert.rejects(files.readLink("/proc/version/x", NEVER), Deno.errors.NotADirectory);
});
