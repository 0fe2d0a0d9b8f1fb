/** Names with the user's own options of the daemon, and services of this machine that dockerd itself uses. */
import assert from "node:assert/strict";
import { openDockerClient } from "../../support/docker_client.ts";
import { openHttpProxy } from "../../support/http_proxy.ts";
import { inDistro, lookUp, openNamesLab, startIdle } from "../../support/names_lab.ts";
import { importTestImage, TEST_IMAGE } from "../../support/test_image.ts";
import { startWindlass } from "../../support/windlass_instance.ts";

const OWN_NAMES = ["host.docker.internal", "gateway.docker.internal"];

Deno.test("names with the user's own name servers, registry and proxy", async (test) => {
  await using windlass = await startWindlass();
  await using docker = await openDockerClient(windlass.dockerHost);
  await importTestImage(docker);
  await using lab = await openNamesLab(windlass, 2);
  await using registry = serveRegistry();
  await using proxy = openHttpProxy({ refuse: 502 });
  const [distro, users] = lab.servers;
  const options = {
    dns: [users!.address],
    "insecure-registries": [registry.name],
    proxies: {
      "https-proxy": proxy.url.replace("127.0.0.1", "host.docker.internal"),
      "no-proxy": "host.docker.internal",
    },
  };
  await windlass.run(["settings", "set", "engine.daemonOptions", JSON.stringify(options)]);
  await windlass.run(["restart"]);
  await lab.configure(`nameserver ${distro!.address}`, "search corp.test");
  await docker.run(["network", "create", "own"]);

  await test.step("our own names stay known, and the user's servers are asked for all others", async () => {
    for (const network of ["bridge", "own", "host"]) {
      await startIdle(docker, network, "--network", network);
      for (const name of OWN_NAMES) {
        assert.match(await lookUp(docker, network, name), /^\d+\.\d+\.\d+\.5$/, `${network} ${name}`);
      }
      assert.equal(await lookUp(docker, network, `some-${network}.test`), "10.9.0.2");
    }
    const dockerfile = `FROM ${TEST_IMAGE}\nRUN nslookup -type=a built.test && nslookup -type=a ${
      OWN_NAMES[0]
    }\n`;
    await docker.run(["build", "-"], { stdin: dockerfile });
    assert.ok(users!.questions.includes("udp built.test"));
    assert.deepEqual(distro!.questions.filter((question) => /(some-|built)/.test(question)), []);
  });

  await test.step("a container with name servers of its own asks these, and gets our names by host-gateway", async () => {
    const extra = ["--dns", distro!.address, "--add-host", `${OWN_NAMES[0]}:host-gateway`];
    await startIdle(docker, "apart", ...extra);
    assert.equal(await lookUp(docker, "apart", "apart.test"), "10.9.0.1");
    const hosts = await docker.run(["exec", "apart", "cat", "/etc/hosts"]);
    assert.match(hosts, /\.5\s+host\.docker\.internal/);
  });

  await test.step("containers have the search domains of the distro as they are at their start", async () => {
    assert.match(await docker.run(["exec", "bridge", "cat", "/etc/resolv.conf"]), /^search corp\.test$/m);
  });

  await test.step("a registry of this machine is reached in pulls, pushes and builds", async () => {
    await docker.attempt(["pull", `${registry.name}/pulled`]);
    await docker.attempt(["build", "-"], { stdin: `FROM ${registry.name}/built\n` });
    await docker.run(["tag", TEST_IMAGE, `${registry.name}/pushed`]);
    await docker.attempt(["push", `${registry.name}/pushed`]);
    for (const image of ["pulled", "built", "pushed"]) {
      assert.ok(
        registry.paths.some((path) => path.startsWith(`/v2/${image}/`)),
        `${image}: ${registry.paths.join(" ")}`,
      );
    }
  });

  await test.step("the distro's shell reaches this machine by the same names", async () => {
    for (const name of OWN_NAMES) {
      const url = `http://${name}:${registry.name.split(":")[1]}/v2/`;
      assert.equal(await inDistro(windlass, `busybox wget -q -T 60 -O - ${url}`), "{}", name);
    }
  });

  await test.step("a proxy of this machine gets the names that are pulled from", async () => {
    await docker.attempt(["pull", "registry.example.test/a"]);
    const lines = proxy.requests.map(({ line }) => line);
    assert.deepEqual([...new Set(lines)], ["CONNECT registry.example.test:443"]);
  });

  await test.step("loopback addresses that mean another machine inside are refused with what to write", async () => {
    const proxies = JSON.stringify({ proxies: { "http-proxy": "http://127.0.0.1:3128" } });
    const { code, stderr } = await windlass.attempt(["settings", "set", "engine.daemonOptions", proxies]);
    assert.notEqual(code, 0);
    assert.match(stderr, /the proxy of this machine is 'http:\/\/host\.docker\.internal:3128' there/);
    const address = /^(\S+)\s+host\.docker\.internal/m.exec(await inDistro(windlass, "cat /etc/hosts"))![1]!;
    const bip = JSON.stringify({ bip: address.replace(/\.5$/, ".1/24") });
    const conflict = await windlass.attempt(["settings", "set", "engine.daemonOptions", bip]);
    assert.match(
      conflict.stderr,
      /Cannot set 'engine\.daemonOptions': 'bip' has \S+, which holds \S+, the address of this machine inside the engine/,
    );
  });

  await test.step("a 'host-gateway' of the user's own does not keep dockerd from starting", async () => {
    const gateway = JSON.stringify({ "host-gateway-ips": ["192.0.2.7"] });
    await windlass.run(["settings", "set", "engine.daemonOptions", gateway]);
    assert.doesNotMatch(await windlass.run(["restart"]), /Cannot use/);
    const extra = ["--add-host", "machine:host-gateway"];
    const hosts = await docker.run(["run", "--rm", ...extra, TEST_IMAGE, "cat", "/etc/hosts"]);
    assert.match(hosts, /192\.0\.2\.7\s+machine/);
  });
});

/** A registry that lets nobody in, which ends a push at once, on this machine's loopback. */
function serveRegistry() {
  const paths: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    paths.push(pathname);
    if (pathname === "/v2/") return new Response("{}");
    return Response.json({ errors: [{ code: "DENIED", message: "denied" }] }, { status: 403 });
  });
  return {
    name: `host.docker.internal:${server.addr.port}`,
    paths,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
