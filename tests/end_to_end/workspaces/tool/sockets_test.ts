import assert from "node:assert/strict";
import { ENABLE, openToolTree, SHARED, SOCKET } from "./tool_tree.ts";

const LINK = ["link", "--socket", SOCKET];
const PATH = "/run/docker.sock";

Deno.test("link makes the link again after the distro's /run was emptied, and keeps it otherwise", async () => {
  await using distro = await openToolTree();
  await distro.tool(ENABLE);
  await Deno.remove(distro.path(PATH));
  assert.equal((await distro.probe()).socket, "missing");
  assert.deepEqual(await distro.tool(LINK), [{ step: "link", path: PATH, outcome: "placed" }]);
  assert.deepEqual(await distro.tool(LINK), [{ step: "link", path: PATH, outcome: "kept" }]);
  assert.equal((await distro.probe()).socket, "ours");
});

Deno.test("A link of an older token becomes the current one", async () => {
  await using distro = await openToolTree({ [PATH]: `-> ${SHARED}/ffff/docker.sock` });
  assert.deepEqual(await distro.tool(LINK), [{ step: "link", path: PATH, outcome: "placed" }]);
  assert.equal(await Deno.readLink(distro.path(PATH)), SOCKET);
});

Deno.test("Another's file, folder or link in place of the socket stays", async () => {
  const others = [
    "text",
    null,
    "-> /mnt/wsl/docker-desktop/shared-sockets/docker.sock",
    `-> ${SHARED}-dev/0/docker.sock`,
  ];
  for (const other of others) {
    await using distro = await openToolTree({ [PATH]: other });
    const before = await distro.list();
    assert.equal((await distro.probe()).socket, "foreign");
    assert.deepEqual(await distro.tool(LINK), [{
      step: "link",
      path: PATH,
      outcome: "skipped",
      why: "foreign",
    }]);
    assert.deepEqual(await distro.list(), before);
  }
});

Deno.test("An engine of the user's that listens keeps its socket, as does one that has died", async () => {
  await using distro = await openToolTree();
  using listener = Deno.listen({ transport: "unix", path: distro.path(PATH) });
  assert.equal((await distro.probe()).socket, "engine");
  assert.deepEqual(await distro.tool(LINK), [{
    step: "link",
    path: PATH,
    outcome: "skipped",
    why: "engine",
  }]);
  listener.close();
  if ((await distro.probe()).socket !== "missing") {
    assert.deepEqual(await distro.tool(LINK), [{
      step: "link",
      path: PATH,
      outcome: "skipped",
      why: "foreign",
    }]);
  }
});

Deno.test("A distro without /run gets no link, and the rest", async () => {
  await using distro = await openToolTree();
  await Deno.remove(distro.path("/run"));
  const before = await distro.list();
  const steps = await distro.tool(ENABLE);
  assert.deepEqual(steps.find(({ step }) => step === "link"), {
    step: "link",
    path: PATH,
    outcome: "skipped",
    why: "missing",
  });
  await distro.tool(["disable"]);
  assert.deepEqual(await distro.list(), before);
});

Deno.test("The shells' file names the socket where the link is missing and no engine is chosen", async () => {
  const OURS = `unix://${SOCKET}`;
  await using distro = await openToolTree({
    "/bin/grep": "-> busybox",
    "/etc/profile.d": null,
    "/var/run": "-> /run",
    "/chosen/config.json": '{"currentContext": "mine"}',
    "/credentials/.docker/config.json": '{"credsStore": "desktop.exe"}',
  });
  await distro.tool(ENABLE);
  const read = async (env: Record<string, string>) => {
    const text = '. /etc/profile.d/windlass.sh; printf %s "${DOCKER_HOST-none}"';
    const { code, stdout, stderr } = await distro.inside(["/bin/sh", "-euc", text], {
      env: { PATH: "/bin", ...env },
    });
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    return stdout;
  };
  assert.equal(await read({}), "none"); // the link is enough, even while the engine sleeps
  await Deno.remove(distro.path(PATH));
  assert.equal(await read({}), OURS);
  assert.equal(await read({ HOME: "/credentials" }), OURS);
  assert.equal(await read({ DOCKER_CONFIG: "/chosen" }), "none");
  assert.equal(await read({ DOCKER_CONTEXT: "mine" }), "none");
  assert.equal(await read({ DOCKER_HOST: "tcp://x:1" }), "tcp://x:1");
});
