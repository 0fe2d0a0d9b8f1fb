/**
 * Runs inside deno.exe: puts certificates into the stores of Windows, as programs and administrators do, and reads what the
 * product makes of them. Prints `ok` at the end; a failure ends it with another exit code than 0.
 */
import assert from "node:assert/strict";
import { trustReport } from "../../../src/certificates/trusted_certificates.ts";
import { MachineTrust } from "../../../src/certificates/machine_trust.ts";
import { readCertificateStores } from "../../../src/platform/this_certificate_stores.ts";
import {
  INTERMEDIATE,
  NEGATIVE,
  ODD_CURVE,
  ROOT,
  SECOND_INTERMEDIATE,
  STRAY_INTERMEDIATE,
} from "../../fakes/certificates.ts";
import { CURRENT_USER, limitedTo, LOCAL_MACHINE, place } from "./place_certificate.ts";

const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
const SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";

/** Which certificates of the tests are trusted now. */
async function trusted(): Promise<string[]> {
  const named = { ROOT, INTERMEDIATE, SECOND_INTERMEDIATE, STRAY_INTERMEDIATE, NEGATIVE };
  const { certificates } = await new MachineTrust().current();
  return Object.entries(named).filter(([, pem]) => certificates.includes(pem)).map(([name]) => name);
}

const before = await trustReport();
assert.equal(before.problem, undefined);
assert.ok(before.certificates.length > 50, `the roots of Windows: ${before.certificates.length}`);
assert.deepEqual(await trusted(), []);
const count = (name: string) => before.stores.find((store) => store.name === name)?.count ?? 0;
assert.ok(count("ROOT of the local machine") + count("ROOT of the current user") > 50);

const root = place("ROOT", CURRENT_USER, ROOT);
const others = [
  place("CA", CURRENT_USER, SECOND_INTERMEDIATE),
  place("CA", LOCAL_MACHINE, INTERMEDIATE),
  place("CA", CURRENT_USER, STRAY_INTERMEDIATE),
];
assert.deepEqual(await trusted(), ["ROOT", "INTERMEDIATE", "SECOND_INTERMEDIATE"]);

const disallowed = place("Disallowed", CURRENT_USER, INTERMEDIATE);
assert.deepEqual(await trusted(), ["ROOT"]);
disallowed.remove();
assert.deepEqual(await trusted(), ["ROOT", "INTERMEDIATE", "SECOND_INTERMEDIATE"]);

root.remove();
for (
  const [uses, expected] of [
    [[CODE_SIGNING], []],
    [[CODE_SIGNING, SERVER_AUTHENTICATION], ["ROOT", "INTERMEDIATE", "SECOND_INTERMEDIATE"]],
    [[], []],
  ]
) {
  const limited = place("ROOT", CURRENT_USER, ROOT, limitedTo(...uses!));
  assert.deepEqual(await trusted(), expected, `limited to ${uses}`);
  limited.remove();
}
for (const other of others) other.remove();

const people = place("TrustedPeople", LOCAL_MACHINE, NEGATIVE);
const own = place("TrustedPeople", CURRENT_USER, ROOT);
assert.deepEqual(await trusted(), ["NEGATIVE"]);
people.remove();
own.remove();

const odd = place("ROOT", CURRENT_USER, ODD_CURVE);
const { refused } = await new MachineTrust().current();
assert.deepEqual(refused.map(({ name, reason }) => ({ name, reason })), [{
  name: "Odd Curve",
  reason: "its key is on an elliptic curve that Go does not have",
}]);
odd.remove();
assert.deepEqual(await trusted(), []);

const started = performance.now();
await readCertificateStores();
console.error(`one read of all stores: ${Math.round(performance.now() - started)} ms`);
console.log("ok");
