import assert from "node:assert/strict";
import { rolloutBucket } from "./rollout_bucket.ts";

/** The buckets of the first six installations: one that was offered a release must not lose it to a change of this code. */
const EXPECTED_BUCKETS = [80, 8, 13, 53, 99, 5];
const IDS = Array.from({ length: 10_000 }, (_, index) => `installation-${index}`);

Deno.test("rolloutBucket() is the same each time, and never changes from version to version", () => {
  assert.deepEqual(IDS.slice(0, 6).map((id) => rolloutBucket(id, "1.2.0")), EXPECTED_BUCKETS);
});

Deno.test("rolloutBucket() spreads installations evenly over 0 to 99", () => {
  const counts = new Array<number>(100).fill(0);
  for (const id of IDS) counts[rolloutBucket(id, "1.2.0")]!++;
  assert.equal(counts.length, 100);
  // 100 each; five standard deviations of 10 are never left by chance, and the input is fixed.
  for (const count of counts) assert.ok(count > 50 && count < 150, String(counts));
});

Deno.test("rolloutBucket() puts other machines first for another salt", () => {
  const first = (salt: string) => new Set(IDS.filter((id) => rolloutBucket(id, salt) < 10));
  const both = first("1.2.0").intersection(first("1.3.0")).size;
  assert.ok(both > 50 && both < 200, String(both)); // 10 % of 10 % of 10,000
});
