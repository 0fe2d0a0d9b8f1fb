/** A distro that starts and stops again and again while clients in it, in another distro and on the machine ask. */
import assert from "node:assert/strict";
import { openDockerClient } from "../support/docker_client.ts";
import { eventually } from "../support/eventually.ts";
import { TEST_IMAGE } from "../support/test_image.ts";
import { openUserDistro } from "../support/user_distros/user_distro.ts";
import { openWorkspace, startWindlassWithImage } from "../support/user_distros/workspace.ts";
import { withLogs } from "./with_logs.ts";

const STOPS = Deno.env.get("WINDLASS_LONG_CASES") === "1" ? 200 : 12;

Deno.test("starts and stops of a distro while clients ask harm nobody else", async () => {
  await using instance = await startWindlassWithImage();
  await using docker = await openDockerClient(instance.dockerHost);
  await using steady = await openWorkspace(instance, "busybox");
  await using distro = await openUserDistro(instance, "debian");
  await instance.run(["workspace", "enable", "debian"]);
  await distro.script("echo kept > ~/file");

  await withLogs(instance, async () => {
    let stopped = false;
    const untilStopped = async (ask: () => Promise<unknown>) => {
      let answers = 0;
      for (; !stopped; answers++) await ask();
      return answers;
    };
    const asking = Promise.all([
      untilStopped(() => docker.run(["version"])),
      untilStopped(() => steady.script("docker version")),
      // Its distro is stopped under it: only that it comes to an end counts.
      untilStopped(() =>
        distro.attempt(["/usr/local/bin/docker", "run", "--rm", "-v", "/home/me:/me", TEST_IMAGE])
      ),
    ]);
    asking.catch(() => {}); // a failure is thrown where it is awaited, after the stops
    try {
      for (let index = 0; index < STOPS; index++) {
        await distro.script("docker ps --quiet").catch(() => {});
        await distro.terminate();
      }
    } finally {
      stopped = true;
    }
    for (const answers of await asking) assert.ok(answers > 0);

    const seen = () => distro.script(`docker run --rm -v /home/me:/me ${TEST_IMAGE} cat /me/file`);
    assert.equal(await eventually(seen), "kept");
    // The engine may be removing the last ones by itself at this moment.
    await eventually(() =>
      distro.script("docker ps --all --quiet | xargs --no-run-if-empty docker rm --force")
    );
  });
});

Deno.test("wsl --shutdown under load: every workspace works again at its next request", async () => {
  await using instance = await startWindlassWithImage();
  await using distro = await openUserDistro(instance, "debian");
  await instance.run(["workspace", "enable", "debian"]);
  await distro.script("echo kept > ~/file");
  const run = `docker run --detach --restart always --name kept -v /home/me/file:/file ${TEST_IMAGE}`;
  await distro.script(`${run} sh -c 'cat /file; exec sleep 1000'`);

  await instance.run(["wsl", "--shutdown"]);
  await withLogs(instance, async () => {
    await eventually(async () => {
      assert.equal(await distro.script("docker inspect --format '{{.State.Running}}' kept"), "true");
    });
    assert.equal(await distro.script("docker exec kept cat /file"), "kept");
    await distro.script("docker rm --force kept");
  });
});

Deno.test("two commands that switch the same distro on and off at once leave one of both states", async () => {
  await using instance = await startWindlassWithImage();
  await using distro = await openUserDistro(instance, "busybox");
  for (let round = 0; round < 3; round++) {
    await Promise.all(
      ["enable", "disable", "enable", "check"].map((verb) =>
        instance.attempt(["workspace", verb, "busybox"])
      ),
    );
  }
  await instance.run(["workspace", "enable", "busybox"]);
  await distro.script("docker version");
});
