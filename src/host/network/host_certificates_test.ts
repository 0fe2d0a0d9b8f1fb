import assert from "node:assert/strict";
import type { TrustReport } from "../../certificates/machine_trust.ts";
import type { WindlassError } from "../../errors/windlass_error.ts";
import { INTERMEDIATE, ROOT } from "../../../tests/fakes/certificates.ts";
import { HostCertificates } from "./host_certificates.ts";

function trusted(...certificates: string[]): TrustReport {
  return { certificates, stores: [{ name: "ROOT", count: certificates.length }], refused: [] };
}

/** A host whose machine and engine are set by the test. */
class Bench implements Disposable {
  trust = trusted(ROOT);
  forContainers = false;
  restartNeeded = false;
  isUsed = false;
  restarts = 0;
  /** Whether a client comes in the middle of a restart. */
  clientComes = false;
  readonly sent: (readonly [pem: string | undefined, forContainers: boolean])[] = [];
  readonly ended = Promise.withResolvers<WindlassError>();
  /** What waits for the next call to the agent. */
  #called = Promise.withResolvers<void>();
  readonly certificates = new HostCertificates({
    read: () => Promise.resolve(this.trust),
    forContainers: () => this.forContainers,
    log: Object.assign(() => {}, { keeps: () => true }),
    onChange: () => this.#called.resolve(),
  });

  begin(): void {
    this.certificates.lifeBegins({
      ended: this.ended.promise,
      setCertificates: (pem, forContainers) => {
        this.sent.push([pem, forContainers]);
        this.#called.resolve();
        return Promise.resolve({ restartNeeded: this.restartNeeded });
      },
    }, () => {
      if (this.isUsed) return Promise.resolve(false);
      this.restarts++;
      this.restartNeeded = this.clientComes;
      return Promise.resolve(true);
    });
  }

  /** Resolves once the condition holds, which each call to the agent and each change may bring about. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await this.#called.promise;
      this.#called = Promise.withResolvers();
    }
  }

  [Symbol.dispose](): void {
    this.certificates[Symbol.dispose]();
  }
}

Deno.test("HostCertificates sends what the machine trusts first thing in a life", async () => {
  using bench = new Bench();
  assert.equal(bench.certificates.report(), null);
  bench.begin();
  await bench.until(() => bench.certificates.report()?.engine === "in use");
  assert.deepEqual(bench.sent, [[ROOT, false]]);
  assert.deepEqual(bench.certificates.report(), {
    total: 1,
    stores: [{ name: "ROOT", count: 1 }],
    refused: [],
    engine: "in use",
  });
  assert.deepEqual(bench.certificates.warnings(), []);
});

Deno.test("HostCertificates sends a change, and restarts a dockerd that has read others", async () => {
  using bench = new Bench();
  bench.begin();
  await bench.until(() => bench.certificates.report()?.engine === "in use");
  [bench.trust, bench.restartNeeded] = [trusted(ROOT, INTERMEDIATE), true];
  bench.certificates.settingChanged();
  await bench.until(() => bench.restarts === 1 && bench.certificates.report()?.engine === "in use");
  assert.deepEqual(bench.sent, [[ROOT, false], [ROOT + INTERMEDIATE, false], [undefined, false]]);
});

Deno.test("HostCertificates does not take a restart for done that a client has prevented", async () => {
  using bench = new Bench();
  [bench.restartNeeded, bench.clientComes] = [true, true];
  bench.begin();
  await bench.until(() => bench.sent.length === 2);
  assert.equal(bench.certificates.report()?.engine, "at the next idle moment");
  bench.clientComes = false;
  bench.certificates.settingChanged();
  await bench.until(() => bench.certificates.report()?.engine === "in use");
  assert.equal(bench.restarts, 2);
});

Deno.test("HostCertificates says that a dockerd in use has old ones, and asks again without sending them", async () => {
  using bench = new Bench();
  [bench.restartNeeded, bench.isUsed] = [true, true];
  bench.begin();
  await bench.until(() => bench.certificates.report()?.engine === "at the next idle moment");
  assert.deepEqual(bench.certificates.warnings(), [{
    code: "WL_CERTIFICATES_PENDING",
    message: "Cannot use the changed certificates yet: Docker is in use, and reads them when it is started",
    remedy:
      "Wait until no container or build runs, or run 'windlass restart' to use the new certificates at once.",
  }]);
  bench.restartNeeded = false; // it was restarted for another reason
  bench.certificates.settingChanged();
  await bench.until(() => bench.certificates.report()?.engine === "in use");
  assert.deepEqual(bench.sent, [[ROOT, false], [undefined, false]]);
  assert.equal(bench.restarts, 0);
});

Deno.test("HostCertificates tells the agent whether containers get them", async () => {
  using bench = new Bench();
  bench.begin();
  await bench.until(() => bench.sent.length === 1);
  bench.forContainers = true;
  await bench.until(() => bench.certificates.report()?.engine === "in use");
  bench.certificates.settingChanged();
  await bench.until(() => bench.sent.length === 2);
  assert.deepEqual(bench.sent[1], [ROOT, true]);
});

Deno.test("HostCertificates knows nothing of the engine after its life", async () => {
  using bench = new Bench();
  bench.begin();
  await bench.until(() => bench.certificates.report()?.engine === "in use");
  bench.ended.resolve(undefined as never);
  await bench.until(() => bench.certificates.report()?.engine === "unknown");
});

Deno.test("HostCertificates warns of what Go refuses", async () => {
  using bench = new Bench();
  bench.trust = {
    ...trusted(ROOT),
    refused: [
      { name: "Odd", store: "ROOT of the current user", reason: "it is damaged" },
      { name: "Other", store: "CA of the local machine", reason: "it is damaged" },
    ],
  };
  bench.begin();
  await bench.until(() => bench.certificates.report()?.engine === "in use");
  assert.deepEqual(bench.certificates.warnings(), [{
    code: "WL_CERTIFICATE_REFUSED",
    message:
      "Cannot use 'Odd' of the store 'ROOT of the current user': it is damaged; 1 more cannot be used either",
    remedy:
      "Ask the issuer of the certificate for a new one, or remove it from the store; programs written in Go, such as Docker, cannot use it.",
  }]);
  assert.deepEqual(bench.certificates.report()?.refused[0], {
    subject: "Odd (ROOT of the current user)",
    reason: "it is damaged",
  });
});
