/** The company's network that the other tests here stand on: what each place reaches, and what its programs do. */
import assert from "node:assert/strict";
import { openAuthority } from "../../support/company_network/authority.ts";
import { ADDRESSES, openCompanyNetwork } from "../../support/company_network/company_network.ts";
import { openSquid, openTinyproxy } from "../../support/company_network/proxies.ts";
import { openRegistry } from "../../support/company_network/registry.ts";
import { pushBusybox } from "../../support/company_network/registry_images.ts";
import { openWebServer } from "../../support/company_network/web_server.ts";
import { runCommand } from "../../support/run_command.ts";

const CREDENTIALS = { user: "me", password: "p@ss word:1" };
/** Exit codes of curl. */
const NAME_UNKNOWN = 6;
const NOT_CONNECTED = 7;
const NOT_TRUSTED = 60;

Deno.test("the network of a company", async (test) => {
  await using company = await openCompanyNetwork();
  await using authority = await openAuthority();
  const onGateway = { machine: company.servers, address: ADDRESSES.gateway };
  const onInternet = { machine: company.servers, address: ADDRESSES.outside };
  await using web = await openWebServer({ ...onInternet, port: 80 });
  await web.write("hello", "hello\n");
  await using registry = await openRegistry({
    ...onInternet,
    port: 443,
    tls: await authority.issue("registry.internet.test"),
    credentials: CREDENTIALS,
  });
  await pushBusybox(registry, { name: "busybox:1", machine: company.servers });
  await using squid = await openSquid({ ...onGateway, port: 3128, forbidden: ["forbidden.test"] });
  await using tinyproxy = await openTinyproxy({
    ...onGateway,
    port: 8888,
    credentials: { user: "me", password: "secret" },
  });
  await using signIn = await openSquid({ ...onGateway, port: 3129, credentials: CREDENTIALS });

  const curl = async (...args: readonly string[]) => {
    const command = ["curl", "--silent", "--show-error", "--fail", "--max-time", "60", ...args];
    return await runCommand(company.machine.enter(command));
  };
  const through = (port: number) => ["--proxy", `http://proxy.company.test:${port}`];
  const page = "http://www.internet.test/hello";

  await test.step("the office reaches the internet by no address, and knows none of its names", async () => {
    assert.equal((await curl(page)).code, NAME_UNKNOWN);
    assert.equal((await curl(`http://${ADDRESSES.outside}/hello`)).code, NOT_CONNECTED);
  });

  await test.step("a squid forwards and records, and refuses what is forbidden", async () => {
    assert.equal((await curl(...through(3128), page)).stdout, "hello\n");
    assert.match((await curl(...through(3128), "https://forbidden.test/")).stderr, /403/);
    assert.deepEqual(await squid.requests(), [`GET ${page}`]);
  });

  await test.step("with sign-in, squid and tinyproxy forward only for those who know the password", async () => {
    assert.match((await curl(...through(3129), page)).stderr, /407/);
    assert.match((await curl(...through(8888), page)).stderr, /40[17]/);
    const squidUser = ["--proxy-user", `${CREDENTIALS.user}:${CREDENTIALS.password}`];
    assert.equal((await curl(...through(3129), ...squidUser, page)).stdout, "hello\n");
    assert.equal((await curl(...through(8888), "--proxy-user", "me:secret", page)).stdout, "hello\n");
    assert.deepEqual(await signIn.requests(), [`GET ${page}`]);
    assert.equal((await tinyproxy.requests()).at(-1), `GET ${page}`);
  });

  await test.step("a tunnel is recorded while it is open, and the registry trusted by its intermediate alone", async () => {
    const catalog = [
      ...through(3128),
      "--user",
      `${CREDENTIALS.user}:${CREDENTIALS.password}`,
      "https://registry.internet.test/v2/_catalog",
    ];
    assert.equal((await curl(...catalog)).code, NOT_TRUSTED);
    await company.machine.trust(authority.root);
    assert.equal((await curl(...catalog)).code, NOT_TRUSTED);
    await company.machine.trust(authority.root, authority.intermediate);
    assert.equal((await curl(...catalog)).stdout.trim(), '{"repositories":["busybox"]}');
    assert.equal((await squid.requests()).at(-1), "CONNECT registry.internet.test:443");
  });

  await test.step("a proxy that is stopped refuses connections until it is started", async () => {
    await squid.stop();
    assert.equal((await curl(...through(3128), page)).code, NOT_CONNECTED);
    await squid.start();
    assert.equal((await curl(...through(3128), page)).stdout, "hello\n");
  });

  await test.step("at home the internet is near and the company is out of reach", async () => {
    await company.moveTo("home");
    assert.equal((await curl(page)).stdout, "hello\n");
    assert.equal((await curl(`http://${ADDRESSES.gateway}:3128/`)).code, NOT_CONNECTED);
    await company.moveTo("anywhere");
    assert.equal((await curl(page)).stdout, "hello\n");
    assert.equal((await curl(...through(3128), page)).stdout, "hello\n");
  });
});
