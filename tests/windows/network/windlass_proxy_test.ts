import assert from "node:assert/strict";
import { openRegistry } from "../../support/company_network/registry.ts";
import { pushBusybox } from "../../support/company_network/registry_images.ts";
import { eventually } from "../../support/eventually.ts";
import { freePorts } from "../../support/free_ports.ts";
import { type NtlmProxy, openNtlmProxy } from "../../support/ntlm_proxy/ntlm_proxy.ts";
import { JANE_PASSWORD } from "../../support/ntlm_proxy/ntlm_messages.ts";
import { proxyPage } from "../support/internet_settings.ts";
import { openWindowsInstance } from "../support/windows_instance.ts";

/** A name that the proxies know, and nobody else. */
const HOST = "registry.corp.test";
const IMAGE = `${HOST}:5000/busybox:1`;

Deno.test("docker.exe pulls by the proxy that windlass.exe is given or Windows names", async (t) => {
  const port = freePorts();
  await using registry = await openRegistry({ port });
  await pushBusybox(registry, { name: "busybox:1" });
  const names = { [HOST]: port };
  await using company = openNtlmProxy({ names });
  await using paged = openNtlmProxy({ names, offers: [] });
  await using scripted = openNtlmProxy({ names, offers: [] });
  await using pac = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () =>
    new Response(
      `function FindProxyForURL(url, host) {
        return dnsDomainIs(host, ".corp.test") ? "PROXY 127.0.0.1:${scripted.port}" : "DIRECT";
      }`,
      { headers: { "content-type": "application/x-ns-proxy-autoconfig" } },
    ));
  await using instance = await openWindowsInstance();
  const { docker, machine: { wine } } = instance;
  const set = (key: string, value: string) => instance.run(["settings", "set", key, value]);
  await set("engine.daemonOptions", JSON.stringify({ "insecure-registries": [`${HOST}:5000`] }));
  await instance.run(["start"]);
  const pull = async () => {
    await docker.attempt(["rmi", IMAGE]);
    await docker.run(["pull", IMAGE]);
  };

  await t.step("and signs in by NTLM with a name and a password", async () => {
    await set("network.proxy", `http://CORP%5Cjane:${JANE_PASSWORD}@127.0.0.1:${company.port}`);
    await pull();
    const outcomes = new Set(company.requests.map(({ outcome }) => outcome));
    assert.deepEqual([...outcomes].sort(), ["407", "407 challenge", "passed as CORP\\jane"]);
  });

  await t.step("follows the proxy page, and its PAC file, as they change", async () => {
    await set("network.proxy", "system");
    // A change may take a moment to be seen; until then pulls go the way before, or fail.
    const arrivesAt = (proxy: NtlmProxy) =>
      eventually(async () => {
        await pull();
        assert.ok(proxy.requests.length > 0, "no request has come");
      });
    await wine.importRegistry(proxyPage({ servers: `127.0.0.1:${paged.port}` }));
    await arrivesAt(paged);
    await wine.importRegistry(proxyPage({ scriptUrl: `http://127.0.0.1:${pac.addr.port}/proxy.pac` }));
    await arrivesAt(scripted);
    const before = scripted.requests.length;
    await pull();
    assert.ok(scripted.requests.length > before);
  });

  await t.step("and goes directly with 'none', whatever Windows says", async () => {
    await set("network.proxy", "none");
    const counts = [company, paged, scripted].map(({ requests }) => requests.length);
    const { code, stderr } = await docker.attempt(["pull", IMAGE]);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /registry\.corp\.test/);
    assert.deepEqual([company, paged, scripted].map(({ requests }) => requests.length), counts);
  });
});
