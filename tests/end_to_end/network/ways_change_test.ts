/** A laptop whose network, PAC file and settings change while Windlass runs: no change needs a restart. */
import assert from "node:assert/strict";
import {
  IMAGE,
  openCompanyLab,
  PROXY_PORT,
  proxyUrl,
  proxyVariables,
} from "../../support/company_network/company_lab.ts";
import { ADDRESSES } from "../../support/company_network/company_network.ts";
import { openSquid, openTinyproxy } from "../../support/company_network/proxies.ts";
import { openRegistry } from "../../support/company_network/registry.ts";
import { pushBusybox } from "../../support/company_network/registry_images.ts";
import { openWebServer } from "../../support/company_network/web_server.ts";
import { eventually } from "../../support/eventually.ts";

const TUNNEL = "CONNECT registry.internet.test:443";
/** A registry of the company, plain HTTP, whose name the machine alone knows. */
const COMPANY_IMAGE = "registry.company.test/busybox:1";
const SECOND_PORT = 3130;
const TINYPROXY_PORT = 8888;
const PAC = "http://pac.company.test/proxy.pac";

function pac(answer: string): string {
  return `function FindProxyForURL(url, host) {
  if (dnsDomainIs(host, ".company.test")) return "DIRECT";
  return "${answer}";
}
`;
}

Deno.test("the way out changes under way", async (test) => {
  await using lab = await openCompanyLab({ env: proxyVariables() });
  const { company, docker, squid, windlass } = lab;
  const onGateway = { machine: company.servers, address: ADDRESSES.gateway };
  await using second = await openSquid({ ...onGateway, port: SECOND_PORT });
  await using tinyproxy = await openTinyproxy({ ...onGateway, port: TINYPROXY_PORT });
  await using pacServer = await openWebServer({ ...onGateway, port: 80 });
  await using companyRegistry = await openRegistry({
    machine: company.servers,
    address: ADDRESSES.intranet,
    port: 80,
  });
  await pushBusybox(companyRegistry, { name: "busybox:1", machine: company.servers });

  /** Pulls an image again, from the start. */
  const pull = async (image = IMAGE) => {
    await docker.attempt(["rmi", "--force", image]);
    await docker.run(["pull", "--quiet", image]);
  };
  /**
   * Pulls again until that way was taken: a PAC interpreter that has not started within its 5 s, on a busy machine, is
   * tried again after a while.
   */
  const pullGoesBy = (way: string) =>
    eventually(async () => {
      await pull();
      assert.equal(await wayTo("registry.internet.test"), way);
    });
  const pullFails = async (image = IMAGE) => {
    await docker.attempt(["rmi", "--force", image]);
    const { code, stderr } = await docker.attempt(["pull", "--quiet", image]);
    assert.notEqual(code, 0, "the pull has succeeded");
    return stderr;
  };
  const set = (key: string, ...values: string[]) => windlass.run(["settings", "set", key, ...values]);
  const wayTo = async (host: string) => (await lab.report()).hosts.find((each) => each.host === host)?.way;

  await test.step("a name that only the machine knows leads where the machine sees it", async () => {
    await set("engine.daemonOptions", '{"insecure-registries":["registry.company.test"]}');
    await windlass.run(["restart"]); // which these options wait for
    await pull(COMPANY_IMAGE);
    assert.equal(await wayTo("registry.company.test"), "direct");
    assert.deepEqual(await squid.requests(), []);
  });

  await test.step("none means none, though the environment has a proxy", async () => {
    await set("network.proxy", "none");
    const said = await pullFails();
    assert.match(said, /registry\.internet\.test/);
    assert.equal(await wayTo("registry.internet.test"), "direct");
    assert.deepEqual(await squid.requests(), []);
    await set("network.proxy", "system");
    await pull();
    assert.ok((await squid.requests()).includes(TUNNEL));
  });

  await test.step("a PAC file decides, and a change of it holds once it is set again", async () => {
    await pacServer.write("proxy.pac", pac(`PROXY proxy.company.test:${SECOND_PORT}`));
    await set("network.proxy", `pac:${PAC}`);
    await pullGoesBy(proxyUrl(undefined, SECOND_PORT));
    assert.ok((await second.requests()).includes(TUNNEL));

    await pacServer.write("proxy.pac", pac(`PROXY proxy.company.test:${TINYPROXY_PORT}`));
    await set("network.proxy", "none");
    await set("network.proxy", `pac:${PAC}`);
    await pullGoesBy(proxyUrl(undefined, TINYPROXY_PORT));
    assert.ok((await tinyproxy.requests()).includes(TUNNEL));
  });

  await test.step("a first proxy that is dead is passed over, and one that comes back is used again", async () => {
    const list = `PROXY proxy.company.test:9; PROXY proxy.company.test:${SECOND_PORT}; DIRECT`;
    await pacServer.write("proxy.pac", pac(list));
    await set("network.proxy", "none");
    await set("network.proxy", `pac:${PAC}`);
    await pullGoesBy(proxyUrl(undefined, SECOND_PORT));
    await second.stop();
    await pullFails(); // DIRECT leads nowhere from the office
    await second.start();
    await pullGoesBy(proxyUrl(undefined, SECOND_PORT));
  });

  await test.step("a PAC file that is gone: the last good one decides, and the report says so", async () => {
    await pacServer.stop();
    await pullGoesBy(proxyUrl(undefined, SECOND_PORT));
    await pacServer.start();
  });

  await test.step("at home the proxies are gone: what the list ends with is used, and back in the office the proxies", async () => {
    await company.moveTo("home");
    await pullGoesBy("direct");
    await company.moveTo("office");
    // A proxy that was dead is tried last for a while, and DIRECT leads nowhere here.
    await pullGoesBy(proxyUrl(undefined, SECOND_PORT));
  });

  await test.step("a proxy that appears in a setting is used, and network.noProxy goes around it", async () => {
    await set("network.proxy", proxyUrl());
    await pullGoesBy(proxyUrl());
    await set("network.noProxy", ".internet.test");
    await pullFails();
    assert.equal(await wayTo("registry.internet.test"), "direct");
    await company.moveTo("anywhere");
    await pullGoesBy("direct");
    await company.moveTo("office");
    await set("network.noProxy", ".company.test");
    await eventually(() => pull());
  });

  await test.step("a proxy that dies is reported with its name", async () => {
    await squid.stop();
    const said = await pullFails();
    assert.match(said, /registry\.internet\.test/);
    const host = (await lab.report()).hosts.find((each) => each.host === "registry.internet.test");
    assert.deepEqual([host?.way, host?.reached], [proxyUrl(), false]);
    assert.equal(
      host!.outcome,
      `Cannot connect to the proxy ${proxyUrl()}: nothing listens at ${ADDRESSES.gateway}:${PROXY_PORT}`,
    );
    await squid.start();
    await eventually(() => pull());
  });
});
