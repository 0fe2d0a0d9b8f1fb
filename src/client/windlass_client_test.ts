import assert from "node:assert/strict";
import {
  fetchFrom,
  guardedApi,
  ORIGIN,
  PID,
  START_REPORT,
  STATUS,
  STREAMS_REPORT,
  TOKEN,
} from "../../tests/fakes/api_fakes.ts";
import { FakeUpdates, UPDATE_OFFER, UPDATE_STATUS } from "../../tests/fakes/fake_updates.ts";
import { resolveHome } from "../host/home.ts";
import type { ApiDependencies } from "../api/create_api.ts";
import { usualAddressFile } from "./read_api_address.ts";
import { WindlassClient } from "./windlass_client.ts";

/** A client of a whole API in memory. */
function clientOf(changes: Partial<ApiDependencies> = {}, token = TOKEN): WindlassClient {
  return new WindlassClient({ url: ORIGIN, token, fetch: fetchFrom(guardedApi(changes)) });
}

Deno.test("WindlassClient.status() returns the status", async () => {
  assert.deepEqual(await clientOf().status(), STATUS);
});

Deno.test("WindlassClient.events() yields the events until the host ends", async () => {
  const events = await Array.fromAsync(clientOf().events());
  assert.deepEqual(events[0], { type: "status", status: STATUS });
  assert.equal(events.length, 2);
});

Deno.test("WindlassClient.statusChanges() puts progress into the status", async () => {
  const importing = (done: number) => ({
    ...STATUS,
    engine: {
      ...STATUS.engine,
      state: "importing" as const,
      stage: "Importing",
      progress: { done, total: 9 },
    },
  });
  const client = clientOf({
    async *statusChanges() {
      yield importing(1);
      yield importing(2);
      yield STATUS;
    },
  });
  const seen = (await Array.fromAsync(client.statusChanges())).map(({ engine }) => [
    engine.state,
    engine.progress?.done,
  ]);
  assert.deepEqual(seen, [["importing", 1], ["importing", 2], ["running", undefined]]);
});

Deno.test("WindlassClient.statusChanges() puts the progress of an update into the status", async () => {
  const downloading = (done: number) => ({
    ...STATUS,
    update: { ...UPDATE_STATUS, step: "downloading" as const, progress: { done, total: 9 } },
  });
  const client = clientOf({
    async *statusChanges() {
      yield downloading(1);
      yield downloading(2);
    },
  });
  const seen = await Array.fromAsync(client.statusChanges(), ({ update }) => update);
  assert.deepEqual(seen, [downloading(1).update, downloading(2).update]);
});

Deno.test("WindlassClient.update sends requests and returns the new status", async () => {
  const updates = new FakeUpdates();
  const { update } = clientOf({ updates });
  assert.deepEqual(await update.status(), UPDATE_STATUS);
  assert.deepEqual((await update.check()).offer, UPDATE_OFFER);
  assert.equal((await update.download()).step, "ready");
  assert.equal((await update.install()).step, "waiting-for-idle");
  assert.equal((await update.install({ when: "now", version: "1.2.0" })).step, "switching");
  assert.equal((await update.rollback({ when: "now" })).step, "switching");
  assert.equal((await update.pin("1.2")).pinned, "1.2");
  assert.equal((await update.unpin()).pinned, null);
  assert.deepEqual((await update.skip("1.2.0")).skipped, ["1.2.0"]);
  assert.deepEqual(updates.asked, [
    "check",
    "download",
    'install {"when":"idle"}',
    'install {"when":"now","version":"1.2.0"}',
    "rollback now",
  ]);
});

Deno.test("WindlassClient.logs returns the lines that match", async () => {
  const { logs } = clientOf();
  assert.deepEqual((await logs.tail({ lines: 1 })).map((line) => line.event), ["two"]);
  assert.deepEqual((await logs.tail({ level: "warn" })).map((line) => line.event), ["two"]);
  const followed = await Array.fromAsync(logs.follow({ source: "host" }), (line) => line.event);
  assert.deepEqual(followed, ["one", "three"]);
});

Deno.test("WindlassClient starts what it is asked to", async () => {
  const calls: string[] = [];
  const client = clientOf({
    startEngine: () => calls.push("start"),
    stopEngine: () => calls.push("stop"),
    restartEngine: () => calls.push("restart"),
    stop: () => calls.push("host"),
  });
  await client.engine.start();
  await client.engine.stop();
  await client.engine.restart();
  await client.stop();
  assert.deepEqual(calls, ["start", "stop", "restart", "host"]);
  assert.match(await client.createPageLink(), /^http:\/\/127\.0\.0\.1:4000\/\?code=[0-9a-f]{64}$/);
});

Deno.test("WindlassClient throws the host's error, with its code and remedy", async () => {
  await assert.rejects(clientOf({}, "f".repeat(64)).status(), {
    name: "WindlassError",
    code: "WL_API_UNAUTHORIZED",
    message: "Cannot answer: the token is not that of the running host",
    remedy: "Send the token from the file api.json of the home; it changes each time the host starts.",
  });
  await assert.rejects(clientOf().logs.tail({ lines: -1 }), {
    code: "WL_API_INVALID",
    message: "Cannot answer: lines: Too small: expected number to be >=0",
  });
});

Deno.test("WindlassClient throws the problem that ends a stream", async () => {
  const client = clientOf({
    // deno-lint-ignore require-yield
    async *logFollow() {
      throw new TypeError("x");
    },
  });
  await assert.rejects(Array.fromAsync(client.logs.follow()), {
    code: "WL_INTERNAL",
    message: "Cannot continue: x",
  });
});

Deno.test("WindlassClient ends a stream without an error when its signal aborts", async () => {
  const end = new AbortController();
  const gone = Promise.withResolvers<void>();
  const client = clientOf({
    async *statusChanges(signal) {
      signal.addEventListener("abort", () => gone.resolve());
      yield STATUS;
      await gone.promise;
    },
  });
  const events = client.events({ signal: end.signal });
  await events.next();
  const next = events.next();
  end.abort();
  assert.equal((await next).done, true);
});

Deno.test("WindlassClient ends a stream when its signal aborts, even if fetch has lost the signal", async () => {
  const end = new AbortController();
  const gone = Promise.withResolvers<void>();
  const api = guardedApi({
    async *statusChanges(signal) {
      signal.addEventListener("abort", () => gone.resolve());
      yield STATUS;
      await gone.promise;
    },
  });
  const fetch = fetchFrom(api);
  const deaf = (url: URL, { signal: _, ...init }: RequestInit) => fetch(url, init);
  const events = new WindlassClient({ url: ORIGIN, token: TOKEN, fetch: deaf }).events({
    signal: end.signal,
  });
  await events.next();
  const next = events.next();
  end.abort();
  assert.equal((await next).done, true);
  await gone.promise; // the host has been notified
});

Deno.test("WindlassClient accepts no response from another program", async () => {
  const answer = (headers: HeadersInit) => () => Promise.resolve(new Response("{}", { headers }));
  const client = new WindlassClient({ url: ORIGIN, token: TOKEN, fetch: answer({}) });
  await assert.rejects(client.status(), {
    code: "WL_HOST_NOT_RUNNING",
    message: "Cannot reach the host: another program is listening on http://127.0.0.1:4000",
    remedy: "Start it with 'windlass start'.",
  });
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, JSON.stringify({ url: ORIGIN, token: TOKEN, pid: PID }));
    const other = new WindlassClient({ addressFile: file, fetch: answer({ "windlass-pid": "43" }) });
    await assert.rejects(other.status(), { code: "WL_HOST_NOT_RUNNING" });
    // The process id of a dead host is not a secret.
    const same = new WindlassClient({ addressFile: file, fetch: answer({ "windlass-pid": String(PID) }) });
    await assert.rejects(same.status(), { code: "WL_HOST_NOT_RUNNING" });
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("WindlassClient sends the token only to a host that has proved that it knows it", async () => {
  const seen: string[] = [];
  const fetch = (_: URL, { headers }: RequestInit) => {
    seen.push(JSON.stringify([...new Headers(headers)]));
    return Promise.resolve(new Response("{}", { status: 401, headers: { "windlass-pid": String(PID) } }));
  };
  const client = new WindlassClient({
    address: () => Promise.resolve({ url: ORIGIN, token: TOKEN, pid: PID }),
    fetch,
  });
  await assert.rejects(client.status(), { code: "WL_HOST_NOT_RUNNING" });
  assert.equal(seen.length, 1);
  assert.match(seen[0]!, /"Windlass [0-9a-f]{64} [0-9a-f]{64}"/);
  assert.ok(!seen[0]!.includes(TOKEN));
  // An older host, which is known to be running, requires the token itself.
  const old = new WindlassClient({
    address: () => Promise.resolve({ url: ORIGIN, token: TOKEN, pid: PID, isAlive: true }),
    fetch: (url, init) =>
      new Headers(init.headers).get("authorization")!.startsWith("Windlass")
        ? fetch(url, init)
        : fetchFrom(guardedApi())(url, init),
  });
  assert.deepEqual(await old.status(), STATUS);
});

Deno.test("WindlassClient refuses a status without its parts, and a page link that leads elsewhere", async () => {
  for (const status of [{}, [], { host: {}, engine: null, distro: {} }]) {
    await assert.rejects(clientOf({ status: () => status as unknown as typeof STATUS }).status(), {
      code: "WL_API_ANSWER_INVALID",
      message: "Cannot understand the host's answer to GET /v1/status",
    });
  }
  for (const url of ["file://evil.desktop", "http://127.0.0.1:40001/?code=c", `${ORIGIN}.evil.test/`, ""]) {
    await assert.rejects(clientOf({ createPageLink: () => url }).createPageLink(), {
      code: "WL_API_ANSWER_INVALID",
      message: "Cannot understand the host's answer to POST /v1/page-links",
    });
  }
});

Deno.test("WindlassClient distinguishes an absent host from a silent one", async () => {
  const refused = new WindlassClient({
    url: ORIGIN,
    token: TOKEN,
    fetch: () => Promise.reject(new TypeError("x")),
  });
  await assert.rejects(refused.status(), {
    code: "WL_HOST_NOT_RUNNING",
    message: "Cannot reach the host: nothing is listening on http://127.0.0.1:4000",
  });
  await assert.rejects(refused.status({ signal: AbortSignal.abort() }), {
    code: "WL_HOST_SILENT",
    message: "Cannot reach the host: no answer on http://127.0.0.1:4000",
  });
});

Deno.test("WindlassClient.connect() names the file that is missing", async () => {
  await assert.rejects(WindlassClient.connect({ addressFile: "/nowhere/api.json" }), {
    code: "WL_HOST_NOT_RUNNING",
    message: "Cannot reach the host: /nowhere/api.json is missing",
  });
});

Deno.test("usualAddressFile() is the file that the host writes, on both systems", () => {
  const linux = { HOME: "/home/me", XDG_DATA_HOME: "/data", WINDLASS_HOME: "/srv/windlass" };
  const windows = { LOCALAPPDATA: "C:\\Users\\me\\AppData\\Local", WINDLASS_HOME: "D:\\Windlass" };
  const { WINDLASS_HOME: _, ...linuxUsual } = linux;
  const { WINDLASS_HOME: _home, ...windowsUsual } = windows;
  for (const environment of [linux, linuxUsual, { HOME: "/home/me" }]) {
    assert.equal(usualAddressFile(environment, "linux"), resolveHome(environment, "linux").apiAddressFile);
  }
  for (const environment of [windows, windowsUsual]) {
    assert.equal(usualAddressFile(environment, "win32"), resolveHome(environment, "windows").apiAddressFile);
  }
  assert.throws(() => usualAddressFile({}, "win32"), {
    code: "WL_HOME_INVALID",
    message: "Cannot find the data folder: neither WINDLASS_HOME nor LOCALAPPDATA is set",
  });
});

Deno.test("WindlassClient.streamsReport() returns what the host reports", async () => {
  using client = clientOf();
  assert.deepEqual(await client.streamsReport(), STREAMS_REPORT);
});

Deno.test("WindlassClient.startReport() returns what the host reports", async () => {
  using client = clientOf();
  assert.deepEqual(await client.startReport(), START_REPORT);
});

Deno.test("WindlassClient.diagnostics() returns the bytes of the archive", async () => {
  using client = clientOf();
  assert.equal(new TextDecoder().decode(await client.diagnostics()), "a zip");
});
