import assert from "node:assert/strict";
import { openSampleHome, type SampleHome } from "../../tests/fakes/sample_version.ts";
import type { StagedComponent } from "./version_store.ts";

const PROGRAM = new TextEncoder().encode("another program");
const ROOTFS = new Uint8Array(50_000).fill(9);
const RELEASE = new TextEncoder().encode('{"version":"1.1.0"}');

async function stageAll(sample: SampleHome): Promise<[StagedComponent, StagedComponent, StagedComponent]> {
  return [
    sample.embedded("deno"),
    await sample.stage("app", PROGRAM, true),
    await sample.stage("rootfs", ROOTFS),
  ];
}

function pathOf({ source }: StagedComponent): string {
  assert.ok(typeof source === "object");
  return source.path;
}

Deno.test("VersionStore.install() moves what was staged, and keeps index and release", async () => {
  await using sample = await openSampleHome();
  const components = await stageAll(sample);
  const [, app, rootfs] = components;
  const id = await sample.store.install({ components, release: RELEASE });
  assert.deepEqual(await sample.names("components"), [`${app.id}-app`, `${rootfs.id}-rootfs.zst`].sort());
  assert.deepEqual(await sample.names("versions"), [`${id}.index`, `${id}.json`]);
  assert.deepEqual(await sample.names("update/staging"), []);
  assert.deepEqual(await sample.store.versions(), [id]);
  assert.deepEqual(await sample.store.releaseOf(id), RELEASE);
});

Deno.test("VersionStore.install() is the same again, and takes over what another version has", async () => {
  await using sample = await openSampleHome();
  const components = await stageAll(sample);
  const id = await sample.store.install({ components, release: RELEASE });
  assert.equal(await sample.store.install({ components, release: RELEASE }), id);
  const [deno, app, rootfs] = components;
  const installed = [{ ...app, source: "installed" }, { ...rootfs, source: "installed" }] as const;
  const agent = sample.embedded("agent");
  const next = await sample.store.install({ components: [deno, ...installed, agent], release: RELEASE });
  assert.deepEqual(await sample.store.versions(), [id, next].sort());
});

const SWAPS: Record<string, [(path: string) => Promise<void>, (path: string) => string]> = {
  "other bytes": [
    async (path) => await Deno.writeFile(path, new Uint8Array((await Deno.stat(path)).size)),
    () => "its content is not what was verified",
  ],
  "fewer bytes": [(path) => Deno.writeTextFile(path, "x"), () => "it has 1 bytes, not 15"],
  "nothing": [(path) => Deno.remove(path), () => "it is missing"],
  "a link to the right bytes": [async (path) => {
    await Deno.rename(path, `${path}.right`);
    await Deno.symlink(`${path}.right`, path);
  }, () => "it is not a regular file"],
  "a file with a second name": [
    (path) => Deno.link(path, `${path}.second`),
    () => "it is not a regular file",
  ],
  "a folder": [async (path) => {
    await Deno.remove(path);
    await Deno.mkdir(path);
  }, () => "it is not a regular file"],
};

for (const [what, [swap, state]] of Object.entries(SWAPS)) {
  Deno.test(`VersionStore.install() refuses ${what} in place of a staged file, and installs nothing`, async () => {
    await using sample = await openSampleHome();
    const components = await stageAll(sample);
    const path = pathOf(components[1]);
    await swap(path);
    await assert.rejects(sample.store.install({ components, release: RELEASE }), {
      code: "WL_UPDATE_STAGED_CHANGED",
      message: `Cannot install component 'app' from '${path}': ${state(path)}`,
    });
    assert.deepEqual(await sample.names("versions"), []);
    assert.deepEqual(await sample.names("components"), []);
  });
}

Deno.test("VersionStore.install() replaces whatever lies where a component belongs", async () => {
  await using sample = await openSampleHome();
  const components = await stageAll(sample);
  const target = `${sample.home}/components/${components[1].id}-app`;
  await Deno.mkdir(`${target}/inside`, { recursive: true });
  await sample.store.install({ components, release: RELEASE });
  assert.deepEqual(await Deno.readFile(target), PROGRAM);
  await Deno.remove(target);
  await Deno.symlink(sample.executable, target);
  await sample.store.install({ components: await stageAll(sample), release: RELEASE });
  assert.equal((await Deno.lstat(target)).isFile, true);
});

Deno.test("VersionStore.install() refuses components that are nowhere", async () => {
  await using sample = await openSampleHome();
  const [deno, app, rootfs] = await stageAll(sample);
  const cases: [StagedComponent, string][] = [
    [{ ...deno, id: app.id }, "Cannot install component 'deno': the executable does not contain it"],
    [
      { ...app, source: "installed" },
      `Cannot install component 'app': '${sample.home}/components/${app.id}-app' does not hold it`,
    ],
    [
      { ...rootfs, source: "installed" },
      "Cannot install component 'rootfs': no version has it, and the expected content is unknown",
    ],
    [
      { ...rootfs, source: { path: pathOf(rootfs) } },
      "Cannot install component 'rootfs': no version has it, and the expected content is unknown",
    ],
  ];
  for (const [component, message] of cases) {
    const installing = sample.store.install({ components: [component], release: RELEASE });
    await assert.rejects(installing, { code: "WL_VERSION_INCOMPLETE", message });
    assert.deepEqual(await sample.store.versions(), []);
  }
});

Deno.test("VersionStore reads the current.json that it has written, and none of another executable", async () => {
  await using sample = await openSampleHome();
  const { store, home } = sample;
  const next = { current: "embedded", previous: null, trial: false, tries: 0 };
  assert.equal(await store.readCurrent(), undefined);
  await store.writeCurrent(next);
  assert.deepEqual(await store.readCurrent(), { embedded: store.embeddedId, ...next });
  const text = await Deno.readTextFile(`${home}/current.json`);
  for (
    const other of [
      text.replace(store.embeddedId, "0".repeat(64)),
      `\ufeff${text}`,
      text.slice(1),
      "x".repeat(5_000),
    ]
  ) {
    await Deno.writeTextFile(`${home}/current.json`, other);
    assert.equal(await store.readCurrent(), undefined);
  }
  await store.removeCurrent();
  await store.removeCurrent();
  assert.equal(await store.readCurrent(), undefined);
});

Deno.test("VersionStore.writeCurrent() replaces a link and an empty folder", async () => {
  await using sample = await openSampleHome();
  const path = `${sample.home}/current.json`;
  const next = { current: "embedded", previous: null, trial: false, tries: 0 };
  await Deno.symlink(sample.executable, path);
  assert.equal(await sample.store.readCurrent(), undefined);
  await sample.store.writeCurrent(next);
  assert.equal((await Deno.lstat(path)).isFile, true);
  await Deno.remove(path);
  await Deno.mkdir(path);
  assert.equal(await sample.store.readCurrent(), undefined);
  await sample.store.writeCurrent(next);
  assert.equal((await Deno.lstat(path)).isFile, true);
});

Deno.test("VersionStore.removeUnusableCurrent() removes what does not apply, and nothing that does or may", async () => {
  await using sample = await openSampleHome();
  const { store, home } = sample;
  const path = `${home}/current.json`;
  const names = async () => (await sample.names(".")).filter((name) => name === "current.json");
  assert.equal(await store.removeUnusableCurrent(), false, "missing");
  await store.writeCurrent({ current: "embedded", previous: null, trial: false, tries: 0 });
  assert.equal(await store.removeUnusableCurrent(), false, "sound");
  const text = await Deno.readTextFile(path);
  for (const other of [text.replace(store.embeddedId, "0".repeat(64)), "{", "", "x".repeat(5_000)]) {
    await Deno.writeTextFile(path, other);
    assert.equal(await store.removeUnusableCurrent(), true, other.slice(0, 20));
    assert.deepEqual(await names(), []);
  }
  await Deno.mkdir(path);
  assert.equal(await store.removeUnusableCurrent(), true, "an empty folder");
  await Deno.symlink(sample.executable, path);
  assert.equal(await store.removeUnusableCurrent(), true, "a link");
  assert.deepEqual(await names(), []);
  assert.equal((await Deno.stat(sample.executable)).isFile, true, "what it leads to");
  await Deno.mkdir(`${path}/kept`, { recursive: true });
  await assert.rejects(store.removeUnusableCurrent(), "a folder with something in it");
  assert.deepEqual(await names(), ["current.json"]);
});

Deno.test("VersionStore.collect() removes what neither the executable nor a version names, and nothing else", async () => {
  await using sample = await openSampleHome();
  const { store, home } = sample;
  const components = await stageAll(sample);
  const id = await store.install({ components, release: RELEASE });
  const [deno, app, rootfs] = components;
  const unused = "e".repeat(64);
  const others = [`${unused}-app`, `${unused}-app.stamp`, `${unused}-rootfs.zst`];
  const kept = [`${unused}-app.1-1.partial`, "notes.txt", `${deno.id}-deno`, `${deno.id}-deno.stamp`];
  for (const name of [...others, ...kept]) await Deno.writeTextFile(`${home}/components/${name}`, "");
  await store.collect();
  const own = [`${app.id}-app`, `${rootfs.id}-rootfs.zst`];
  assert.deepEqual(await sample.names("components"), [...own, ...kept].sort());
  await store.remove(id);
  await store.collect();
  assert.deepEqual(await sample.names("components"), kept.sort());
  assert.deepEqual(await sample.names("versions"), []);
});

Deno.test("VersionStore does not list a version whose installation was cut off, and continues it", async () => {
  await using sample = await openSampleHome();
  const components = await stageAll(sample);
  const id = await sample.store.install({ components, release: RELEASE });
  await Deno.remove(`${sample.home}/versions/${id}.json`); // as after a crash: it is written last
  assert.deepEqual(await sample.store.versions(), []);
  assert.equal(await sample.store.install({ components, release: RELEASE }), id); // the files have moved already
  assert.deepEqual(await sample.store.versions(), [id]);
  await Deno.remove(`${sample.home}/versions/${id}.json`);
  await sample.store.collect();
  assert.deepEqual(await sample.names("versions"), []);
  assert.deepEqual(await sample.names("components"), []);
});

Deno.test("VersionStore.damaged() names components that are missing or have other bytes", async () => {
  await using sample = await openSampleHome();
  const components = await stageAll(sample);
  const id = await sample.store.install({ components, release: RELEASE });
  const [, app, rootfs] = components;
  const paths = [`${app.id}-app`, `${rootfs.id}-rootfs.zst`].map((name) =>
    `${sample.home}/components/${name}`
  );
  assert.deepEqual(await sample.store.damaged(id), []);
  await Deno.writeFile(paths[1]!, new Uint8Array((await Deno.stat(paths[1]!)).size));
  assert.deepEqual(await sample.store.damaged(id), ["rootfs"]);
  await Deno.remove(paths[0]!);
  await Deno.symlink(paths[1]!, paths[0]!);
  assert.deepEqual(await sample.store.damaged(id), ["app", "rootfs"]);
  const other = "0".repeat(64);
  await assert.rejects(sample.store.damaged(other), {
    code: "WL_VERSION_INCOMPLETE",
    message:
      `Cannot read version '${other}': its index cannot be read: No such file or directory (os error 2)`,
  });
});

Deno.test("VersionStore.collect() removes an index that is damaged", async () => {
  await using sample = await openSampleHome();
  const id = await sample.store.install({ components: await stageAll(sample), release: RELEASE });
  await Deno.truncate(`${sample.home}/versions/${id}.index`, 100);
  assert.deepEqual(await sample.store.versions(), []);
  await sample.store.collect();
  assert.deepEqual(await sample.names("versions"), []);
  assert.deepEqual(await sample.names("components"), []);
});

Deno.test("VersionStore.releaseOf() and remove() take nothing but ids", async () => {
  await using sample = await openSampleHome();
  await Deno.writeTextFile(`${sample.home}/current.json`, "{}");
  assert.equal(await sample.store.releaseOf("../current"), undefined);
  await sample.store.remove("../current");
  assert.deepEqual(await sample.names("."), ["current.json", "update"]);
});

Deno.test("versionStore() knows the executable by its index", async () => {
  await using sample = await openSampleHome();
  const bytes = await Deno.readFile(sample.executable);
  assert.equal(sample.store.embeddedId, bytes.subarray(-96 + 32, -96 + 64).toHex());
});
