/** `windlass network`, its check, and what containers get, with a proxy that comes and goes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { NetworkCheck, NetworkReport } from "../../../src/api/resources/network.ts";
import { openAuthority } from "../../support/company_network/authority.ts";
import { openSquid } from "../../support/company_network/proxies.ts";
import { openRegistry } from "../../support/company_network/registry.ts";
import { openDockerClient } from "../../support/docker_client.ts";
import { eventually } from "../../support/eventually.ts";
import { freePorts } from "../../support/free_ports.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import { openTestClients } from "../../support/test_clients.ts";
import { importTestImage, TEST_IMAGE } from "../../support/test_image.ts";
import { openWindlassInstance } from "../../support/windlass_instance.ts";

const PROXY = "http://http.docker.internal:3128";
const BUILD = `FROM ${TEST_IMAGE}\nRUN echo "build:$HTTP_PROXY:$NO_PROXY" && false\n`;

Deno.test("windlass network, its check, and what containers get of it", async (test) => {
  await using folder = await openTemporaryFolder("windlass-network-command");
  await using authority = await openAuthority();
  const port = freePorts();
  await using registry = await openRegistry({ port: freePorts(), tls: await authority.issue("127.0.0.1") });
  await using squid = await openSquid({ port, forbidden: ["forbidden.example"] });
  const proxy = `http://127.0.0.1:${port}`;
  const bundle = join(folder.path, "trusted.pem");
  await Deno.writeTextFile(bundle, authority.root);

  const docker = join(folder.path, "docker");
  const configFile = join(docker, "config.json");
  await Deno.mkdir(docker);
  const others = { auths: {}, cliPluginsExtraDirs: [(await openTestClients()).pluginFolder] };
  await Deno.writeTextFile(configFile, JSON.stringify(others));
  const config = async () => JSON.parse(await Deno.readTextFile(configFile));
  await using windlass = await openWindlassInstance({
    env: { DOCKER_CONFIG: docker, SSL_CERT_FILE: bundle },
  });
  const set = (...words: string[]) => windlass.run(["settings", "set", ...words]);
  const report = async (): Promise<NetworkReport> => JSON.parse(await windlass.run(["network", "--json"]));
  const check = async (host: string) => {
    const { code, stdout } = await windlass.attempt(["network", "check", host, "--json"]);
    return { code, ...JSON.parse(stdout) as NetworkCheck };
  };

  await test.step("without a host there is nothing to show", async () => {
    for (const words of [[], ["check", "ghcr.io"]]) {
      const { code, stderr } = await windlass.attempt(["network", ...words]);
      assert.equal(code, 1);
      assert.match(stderr, /is not running\n {2}WL_HOST_NOT_RUNNING: Start it with 'windlass start'/);
    }
  });

  await windlass.run(["start"]);
  const { dockerHost } = (await windlass.status()).engine;
  const ours = async () => (await config()).proxies?.[dockerHost];

  await test.step("no proxy: nothing is written, and the report says so", async () => {
    const { settings, proxyInForce, containersUseProxy, hosts } = await report();
    assert.deepEqual(settings, {
      proxy: "system",
      noProxy: [],
      containerProxy: "auto",
      containerCertificates: false,
    });
    assert.deepEqual([proxyInForce, containersUseProxy, hosts], [false, false, []]);
    assert.deepEqual(await config(), others);
  });

  await test.step("a proxy comes into force, and containers get it", async () => {
    await set("network.proxy", proxy.replace("//", "//me:secret@"));
    await set("network.noProxy", "api", "127.0.0.0/8");
    await eventually(async () => assert.match((await ours()).noProxy, /(?:^|,)api(?:,|$)/));
    const { noProxy, ...rest } = await ours();
    assert.deepEqual(rest, { httpProxy: PROXY, httpsProxy: PROXY });
    assert.equal(noProxy.split(",").includes("host.docker.internal"), true);
    const found = await report();
    assert.deepEqual([found.proxyInForce, found.containersUseProxy], [true, true]);
    assert.equal(found.settings.proxy, `http://me:***@127.0.0.1:${port}`);
    assert.doesNotMatch(await windlass.run(["network"]), /secret/);
  });

  await test.step("run and build hand the proxy to containers, and the user's own value comes first", async () => {
    await using client = await openDockerClient(dockerHost);
    await importTestImage(client);
    const cli = { env: { ...client.env, DOCKER_CONFIG: docker } };
    const run = (...args: string[]) => client.run(["run", "--rm", ...args, TEST_IMAGE, "env"], cli);
    const variables = await run();
    assert.match(variables, new RegExp(`^HTTP_PROXY=${PROXY}$`, "m"));
    assert.match(variables, /^no_proxy=localhost,.*,api$/m);
    assert.match(await run("-e", "HTTP_PROXY=http://own"), /^HTTP_PROXY=http:\/\/own$/m);
    const build = ["build", "--progress=plain", "--no-cache", "-"];
    const { stderr } = await client.attempt(build, { ...cli, stdin: BUILD });
    assert.match(stderr, new RegExp(`build:${PROXY}:localhost,`));
    const project = `services:\n  web:\n    image: ${TEST_IMAGE}\n    command: env\n`;
    const compose = ["compose", "--project-name", "proxied", "--file", "-"];
    const up = await client.attempt([...compose, "up", "--no-color"], { ...cli, stdin: project });
    await client.run([...compose, "down"], { ...cli, stdin: project });
    assert.match(up.stdout, new RegExp(`HTTPS_PROXY=${PROXY}`));
  });

  await test.step("a check names the host that the proxy refuses, and the one that is out of its reach", async () => {
    const refused = await check("forbidden.example");
    assert.deepEqual([refused.code, refused.reached], [1, false]);
    assert.equal(refused.steps[2]?.problem?.code, "WL_PROXY_REFUSED");
    assert.match(refused.steps[2].message, new RegExp(`forbidden\\.example:443.*${proxy}.*403`));
    assert.doesNotMatch(JSON.stringify(refused), /secret/);
    await squid.stop();
    const down = await check("registry.example");
    assert.equal(down.steps[2]?.problem?.code, "WL_PROXY_UNREACHABLE");
    const text = await windlass.attempt(["network", "check", "registry.example"]);
    assert.equal(text.code, 1);
    assert.match(text.stdout, /^registry\.example:443 cannot be reached\n {2}ok {6}way /);
    assert.match(text.stdout, /\n {2}FAILED {2}connection {2}Cannot .*\n(?:.*\n)* +WL_PROXY_UNREACHABLE: /);
  });

  await test.step("a check of a registry of this machine sees an authority come to be trusted", async () => {
    const host = `127.0.0.1:${registry.port}`;
    const before = await check(host);
    assert.equal(before.steps[3]?.problem?.code, "WL_NETWORK_TLS_UNTRUSTED");
    await Deno.writeTextFile(bundle, `${authority.root}${authority.intermediate}`);
    const found = await eventually(async () => {
      const found = await check(host);
      assert.equal(found.code, 0);
      return found;
    });
    assert.equal(found.steps[4]?.message, "it is a registry, and answers 200");
  });

  await test.step("what is not a host is refused with a sentence", async () => {
    const { code, stderr } = await windlass.attempt(["network", "check", "a b"]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^windlass: Cannot check 'a b': it is not the name of a host\n {2}WL_NETWORK_HOST_INVALID: /,
    );
  });

  await test.step("off and none remove the entry, on keeps it without a proxy", async () => {
    await set("network.containerProxy", "off");
    await eventually(async () => assert.equal(await ours(), undefined));
    await set("network.proxy", "none");
    await set("network.containerProxy", "on");
    await eventually(async () => assert.equal((await ours()).httpProxy, PROXY));
    await set("network.containerProxy", "auto");
    await eventually(async () => assert.equal(await ours(), undefined));
    assert.deepEqual(await config(), others);
  });

  await test.step("a configuration that is damaged is left alone, and the status warns of it", async () => {
    await Deno.writeTextFile(configFile, "{");
    await set("network.containerProxy", "on");
    await eventually(async () => {
      const { warnings } = JSON.parse(await windlass.run(["status", "--json"]));
      assert.deepEqual(warnings.map(({ code }: { code: string }) => code), ["WL_DOCKER_CONFIG_INVALID"]);
    });
    assert.equal(await Deno.readTextFile(configFile), "{");
    await Deno.writeTextFile(configFile, JSON.stringify(others));
    await set("network.noProxy", "db");
    await eventually(async () => assert.match((await ours()).noProxy, /,db$/));
    await eventually(async () => {
      assert.deepEqual(JSON.parse(await windlass.run(["status", "--json"])).warnings, []);
    });
  });

  await test.step("the entry stays while Windlass is stopped, and goes with it", async () => {
    await windlass.run(["stop"]);
    assert.equal((await ours()).httpProxy, PROXY);
    await windlass.run(["uninstall", "--yes"]);
    assert.deepEqual(await config(), others);
  });
});
