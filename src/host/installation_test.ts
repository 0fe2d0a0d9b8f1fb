import assert from "node:assert/strict";
import { openSampleHome, type SampleHome } from "../../tests/fakes/sample_version.ts";
import { VERSION } from "../version.ts";
import { resolveHome } from "./home.ts";
import { Installation } from "./installation.ts";

function installationOf({ home, executable }: SampleHome, id = "embedded"): Installation {
  return new Installation({
    home: resolveHome({ WINDLASS_HOME: home }, "linux"),
    executable,
    version: { id, trial: true },
  });
}

Deno.test("Installation says which version runs", async () => {
  await using sample = await openSampleHome();
  using installation = installationOf(sample);
  assert.deepEqual(installation.running, { id: "embedded", version: VERSION, onTrial: true });
  assert.equal((await installation.store()).embeddedId, sample.store.embeddedId);
});

Deno.test("Installation.open() opens the running version, or another by its id", async () => {
  await using sample = await openSampleHome();
  const app = await sample.stage("app", new Uint8Array(9), true);
  const id = await sample.store.install({ components: [app], release: new TextEncoder().encode("{}") });
  using installation = installationOf(sample, id);
  assert.equal((await installation.open()).id, id);
  assert.equal((await installation.open("embedded")).component("agent").rawLength, 5);
});

Deno.test("Installation keeps the executable that it has opened when the file is replaced", async () => {
  await using sample = await openSampleHome();
  using installation = installationOf(sample);
  const before = await installation.open();
  await Deno.remove(sample.executable);
  await Deno.writeTextFile(sample.executable, "another program");
  assert.equal(await installation.open(), before);
  assert.ok((await new Response(before.storedStream("agent")).bytes()).length > 0);
});

Deno.test("Installation tries again to open an executable that could not be read", async () => {
  await using sample = await openSampleHome();
  using installation = installationOf(sample);
  await Deno.rename(sample.executable, `${sample.executable}.aside`);
  await assert.rejects(installation.open(), { code: "WL_EXECUTABLE_UNREADABLE" });
  await Deno.rename(`${sample.executable}.aside`, sample.executable);
  assert.equal((await installation.open()).id, "embedded");
});
