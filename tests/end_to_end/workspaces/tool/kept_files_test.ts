import assert from "node:assert/strict";
import {
  ENABLE,
  MANIFEST,
  openToolTree,
  type Reported,
  SHARED,
  SOCKET,
  SOME_PROGRAM,
  type ToolTree,
} from "./tool_tree.ts";

const DOCKER = "/usr/local/bin/docker";
const SNIPPET = "/etc/profile.d/windlass.sh";

function outcomeOf(steps: readonly Reported[], path: string) {
  const { outcome, why } = steps.find((step) => step.path === path) ?? {};
  return why === undefined ? outcome : `${outcome}: ${why}`;
}

const write = (distro: ToolTree, path: string, text: string) => Deno.writeTextFile(distro.path(path), text);
const read = (distro: ToolTree, path: string) => Deno.readTextFile(distro.path(path));

Deno.test("With a docker of the user's only the socket, windlass and the startup files are placed", async () => {
  for (const own of ["/usr/bin/docker", "/snap/bin/docker", "/usr/local/sbin/docker"]) {
    await using distro = await openToolTree({ [own]: SOME_PROGRAM, "/usr/share/bash-completion": null });
    const steps = await distro.tool(ENABLE);
    assert.equal(outcomeOf(steps, DOCKER), "skipped: own");
    assert.equal(outcomeOf(steps, "/usr/local/lib/docker/cli-plugins/docker-buildx"), "skipped: own");
    assert.equal(outcomeOf(steps, "/usr/local/bin/docker-compose"), "skipped: own");
    assert.equal(outcomeOf(steps, "/usr/local/share/bash-completion/completions/docker"), undefined);
    assert.equal(outcomeOf(steps, "/usr/local/bin/windlass"), "placed");
    assert.equal(outcomeOf(steps, "/run/docker.sock"), "placed");
    assert.equal((await distro.probe()).docker, "own");
  }
});

Deno.test("What is placed is not taken for the user's own where folders are links to one another, as in Fedora", async () => {
  await using distro = await openToolTree({
    "/usr/bin": null,
    "/usr/sbin": "-> bin",
    "/usr/local/bin": null,
    "/usr/local/sbin": "-> bin",
  });
  const before = await distro.list();
  await distro.tool(ENABLE);
  assert.equal((await distro.probe()).docker, "ours");
  const steps = await distro.tool(ENABLE);
  for (const path of [DOCKER, "/usr/local/bin/docker-compose"]) assert.equal(outcomeOf(steps, path), "kept");
  await distro.tool(["disable"]);
  assert.deepEqual(await distro.list(), before);
});

Deno.test("A file of the user's in place of one of ours is never replaced nor removed", async () => {
  await using distro = await openToolTree({ [DOCKER]: "#!/bin/sh\necho mine\n", [SNIPPET]: "# mine\n" });
  const before = await distro.list();
  const steps = await distro.tool(ENABLE);
  assert.equal(outcomeOf(steps, DOCKER), "skipped: foreign");
  assert.equal(outcomeOf(steps, SNIPPET), "skipped: foreign");
  assert.equal((await distro.probe()).docker, "own");
  await distro.tool(["disable"]);
  assert.deepEqual(await distro.list(), before);
});

Deno.test("A plugin of the user's stays, whichever folder it is in", async () => {
  await using distro = await openToolTree({ "/usr/libexec/docker/cli-plugins/docker-compose": SOME_PROGRAM });
  const steps = await distro.tool(ENABLE);
  assert.equal(outcomeOf(steps, "/usr/local/lib/docker/cli-plugins/docker-compose"), "skipped: own");
  assert.equal(outcomeOf(steps, "/usr/local/lib/docker/cli-plugins/docker-buildx"), "placed");
});

Deno.test("A file that the user has edited is kept and named, by a second enable and by disable", async () => {
  await using distro = await openToolTree({ "/etc/profile.d": null });
  await distro.tool(ENABLE);
  await write(distro, SNIPPET, "# mine\n");
  assert.equal(outcomeOf(await distro.tool(ENABLE), SNIPPET), "skipped: changed");
  const [{ kept }] = await distro.tool(["disable"]) as [Reported];
  assert.deepEqual(kept, [{ path: SNIPPET, why: "changed" }]);
  assert.equal(await read(distro, SNIPPET), "# mine\n");
  assert.equal((await distro.probe()).manifest, false);
});

Deno.test("A docker that the user installs later takes the place of ours at the next enable", async () => {
  await using distro = await openToolTree({ "/usr/bin": null });
  await distro.tool(ENABLE);
  await write(distro, "/usr/bin/docker", SOME_PROGRAM);
  await Deno.chmod(distro.path("/usr/bin/docker"), 0o755);
  const steps = await distro.tool(ENABLE);
  assert.equal(outcomeOf(steps, DOCKER), "removed");
  await assert.rejects(Deno.lstat(distro.path(DOCKER)), Deno.errors.NotFound);
  assert.equal((await distro.probe()).docker, "own");
});

Deno.test("enable by a newer Windlass replaces the files of the older one", async () => {
  await using distro = await openToolTree({ "/etc/profile.d": null });
  await distro.tool(ENABLE);
  const before = await distro.list();
  const other = SOCKET.replace("0123", "fedc");
  const steps = await distro.tool([...ENABLE, "--socket", other]);
  assert.equal(outcomeOf(steps, SNIPPET), "placed");
  assert.equal(outcomeOf(steps, "/run/docker.sock"), "placed");
  assert.equal(outcomeOf(steps, DOCKER), "kept");
  assert.equal(await Deno.readLink(distro.path("/run/docker.sock")), other);
  assert.doesNotMatch(await read(distro, MANIFEST), /previous/);
  await distro.tool(ENABLE);
  // The order in the manifest may differ.
  const withoutTimes = (lines: string[]) =>
    lines.filter((line) => !line.endsWith(`  .${MANIFEST}`)).map((line) => line.replace(/\d+\.\d+/, ""))
      .sort();
  assert.deepEqual(withoutTimes(await distro.list()), withoutTimes(before));
});

Deno.test("A distro that another instance has enabled is refused, and left alone by its disable", async () => {
  await using distro = await openToolTree();
  await distro.tool(ENABLE);
  const before = await distro.list();
  const other = ENABLE.map((word) =>
    word.replace("/windlass/", "/windlass-dev/").replace(/\/windlass$/, "/windlass-dev")
  );
  assert.deepEqual(await distro.failure(other), {
    error: "other-instance",
    message: "Cannot switch this distro on: it belongs to the instance 'windlass'",
  });
  assert.deepEqual(await distro.tool(["disable", "--shared", "/mnt/wsl/windlass-dev"]), [{
    removed: [],
    kept: [],
  }]);
  assert.deepEqual(await distro.list(), before);
});

Deno.test("Without its manifest our files are known by their content", async () => {
  await using distro = await openToolTree();
  const before = await distro.list();
  await distro.tool(ENABLE);
  for (
    const text of [
      undefined,
      "",
      "{",
      "no JSON\n",
      '{"shared":"/x","entries":[\n{"kind":"file","path":"relative","proof":"0"}\n]}\n',
    ]
  ) {
    if (text === undefined) await Deno.remove(distro.path(MANIFEST));
    else await write(distro, MANIFEST, text);
    if (text?.startsWith('{"shared":"/x"')) await write(distro, MANIFEST, text.replace("/x", SHARED));
    const steps = await distro.tool(ENABLE);
    assert.equal(outcomeOf(steps, DOCKER), "kept");
  }
  await distro.tool(["disable"]);
  // The folders that were made are not known any more: they stay, empty.
  const files = (lines: string[]) => lines.filter((line) => !line.startsWith("d "));
  assert.deepEqual(files(await distro.list()), files(before));
});
