/** Windlass itself, called from within a distro of the user's as a program of the machine. */
import assert from "node:assert/strict";
import { openUserDistro } from "../../support/user_distros/user_distro.ts";
import { openWindlassInstance } from "../../support/windlass_instance.ts";

/** Milliseconds for a first start, which imports both distros, on a busy machine. */
const START_MILLISECONDS = 300_000;

Deno.test("a Windlass that a distro starts is the instance of that distro's wsl, and outlives the distro", async () => {
  await using instance = await openWindlassInstance();
  await using distro = await openUserDistro(instance, "automountRoot");
  const windlass = (...args: string[]) =>
    distro.attempt(["/init", `/c${instance.executable}`, "windlass", ...args], {
      user: null,
      deadlineMilliseconds: START_MILLISECONDS,
    });
  assert.match((await windlass("--version")).stdout, /^windlass \d/);
  const before = await windlass("status", "--json");
  assert.equal(JSON.parse(before.stdout).host.pid, null);

  const started = await windlass("start");
  assert.equal(started.code, 0, started.stderr);
  const { host: { pid }, engine: { state } } = await instance.status();
  assert.equal(state, "running");
  await distro.terminate();
  assert.equal((await instance.status()).host.pid, pid);

  const stopped = await windlass("stop");
  assert.equal(stopped.code, 0, stopped.stderr);
  assert.equal((await instance.status()).host.pid, null);
});
