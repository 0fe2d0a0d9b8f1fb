import assert from "node:assert/strict";
import { ClientShares } from "./client_shares.ts";

const LIMITS = { perClient: 64, total: 1_024, shareOfFree: 1 / 8 };

/** Takes as much as the client gets. */
function flood(shares: ClientShares, client: string): Disposable[] {
  const taken: Disposable[] = [];
  for (let one = shares.take(client); one !== undefined; one = shares.take(client)) taken.push(one);
  return taken;
}

Deno.test("ClientShares gives one client its limit, and others theirs", () => {
  const shares = new ClientShares(LIMITS);
  assert.equal(flood(shares, "a").length, 64);
  assert.equal(flood(shares, "b").length, 64);
  assert.equal(shares.total, 128);
});

Deno.test("ClientShares leaves something for the next client, however many flood", () => {
  const shares = new ClientShares(LIMITS);
  for (let client = 0; client < 30; client++) assert.ok(flood(shares, String(client)).length > 0);
  assert.ok(shares.take("late") !== undefined);
  assert.ok(shares.total < LIMITS.total);
});

Deno.test("ClientShares gives a share back once", () => {
  const shares = new ClientShares({ ...LIMITS, perClient: 1 });
  const one = shares.take("a")!;
  assert.equal(shares.take("a"), undefined);
  one[Symbol.dispose]();
  one[Symbol.dispose]();
  assert.equal(shares.total, 0);
  assert.ok(shares.take("a") !== undefined);
});
