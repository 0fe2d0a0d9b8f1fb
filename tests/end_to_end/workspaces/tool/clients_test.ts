import assert from "node:assert/strict";
import { InteractiveProcess } from "../../../support/interactive_process.ts";
import {
  type Additions,
  ENABLE,
  EXECUTABLE,
  openToolTree,
  SHARED,
  SOCKET,
  type ToolTree,
} from "./tool_tree.ts";

/** Stands in for the engine's loader: says what it was called with. */
const LOADER = `#!/bin/sh
printf '%s\\n' "host=\${DOCKER_HOST-none}" "preload=\${LD_PRELOAD-none}" "$@"
exit 7
`;
/** Stands in for WSL's interpreter: notes each call, and makes what a start of Windlass makes. */
const INIT = `#!/bin/sh
echo "$WSL_INTEROP \${WINDLASS_HOME-none} \${WSLENV-none} $*" >> /tmp/starts
if [ -e /tmp/fails ]; then echo 'Cannot start' >&2; exit 3; fi
echo 'Windlass runs'
echo 'Starting the engine' >&2
/bin/mv ${SHARED}/usr-later ${SHARED}/usr
/bin/ln -s /tmp/listening ${SOCKET}
exit 5
`;
const DOCKER = "/usr/local/bin/docker";

const DISTRO: Additions = {
  [`${SHARED}/usr/lib64/ld-linux-x86-64.so.2`]: LOADER,
  [`${SHARED}/usr/bin/docker`]: "#!/bin/sh\n",
  [`${SHARED}/usr/libexec/docker/cli-plugins/docker-compose`]: "#!/bin/sh\n",
  [`${SHARED}/usr/libexec/docker/cli-plugins/docker-buildx`]: "#!/bin/sh\n",
  [SOCKET.replace("/docker.sock", "")]: null,
  [EXECUTABLE]: "MZ",
  "/home/me/.docker": null,
  "/var/run": "-> /run",
};

/** An enabled distro whose engine runs. */
async function openEnabled(additions: Additions = {}, ...options: string[]) {
  await using owned = new AsyncDisposableStack();
  const distro = owned.use(await openToolTree({ ...DISTRO, ...additions }));
  await distro.tool([...ENABLE, ...options]);
  // A path of this machine to the socket itself would be too long.
  const listener = Deno.listen({ transport: "unix", path: distro.path("/tmp/listening") });
  owned.defer(() => listener.close());
  await Deno.chmod(distro.path("/tmp/listening"), 0o666);
  await Deno.symlink("/tmp/listening", distro.path(SOCKET));
  const stack = owned.move();
  return { distro, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** What the loader was called with, after its own options; and the engine that is chosen by a variable. */
async function called(distro: ToolTree, argv: readonly string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await distro.inside(argv, { user: "1000:1000", env });
  assert.deepEqual({ code, stderr }, { code: 7, stderr: "" });
  const [host, preload, ...words] = stdout.trimEnd().split("\n");
  assert.equal(preload, "preload=none");
  return { host: host!.slice("host=".length), words };
}

const loaderWords = (name: string, program: string, ...words: string[]) => [
  ...["--inhibit-cache", "--argv0", name, "--library-path", `${SHARED}/usr/lib/x86_64-linux-gnu`],
  ...[`${SHARED}/usr/${program}`, ...words],
];

Deno.test("docker runs no program of a folder that another user has made in place of the engine's", async () => {
  await using opened = await openEnabled();
  const { distro } = opened;
  const { code } = await distro.outside(["chown", "1001:1001", `${distro.root}${SHARED}`]);
  assert.equal(code, 0);
  const result = await distro.inside([DOCKER, "__complete", ""], { user: "1000:1000" });
  assert.deepEqual([result.code, result.stdout], [125, ""]);
});

Deno.test("docker and its plugins become the engine's programs, with their words and their exit code", async () => {
  await using opened = await openEnabled();
  const { distro } = opened;
  const words = ["run", "", "a b", "ü'\"$x", "--", "-H"];
  assert.deepEqual(await called(distro, [DOCKER, ...words], { LD_PRELOAD: "/x.so" }), {
    host: "none",
    words: loaderWords(DOCKER, "bin/docker", ...words),
  });
  for (const name of ["compose", "buildx"]) {
    const path = `/usr/local/lib/docker/cli-plugins/docker-${name}`;
    assert.deepEqual(
      (await called(distro, [path, name, "version"])).words,
      loaderWords(path, `libexec/docker/cli-plugins/docker-${name}`, name, "version"),
    );
  }
  assert.deepEqual(
    (await called(distro, ["/usr/local/bin/docker-compose", "up"])).words,
    loaderWords("/usr/local/bin/docker-compose", "libexec/docker/cli-plugins/docker-compose", "up"),
  );
});

Deno.test("DOCKER_HOST is set only where the link is missing and the user has chosen no engine", async () => {
  const OURS = `unix://${SOCKET}`;
  await using opened = await openEnabled();
  const { distro } = opened;
  assert.equal((await called(distro, [DOCKER, "ps"])).host, "none");
  await Deno.remove(distro.path("/run/docker.sock"));
  const config = (text: string) => Deno.writeTextFile(distro.path("/home/me/.docker/config.json"), text);
  const HOME = "/home/me";

  assert.equal((await called(distro, [DOCKER, "ps"])).host, OURS);
  assert.equal((await called(distro, [DOCKER, "ps"], { HOME: "/nowhere" })).host, OURS);
  assert.equal((await called(distro, [DOCKER, "ps", "--host", "x"])).host, OURS);
  assert.equal((await called(distro, [DOCKER, "--debug", "-l", "debug", "ps"])).host, OURS);
  assert.equal((await called(distro, [DOCKER, "ps"], { DOCKER_CONTEXT: "default" })).host, OURS);
  for (const options of [["-H", "x"], ["-Hx"], ["-DH", "x"], ["-H=x"], ["--host=x"], ["--host", "x"]]) {
    assert.equal((await called(distro, [DOCKER, ...options, "ps"])).host, "none", options.join(" "));
  }
  for (const options of [["-c", "x"], ["--context", "x"], ["--context=x"]]) {
    assert.equal((await called(distro, [DOCKER, ...options, "ps"])).host, "none", options.join(" "));
  }
  assert.equal((await called(distro, [DOCKER, "ps"], { DOCKER_HOST: "tcp://x:1" })).host, "tcp://x:1");
  assert.equal((await called(distro, [DOCKER, "ps"], { DOCKER_CONTEXT: "x" })).host, "none");

  await config('{"auths":{"currentContext":{}},"credsStore":"}\\"","currentContext" : "mine"}');
  assert.equal((await called(distro, [DOCKER, "ps"], { HOME })).host, "none");
  assert.equal((await called(distro, [DOCKER, "ps"], { DOCKER_CONFIG: "/home/me/.docker" })).host, "none");
  assert.equal((await called(distro, [DOCKER, "--config", "/home/me/.docker", "ps"])).host, "none");
  assert.equal((await called(distro, [DOCKER, "--config", "/nowhere", "ps"], { HOME })).host, OURS);
  const others = [
    '{"currentContext":"default"}',
    '{"x":{"currentContext":"mine"}}',
    '{"currentContext":null}',
    "",
    "{",
    '["',
  ];
  for (const text of others) {
    await config(text);
    assert.equal((await called(distro, [DOCKER, "ps"], { HOME })).host, OURS, text);
  }
});

Deno.test("Without interop and without an engine the command says what to do, and ends with 125", async () => {
  await using distro = await openToolTree(DISTRO);
  await distro.tool(ENABLE);
  const message =
    "windlass: the engine is not running, and this distro cannot start Windows programs. Run 'windlass start' in " +
    "Windows, or switch [interop] on in /etc/wsl.conf.\n";
  const all = [[DOCKER, "ps"], [DOCKER, "-D", "run", "x", "--help"], ["/usr/local/bin/docker-compose", "up"]];
  // Ours, by whichever name.
  const hosts = [`unix://${SOCKET}`, "unix:///var/run/docker.sock", "unix:///run/docker.sock"];
  const results = await Promise.all([
    ...all.map((argv) => distro.inside(argv, { user: "1000:1000" })),
    ...hosts.map((DOCKER_HOST) => distro.inside([DOCKER, "ps"], { env: { DOCKER_HOST } })),
  ]);
  for (const { code, stdout, stderr } of results) {
    assert.deepEqual({ code, stdout, stderr }, { code: 125, stdout: "", stderr: message });
  }
  const { code, stderr } = await distro.inside(["/usr/local/bin/windlass", "status"]);
  assert.equal(code, 125);
  assert.equal(
    stderr,
    "windlass: this distro cannot start Windows programs. Run 'windlass' in Windows, or switch [interop] on in " +
      "/etc/wsl.conf.\n",
  );
});

Deno.test("Without interop a command waits until Windlass has noticed that the distro runs", async () => {
  await using distro = await openToolTree(DISTRO);
  await distro.tool(ENABLE);
  using _engine = Deno.listen({ transport: "unix", path: distro.path("/tmp/listening") });
  const command = distro.inside([DOCKER, "ps"]);
  await Deno.symlink("/tmp/listening", distro.path(SOCKET));
  const { code, stderr } = await command;
  assert.deepEqual({ code, stderr }, { code: 7, stderr: "" });
});

Deno.test("Commands that need no engine run without one, and so does another engine of the user's", async () => {
  await using distro = await openToolTree(DISTRO);
  await distro.tool(ENABLE);
  const asked = [[], ["--version"], ["-v"], ["--help"], ["help", "run"], ["completion", "bash"], [
    "__complete",
    "ru",
  ]];
  const more = [["context", "ls"], ["docker-cli-plugin-metadata"], ["compose", "version"], [
    "buildx",
    "--help",
  ]];
  for (const words of [...asked, ...more]) await called(distro, [DOCKER, ...words]);
  await called(distro, [DOCKER, "ps"], { DOCKER_HOST: "tcp://x:1" });
  await called(distro, [DOCKER, "-H", "x", "ps"]);
});

/** An enabled distro that can start Windows programs, while the engine sleeps: its programs are not there either. */
async function openAsleep(...options: string[]) {
  await using owned = new AsyncDisposableStack();
  const applets = Object.fromEntries(["mv", "ln"].map((name) => [`/bin/${name}`, "-> busybox"]));
  const distro = owned.use(
    await openToolTree({
      ...DISTRO,
      ...applets,
      "/init": INIT.replace("exit 5", "exit 0"),
      "/run/WSL": null,
    }),
  );
  await distro.tool([...ENABLE, ...options]);
  for (const server of [`${Deno.pid}_interop`, "999999999_interop"]) {
    const listener = Deno.listen({ transport: "unix", path: distro.path(`/run/WSL/${server}`) });
    owned.defer(() => listener.close());
  }
  const engine = Deno.listen({ transport: "unix", path: distro.path("/tmp/listening") });
  owned.defer(() => engine.close());
  await Deno.rename(distro.path(`${SHARED}/usr`), distro.path(`${SHARED}/usr-later`));
  const stack = owned.move();
  return { distro, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const startsOf = async (distro: ToolTree) =>
  (await Deno.readTextFile(distro.path("/tmp/starts"))).trimEnd().split("\n");

Deno.test("A command starts the engine through the newest living server of interop, and then runs", async () => {
  await using opened = await openAsleep("--home", "C:\\own home");
  const { distro } = opened;
  const { code, stdout, stderr } = await distro.inside([DOCKER, "ps"], {
    env: { WSL_INTEROP: "/run/WSL/7_interop", WSLENV: "A/p" },
  });
  assert.deepEqual({ code, stderr }, { code: 7, stderr: "" });
  assert.match(stdout, /^host=none\n/); // and nothing of what the start has said
  assert.deepEqual(await startsOf(distro), [
    `/run/WSL/${Deno.pid}_interop C:\\own home A/p:WINDLASS_HOME/w ${EXECUTABLE} ${EXECUTABLE} start`,
  ]);
});

Deno.test("A shell that asks for completions starts nothing, and gets none while the engine sleeps", async () => {
  await using opened = await openAsleep();
  const { distro } = opened;
  for (const words of [["__complete", "ps", ""], ["__completeNoDesc", "ru"]]) {
    const { code, stdout, stderr } = await distro.inside([DOCKER, ...words]);
    assert.deepEqual({ code, stdout, stderr }, { code: 125, stdout: "", stderr: "" });
  }
  await assert.rejects(startsOf(distro), Deno.errors.NotFound);
});

Deno.test("Many commands at once start the engine once, and all run", async () => {
  await using opened = await openAsleep();
  const { distro } = opened;
  const results = await Promise.all(Array.from({ length: 20 }, () => distro.inside([DOCKER, "ps"])));
  assert.deepEqual(results.map(({ code }) => code), Array(20).fill(7));
  assert.equal((await startsOf(distro)).length, 1);
});

Deno.test("A start that fails is an error with its exit code; its own words come first", async () => {
  await using opened = await openAsleep();
  const { distro } = opened;
  await Deno.writeTextFile(distro.path("/tmp/fails"), "");
  const { code, stdout, stderr } = await distro.inside([DOCKER, "ps"]);
  assert.deepEqual({ code, stdout, stderr }, {
    code: 125,
    stdout: "",
    stderr: "Cannot start\nwindlass: the engine does not start: 'windlass start' has ended with 3.\n",
  });
  await Deno.remove(distro.path(EXECUTABLE));
  const missing = await distro.inside([DOCKER, "ps"]);
  assert.equal(
    missing.stderr,
    `windlass: the engine is not running, and '${EXECUTABLE}' is missing. Run 'windlass start' in Windows; if ` +
      "Windlass has moved, 'windlass workspace enable' makes this distro find it.\n",
  );
});

Deno.test("windlass is the Windows program, with its words, its exit code and this terminal", async () => {
  await using distro = await openToolTree({
    ...DISTRO,
    "/init": '#!/bin/sh\nprintf "%s\\n" "$@"\nread -r line\necho "read $line"\nexit 5\n',
    "/run/WSL": null,
  });
  await distro.tool(ENABLE);
  using _server = Deno.listen({ transport: "unix", path: distro.path(`/run/WSL/${Deno.pid}_interop`) });
  await using command = new InteractiveProcess([
    ...["nsenter", `--mount=/proc/${distro.holder}/ns/mnt`, "/usr/sbin/chroot", distro.root],
    ...["/usr/local/bin/windlass", "status", "a b", ""],
  ]);
  await command.write("hello\n");
  assert.equal((await command.ended()).code, 5);
  assert.equal(command.output, `${EXECUTABLE}\n${EXECUTABLE}\nstatus\na b\n\nread hello\n`);
});
