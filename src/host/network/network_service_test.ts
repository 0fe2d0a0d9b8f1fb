import assert from "node:assert/strict";
import { NO_LOG } from "../../logging/log.ts";
import type { Decision } from "../../proxy/way.ts";
import { Settings } from "../../settings/settings_schema.ts";
import { NetworkService } from "./network_service.ts";
import type { SeenNetwork } from "./seen_network.ts";

const PROXIED: Decision = {
  ways: [{ kind: "proxy", proxy: { scheme: "http", hostname: "p.test", port: 1 } }],
  rule: "a test",
};
const LOST = { code: "WL_PAC_FILE_UNUSABLE", message: "Cannot use the PAC file", remedy: "r" };

function service(settings: Record<string, unknown>) {
  const network: SeenNetwork = {
    ways: { decide: () => Promise.resolve(PROXIED) },
    recentHosts: { list: () => [] },
    upstreams: { list: () => [] },
    decidedBy: "a test",
    pac: null,
    certificates: null,
    warnings: () => [LOST],
    check: () => assert.fail("nothing is checked"),
  };
  const changed = Promise.withResolvers<void>();
  const options = {
    network,
    settings: { values: Settings.parse(settings) },
    configurations: [],
    log: NO_LOG,
  };
  const room = { services: {} as never };
  return { changed, service: new NetworkService({ ...options, room, onChange: () => changed.resolve() }) };
}

Deno.test("NetworkService warns of dockerd's own proxies that cannot work, and of what the network says", async () => {
  const proxies = { "http-proxy": "socks4://me:secret@p.test:1080" };
  await using tried = service({ "engine.daemonOptions": { proxies } }).service;
  const [lost, unusable, ...more] = tried.warnings();
  assert.deepEqual([lost, more], [LOST, []]);
  assert.equal(unusable?.code, "WL_DAEMON_PROXY_UNUSABLE");
  assert.equal(
    unusable.message,
    "Cannot use the proxy in 'engine.daemonOptions': 'http-proxy' has 'socks4://', which dockerd does not know; " +
      "without 'proxies', it uses what 'network.proxy' says, and that may be of any kind",
  );
  await using quiet =
    service({ "engine.daemonOptions": { proxies: { "http-proxy": "http://p.test:1" } } }).service;
  assert.deepEqual(quiet.warnings(), [LOST]);
});

Deno.test("NetworkService reports settings without passwords, and that containers get the proxy once one is in force", async () => {
  const { service: tried, changed } = service({
    "network.proxy": "http://me:secret@p.test:1",
    "network.noProxy": [".example.com"],
  });
  await using _tried = tried;
  assert.deepEqual([tried.report().proxyInForce, tried.report().containersUseProxy], [false, false]);
  tried.look();
  await changed.promise;
  const { settings, proxyInForce, containersUseProxy, decidedBy } = tried.report();
  assert.deepEqual(settings, {
    proxy: "http://me:***@p.test:1",
    noProxy: [".example.com"],
    containerProxy: "auto",
    containerCertificates: false,
  });
  assert.deepEqual([proxyInForce, containersUseProxy, decidedBy], [true, true, "a test"]);
});
