import assert from "node:assert/strict";
import {
  type Additions,
  ENABLE,
  EXECUTABLE,
  MANIFEST,
  openToolTree,
  SHARED,
  SOCKET,
  SOME_PROGRAM,
  TOOL,
} from "./tool_tree.ts";

const EVERYTHING: Additions = {
  "/usr/local/bin": null,
  "/usr/share/bash-completion": null,
  "/usr/bin/zsh": SOME_PROGRAM,
  "/usr/bin/bash": SOME_PROGRAM,
  "/etc/fish/config.fish": "",
  "/etc/profile.d": null,
  "/usr/lib/tmpfiles.d": null,
  "/etc/group": "root:x:0:\ndockerroot:x:7:\ndocker:x:998:me\n",
  "/var/run": "-> /run",
};

const DISTROS: Readonly<Record<string, Additions>> = {
  "nothing but a shell": {},
  "every shell, systemd's tmpfiles and bash-completion": EVERYTHING,
  "/usr/local as a link of root's": { "/opt/local/bin": null, "/usr/local": "-> ../opt/local" },
  "/var/run as a folder of its own": { "/var/run": null },
  "a folder of the user's in the folder of completions": {
    "/usr/local/share/zsh/mine": "x",
    "/bin/zsh": SOME_PROGRAM,
  },
  "a docker of its own": { "/usr/bin/docker": SOME_PROGRAM, "/etc/profile.d": null },
  "what a removed Docker Desktop leaves": {
    "/usr/bin/docker": "-> /mnt/wsl/docker-desktop/cli-tools/usr/bin/docker",
    "/usr/local/lib/docker/cli-plugins/docker-scout": "-> /mnt/wsl/docker-desktop/cli-tools/docker-scout",
  },
};

for (const [name, additions] of Object.entries(DISTROS)) {
  Deno.test(`A distro with ${name} is as before after enable and disable, each also repeated`, async () => {
    await using distro = await openToolTree(additions);
    const before = await distro.list();
    await distro.tool(ENABLE);
    const enabled = await distro.list();
    assert.notDeepEqual(enabled, before);
    const again = await distro.tool(ENABLE);
    assert.deepEqual(again.filter(({ outcome }) => outcome === "placed"), [
      { step: "manifest", path: MANIFEST, outcome: "placed" },
    ]);
    const { files, socket, manifest } = await distro.probe() as
      & { files: { state: string }[] }
      & Record<string, unknown>;
    assert.ok(files.length > 0 && files.every(({ state }) => state === "placed"), JSON.stringify(files));
    assert.deepEqual({ socket, manifest }, { socket: "ours", manifest: true });

    const [{ kept }] = await distro.tool(["disable"]) as [{ kept: unknown }];
    assert.deepEqual(kept, []);
    assert.deepEqual(await distro.list(), before);
    assert.deepEqual(await distro.tool(["disable"]), [{ removed: [], kept: [] }]);
    assert.deepEqual(await distro.list(), before);
  });
}

Deno.test("enable places exactly these files where every shell and tmpfiles are", async () => {
  await using distro = await openToolTree(EVERYTHING);
  const steps = await distro.tool([...ENABLE, "--home", "C:\\Users\\Zoë O'Neil\\windlass"]);
  const placed = steps.filter(({ step }) => step !== "done").map(({ step, path, outcome }) =>
    `${step} ${path} ${outcome}`
  );
  assert.deepEqual(placed, [
    `manifest ${MANIFEST} placed`,
    "file /usr/local/share/windlass/workspace.conf placed",
    "file /usr/local/bin/windlass placed",
    "file /usr/local/bin/docker placed",
    "file /usr/local/lib/docker/cli-plugins/docker-compose placed",
    "file /usr/local/lib/docker/cli-plugins/docker-buildx placed",
    "file /usr/local/bin/docker-compose placed",
    "file /etc/tmpfiles.d/windlass.conf placed",
    "file /etc/profile.d/windlass.sh placed",
    "file /etc/fish/conf.d/windlass.fish placed",
    "file /usr/local/share/bash-completion/completions/docker placed",
    "file /usr/local/share/zsh/site-functions/_docker placed",
    "file /etc/fish/completions/docker.fish placed",
    "link /run/docker.sock placed",
  ]);
  const read = (path: string) => Deno.readTextFile(distro.path(path));
  assert.equal(
    await read("/usr/local/share/windlass/workspace.conf"),
    `shared=${SHARED}\nsocket=${SOCKET}\nexecutable=${EXECUTABLE}\nhome=C:\\Users\\Zoë O'Neil\\windlass\n`,
  );
  assert.match(
    await read("/etc/tmpfiles.d/windlass.conf"),
    new RegExp(`\nL /run/docker.sock - - - - ${SOCKET}\n$`),
  );
  assert.equal(await Deno.readLink(distro.path("/run/docker.sock")), SOCKET);
  assert.equal((await Deno.lstat(distro.path("/usr/local/bin/docker"))).mode! & 0o7777, 0o755);
  // The host keeps the same list.
  const { manifest } = steps.at(-1) as { manifest: unknown };
  assert.deepEqual(JSON.parse(await read(MANIFEST)), { shared: SHARED, entries: manifest });
});

Deno.test("probe says what the distro has, before and after enable", async () => {
  await using distro = await openToolTree(EVERYTHING);
  const found = {
    automountRoot: "/mnt/",
    dockerGroup: 998,
    writable: true,
    interop: false,
    systemd: false,
    shells: ["sh", "bash", "zsh"],
    socket: "missing",
    docker: "missing",
    files: [],
    manifest: false,
  };
  assert.deepEqual(await distro.probe(), found);
  await distro.tool(ENABLE);
  await Deno.remove(distro.path("/usr/local/bin/docker-compose"));
  await Deno.writeTextFile(distro.path("/etc/profile.d/windlass.sh"), "# mine\n", { append: true });
  await Deno.mkdir(distro.path("/run/systemd/system"), { recursive: true });
  const { files, ...rest } = await distro.probe() as { files: { path: string; state: string }[] };
  assert.deepEqual(rest, {
    automountRoot: "/mnt/",
    dockerGroup: 998,
    writable: true,
    interop: false,
    systemd: true,
    shells: ["sh", "bash", "zsh"],
    socket: "ours",
    docker: "ours",
    manifest: true,
    shared: SHARED,
  });
  assert.deepEqual(files.filter(({ state }) => state !== "placed"), [
    { path: "/usr/local/bin/docker-compose", state: "missing" },
    { path: "/etc/profile.d/windlass.sh", state: "changed" },
  ]);
});

Deno.test("whoami says who runs it, even without an account", async () => {
  await using distro = await openToolTree();
  const { stdout } = await distro.inside([TOOL, "whoami"], { user: "1234:1234" });
  assert.equal(stdout, '{"uid":1234,"gid":1234}\n');
});

Deno.test("A user who is not root changes nothing", async () => {
  await using distro = await openToolTree();
  const before = await distro.list();
  for (const verb of [ENABLE, ["disable"], ["link", "--socket", SOCKET], ["share", "--to", "/tmp/x"]]) {
    assert.deepEqual(await distro.failure(verb, "1000:1000"), {
      error: "not-root",
      message: "Cannot change this distro: this needs its user root",
    });
  }
  assert.deepEqual(await distro.list(), before);
});

Deno.test("Wrong options are refused, with the option in the message", async () => {
  await using distro = await openToolTree();
  const before = await distro.list();
  const cases: [string[], string][] = [
    [["enable", "--shared"], "Cannot run: '--shared' has no value"],
    [["enable", "--sharde", "/x"], "Cannot run: '--sharde' is not an option"],
    [["enable", "--socket", SOCKET], "Cannot run: the option --shared is missing"],
    [[...ENABLE, "--home", "a\nexecutable=/bin/sh"], "Cannot run: --home has a control character"],
    [
      [...ENABLE, "--socket", "/run/x/docker.sock"],
      `Cannot run: '/run/x/docker.sock' is not a socket of '${SHARED}'`,
    ],
    [["probe", "--shared", "/somewhere"], "Cannot run: '/somewhere' is not a shared folder"],
  ];
  for (const [verb, message] of cases) {
    assert.deepEqual(await distro.failure(verb), { error: "usage", message });
  }
  assert.deepEqual(await distro.list(), before);
});
