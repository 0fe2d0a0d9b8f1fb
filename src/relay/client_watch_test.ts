import assert from "node:assert/strict";
import { RepeatingTimers } from "../../tests/fakes/repeating_timers.ts";
import { ClientWatch } from "./client_watch.ts";

function newClient() {
  const client = { looks: 0, checkClient: () => Promise.resolve(void client.looks++) };
  return client;
}

Deno.test("ClientWatch.check() looks at each client that was added, once", () => {
  using watch = new ClientWatch();
  const [first, second] = [newClient(), newClient()];
  watch.add(first);
  watch.add(first);
  watch.add(second);
  watch.check();
  watch.delete(first);
  watch.check();
  assert.deepEqual([first.looks, second.looks], [1, 2]);
});

Deno.test("ClientWatch.check() stops the timer when there is nobody to look at", () => {
  using timers = new RepeatingTimers();
  const watch = new ClientWatch();
  const client = newClient();
  watch.add(client);
  watch.delete(client);
  assert.equal(timers.running, 1);
  watch.check();
  assert.equal(timers.running, 0);
  assert.equal(client.looks, 0);
});
