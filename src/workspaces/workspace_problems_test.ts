import assert from "node:assert/strict";
import { PLACED_ENTRY } from "../../tests/fakes/workspace_entry.ts";
import type { Probe } from "./tool_output.ts";
import { foreignOwner, type JudgedWorkspace, workspaceProblems } from "./workspace_problems.ts";

const PROBE: Probe = {
  automountRoot: "/mnt/",
  dockerGroup: null,
  writable: true,
  interop: true,
  systemd: true,
  shells: ["sh"],
  socket: "ours",
  docker: "ours",
  files: [{ path: "/usr/local/bin/docker", state: "placed" }, { path: "/etc/x", state: "placed" }],
  manifest: true,
  shared: "/mnt/wsl/windlass",
};
const JUDGED: JudgedWorkspace = {
  name: "Ubuntu",
  enabled: true,
  entry: PLACED_ENTRY,
  probe: PROBE,
  folder: "windlass",
};

function problems(changes: Partial<JudgedWorkspace>): (readonly [string, string])[] {
  return workspaceProblems({ ...JUDGED, ...changes }).map(({ code, message }) => [code, message]);
}

Deno.test("workspaceProblems() finds none where all is as it should be, with a docker of the user's own too", () => {
  assert.deepEqual(problems({}), []);
  assert.deepEqual(problems({ probe: { ...PROBE, docker: "own", automountRoot: "/" } }), []);
  assert.deepEqual(problems({ enabled: false, entry: undefined, probe: { ...PROBE, manifest: false } }), []);
});

Deno.test("workspaceProblems() names each thing that is not as it should be", () => {
  const changed = [{ path: "/etc/x", state: "changed" as const }];
  const missing = PROBE.files.map(({ path }) => ({ path, state: "missing" as const }));
  const cases: readonly (readonly [Partial<Probe>, string, string])[] = [
    [
      { socket: "missing" },
      "WL_WORKSPACE_INCOMPLETE",
      "Cannot use the workspace 'Ubuntu': '/var/run/docker.sock' is missing",
    ],
    [
      { socket: "engine" },
      "WL_WORKSPACE_SOCKET_TAKEN",
      "Cannot link the engine's socket in the workspace 'Ubuntu': '/var/run/docker.sock' is the socket of another engine",
    ],
    [
      { socket: "foreign" },
      "WL_WORKSPACE_SOCKET_TAKEN",
      "Cannot link the engine's socket in the workspace 'Ubuntu': '/var/run/docker.sock' is not Windlass's",
    ],
    [
      { files: changed },
      "WL_WORKSPACE_FILE_CHANGED",
      "Cannot keep every file up to date in the workspace 'Ubuntu': '/etc/x' was changed",
    ],
    [
      { files: missing },
      "WL_WORKSPACE_INCOMPLETE",
      "Cannot use the workspace 'Ubuntu': '/usr/local/bin/docker' and 1 more files are missing",
    ],
    [
      { interop: false },
      "WL_WORKSPACE_NO_INTEROP",
      "Cannot start the engine from the workspace 'Ubuntu': it cannot run Windows programs",
    ],
    [
      { manifest: false },
      "WL_WORKSPACE_REPLACED",
      "Cannot use the workspace 'Ubuntu': it is not the distro that was enabled, but another one",
    ],
    [
      { shared: "/mnt/wsl/windlass-beta" },
      "WL_WORKSPACE_FOREIGN",
      "Cannot use the workspace 'Ubuntu': it belongs to the instance 'windlass-beta'",
    ],
  ];
  for (const [changes, code, message] of cases) {
    assert.deepEqual(problems({ probe: { ...PROBE, ...changes } }), [[code, message]]);
  }
});

Deno.test("workspaceProblems() names what a killed enable or disable has left", () => {
  const incomplete = "Cannot use the workspace 'Ubuntu': it is not set up completely";
  assert.deepEqual(problems({ entry: { ...PLACED_ENTRY, state: "placing" } }), [[
    "WL_WORKSPACE_INCOMPLETE",
    incomplete,
  ]]);
  assert.deepEqual(problems({ entry: undefined, probe: { ...PROBE, writable: false, unwritable: "/etc" } }), [
    ["WL_WORKSPACE_INCOMPLETE", incomplete],
    ["WL_WORKSPACE_READ_ONLY", "Cannot repair the workspace 'Ubuntu': '/etc' cannot be written to"],
  ]);
  const left = "Cannot leave the distro 'Ubuntu': it is not enabled, and still has files of Windlass";
  assert.deepEqual(problems({ enabled: false, entry: undefined }), [["WL_WORKSPACE_LEFT", left]]);
});

Deno.test("foreignOwner() is the instance whose files a distro has, unless it is this one", () => {
  const owner = (changes: Partial<Probe>) =>
    foreignOwner({ probe: { ...PROBE, ...changes }, folder: "windlass" });
  assert.deepEqual([
    owner({}),
    owner({ shared: "/wsl/windlass" }),
    owner({ shared: "/mnt/wsl/windlass-beta" }),
    owner({ manifest: false, shared: "/mnt/wsl/windlass-beta" }),
  ], [undefined, undefined, "windlass-beta", undefined]);
});
