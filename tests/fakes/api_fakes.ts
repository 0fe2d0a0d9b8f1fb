import type { NetworkReport } from "../../src/api/resources/network.ts";
import type { StartReport } from "../../src/api/resources/start_report.ts";
import type { StreamsReport } from "../../src/api/resources/streams_report.ts";
import { type ApiDependencies, createApi } from "../../src/api/create_api.ts";
import { localOnly, type RequestHandler } from "../../src/api/local_only.ts";
import { pageLink } from "../../src/api/page_entry.ts";
import { PageSessions } from "../../src/api/page_sessions.ts";
import type { SettingEntry } from "../../src/api/resources/settings.ts";
import type { Status } from "../../src/api/resources/status.ts";
import { FakeUpdates } from "./fake_updates.ts";
import { isWanted, type LogLine, type LogSource } from "../../src/logging/log.ts";

/** What a host reports of the last start of its engine. */
export const START_REPORT: StartReport = {
  start: {
    cause: "request",
    since: "2026-01-02T03:04:05.678Z",
    outcome: "answered",
    problem: null,
    totalMs: 800,
    phases: [
      { phase: "distros", startMs: 0, durationMs: 20 },
      { phase: "wsl", startMs: 20, durationMs: 780 },
    ],
  },
};

/** A report of an engine that is stopped and has no clients. */
export const STREAMS_REPORT: StreamsReport = {
  time: "2026-01-02T03:04:05.678Z",
  engine: "stopped",
  connections: [],
  connectionsLeftOut: 0,
  link: null,
  agent: null,
};

/** The network of a machine with a proxy, of which one request failed. */
export const NETWORK_REPORT: NetworkReport = {
  settings: { proxy: "system", noProxy: [], containerProxy: "auto", containerCertificates: false },
  decidedBy: "the proxy settings of Windows",
  proxyInForce: true,
  pac: null,
  upstreams: [{
    address: "http://proxy.example.com:8080",
    answer: "connected",
    working: true,
    at: "2026-01-02T03:04:05.678Z",
  }],
  hosts: [{
    host: "registry.example.com",
    port: 443,
    client: "engine",
    way: "http://proxy.example.com:8080",
    rule: "the proxy settings of Windows",
    outcome: "Cannot reach registry.example.com: the proxy answered '403 Forbidden'",
    reached: false,
    milliseconds: 40,
    requests: 3,
    failures: 1,
    at: "2026-01-02T03:04:05.678Z",
  }],
  certificates: {
    total: 143,
    stores: [{ name: "ROOT", count: 60 }, { name: "CA", count: 90 }],
    refused: [],
    engine: "in use",
  },
  containersUseProxy: true,
  hints: [],
};

/** A token as hosts make them. */
export const TOKEN = "0123456789abcdef".repeat(4);
/** Where the fake host would listen. */
export const ORIGIN = "http://127.0.0.1:4000";
/** Its process id. */
export const PID = 42;

/** The status of a host whose engine runs. */
export const STATUS: Status = {
  version: "1.2.3",
  host: { pid: PID },
  engine: {
    state: "running",
    dockerHost: "unix:///d.sock",
    listening: ["unix:///d.sock"],
    keptBy: [],
    stopsAt: null,
    dockerVersion: "28.5",
    since: "2026-01-01T00:00:00.000Z",
  },
  distro: { name: "windlass", rootfs: "abc" },
  warnings: [],
};

/** A log line. */
export function logLine(source: LogSource, event: string, level: LogLine["level"] = "info"): LogLine {
  return { time: "2026-01-01T00:00:00.000Z", level, source, event };
}

/** The only setting of the fake host. */
export const SETTING: SettingEntry = {
  key: "engine.idleTimeout",
  value: "10m",
  default: "10m",
  source: "default",
  locked: false,
  description: "How long",
  takesEffect: "at once",
};

/**
 * A host without an engine: two log lines, two more to come, one change of status. A test of a route that only its own
 * tests call passes the dependency in `changes`.
 */
export function fakeDependencies(changes: Partial<ApiDependencies> = {}): ApiDependencies {
  const kept = [logLine("host", "one"), logLine("dockerd", "two", "warn")];
  const coming = [logLine("host", "three"), logLine("dockerd", "four")];
  return {
    status: () => STATUS,
    async *statusChanges() {
      yield STATUS;
      yield { ...STATUS, engine: { ...STATUS.engine, state: "stopping", stage: "Stopping" } };
    },
    logTail: (count, filter) =>
      count === 0 ? [] : kept.filter((line) => isWanted(line, filter)).slice(-count),
    async *logFollow(_, count, filter) {
      for (const line of [...kept.slice(-count), ...coming]) if (isWanted(line, filter)) yield line;
    },
    startEngine() {},
    stopEngine() {},
    restartEngine() {},
    stop() {},
    ports: () => ({ ports: [] }),
    network: () => NETWORK_REPORT,
    checkNetwork: (host) => Promise.resolve({ host, port: 443, reached: true, steps: [] }),
    settings: () => [SETTING],
    settingsSchema: () => ({ type: "object" }),
    changeSettings: (changes) => Promise.resolve([{ ...SETTING, value: changes[SETTING.key] }]),
    updates: new FakeUpdates(),
    streamsReport: () => Promise.resolve(STREAMS_REPORT),
    startReport: () => START_REPORT,
    diagnostics: () => Promise.resolve(new TextEncoder().encode("a zip")),
    createPageLink: () => `${ORIGIN}/?code=c`,
    ...changes,
  } as ApiDependencies;
}

/** The whole API in memory, guarded as it is served. */
export function guardedApi(changes: Partial<ApiDependencies> = {}): RequestHandler {
  const sessions = new PageSessions();
  const access = { port: 4000, token: TOKEN, pid: PID, sessions };
  return localOnly(
    createApi(fakeDependencies({ createPageLink: () => pageLink(access), ...changes })),
    access,
  );
}

/** A `fetch` that asks the handler, with the Host that a runtime would add, and whose answers end with the signal. */
export function fetchFrom(handler: RequestHandler): (url: URL, init: RequestInit) => Promise<Response> {
  return async (url, { signal, ...init }) => {
    const headers = new Headers(init.headers);
    headers.set("host", url.host);
    const response = await handler.fetch(new Request(url, { ...init, headers }));
    if (response.body === null || !signal) return response;
    return new Response(response.body.pipeThrough(new TransformStream(), { signal }), response);
  };
}
