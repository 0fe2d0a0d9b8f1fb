/** `windlass docker` compared with a Docker CLI that is installed on the machine. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type DockerClient, openDockerClient } from "../../support/docker_client.ts";
import { eventually } from "../../support/eventually.ts";
import { InteractiveProcess } from "../../support/interactive_process.ts";
import { type CommandResult, runChecked, runCommand, type RunOptions } from "../../support/run_command.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import { type StartedWindlass, startWindlass } from "../../support/windlass_instance.ts";

/** Folders that the engine distro has, too, and one that is reached by a link. */
const MACHINE_FOLDERS = ["/var/tmp", "/etc", "/usr/local", "/opt", "/run", "/tmp", "/srv"];

interface Bench {
  readonly instance: StartedWindlass;
  readonly plain: DockerClient;
  /** A folder of the user. */
  readonly folder: string;
  docker(args: readonly string[], options?: RunOptions): Promise<CommandResult>;
  /** Runs the same arguments with both CLIs; the results must be equal but for the order of lines. */
  same(args: readonly string[], options?: RunOptions): Promise<CommandResult>;
}

Deno.test("windlass docker does what a Docker CLI of the machine does", async (test) => {
  await using instance = await startWindlass();
  await using plain = await openDockerClient(instance.dockerHost);
  await using folder = await openTemporaryFolder("windlass user");
  const clients = { DOCKER_CONFIG: plain.env["DOCKER_CONFIG"]!, BUILDX_CONFIG: plain.env["BUILDX_CONFIG"]! };
  const docker = (args: readonly string[], options: RunOptions = {}) =>
    instance.attempt(["docker", ...args], {
      cwd: folder.path,
      ...options,
      env: { ...clients, ...options.env },
    });
  const bench: Bench = {
    instance,
    plain,
    folder: folder.path,
    docker,
    async same(args, options = {}) {
      const sorted = ({ code, stdout }: CommandResult) => [code, ...stdout.split("\n").sort()];
      const [ours, theirs] = [
        await docker(args, options),
        await plain.attempt(args, { cwd: folder.path, ...options }),
      ];
      assert.deepEqual(sorted(ours), sorted(theirs), ours.stderr + theirs.stderr);
      return ours;
    },
  };
  const rootfs = join(instance.home, "distros/windlass/rootfs");
  const before = await namesIn(rootfs);
  for (const [name, run] of Object.entries(CASES)) await test.step(name, () => run(bench));
  await test.step("it leaves nothing in the distro", async () => {
    assert.deepEqual(await namesIn(rootfs), before);
  });
});

const CASES: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  "variables reach it whatever their names and values are": async ({ same, docker }) => {
    const env = {
      GREETING: "hello world",
      LINES: "one\ntwo=2\n",
      UMLAUT: "Grüße",
      EMPTY: "",
      "odd(name)": "x",
      DENO_DIR: "/the/users",
      NODE_ENV: "production",
      NODE_OPTIONS: "--require /nowhere.cjs",
      OTEL_SERVICE_NAME: "shop",
      WINDLASS_NOTE: "the user's",
      LD_LIBRARY_PATH: "/nowhere",
    };
    const options = Object.keys(env).flatMap((name) => ["-e", name]);
    const { stdout } = await same(["run", "--rm", "--hostname", "h", ...options, "busybox", "env"], { env });
    for (const [name, value] of Object.entries(env)) assert.ok(stdout.includes(`${name}=${value}\n`), name);
    const own = ["WINDLASS_EXECUTABLE", "WINDLASS_WSL_HELPER", "LD_PRELOAD"].flatMap((name) => ["-e", name]);
    const inner = await docker(["run", "--rm", ...own, "busybox", "env"], {
      env: { LD_PRELOAD: "/nowhere" },
    });
    assert.doesNotMatch(inner.stdout, /WINDLASS|LD_PRELOAD/);
  },
  "an engine that the variables choose is not taken": async ({ docker }) => {
    const env = {
      DOCKER_HOST: "tcp://127.0.0.1:1",
      DOCKER_CONTEXT: "gone",
      DOCKER_TLS_VERIFY: "1",
      DOCKER_CERT_PATH: "/x",
    };
    assert.equal((await docker(["version", "--format", "{{.Server.Os}}"], { env })).stdout, "linux\n");
  },
  "compose and builds read the variables": async ({ folder, same, docker }) => {
    const env = {
      TAG: "busybox",
      GREETING: "hello world",
      TOKEN: "tok",
      COMPOSE_PROFILES: "x",
      BUILDKIT_PROGRESS: "plain",
    };
    await Deno.writeTextFile(
      join(folder, "compose.yaml"),
      'services:\n  a:\n    image: ${TAG:?missing}\n    profiles: [x]\n    command: ["echo", "${GREETING}"]\n',
    );
    assert.match((await same(["compose", "config"], { env })).stdout, /image: busybox/);
    assert.equal((await same(["compose", "config", "--services"], { env })).stdout, "a\n");
    await Deno.writeTextFile(
      join(folder, "Dockerfile"),
      'FROM busybox\nARG GREETING\nRUN --mount=type=secret,id=s echo "$GREETING" $(cat /run/secrets/s)\n',
    );
    const built = await docker(
      ["build", "--no-cache", "--build-arg", "GREETING", "--secret", "id=s,env=TOKEN", "."],
      { env },
    );
    assert.match(built.stderr, /hello world tok/);
    const platform = { DOCKER_DEFAULT_PLATFORM: "linux/arm64" };
    assert.equal((await same(["run", "--rm", "busybox", "true"], { env: platform })).code, 125);
  },
  "a path means the machine's, in every folder": async ({ docker, folder }) => {
    for (const parent of MACHINE_FOLDERS) {
      const place = await Deno.makeTempDir({ dir: parent, prefix: "windlass-user-" });
      await using cleanup = new AsyncDisposableStack();
      cleanup.defer(() => Deno.remove(place, { recursive: true }));
      await Deno.writeTextFile(join(place, "variables"), "A=1\n");
      await Deno.writeTextFile(join(place, "note"), "from the machine\n");
      await Deno.writeTextFile(join(place, "Dockerfile"), "FROM busybox\nCOPY note /note\n");
      const link = join(folder, "link");
      await Deno.symlink(place, link);
      cleanup.defer(() => Deno.remove(link));
      const inside = { cwd: place };
      const run = ["run", "--rm", "--cidfile", "id", "--env-file", `${place}/variables`, "-v", "./note:/n"];
      const ran = await docker([...run, "busybox", "sh", "-c", "echo $A; cat /n"], inside);
      assert.deepEqual([ran.stdout, ran.stderr], ["1\nfrom the machine\n", ""], place);
      assert.match(await Deno.readTextFile(join(place, "id")), /^[0-9a-f]{64}$/);
      const build = ["build", "--quiet", "--tag", "noted", "--iidfile", `${place}/iid`];
      assert.equal((await docker([...build, "-f", `${place}/Dockerfile`, link], inside)).code, 0, place);
      assert.match(await Deno.readTextFile(join(place, "iid")), /^sha256:/);
      const saved = await docker(["save", "-o", "saved.tar", "busybox"], inside);
      assert.equal(saved.code, 0, saved.stderr);
      assert.ok((await Deno.stat(join(place, "saved.tar"))).size > 1_000_000);
    }
  },
  "cp, compose files and a configuration folder are the machine's": async ({ docker }) => {
    const place = await Deno.makeTempDir({ dir: "/usr/local", prefix: "windlass-user-" });
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => Deno.remove(place, { recursive: true }));
    const id = (await docker(["create", "busybox"])).stdout.trim();
    assert.equal((await docker(["cp", `${id}:/etc/passwd`, `${place}/`])).code, 0);
    assert.match(await Deno.readTextFile(join(place, "passwd")), /^root:/);
    assert.equal((await docker(["cp", "passwd", `${id}:/copied`], { cwd: place })).code, 0);
    await docker(["rm", id]);
    await Deno.writeTextFile(join(place, "compose.yaml"), "services:\n  b:\n    image: busybox\n");
    assert.equal(
      (await docker(["compose", "-f", `${place}/compose.yaml`, "config", "--services"])).stdout,
      "b\n",
    );
    await docker([
      "--config",
      `${place}/config`,
      "context",
      "create",
      "other",
      "--docker",
      "host=tcp://127.0.0.1:1",
    ]);
    assert.ok((await Deno.stat(join(place, "config/contexts/meta"))).isDirectory);
  },
  "it works where the working folder was removed": async ({ instance, folder }) => {
    const line =
      `mkdir gone && cd gone && rmdir ../gone && "$0" docker version --format '{{.Server.Os}}' && ` +
      `"$0" --version && ! "$0" docker save -o x busybox`;
    const env = { WINDLASS_HOME: instance.home };
    const { stdout, stderr } = await runChecked(["sh", "-c", line, instance.executable], {
      cwd: folder,
      env,
    });
    assert.match(stdout, /^linux\nwindlass /);
    assert.match(stderr, /no such file or directory/);
  },
  "a credential helper of the machine is run": async ({ folder, docker }) => {
    const config = await makeConfig(folder, { credHelpers: { "localhost:1": "ours" } });
    const helper = join(folder, "bin/docker-credential-ours");
    await Deno.mkdir(join(folder, "bin"), { recursive: true });
    await Deno.writeTextFile(
      helper,
      `#!/bin/sh\nread name; echo "$1 $name" >> ${"$"}(dirname "$0")/asked\nexit 1\n`,
    );
    await Deno.chmod(helper, 0o755);
    const PATH = `${join(folder, "bin")}:${Deno.env.get("PATH")}`;
    await docker(["pull", "localhost:1/none"], { env: { DOCKER_CONFIG: config, PATH } });
    assert.equal(await Deno.readTextFile(join(folder, "bin/asked")), "get localhost:1\n");
  },
  "a configuration of a product that is gone does not stop it": async ({ folder, docker }) => {
    const config = await makeConfig(folder, {
      credsStore: "gone",
      currentContext: "gone",
      cliPluginsExtraDirs: ["/nowhere"],
    });
    const env = { DOCKER_CONFIG: config };
    assert.equal((await docker(["version", "--format", "{{.Server.Os}}"], { env })).stdout, "linux\n");
    assert.equal((await docker(["build", "-q", "-"], { env, stdin: "FROM busybox\nRUN true\n" })).code, 0);
    await Deno.writeTextFile(join(folder, "pull.yaml"), "services:\n  a:\n    image: localhost:1/none\n");
    const sentence = "Cannot use the credential helper 'docker-credential-gone': no such program in PATH. " +
      `Install it, or remove '"credsStore": "gone"' from '${join(config, "config.json")}'.\n`;
    const pulled = await docker(["compose", "-f", "pull.yaml", "pull"], { env });
    assert.ok(pulled.stderr.includes(sentence), pulled.stderr);
    assert.match(pulled.stderr, /[Cc]onnection refused/);
  },
  "signals reach it, and its exit code is the container's": async ({ instance, docker }) => {
    for (const signal of ["TERM", "INT", "HUP", "QUIT", "USR1", "USR2"] as const) {
      const script = `trap "echo got ${signal}; exit 7" ${signal}; echo ready; while :; do sleep 0.1; done`;
      const argv = [
        instance.executable,
        "docker",
        "run",
        "--rm",
        "--name",
        "signalled",
        "busybox",
        "sh",
        "-c",
        script,
      ];
      await using process = new InteractiveProcess(argv, { WINDLASS_HOME: instance.home });
      await process.waitFor(/ready/);
      assert.equal((await Deno.readTextFile(`/proc/${process.pid}/comm`)).trim(), "docker");
      process.kill(`SIG${signal}`);
      assert.equal((await process.ended()).code, 7, signal);
      assert.match(process.output, new RegExp(`got ${signal}`));
    }
    assert.equal((await docker(["ps", "--all", "--quiet", "--filter", "name=signalled"])).stdout, "");
  },
  "a killed CLI leaves no process": async ({ instance, docker }) => {
    // A name of its own: the processes of the whole machine are searched for it.
    const name = `sleeper-${crypto.randomUUID()}`;
    await docker(["run", "--rm", "-d", "--name", name, "busybox", "sleep", "1000"]);
    const argv = [instance.executable, "docker", "exec", name, "sh", "-c", "echo ready; sleep 77"];
    await using process = new InteractiveProcess(argv, { WINDLASS_HOME: instance.home });
    await process.waitFor(/ready/);
    process.kill("SIGKILL");
    await process.ended();
    await eventually(async () => {
      const { stdout } = await runCommand(["pgrep", "-af", `docker exec ${name}`]);
      assert.equal(stdout, "");
    });
    await docker(["rm", "--force", name]);
  },
  "pipes, a closed input and a reader that goes away": async ({ instance, folder, docker }) => {
    await docker([
      "run",
      "-d",
      "--name",
      "talker",
      "busybox",
      "sh",
      "-c",
      "while :; do echo y; sleep 0.1; done",
    ]);
    const line = `"$0" docker logs -f talker | head -1; "$0" docker ps --quiet <&- | wc -l; ` +
      `head -c 3000000 /dev/zero | "$0" docker run --rm -i busybox wc -c; nohup "$0" docker ps -q 2>&1 | wc -l`;
    const env = { WINDLASS_HOME: instance.home };
    const { stdout } = await runChecked(["sh", "-c", line, instance.executable], { cwd: folder, env });
    assert.equal(stdout, "y\n1\n3000000\n1\n");
    await docker(["rm", "--force", "talker"]);
  },
  "Ctrl-C in a terminal reaches the container": async ({ instance }) => {
    const run = `${instance.executable} docker run --rm -it busybox sh -c ` +
      `'trap "echo interrupted; exit 9" INT; stty size; echo ready; while :; do sleep 0.1; done'; echo "code $?"`;
    const argv = ["script", "-qfc", `stty rows 40 cols 100; ${run}`, "/dev/null"];
    await using process = new InteractiveProcess(argv, {
      WINDLASS_HOME: instance.home,
      SHELL: "/bin/sh",
      TERM: "xterm",
    });
    await process.waitFor(/40 100[\s\S]*ready/);
    await process.write("\x03");
    await process.waitFor(/interrupted[\s\S]*code 9/);
    await process.ended();
  },
  "a build gets the user's ssh agent": async ({ folder, docker }) => {
    const path = join(folder, "agent.sock");
    using _agent = Deno.listen({ transport: "unix", path });
    const dockerfile = 'FROM busybox\nRUN --mount=type=ssh test -S "$SSH_AUTH_SOCK" && echo has-agent\n';
    const built = await docker(["build", "--no-cache", "--progress", "plain", "--ssh", "default", "-"], {
      stdin: dockerfile,
      env: { SSH_AUTH_SOCK: path },
    });
    assert.match(built.stderr, /\d has-agent/);
  },
};

async function makeConfig(folder: string, configuration: Readonly<Record<string, unknown>>): Promise<string> {
  const path = await Deno.makeTempDir({ dir: folder, prefix: "config-" });
  await Deno.writeTextFile(join(path, "config.json"), JSON.stringify(configuration));
  return path;
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) names.push(entry.name);
  return names.sort();
}
