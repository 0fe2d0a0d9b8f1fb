import assert from "node:assert/strict";
import {
  dockerConfigFolder,
  removeDockerContext,
  useDockerContext,
  writeDockerContext,
} from "./docker_context.ts";

const ID = "19a9b61f6d2d2a21c451e31370ce785e6d8a1fa2b49f4dd39cc9deab715c6dd5";
const HOST = "npipe:////./pipe/windlass_engine";
const OURS =
  `{"Name":"windlass","Metadata":{"Description":"Docker in Windlass","CreatedBy":"windlass"},"Endpoints":{"docker":{"Host":"${HOST}","SkipTLSVerify":false}}}`;

/** An empty user folder with no `.docker` in it. */
async function openUserFolder() {
  const root = await Deno.makeTempDir();
  const docker = `${root}/.docker`;
  return {
    root,
    docker,
    meta: `${docker}/contexts/meta/${ID}/meta.json`,
    config: `${docker}/config.json`,
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

Deno.test("dockerConfigFolder() prefers DOCKER_CONFIG, then the user's own folder", () => {
  assert.equal(dockerConfigFolder({ DOCKER_CONFIG: "/d", HOME: "/h" }, "linux"), "/d");
  assert.equal(dockerConfigFolder({ HOME: "/h", USERPROFILE: "/u" }, "linux"), "/h/.docker");
  assert.equal(dockerConfigFolder({ HOME: "/h", USERPROFILE: "/u" }, "windows"), "/u/.docker");
  assert.equal(dockerConfigFolder({}, "windows"), undefined);
});

Deno.test("writeDockerContext() makes the context, and nothing else", async () => {
  await using user = await openUserFolder();
  await writeDockerContext(user.docker, HOST);
  assert.equal(await Deno.readTextFile(user.meta), OURS);
  assert.deepEqual([...Deno.readDirSync(user.docker)].map((entry) => entry.name), ["contexts"]);
});

Deno.test("writeDockerContext() brings ours up to date", async () => {
  await using user = await openUserFolder();
  await writeDockerContext(user.docker, "npipe:////./pipe/other");
  await writeDockerContext(user.docker, HOST);
  assert.equal(await Deno.readTextFile(user.meta), OURS);
});

for (const foreign of ['{"Name":"windlass","Metadata":{},"Endpoints":{}}', "damaged", "null"]) {
  Deno.test(`writeDockerContext() and removeDockerContext() leave a foreign context alone: ${foreign}`, async () => {
    await using user = await openUserFolder();
    await Deno.mkdir(user.meta.slice(0, -"/meta.json".length), { recursive: true });
    await Deno.writeTextFile(user.meta, foreign);
    await assert.rejects(writeDockerContext(user.docker, HOST), {
      code: "WL_CONTEXT_TAKEN",
      message: `Cannot make the Docker context 'windlass': '${user.meta}' was not created by Windlass`,
    });
    await removeDockerContext(user.docker);
    assert.equal(await Deno.readTextFile(user.meta), foreign);
  });
}

Deno.test("useDockerContext() changes the current context and keeps the rest of the configuration", async () => {
  await using user = await openUserFolder();
  await Deno.mkdir(user.docker);
  await Deno.writeTextFile(user.config, '{"auths":{"r.example":{"auth":"eA=="}},"currentContext":"other"}');
  await useDockerContext(user.docker);
  assert.equal(
    await Deno.readTextFile(user.config),
    '{\n\t"auths": {\n\t\t"r.example": {\n\t\t\t"auth": "eA=="\n\t\t}\n\t},\n\t"currentContext": "windlass"\n}',
  );
});

Deno.test("useDockerContext() writes through a link", async () => {
  await using user = await openUserFolder();
  await Deno.mkdir(user.docker);
  await Deno.writeTextFile(`${user.root}/elsewhere.json`, "{}");
  await Deno.symlink(`${user.root}/elsewhere.json`, user.config);
  await useDockerContext(user.docker);
  assert.equal((await Deno.lstat(user.config)).isSymlink, true);
  assert.equal(JSON.parse(await Deno.readTextFile(`${user.root}/elsewhere.json`)).currentContext, "windlass");
});

for (const damaged of ["", "{", "[]", "null"]) {
  Deno.test(`useDockerContext() does not touch a configuration that is '${damaged}'`, async () => {
    await using user = await openUserFolder();
    await Deno.mkdir(user.docker);
    await Deno.writeTextFile(user.config, damaged);
    await assert.rejects(useDockerContext(user.docker), {
      code: "WL_DOCKER_CONFIG_INVALID",
      message: `Cannot change Docker's configuration: '${user.config}' is not a JSON object`,
    });
    assert.equal(await Deno.readTextFile(user.config), damaged);
  });
}

Deno.test("removeDockerContext() leaves nothing of ours", async () => {
  await using user = await openUserFolder();
  await writeDockerContext(user.docker, HOST);
  await useDockerContext(user.docker);
  await removeDockerContext(user.docker);
  assert.deepEqual([...Deno.readDirSync(user.root)], []);
  await removeDockerContext(user.docker);
});

Deno.test("removeDockerContext() leaves the current context of others, and their contexts", async () => {
  await using user = await openUserFolder();
  await writeDockerContext(user.docker, HOST);
  await Deno.mkdir(`${user.docker}/contexts/meta/other`);
  await Deno.writeTextFile(user.config, '{"currentContext":"other"}');
  await removeDockerContext(user.docker);
  assert.deepEqual([...Deno.readDirSync(`${user.docker}/contexts/meta`)].map((entry) => entry.name), [
    "other",
  ]);
  assert.equal(await Deno.readTextFile(user.config), '{"currentContext":"other"}');
});
