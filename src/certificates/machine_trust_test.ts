import assert from "node:assert/strict";
import { INTERMEDIATE, NEGATIVE, ROOT } from "../../tests/fakes/certificates.ts";
import type { CertificateStore } from "../platform/certificate_store.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { MachineTrust } from "./machine_trust.ts";

/** A machine whose stores and clock are set by the test. */
class Machine {
  stores: CertificateStore[] | WindlassError = [];
  now = Date.UTC(2027, 0, 1);
  reads = 0;
  readonly trust = new MachineTrust({
    readStores: () => {
      this.reads++;
      return this.stores instanceof WindlassError
        ? Promise.reject(this.stores)
        : Promise.resolve(this.stores);
    },
    now: () => this.now,
  });

  set(content: Readonly<Record<string, string>>): void {
    this.stores = Object.entries(content).map(([name, pem]) => ({ name, purpose: "trusted", pem }));
  }

  async after(seconds: number) {
    this.now += seconds * 1000;
    return await this.trust.current();
  }
}

Deno.test("MachineTrust reads a change within seconds, and gives the same answer while there is none", async () => {
  const machine = new Machine();
  machine.set({ ROOT });
  const first = await machine.after(0);
  assert.deepEqual(first.certificates, [ROOT]);
  assert.equal(await machine.after(1), first);
  assert.equal(machine.reads, 1);
  assert.equal(await machine.after(10), first);
  machine.set({ ROOT: ROOT + NEGATIVE });
  assert.deepEqual((await machine.after(10)).certificates, [ROOT, NEGATIVE].sort());
});

Deno.test("MachineTrust gives the same answer when a policy has added the same certificates in another order", async () => {
  const machine = new Machine();
  machine.set({ ROOT: ROOT + NEGATIVE });
  const first = await machine.after(0);
  machine.set({ ROOT: NEGATIVE + ROOT });
  assert.equal(await machine.after(10), first);
});

Deno.test("MachineTrust reads once for all who ask at the same time", async () => {
  const machine = new Machine();
  machine.set({ ROOT });
  const answers = await Promise.all([machine.trust.current(), machine.trust.current()]);
  assert.equal(answers[0], answers[1]);
  assert.equal(machine.reads, 1);
});

Deno.test("MachineTrust never believes that a machine has no certificates any more", async () => {
  const machine = new Machine();
  machine.set({ user: ROOT, policy: INTERMEDIATE });
  await machine.after(0);
  machine.set({ user: "", policy: "" });
  const report = await machine.after(3600);
  assert.deepEqual(report.certificates, [ROOT, INTERMEDIATE].sort());
  assert.equal(report.problem?.code, "WL_CERTIFICATES_UNREADABLE");
  assert.equal(
    report.problem?.message,
    "Cannot read the certificates of this machine: there are none all of a sudden",
  );
  machine.set({ user: ROOT, policy: INTERMEDIATE });
  assert.equal((await machine.after(10)).problem, undefined);
});

Deno.test("MachineTrust believes an emptied store once it has been empty for a minute", async () => {
  const machine = new Machine();
  machine.set({ user: ROOT, policy: INTERMEDIATE });
  await machine.after(0);
  machine.set({ user: ROOT });
  assert.deepEqual((await machine.after(10)).certificates, [ROOT, INTERMEDIATE].sort());
  assert.deepEqual((await machine.after(50)).certificates, [ROOT, INTERMEDIATE].sort());
  assert.deepEqual((await machine.after(20)).certificates, [ROOT]);
});

Deno.test("MachineTrust forgets that a store was empty when it has certificates again", async () => {
  const machine = new Machine();
  machine.set({ user: ROOT, policy: INTERMEDIATE });
  await machine.after(0);
  for (let refresh = 0; refresh < 5; refresh++) {
    machine.set({ user: ROOT, policy: "" });
    assert.deepEqual((await machine.after(40)).certificates, [ROOT, INTERMEDIATE].sort());
    machine.set({ user: ROOT, policy: INTERMEDIATE });
    assert.deepEqual((await machine.after(40)).certificates, [ROOT, INTERMEDIATE].sort());
  }
});

Deno.test("MachineTrust keeps the last answer while the stores cannot be read, and says so", async () => {
  const machine = new Machine();
  machine.set({ ROOT });
  await machine.after(0);
  machine.stores = new WindlassError("WL_CERTIFICATES_UNREADABLE", "Cannot read the certificates: no");
  const report = await machine.after(10);
  assert.deepEqual(report.certificates, [ROOT]);
  assert.equal(report.problem?.message, "Cannot read the certificates: no");
  assert.equal(await machine.after(10), report);
  machine.set({ ROOT });
  assert.equal((await machine.after(10)).problem, undefined);
});

Deno.test("MachineTrust leaves out what expires meanwhile", async () => {
  const machine = new Machine();
  const { EXPIRED } = await import("../../tests/fakes/certificates.ts");
  machine.now = Date.UTC(2026, 10, 30);
  machine.set({ ROOT: ROOT + EXPIRED });
  assert.equal((await machine.after(0)).certificates.length, 2);
  assert.deepEqual((await machine.after(2 * 24 * 3600)).certificates, [ROOT]);
});
