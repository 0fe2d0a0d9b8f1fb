import assert from "node:assert/strict";
import { join } from "node:path";
import type { CommandResult } from "../../support/run_command.ts";
import { windowsExecutable, type WindowsInstance } from "../support/windows_instance.ts";

/** The user's folder, beneath the profile. */
const FOLDER = "Docker CLI";

/** How `windlass docker` is called: variables of the user, and stdin. */
interface CliOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** Runs `windlass docker` in {@linkcode FOLDER}. */
type Cli = (args: readonly string[], options?: CliOptions) => Promise<CommandResult>;

/** The instance and tools that a step can use. */
interface Bench {
  readonly instance: WindowsInstance;
  readonly docker: Cli;
  /** {@linkcode FOLDER}, as this machine and as Windows name it. */
  readonly folder: string;
  readonly windowsFolder: string;
}

/** `windlass docker` on Windows: what the user's variables and configuration are to the CLI of the distro. */
export async function dockerCliSteps(test: Deno.TestContext, instance: WindowsInstance): Promise<void> {
  const { wine } = instance.machine;
  const folder = join(wine.profile, FOLDER);
  await Deno.mkdir(folder, { recursive: true });
  const windowsFolder = wine.toWindows(folder);
  const program = wine.toWindows(await windowsExecutable());
  const docker: Cli = (args, { environment = {}, stdin } = {}) =>
    wine.run(
      { program, args: ["docker", ...args], cwd: windowsFolder, environment },
      stdin === undefined ? {} : { stdin },
    );
  for (const [name, run] of Object.entries(STEPS)) {
    await test.step(`windlass docker: ${name}`, () => run({ instance, docker, folder, windowsFolder }));
  }
}

const STEPS: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  "variables reach a container whatever their values are, and no argument shows them": async (
    { instance, docker },
  ) => {
    const environment = {
      GREETING: "Grüße=an 'alle'; \"100 %\"",
      LINES: "one\ntwo=2",
      UID: "1234",
      NODE_ENV: "production",
      DENO_DIR: "D:\\the user's",
      COMPOSE_PROFILES: "a,b",
    };
    const options = Object.keys(environment).flatMap((name) => ["-e", name]);
    const { code, stdout, stderr } = await docker(["run", "--rm", ...options, "busybox", "env"], {
      environment,
    });
    assert.equal(code, 0, stderr);
    for (const [name, value] of Object.entries(environment)) {
      assert.ok(stdout.includes(`${name}=${value}\n`), `${name} in ${stdout}`);
    }
    for (const { commandLine } of instance.machine.wsl.calls) {
      assert.doesNotMatch(commandLine, /Grüße|production/);
    }
  },
  "an engine that the variables choose is not taken": async ({ docker }) => {
    const environment = { DOCKER_HOST: "tcp://127.0.0.1:1", DOCKER_CONTEXT: "gone", DOCKER_TLS_VERIFY: "1" };
    const { stdout, stderr } = await docker(["version", "--format", "{{.Server.Os}}"], { environment });
    assert.equal(stdout, "linux\n", stderr);
  },
  "compose reads its variables, with paths of Windows": async ({ docker, folder, windowsFolder }) => {
    await Deno.writeTextFile(
      join(folder, "one.yaml"),
      'services:\n  web:\n    image: "${IMAGE:?missing}"\n    command: ["echo", "${GREETING}"]\n',
    );
    await Deno.writeTextFile(join(folder, "two.yaml"), "services:\n  web:\n    hostname: second\n");
    await Deno.writeTextFile(join(folder, "usual.env"), "IMAGE=busybox\n");
    const environment = {
      COMPOSE_FILE: `${windowsFolder}\\one.yaml;two.yaml`,
      COMPOSE_ENV_FILES: `${windowsFolder}\\usual.env`,
      COMPOSE_PROJECT_NAME: "named",
      GREETING: "Grüße=5",
    };
    const { code, stdout, stderr } = await docker(["compose", "config"], { environment });
    assert.equal(code, 0, stderr);
    for (const line of ["name: named", "image: busybox", "hostname: second", "- Grüße=5"]) {
      assert.ok(stdout.includes(line), `${line} in ${stdout}`);
    }
  },
  "a credential helper of a product that is gone costs nothing but a sentence": async (
    { docker, folder, windowsFolder },
  ) => {
    await Deno.mkdir(join(folder, "config"), { recursive: true });
    await Deno.writeTextFile(join(folder, "config", "config.json"), '{"credsStore":"desktop"}');
    const environment = { DOCKER_CONFIG: `${windowsFolder}\\config` };
    const ran = await docker(["run", "--rm", "busybox", "echo", "hi"], { environment });
    assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, "hi\n", ""]);
    // Nothing listens there: what matters is that the CLI gets as far as asking the registry.
    const pulled = await docker(["pull", "127.0.0.1:1/none"], { environment });
    assert.equal(pulled.code, 1);
    assert.ok(
      pulled.stderr.includes(
        "Cannot use the credential helper 'docker-credential-desktop': the engine distro cannot run programs of " +
          `Windows. Remove 'desktop' from '${windowsFolder}\\config\\config.json', or leave DOCKER_CONFIG unset.`,
      ),
      pulled.stderr,
    );
    assert.match(pulled.stderr, /refused/i);
  },
  "a build with the ssh agent of Windows is refused": async ({ docker }) => {
    const { code, stdout, stderr } = await docker(["build", "--ssh", "default", "."]);
    assert.deepEqual([code, stdout, stderr], [
      1,
      "",
      "windlass: Cannot use the ssh agent in this build: it is a program of Windows, which the engine distro cannot " +
      "reach\n  WL_NOT_SUPPORTED: Name a key file instead, such as '--ssh default=.ssh/id_ed25519'.\n",
    ]);
  },
  "exit codes are the CLI's": async ({ docker }) => {
    const codes = [
      (await docker(["run", "--rm", "busybox", "sh", "-c", "exit 254"])).code,
      (await docker(["run", "--rm", "busybox", "sh", "-c", "exit 137"])).code,
      (await docker(["run", "--rm", "busybox", "/no/such/program"])).code,
      (await docker(["run", "--no-such-option", "busybox"])).code,
    ];
    assert.deepEqual(codes, [254, 137, 127, 125]);
  },
};
