import assert from "node:assert/strict";
import {
  removeDockerContext,
  useDockerContext,
  writeDockerContext,
} from "../../../src/docker_context/docker_context.ts";
import { runCommand } from "../../support/run_command.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import { openTestClients } from "../../support/test_clients.ts";

const HOST = "unix:///nowhere/docker.sock";

Deno.test("The Docker CLI reads, uses, changes and misses the context that Windlass makes", async (test) => {
  await using folder = await openTemporaryFolder("windlass-context");
  const { docker } = await openTestClients();
  const run = (...args: string[]) =>
    runCommand([docker, "--config", folder.path, ...args], { env: { DOCKER_CLI_HINTS: "false" } });
  const current = async () => (await run("context", "show")).stdout.trim();

  await test.step("inspect shows the endpoint, and the default stays current", async () => {
    await writeDockerContext(folder.path, HOST);
    const [context] = JSON.parse((await run("context", "inspect", "windlass")).stdout);
    assert.equal(context.Name, "windlass");
    assert.equal(context.Metadata.Description, "Docker in Windlass");
    assert.deepEqual(context.Endpoints, { docker: { Host: HOST, SkipTLSVerify: false } });
    assert.equal(await current(), "default");
  });

  await test.step("it is current when asked, and leads to the endpoint", async () => {
    await useDockerContext(folder.path);
    assert.equal(await current(), "windlass");
    const { code, stderr } = await run("version");
    assert.equal(code, 1);
    assert.ok(stderr.includes(HOST), stderr);
  });

  await test.step("one that the CLI has changed is still ours", async () => {
    assert.equal((await run("context", "update", "windlass", "--description", "mine")).code, 0);
    await writeDockerContext(folder.path, HOST);
    assert.match((await run("context", "inspect", "windlass")).stdout, /"Description": "Docker in Windlass"/);
  });

  await test.step("after its removal the CLI uses the default again", async () => {
    await removeDockerContext(folder.path);
    assert.equal(await current(), "default");
    assert.equal((await run("context", "inspect", "windlass")).code, 1);
  });

  await test.step("one that the user has made with the CLI stays", async () => {
    assert.equal((await run("context", "create", "windlass", "--docker", "host=tcp://x:1")).code, 0);
    await assert.rejects(writeDockerContext(folder.path, HOST), { code: "WL_CONTEXT_TAKEN" });
    await removeDockerContext(folder.path);
    assert.match((await run("context", "inspect", "windlass")).stdout, /tcp:\/\/x:1/);
  });
});
