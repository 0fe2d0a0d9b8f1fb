// lock: flood
/** Nothing that a program of the machine, an image or a stopped process does ends or freezes the host for good. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { floodConnections } from "../support/connection_flood.ts";
import { type DockerClient, openDockerClient } from "../support/docker_client.ts";
import { eventually } from "../support/eventually.ts";
import { importTestImage, TEST_IMAGE } from "../support/test_image.ts";
import { type StartedWindlass, startWindlass } from "../support/windlass_instance.ts";

/** What a login shell gives at most on many systems. */
const DESCRIPTORS = 4_096;
const CONNECTIONS = 5_000;
/** A user waits this long for an answer before it feels stuck; an idle machine needs a tenth of it. */
const PROMPT_MILLISECONDS = 5_000;
/** How many times as long as usual an answer may take, on a machine that is slow without a flood too. */
const TIMES_AS_LONG = 10;
/** Without a flood: far above what any machine needs. */
const USUAL_MILLISECONDS = 120_000;
/** Bytes of a line that the log takes whole; a command longer than this is cut. */
const COMMAND_CHARACTERS = 14_000;

Deno.test("the host survives floods, hostile images and being stopped", async (test) => {
  await using windlass = await startWindlass({ descriptors: DESCRIPTORS });
  await using docker = await openDockerClient(windlass.dockerHost);
  await importTestImage(docker);
  const { host: { pid } } = await windlass.status();
  assert.ok(pid !== null);
  const begun = performance.now();
  await isPrompt(windlass, docker, USUAL_MILLISECONDS);
  const prompt = Math.max(PROMPT_MILLISECONDS, TIMES_AS_LONG * Math.round(performance.now() - begun));

  await test.step("10,000 idle and half-sent connections to its API", async () => {
    const { url } = JSON.parse(await Deno.readTextFile(join(windlass.home, "api.json")));
    const address = { hostname: "127.0.0.1", port: Number(new URL(url).port) };
    using idle = await floodConnections(address, CONNECTIONS);
    using half = await floodConnections(address, CONNECTIONS, "GET /v1/status HTTP/1.1\r\nHost:");
    await isPrompt(windlass, docker, prompt);
    await eventually(() =>
      assert.ok(idle.open + half.open <= DESCRIPTORS / 8, `${idle.open} and ${half.open} are open`)
    );
    assert.equal((await windlass.status()).host.pid, pid);
  });

  await test.step("health checks whose commands are hard to search", async () => {
    const names: string[] = [];
    for (const [index, text] of ["a-", "a.", "password-"].entries()) {
      const command = text.repeat(COMMAND_CHARACTERS / text.length);
      const image = `windlass-test/hostile:${index}`;
      await docker.run(["create", "--name", `source${index}`, TEST_IMAGE, "true"]);
      const check = `HEALTHCHECK --interval=1s CMD ["${command}"]`;
      await docker.run(["commit", "--change", check, `source${index}`, image]);
      await docker.run(["run", "-d", "--name", `hostile${index}`, image, "sleep", "600"]);
      names.push(`source${index}`, `hostile${index}`);
    }
    await eventually(async () => {
      const lines = await windlass.run(["logs", "--lines", "200", "--source", "dockerd"]);
      assert.match(lines, /a-a-a-a-/);
    });
    for (let round = 0; round < 3; round++) await isPrompt(windlass, docker, prompt);
    await docker.run(["rm", "-f", ...names]);
  });

  await test.step("a host that is stopped is ended by 'windlass stop'", async () => {
    Deno.kill(pid, "SIGSTOP");
    const { code, stderr } = await windlass.attempt(["stop"]);
    assert.equal(
      stderr,
      `The host (process ${pid}) does not answer; ending it\nIts containers were ended with it\nWindlass has stopped\n`,
    );
    assert.equal(code, 0);
    assert.equal((await windlass.status()).engine.state, "stopped");
    await assert.rejects(Deno.stat(join(windlass.home, "api.json")), Deno.errors.NotFound);
  });

  await test.step("the next start finds everything in order", async () => {
    await windlass.run(["start"]);
    assert.equal(await docker.run(["run", "--rm", TEST_IMAGE, "echo", "well"]), "well");
  });
});

/** Both ways to the host answer promptly. */
async function isPrompt(
  windlass: StartedWindlass,
  docker: DockerClient,
  deadlineMilliseconds: number,
): Promise<void> {
  await windlass.run(["status"], { deadlineMilliseconds });
  await docker.run(["ps"], { deadlineMilliseconds });
}
