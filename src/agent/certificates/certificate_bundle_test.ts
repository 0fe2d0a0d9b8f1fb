import assert from "node:assert/strict";
import { INTERMEDIATE, NEGATIVE, ROOT } from "../../../tests/fakes/certificates.ts";
import { CertificateBundle, withNegativeSerials } from "./certificate_bundle.ts";
import { bundleText, ownPart } from "./bundle_text.ts";

/** A distro with a bundle of its own, in a folder that is gone after the test. */
class Distro implements Disposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "windlass-" });
  readonly system = `${this.#folder}/system.crt`;
  isDockerdRunning = false;
  arrivalMilliseconds = 3_000;
  events: string[] = [];

  constructor(text: string) {
    Deno.writeTextFileSync(this.system, text);
  }

  /** The bundle of one agent. */
  bundle(): CertificateBundle {
    const bundle = new CertificateBundle({
      isDockerdRunning: () => this.isDockerdRunning,
      log: Object.assign((_level: string, event: string) => void this.events.push(event), {
        keeps: () => true,
      }),
      system: this.system,
      folder: `${this.#folder}/run`,
      arrivalMilliseconds: this.arrivalMilliseconds,
    });
    bundle.prepare();
    return bundle;
  }

  /** The text of both files, which is always the same. */
  get text(): string {
    const text = Deno.readTextFileSync(`${this.#folder}/run/ca-certificates.crt`);
    assert.equal(text, Deno.readTextFileSync(this.system));
    return text;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

Deno.test("CertificateBundle has the distro's certificates before the machine's have come", () => {
  using distro = new Distro(ROOT);
  const { SSL_CERT_FILE } = distro.bundle().environment("");
  assert.equal(distro.text, ROOT);
  assert.equal(Deno.readTextFileSync(SSL_CERT_FILE!), ROOT);
});

Deno.test("CertificateBundle adds what the machine trusts, and takes away what it does not trust any more", async () => {
  using distro = new Distro(ROOT);
  const bundle = distro.bundle();
  await bundle.set(ROOT + NEGATIVE, false);
  assert.equal(distro.text, bundleText(ROOT, NEGATIVE));
  assert.ok(distro.text.endsWith(NEGATIVE));
  await bundle.set(INTERMEDIATE, false);
  assert.equal(distro.text, bundleText(ROOT, INTERMEDIATE));
  await bundle.set("", false);
  assert.equal(distro.text, ROOT);
});

Deno.test("CertificateBundle begins with what the last agent had, for containers that start before the host answers", async () => {
  using distro = new Distro(ROOT);
  await distro.bundle().set(NEGATIVE, false);
  const next = distro.bundle();
  assert.equal(distro.text, bundleText(ROOT, NEGATIVE));
  await next.set(INTERMEDIATE, false);
  assert.equal(distro.text, bundleText(ROOT, INTERMEDIATE));
});

Deno.test("CertificateBundle wants a restart of the dockerd that has read other certificates", async () => {
  using distro = new Distro(ROOT);
  const bundle = distro.bundle();
  bundle.environment("");
  distro.isDockerdRunning = true;
  // No request comes to a dockerd before it has the first ones.
  assert.deepEqual(await bundle.set(NEGATIVE, false), { restartNeeded: false });
  assert.deepEqual(await bundle.set(NEGATIVE, true), { restartNeeded: false });
  assert.deepEqual(await bundle.set(INTERMEDIATE, false), { restartNeeded: true });
  assert.deepEqual(await bundle.set(undefined, false), { restartNeeded: true });
  assert.deepEqual(await bundle.set(NEGATIVE, false), { restartNeeded: false }, "they are back");
  assert.deepEqual(await bundle.set(INTERMEDIATE, false), { restartNeeded: true });
  bundle.environment(""); // the next dockerd
  assert.deepEqual(await bundle.set(undefined, false), { restartNeeded: false });
  assert.deepEqual(await bundle.set(NEGATIVE, false), { restartNeeded: true });
  distro.isDockerdRunning = false;
  assert.deepEqual(await bundle.set(undefined, false), { restartNeeded: false });
});

Deno.test("CertificateBundle wants a restart of the dockerd whose requests did not wait for overdue certificates", async () => {
  using distro = new Distro(ROOT);
  distro.arrivalMilliseconds = 0;
  const bundle = distro.bundle();
  bundle.environment("");
  distro.isDockerdRunning = true;
  await bundle.arrived(new AbortController().signal);
  assert.deepEqual(distro.events, ["agent.certificates.overdue"]);
  assert.deepEqual(await bundle.set(undefined, false), { restartNeeded: false }, "there are none yet");
  assert.deepEqual(await bundle.set(NEGATIVE, false), { restartNeeded: true });
  bundle.environment(""); // the next dockerd
  assert.deepEqual(await bundle.set(undefined, false), { restartNeeded: false });
});

Deno.test("CertificateBundle has requests wait for the first certificates", async () => {
  using distro = new Distro(ROOT);
  const bundle = distro.bundle();
  const waiting = bundle.arrived(new AbortController().signal).then(() => distro.text);
  await bundle.set(NEGATIVE, false);
  assert.equal(await waiting, bundleText(ROOT, NEGATIVE));
  await bundle.arrived(AbortSignal.abort(new Error("nobody asks this signal any more")));
});

Deno.test("CertificateBundle ends the wait with its signal", async () => {
  using distro = new Distro(ROOT);
  const bundle = distro.bundle();
  const gone = new AbortController();
  const waiting = bundle.arrived(gone.signal);
  gone.abort(new Error("the client is gone"));
  await assert.rejects(waiting, new Error("the client is gone"));
  await bundle.set("", false); // ends the timer
});

Deno.test("CertificateBundle tries again after a failed write", async () => {
  using distro = new Distro(ROOT);
  const bundle = distro.bundle();
  Deno.removeSync(distro.system);
  Deno.mkdirSync(distro.system);
  await assert.rejects(bundle.set(NEGATIVE, false));
  Deno.removeSync(distro.system);
  await bundle.set(NEGATIVE, false);
  assert.equal(distro.text, bundleText("", NEGATIVE));
});

Deno.test("CertificateBundle wants a restart of the dockerd that ran while its certificates could not be written", async () => {
  using distro = new Distro(ROOT);
  const bundle = distro.bundle();
  bundle.environment("");
  distro.isDockerdRunning = true;
  Deno.removeSync(distro.system);
  Deno.mkdirSync(distro.system);
  await assert.rejects(bundle.set(NEGATIVE, false));
  Deno.removeSync(distro.system);
  assert.deepEqual(await bundle.set(NEGATIVE, false), { restartNeeded: true });
});

Deno.test("ownPart() is what bundleText() was given", () => {
  for (const own of [ROOT, `${ROOT}# more\n`]) {
    assert.equal(ownPart(bundleText(own, NEGATIVE)), own);
    assert.equal(bundleText(ownPart(bundleText(own, INTERMEDIATE)), NEGATIVE), bundleText(own, NEGATIVE));
  }
});

Deno.test("withNegativeSerials() keeps what the variable has", () => {
  assert.equal(withNegativeSerials(), "x509negativeserial=1");
  assert.equal(withNegativeSerials("http2client=0"), "http2client=0,x509negativeserial=1");
  assert.equal(withNegativeSerials("x509negativeserial=0,a=1"), "x509negativeserial=0,a=1");
});
