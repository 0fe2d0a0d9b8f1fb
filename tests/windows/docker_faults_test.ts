import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { openWindowsInstance, type WindowsInstance } from "./support/windows_instance.ts";
import { WSL_FOLDER } from "./wsl_stub/install_wsl.ts";

const OWN_PIPE = "npipe:////./pipe/windlass_engine";
const COMMON_PIPE = "npipe:////./pipe/docker_engine";

/** Milliseconds in which a broken engine must be back: a start of dockerd on a busy machine, and its pauses. */
const RECOVERY_MILLISECONDS = 60_000;

interface Status {
  readonly host: { readonly pid: number };
  readonly engine: { readonly state: string; readonly listening: readonly string[] };
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

async function statusOf(instance: WindowsInstance): Promise<Status> {
  return JSON.parse(await instance.run(["status", "--json"]));
}

/** What a container wrote into a volume before the fault must be there, and a new container must run. */
async function recovered({ docker }: WindowsInstance): Promise<void> {
  const args = ["run", "--rm", "-v", "kept:/kept", "busybox", "cat", "/kept/word"];
  await eventually(async () => assert.equal(await docker.run(args), "kept"), RECOVERY_MILLISECONDS);
}

Deno.test("windlass.exe lives with another product's pipe, a lost engine and a killed host", async (test) => {
  await using instance = await openWindowsInstance();
  const { docker, machine: { wine } } = instance;
  const wsl = (...args: string[]) => wine.run({ program: `${WSL_FOLDER}wsl.exe`, args });

  await test.step("it starts beside a product that has docker_engine, and says so", async () => {
    await using squatter = wine.start(
      wine.denoScript(join(import.meta.dirname!, "support/pipe_squatter.ts")),
    );
    await squatter.waitFor(/listening/);
    await instance.run(["start"]);
    const { engine, warnings } = await statusOf(instance);
    assert.deepEqual(engine.listening, [OWN_PIPE]);
    assert.deepEqual(warnings.map(({ code }) => code), ["WL_SOCKET_BUSY"]);
    assert.match(warnings[0]!.message, /^Cannot listen on '\\\\\.\\pipe\\docker_engine': .*deno\.exe/);
    assert.equal(await docker.run(["--context", "windlass", "run", "--rm", "busybox", "echo", "hi"]), "hi");
  });

  await test.step("it takes the pipe over when the other product has gone", async () => {
    await eventually(async () => {
      const { engine, warnings } = await statusOf(instance);
      assert.deepEqual([engine.listening, warnings], [[OWN_PIPE, COMMON_PIPE], []]);
    });
    const write = ["run", "--rm", "-v", "kept:/kept", "busybox", "sh", "-c", "echo kept > /kept/word"];
    await docker.run(write);
  });

  await test.step("another program's 'wsl --terminate' ends the engine; it comes back by itself", async () => {
    await using waiting = docker.start(["run", "--rm", "busybox", "sleep", "600"]);
    await eventually(async () => assert.notEqual(await docker.run(["ps", "--quiet"]), ""));
    assert.equal((await wsl("--terminate", "windlass")).code, 0);
    assert.notEqual((await waiting.ended()).code, 0);
    await recovered(instance);
  });

  await test.step("so does 'wsl --shutdown'", async () => {
    assert.equal((await wsl("--shutdown")).code, 0);
    await recovered(instance);
  });

  await test.step("a killed host leaves clients with an error, and the next start with all data", async () => {
    const { host } = await statusOf(instance);
    const killed = await wine.run({ program: "taskkill", args: ["/f", "/pid", `${host.pid}`] });
    assert.equal(killed.code, 0, killed.stdout + killed.stderr);
    const { code, stderr } = await docker.attempt(["ps"]);
    assert.equal(code, 1);
    assert.match(stderr, /docker_engine/);
    await instance.run(["start"]);
    await recovered(instance);
  });
});
