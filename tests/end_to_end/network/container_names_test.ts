/** A program that has the network proxy set calls other containers by the names that Docker gives them. */
import assert from "node:assert/strict";
import { openDockerClient } from "../../support/docker_client.ts";
import { eventually } from "../../support/eventually.ts";
import { importTestImage, TEST_IMAGE } from "../../support/test_image.ts";
import { startWindlass } from "../../support/windlass_instance.ts";

const PROXY = "http://http.docker.internal:3128";

Deno.test("names of containers through the network proxy", async (test) => {
  await using windlass = await startWindlass();
  await using docker = await openDockerClient(windlass.dockerHost);
  await importTestImage(docker);
  for (const network of ["shop", "other"]) await docker.run(["network", "create", network]);
  const page = "mkdir /www && echo hello >/www/page && exec httpd -f -p 8080 -h /www";
  const service = ["run", "--detach", "--network", "shop", "--label", "com.docker.compose.service=api"];
  await docker.run([...service, "--name", "shop-api-1", TEST_IMAGE, "sh", "-c", page]);
  const fetch = (network: string, url: string) =>
    docker.attempt([
      ...["run", "--rm", "--network", network, "-e", `http_proxy=${PROXY}`],
      ...[TEST_IMAGE, "wget", "-q", "-O-", "-T", "60", url],
    ]);

  await test.step("a service is found by its name and that of its container", async () => {
    for (const name of ["api", "shop-api-1"]) {
      await eventually(async () => {
        const { stdout, stderr } = await fetch("shop", `http://${name}:8080/page`);
        assert.equal(stdout, "hello\n", stderr);
      });
    }
    const { hosts } = JSON.parse(await windlass.run(["network", "--json"]));
    assert.equal(hosts[0].rule, "the host is a container of the same network");
    assert.deepEqual([hosts[0].host, hosts[0].client, hosts[0].reached], ["shop-api-1", "container", true]);
  });

  await test.step("a container of another network does not reach it", async () => {
    const { code, stderr } = await fetch("other", "http://api:8080/page");
    assert.notEqual(code, 0);
    assert.match(stderr, /502/);
    const { hosts } = JSON.parse(await windlass.run(["network", "--json"]));
    // Or that no name server answers, on a machine without one.
    assert.match(hosts[0].outcome, /^Cannot connect to api:8080: .*\bname\b/);
  });

  await test.step("a container that the network keeps apart from others does not reach it", async () => {
    const apart = ["--opt", "com.docker.network.bridge.enable_icc=false", "apart"];
    await docker.run(["network", "create", ...apart]);
    await docker.run(["network", "connect", "apart", "shop-api-1"]);
    const { code, stderr } = await fetch("apart", "http://shop-api-1:8080/page");
    assert.notEqual(code, 0);
    assert.match(stderr, /502/);
    const { hosts } = JSON.parse(await windlass.run(["network", "--json"]));
    assert.notEqual(hosts[0].rule, "the host is a container of the same network");
  });

  await test.step("a container that is gone is not found any more", async () => {
    await docker.run(["rm", "--force", "shop-api-1"]);
    await eventually(async () => assert.match((await fetch("shop", "http://api:8080/page")).stderr, /502/));
  });
});
