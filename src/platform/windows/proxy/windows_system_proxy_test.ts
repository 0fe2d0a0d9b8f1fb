import assert from "node:assert/strict";
import type { AwakeClock } from "../../../timing/awake_time.ts";
import { proxyText, type Target } from "../../../proxy/way.ts";
import type { SystemAnswer } from "../../system_proxy.ts";
import { type ProxyFunctions, WindowsSystemProxy } from "./windows_system_proxy.ts";
import type { UserProxySettings } from "./winhttp.ts";

const NEVER = new AbortController().signal;
const PAC = "http://pac.example/proxy.pac";
const NOTHING: UserProxySettings = { autoDetect: false, scriptUrl: "", servers: "", bypass: "" };
const REGISTRY: Target = { scheme: "https", hostname: "registry-1.docker.io", port: 443 };

/** A Windows with these settings, whose calls answer at once unless they are replaced. */
class FakeWindows implements ProxyFunctions {
  settings: UserProxySettings | null = NOTHING;
  detected: () => Promise<string | null> = () => Promise.resolve(null);
  script: (url: string, scriptUrl: string) => Promise<string | null> = () => Promise.resolve("");
  readonly asked: string[] = [];
  sessions = 0;
  closed = 0;
  reads = 0;
  detections = 0;

  readSettings() {
    this.reads++;
    return Promise.resolve(this.settings);
  }

  detectScriptUrl() {
    this.detections++;
    return this.detected();
  }

  openSession() {
    this.sessions++;
    return {
      serversFor: (url: string, scriptUrl: string) => {
        this.asked.push(`${scriptUrl} for ${url}`);
        return this.script(url, scriptUrl);
      },
      [Symbol.dispose]: () => void this.closed++,
    };
  }
}

/** A clock that stands still until a test moves it. */
class FakeClock implements AwakeClock {
  time = 0;
  readonly #timers = new Map<() => void, number>();

  now() {
    return this.time;
  }

  after(milliseconds: number, call: () => void) {
    this.#timers.set(call, this.time + milliseconds);
    return () => void this.#timers.delete(call);
  }

  /** Goes forward, after and before everything that is ready has run. */
  async pass(milliseconds: number): Promise<void> {
    await settled();
    this.time += milliseconds;
    for (const [call, at] of this.#timers) if (at <= this.time) call();
    await settled();
  }
}

/** Resolves once promises that are settled have been seen: the chains here are shorter. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

function shown(answer: SystemAnswer): string {
  if (answer.kind === "unset") return "unset";
  if (answer.kind === "pac") return `evaluate ${answer.url}`;
  const ways = answer.ways.map((way) => way.kind === "direct" ? "direct" : proxyText(way.proxy));
  return `${ways.join(", ")} by ${answer.source}`;
}

async function find(proxy: WindowsSystemProxy, target: Target = REGISTRY): Promise<string> {
  return shown(await proxy.find(target, NEVER));
}

Deno.test("WindowsSystemProxy knows when nothing is set, and when Windows does not say", async () => {
  const windows = new FakeWindows();
  using proxy = new WindowsSystemProxy(windows);
  assert.equal(await find(proxy), "unset");
  windows.settings = null;
  proxy.forget();
  assert.equal(await find(proxy), "unset");
});

Deno.test("WindowsSystemProxy follows the manual settings with their exceptions", async () => {
  const windows = new FakeWindows();
  windows.settings = { ...NOTHING, servers: "https=proxy:8080", bypass: "*.corp.example" };
  using proxy = new WindowsSystemProxy(windows);
  assert.equal(await find(proxy), "http://proxy:8080 by the proxy settings of Windows");
  assert.equal(
    await find(proxy, { ...REGISTRY, hostname: "git.corp.example" }),
    "direct by the proxy settings of Windows",
  );
  assert.equal(await find(proxy, { ...REGISTRY, scheme: "http" }), "direct by the proxy settings of Windows");
  assert.deepEqual(windows.asked, []);
});

Deno.test("WindowsSystemProxy lets Windows evaluate a PAC file, once for each host", async () => {
  const windows = new FakeWindows();
  windows.settings = {
    ...NOTHING,
    scriptUrl: "http://jane@corp.example:secret@pac.example/proxy.pac",
    servers: "manual:1",
  };
  windows.script = () => Promise.resolve("a:8080;b:8080");
  using proxy = new WindowsSystemProxy(windows);
  const source = "the PAC file http://pac.example/proxy.pac of the proxy settings of Windows";
  assert.equal(await find(proxy), `http://a:8080, http://b:8080 by ${source}`);
  await find(proxy);
  windows.script = () => Promise.resolve("");
  const address = { scheme: "http", hostname: "2001:db8::1", port: 5000 } as const;
  assert.equal(await find(proxy, address), `direct by ${source}`);
  const script = windows.settings.scriptUrl;
  assert.deepEqual(windows.asked, [
    `${script} for https://registry-1.docker.io/`,
    `${script} for http://[2001:db8::1]:5000/`,
  ]);
});

Deno.test("WindowsSystemProxy hands on a PAC file that Windows cannot evaluate", async () => {
  const windows = new FakeWindows();
  windows.settings = { ...NOTHING, scriptUrl: PAC };
  windows.script = () => Promise.resolve(null);
  using proxy = new WindowsSystemProxy(windows);
  assert.equal(await find(proxy), `evaluate ${PAC}`);
  windows.settings = { ...windows.settings, servers: "manual:1", bypass: "<local>" };
  proxy.forget();
  const otherwise = async (target: Target) => {
    const answer = await proxy.find(target, NEVER);
    return answer.kind === "pac" ? answer.otherwise : answer.kind;
  };
  const manual = { scheme: "http", hostname: "manual", port: 1 };
  assert.deepEqual(await otherwise(REGISTRY), [{ kind: "proxy", proxy: manual }]);
  assert.deepEqual(await otherwise({ ...REGISTRY, hostname: "intranet" }), [{ kind: "direct" }]);
});

Deno.test("WindowsSystemProxy waits 5 seconds for a PAC file, then not at all for a minute", async () => {
  const clock = new FakeClock();
  const windows = new FakeWindows();
  windows.settings = { ...NOTHING, scriptUrl: PAC };
  windows.script = () => new Promise(() => {});
  using proxy = new WindowsSystemProxy(windows, clock);
  const late = `evaluate ${PAC}`;
  const first = find(proxy);
  await clock.pass(5_000);
  assert.equal(await first, late);
  assert.equal(await find(proxy, { ...REGISTRY, hostname: "ghcr.io" }), late);
  assert.equal(windows.asked.length, 1);
  await clock.pass(60_000);
  windows.script = () => Promise.resolve("a:1");
  assert.match(await find(proxy, { ...REGISTRY, hostname: "ghcr.io" }), /^http:\/\/a:1 by /);
});

Deno.test("WindowsSystemProxy asks the network for a PAC file once, and takes it before the settings", async () => {
  const windows = new FakeWindows();
  windows.settings = { ...NOTHING, autoDetect: true, servers: "manual:1" };
  windows.detected = () => Promise.resolve("http://wpad.corp.example/wpad.dat");
  windows.script = () => Promise.resolve("a:8080");
  using proxy = new WindowsSystemProxy(windows);
  const source = "the PAC file http://wpad.corp.example/wpad.dat, which this network names";
  assert.equal(await find(proxy), `http://a:8080 by ${source}`);
  await find(proxy);
  assert.equal(windows.detections, 1);
});

Deno.test("WindowsSystemProxy does not wait longer than 2 seconds for a network that names no PAC file", async () => {
  const clock = new FakeClock();
  const windows = new FakeWindows();
  windows.settings = { ...NOTHING, autoDetect: true, servers: "manual:1" };
  const detected = Promise.withResolvers<string | null>();
  windows.detected = () => detected.promise;
  using proxy = new WindowsSystemProxy(windows, clock);
  const manual = "http://manual:1 by the proxy settings of Windows";
  const first = find(proxy);
  await clock.pass(1_500);
  const second = find(proxy);
  await clock.pass(500);
  assert.deepEqual([await first, await second], [manual, manual]);
  const third = find(proxy);
  await clock.pass(0);
  assert.equal(await third, manual);
  detected.resolve(PAC);
  await clock.pass(0);
  assert.equal(await find(proxy), `direct by the PAC file ${PAC}, which this network names`);
});

Deno.test("WindowsSystemProxy reads again after a change, and after ten minutes", async () => {
  const clock = new FakeClock();
  const windows = new FakeWindows();
  windows.settings = { ...NOTHING, autoDetect: true };
  using proxy = new WindowsSystemProxy(windows, clock);
  const counts = () => [windows.reads, windows.sessions, windows.closed, windows.detections];
  await find(proxy);
  clock.time = 10 * 60_000 - 1;
  await find(proxy);
  assert.deepEqual(counts(), [1, 1, 0, 1]);
  clock.time++;
  await find(proxy);
  assert.deepEqual(counts(), [2, 2, 1, 1]);
  proxy.forget();
  await find(proxy);
  assert.deepEqual(counts(), [3, 3, 2, 2]);
});

Deno.test("WindowsSystemProxy.find() ends with its signal", async () => {
  const windows = new FakeWindows();
  windows.settings = { ...NOTHING, scriptUrl: PAC };
  windows.script = () => new Promise(() => {});
  using proxy = new WindowsSystemProxy(windows);
  const aborter = new AbortController();
  const finding = proxy.find(REGISTRY, aborter.signal);
  aborter.abort(new Error("the client went away"));
  await assert.rejects(finding, { message: "the client went away" });
});
