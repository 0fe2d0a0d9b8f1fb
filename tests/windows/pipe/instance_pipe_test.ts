import assert from "node:assert/strict";
import { join } from "node:path";
import type { Status } from "../../../src/api/resources/status.ts";
import { eventually, pause } from "../../support/eventually.ts";
import { REPOSITORY } from "../../support/repository.ts";
import {
  openWindowsInstance,
  START_MILLISECONDS,
  windowsExecutable,
  type WindowsInstance,
} from "../support/windows_instance.ts";

const OWN = "npipe:////./pipe/windlass_engine";
const COMMON = "npipe:////./pipe/docker_engine";

async function statusOf(instance: WindowsInstance): Promise<Status> {
  return JSON.parse(await instance.run(["status", "--json"]));
}

Deno.test("windlass.exe beside another program that has Docker's pipe", async (test) => {
  await using instance = await openWindowsInstance();
  const { machine: { wine }, docker } = instance;
  const squatter = wine.start(wine.denoScript(join(REPOSITORY, "tests/windows/pipe/pipe_squatter.ts")));
  await using _squatter = squatter;
  await squatter.waitFor(/listening/);

  await test.step("start says who has it, and what to do", async () => {
    const { code, stderr } = await instance.attempt(["start"]);
    assert.equal(code, 0, stderr);
    const status = await statusOf(instance);
    assert.deepEqual(status.engine.listening, [OWN]);
    const [warning] = status.warnings;
    assert.equal(warning?.code, "WL_SOCKET_BUSY");
    assert.match(
      warning.message,
      /^Cannot listen on '\\\\\.\\pipe\\docker_engine': another program owns it, .*\\deno\.exe \(\d+\)$/,
    );
    assert.equal(
      warning.remedy,
      `Use 'docker context use windlass' or DOCKER_HOST=${OWN}, or end the other program: ` +
        "Windlass takes over the address as soon as it is free.",
    );
    assert.ok(stderr.includes(warning.message), stderr);
  });

  await test.step("its own pipe and the context reach the engine meanwhile", async () => {
    assert.equal(await docker.run(["--context", "windlass", "run", "--rm", "busybox", "echo", "hi"]), "hi");
    const environment = { DOCKER_HOST: OWN };
    assert.match(await docker.run(["version", "--format", "{{.Server.Os}}"], { environment }), /^linux$/);
  });

  await test.step("it is said once", async () => {
    await pause(5_000); // time for two more tries
    const log = await instance.run(["logs", "--source", "host", "-n", "1000"]);
    assert.equal(log.match(/endpoint\.occupied/g)?.length, 1, log);
  });

  await test.step("the pipe is taken over when the other program ends", async () => {
    await squatter.closeStdin();
    await squatter.ended();
    await eventually(async () => {
      const { engine, warnings } = await statusOf(instance);
      assert.deepEqual([engine.listening, warnings], [[OWN, COMMON], []]);
    });
    assert.equal(await docker.run(["run", "--rm", "busybox", "echo", "hello"]), "hello");
  });

  await test.step("a second home has distros and a pipe of its own", async () => {
    const program = wine.toWindows(await windowsExecutable());
    const second = async (...args: string[]) => {
      const environment = { WINDLASS_HOME: "C:\\Second home" };
      const result = await wine.run({ program, args, environment }, {
        deadlineMilliseconds: START_MILLISECONDS,
      });
      assert.equal(result.code, 0, result.stderr);
      return result;
    };
    // Made by somebody else, so that its rights are the usual ones of a folder.
    await Deno.mkdir(join(wine.driveC, "Second home"), { mode: 0o755 });
    await second("start");
    const status: Status = JSON.parse((await second("status", "--json")).stdout);
    assert.deepEqual(status.warnings.map(({ code, message }) => [code, message]), [[
      "WL_HOME_OPEN",
      "Cannot keep 'C:\\Second home' private: other users of this machine have rights there",
    ]]);
    assert.match(status.distro.name, /^windlass-[0-9a-f]{8}$/);
    const { dockerHost, listening } = status.engine;
    assert.equal(dockerHost, `${OWN}-${status.distro.name.slice("windlass-".length)}`);
    assert.deepEqual(listening, [dockerHost]);
    const environment = { DOCKER_HOST: dockerHost };
    await docker.run(["volume", "create", "second"], { environment });
    assert.equal(await docker.run(["volume", "ls", "--quiet"], { environment }), "second");
    assert.equal(await docker.run(["volume", "ls", "--quiet"]), "");
    await second("uninstall", "--yes");
    await assert.rejects(Deno.stat(join(wine.driveC, "Second home")), Deno.errors.NotFound);
    assert.equal((await statusOf(instance)).engine.state, "running");
  });
});
