import { deepEqual } from "node:assert/strict";
import { PeriodicChecks } from "./periodic_checks.ts";

Deno.test("PeriodicChecks calls each check until it is removed, and starts again after it was empty", async () => {
  const checks = new PeriodicChecks(1);
  const calls: string[] = [];
  const once = (name: string) =>
    new Promise<void>((resolve) => {
      const check = () => {
        calls.push(name);
        checks.remove(check);
        resolve();
      };
      checks.add(check);
    });
  await Promise.all([once("first"), once("second")]);
  await once("third");
  deepEqual(calls, ["first", "second", "third"]);
});

Deno.test("PeriodicChecks.remove() leaves the other checks alone", async () => {
  const checks = new PeriodicChecks(1);
  const { promise, resolve } = Promise.withResolvers<void>();
  const stray = () => {};
  checks.remove(stray);
  checks.add(resolve);
  checks.add(stray);
  checks.remove(stray);
  await promise;
  checks.remove(resolve);
});
