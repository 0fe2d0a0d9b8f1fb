import assert from "node:assert/strict";
import { keepDockerProxies, withProxies } from "./docker_proxies.ts";

const PROXY = "http://http.docker.internal:3128";
const OWN = "npipe:////./pipe/windlass_engine";
const SHARED = "npipe:////./pipe/docker_engine";
const OURS = { httpProxy: PROXY, httpsProxy: PROXY, noProxy: "localhost,127.0.0.1" };
const KEEP = {
  addresses: [OWN, SHARED],
  wanted: [OWN, SHARED],
  overDefault: false,
  proxy: PROXY,
  noProxy: "localhost,127.0.0.1",
};
const NONE = { ...KEEP, wanted: [] };

async function openFolder(config?: string) {
  const root = await Deno.makeTempDir();
  const folder = `${root}/.docker`;
  const path = `${folder}/config.json`;
  if (config !== undefined) {
    await Deno.mkdir(folder);
    await Deno.writeTextFile(path, config);
  }
  return { root, folder, path, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}

Deno.test("withProxies() adds our entries, and removes those that are not wanted any more", () => {
  const both = withProxies({ auths: {} }, KEEP);
  assert.deepEqual(both, { auths: {}, proxies: { [OWN]: OURS, [SHARED]: OURS } });
  assert.deepEqual(withProxies(both, { ...KEEP, wanted: [OWN] }), { auths: {}, proxies: { [OWN]: OURS } });
  assert.deepEqual(withProxies(both, NONE), { auths: {} });
});

Deno.test("withProxies() returns the same object if nothing is to be changed", () => {
  for (const config of [{ proxies: { [OWN]: OURS, [SHARED]: OURS } }]) {
    assert.equal(withProxies(config, KEEP), config);
  }
  for (const config of [{}, { proxies: {} }, { proxies: { default: OURS } }]) {
    assert.equal(withProxies(config, NONE), config);
  }
});

for (
  const foreign of [
    { httpProxy: "http://proxy.example:8080" },
    { httpsProxy: PROXY },
    {},
    "http://proxy.example:8080",
    null,
  ]
) {
  Deno.test(`withProxies() leaves the entry of somebody else: ${JSON.stringify(foreign)}`, () => {
    const config = { proxies: { [OWN]: foreign, [SHARED]: foreign } };
    assert.equal(withProxies(config, KEEP), config);
    assert.equal(withProxies(config, NONE), config);
  });
}

for (const proxies of ["text", [], null, 1]) {
  Deno.test(`withProxies() leaves proxies that are ${JSON.stringify(proxies)}`, () => {
    const config = { proxies };
    assert.equal(withProxies(config, KEEP), config);
  });
}

Deno.test("withProxies() does not stand before the user's own default, unless told to", () => {
  const config = { proxies: { default: { httpProxy: "http://proxy.example:8080" } } };
  assert.equal(withProxies(config, KEEP), config);
  const over = withProxies(config, { ...KEEP, overDefault: true });
  assert.deepEqual(over, { proxies: { ...config.proxies, [OWN]: OURS, [SHARED]: OURS } });
  assert.deepEqual(withProxies(over, KEEP), config);
});

Deno.test("withProxies() keeps what the user has added to our entry, and adds what it lacks", () => {
  const noProxy = "api, db,localhost";
  const config = { proxies: { [OWN]: { ...OURS, noProxy, ftpProxy: "http://ftp.example:21" } } };
  const once = withProxies(config, { ...KEEP, addresses: [OWN] });
  assert.deepEqual(once, {
    proxies: { [OWN]: { ...OURS, noProxy: "api,db,localhost,127.0.0.1", ftpProxy: "http://ftp.example:21" } },
  });
  assert.equal(withProxies(once, { ...KEEP, addresses: [OWN] }), once);
});

Deno.test("keepDockerProxies() makes file and folder, and removes both when they would say nothing", async () => {
  await using user = await openFolder();
  await keepDockerProxies(user.folder, NONE);
  assert.deepEqual([...Deno.readDirSync(user.root)], []);
  await keepDockerProxies(user.folder, { ...KEEP, wanted: [OWN] });
  assert.equal(
    await Deno.readTextFile(user.path),
    `{\n\t"proxies": {\n\t\t"${OWN}": {\n\t\t\t"httpProxy": "${PROXY}",\n\t\t\t"httpsProxy": "${PROXY}",\n\t\t\t"noProxy": "localhost,127.0.0.1"\n\t\t}\n\t}\n}`,
  );
  await keepDockerProxies(user.folder, NONE);
  assert.deepEqual([...Deno.readDirSync(user.root)], []);
});

Deno.test("keepDockerProxies() does not write a file that has nothing to change", async () => {
  const text = `{  "proxies": {"${OWN}": ${JSON.stringify(OURS)}},\r\n  "credsStore": "wincred" }`;
  await using user = await openFolder(text);
  const before = await Deno.stat(user.path);
  await keepDockerProxies(user.folder, { ...KEEP, addresses: [OWN] });
  const after = await Deno.stat(user.path);
  assert.equal(await Deno.readTextFile(user.path), text);
  assert.equal(after.ino, before.ino);
});

Deno.test("keepDockerProxies() keeps a link, even while nothing is left to say", async () => {
  await using user = await openFolder("");
  await Deno.remove(user.path);
  await Deno.writeTextFile(`${user.root}/dotfile.json`, "{}");
  await Deno.symlink(`${user.root}/dotfile.json`, user.path);
  await keepDockerProxies(user.folder, KEEP);
  assert.ok(JSON.parse(await Deno.readTextFile(`${user.root}/dotfile.json`)).proxies[OWN]);
  await keepDockerProxies(user.folder, NONE);
  assert.equal((await Deno.lstat(user.path)).isSymlink, true);
  assert.equal(await Deno.readTextFile(`${user.root}/dotfile.json`), "{}");
});

Deno.test("keepDockerProxies() loses no change of several at once", async () => {
  await using user = await openFolder();
  const addresses = Array.from({ length: 20 }, (_, index) => `unix:///run/${index}.sock`);
  await Promise.all(
    addresses.map((address) =>
      keepDockerProxies(user.folder, { ...KEEP, addresses: [address], wanted: [address] })
    ),
  );
  const { proxies } = JSON.parse(await Deno.readTextFile(user.path));
  assert.deepEqual(Object.keys(proxies), addresses);
});

for (const damaged of ["{", "[]", "null", '\uFEFFx{"proxies":{}}']) {
  Deno.test(`keepDockerProxies() does not touch a configuration that is '${damaged}'`, async () => {
    await using user = await openFolder(damaged);
    await assert.rejects(keepDockerProxies(user.folder, KEEP), {
      code: "WL_DOCKER_CONFIG_INVALID",
      message: `Cannot change Docker's configuration: '${user.path}' is not a JSON object`,
    });
    assert.equal(await Deno.readTextFile(user.path), damaged);
    await keepDockerProxies(`${user.root}/other`, KEEP);
  });
}
