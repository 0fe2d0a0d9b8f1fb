/**
 * Runs inside deno.exe: sets the proxy page of Windows in different ways, and checks where Windows then sends requests.
 * Prints `ok` at the end; a failure ends it with another exit code than 0.
 */
import assert from "node:assert/strict";
import type { SystemAnswer } from "../../../src/platform/system_proxy.ts";
import { watchNetworkChanges } from "../../../src/platform/windows/network_changes.ts";
import { WindowsSystemProxy } from "../../../src/platform/windows/proxy/windows_system_proxy.ts";
import { type AwakeClock, SYSTEM_CLOCK } from "../../../src/timing/awake_time.ts";
import { proxyText, type Target } from "../../../src/proxy/way.ts";
import { type ProxyPage, proxyPage } from "../support/internet_settings.ts";

const NEVER = new AbortController().signal;
const SETTINGS = "the proxy settings of Windows";

/** With it no limit passes while Windows works, however busy the machine is. */
const PATIENT_CLOCK: AwakeClock = {
  ...SYSTEM_CLOCK,
  after: (milliseconds, callback) => SYSTEM_CLOCK.after(20 * milliseconds, callback),
};

const PAC = `function FindProxyForURL(url, host) {
  if (dnsDomainIs(host, ".corp.example")) return "DIRECT";
  if (host === "throws.example") throw new Error("no");
  if (url.substring(0, 5) === "http:") return "PROXY plain.example:80";
  return "PROXY secure.example:8080";
}`;

function setProxyPage(page: ProxyPage): void {
  const file = Deno.makeTempFileSync({ suffix: ".reg" });
  Deno.writeTextFileSync(file, `REGEDIT4\r\n\r\n${proxyPage(page)}`);
  const { success, stderr } = new Deno.Command("C:\\windows\\system32\\reg.exe", { args: ["import", file] })
    .outputSync();
  assert.ok(success, new TextDecoder().decode(stderr));
  Deno.removeSync(file);
}

function target(text: string): Target {
  const url = new URL(text);
  const scheme = url.protocol === "https:" ? "https" : "http";
  return { scheme, hostname: url.hostname, port: Number(url.port || (scheme === "https" ? 443 : 80)) };
}

function shown(answer: SystemAnswer): string {
  if (answer.kind === "unset") return "unset";
  if (answer.kind === "pac") return `evaluate ${answer.url}`;
  const ways = answer.ways.map((way) => way.kind === "direct" ? "direct" : proxyText(way.proxy));
  return `${ways.join(", ")} by ${answer.source}`;
}

/** Sets the page, and returns what Windows then says of an address. */
async function answerTo(page: ProxyPage, address: string, clock = PATIENT_CLOCK): Promise<string> {
  setProxyPage(page);
  using proxy = new WindowsSystemProxy(undefined, clock);
  return shown(await proxy.find(target(address), NEVER));
}

async function followsThePage(): Promise<void> {
  assert.equal(await answerTo({}, "https://ghcr.io"), "unset");
  const page = { servers: "http=a:81;https=b:82", bypass: "*.corp.example;<local>" };
  assert.equal(await answerTo(page, "https://ghcr.io"), `http://b:82 by ${SETTINGS}`);
  assert.equal(await answerTo(page, "http://ghcr.io"), `http://a:81 by ${SETTINGS}`);
  assert.equal(await answerTo(page, "https://git.corp.example:8443"), `direct by ${SETTINGS}`);
  assert.equal(await answerTo(page, "http://intranet"), `direct by ${SETTINGS}`);
  // No network of these tests names a PAC file.
  assert.equal(
    await answerTo({ ...page, autoDetect: true }, "https://ghcr.io"),
    `http://b:82 by ${SETTINGS}`,
  );
}

async function letsWindowsEvaluate(): Promise<void> {
  let served = 0;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
    served++;
    if (!url.endsWith(".pac")) return new Response("<html>not here</html>", { status: 404 });
    return new Response(PAC, { headers: { "content-type": "application/x-ns-proxy-autoconfig" } });
  });
  const scriptUrl = `http://127.0.0.1:${server.addr.port}/proxy.pac`;
  const source = `the PAC file ${scriptUrl} of ${SETTINGS}`;
  setProxyPage({ scriptUrl, servers: "manual:1" });
  using proxy = new WindowsSystemProxy(undefined, PATIENT_CLOCK);
  const find = async (address: string) => shown(await proxy.find(target(address), NEVER));
  assert.equal(await find("https://ghcr.io"), `http://secure.example:8080 by ${source}`);
  assert.equal(await find("http://deb.debian.org"), `http://plain.example:80 by ${source}`);
  assert.equal(await find("https://git.corp.example"), `direct by ${source}`);
  assert.ok(served >= 1);
  assert.equal(await find("https://throws.example"), `evaluate ${scriptUrl}`);
  const missing = `http://127.0.0.1:${server.addr.port}/missing`;
  assert.equal(await answerTo({ scriptUrl: missing }, "https://ghcr.io"), `evaluate ${missing}`);
}

/** A server that takes connections and says nothing. */
async function waitsForFiveSeconds(): Promise<void> {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const scriptUrl = `http://127.0.0.1:${silent.addr.port}/proxy.pac`;
  assert.equal(
    await answerTo({ scriptUrl }, "https://ghcr.io", SYSTEM_CLOCK),
    `evaluate ${scriptUrl}`,
  );
}

async function hearsOfChanges(): Promise<void> {
  setProxyPage({ servers: "before:1" });
  using proxy = new WindowsSystemProxy(undefined, PATIENT_CLOCK);
  const find = async () => shown(await proxy.find(target("https://ghcr.io"), NEVER));
  assert.equal(await find(), `http://before:1 by ${SETTINGS}`);
  let heard = Promise.withResolvers<void>();
  using changes = await watchNetworkChanges(() => {
    proxy.forget();
    heard.resolve();
  });
  assert.equal(changes.unwatched, undefined);
  for (const host of ["one", "two"]) {
    heard = Promise.withResolvers<void>();
    setProxyPage({ servers: `${host}:1` });
    await heard.promise;
    assert.equal(await find(), `http://${host}:1 by ${SETTINGS}`);
  }
}

await followsThePage();
await letsWindowsEvaluate();
await hearsOfChanges();
await waitsForFiveSeconds();
console.log("ok");
// A call of Windows that waits for the silent server would hold the process.
Deno.exit(0);
