import assert from "node:assert/strict";
import { WindlassError } from "../../errors/windlass_error.ts";
import { VERSION } from "../../version.ts";
import { hostStatus, type StatusSources } from "./host_status.ts";

const SOURCES: StatusSources = {
  processId: 7,
  dockerHost: "unix:///srv/windlass/docker.sock",
  engine: { state: { kind: "stopped" } },
  idle: { keptBy: [], stopsAt: null },
  distros: { engineName: "windlass", rootfsId: null },
  endpoints: { listening: ["unix:///srv/windlass/docker.sock"], warnings: [] },
  settings: { problems: [] },
  startProblems: [],
  updates: undefined,
  workspaces: { summaries: [] },
  network: { warnings: () => [] },
};

Deno.test("hostStatus() of a host without updates leaves them out", () => {
  assert.deepEqual(hostStatus(SOURCES), {
    version: VERSION,
    host: { pid: 7 },
    engine: {
      state: "stopped",
      dockerHost: "unix:///srv/windlass/docker.sock",
      listening: ["unix:///srv/windlass/docker.sock"],
      keptBy: [],
      stopsAt: null,
      dockerVersion: null,
      since: null,
    },
    distro: { name: "windlass", rootfs: null },
    workspaces: [],
    warnings: [],
  });
});

Deno.test("hostStatus() has the warnings of every part", () => {
  const problem = (code: string) => ({ code, message: "m", remedy: "r" });
  const { warnings } = hostStatus({
    ...SOURCES,
    endpoints: { listening: [], warnings: [problem("WL_SOCKET_BUSY")] },
    startProblems: [problem("WL_HOME_OPEN")],
    settings: { problems: [new WindlassError("WL_SETTING_INVALID", "Cannot use 'x'")] },
  });
  assert.deepEqual(warnings.map(({ code }) => code), [
    "WL_SOCKET_BUSY",
    "WL_HOME_OPEN",
    "WL_SETTING_INVALID",
  ]);
});
