import assert from "node:assert/strict";
import {
  areWorkspaceUses,
  isResolvedWorkspacePath,
  isWorkspace,
  isWorkspaceName,
  type Workspace,
} from "./workspace_messages.ts";
import { isAgentRequest, isEngineUse } from "./rpc_messages.ts";

const UBUNTU: Workspace = {
  name: "Ubuntu-24.04",
  token: "0123456789abcdef0123456789abcdef",
  uid: 1000,
  gid: 998,
  mode: 0o660,
  automountRoot: "/mnt/",
};

Deno.test("isWorkspaceName() takes what WSL takes, and nothing that a mount could not be written with", () => {
  for (const name of ["Ubuntu", "Ubuntu-24.04", "my_distro", "a b", "Größe", "x".repeat(255)]) {
    assert.ok(isWorkspaceName(name), name);
  }
  for (
    const name of [
      "",
      ".",
      "..",
      ".x",
      "a/b",
      "a:b",
      "a,b",
      "a\\b",
      "a\nb",
      "x".repeat(256),
      "é".repeat(128),
      1,
    ]
  ) {
    assert.equal(isWorkspaceName(name), false, String(name));
  }
});

Deno.test("isWorkspace() refuses a value that lacks a part or has one of another form", () => {
  assert.ok(isWorkspace(UBUNTU));
  assert.ok(isWorkspace({ ...UBUNTU, automountRoot: "/" }));
  for (const part of Object.keys(UBUNTU)) assert.equal(isWorkspace({ ...UBUNTU, [part]: undefined }), false);
  const wrong = [
    { token: "../../etc" },
    { token: "0123456789ABCDEF0123456789ABCDEF" },
    { uid: -1 },
    { uid: 2 ** 32 - 1 }, // stands for "no change"
    { gid: 1.5 },
    { mode: 0o4755 },
    { automountRoot: "/mnt" },
    { automountRoot: "mnt/" },
    { automountRoot: "/mnt/../" },
    { automountRoot: "/m\nt/" },
  ];
  for (const part of wrong) assert.equal(isWorkspace({ ...UBUNTU, ...part }), false, JSON.stringify(part));
});

Deno.test("isAgentRequest() takes the requests about workspaces, and no name twice", () => {
  const requests = [
    { id: 1, method: "workspaces", workspaces: [] },
    { id: 1, method: "workspaces", workspaces: [UBUNTU, { ...UBUNTU, name: "Debian" }] },
    { id: 1, method: "rest" },
    { id: 1, method: "resolve-workspace-path", workspace: "Ubuntu", path: "/home", use: "create" },
    { id: 1, method: "prepare-start", container: "web" },
  ];
  for (const request of requests) assert.ok(isAgentRequest(request), JSON.stringify(request));
  const wrong = [
    { method: "rest" },
    { id: 1, method: "workspaces" },
    { id: 1, method: "workspaces", workspaces: [UBUNTU, UBUNTU] },
    { id: 1, method: "workspaces", workspaces: [UBUNTU.name] },
    { id: 1, method: "resolve-workspace-path", workspace: "..", path: "/home", use: "create" },
    { id: 1, method: "resolve-workspace-path", workspace: "Ubuntu", path: "/home", use: "take" },
    { id: 1, method: "resolve-workspace-path", workspace: "Ubuntu", use: "create" },
    { id: 1, method: "prepare-start" },
  ];
  for (const request of wrong) assert.equal(isAgentRequest(request), false, JSON.stringify(request));
});

Deno.test("isResolvedWorkspacePath() takes a path or a refusal, not both", () => {
  assert.ok(isResolvedWorkspacePath({ path: "/run/windlass/workspaces/Ubuntu/home" }));
  assert.ok(isResolvedWorkspacePath({ refused: "it is gone" }));
  for (const value of [{}, null, "x", { path: "/x", refused: "it is gone" }, { path: 1 }]) {
    assert.equal(isResolvedWorkspacePath(value), false, JSON.stringify(value));
  }
});

Deno.test("isEngineUse() takes what an agent of an earlier version says, and the use by workspaces", () => {
  const earlier = { containers: [], containerCount: 0, swarm: false, localClients: 0 };
  assert.ok(isEngineUse(earlier));
  const since = "2026-01-02T03:04:05.678Z";
  assert.ok(isEngineUse({ ...earlier, workspaceRequests: [{ what: "exec", since }], roots: ["Ubuntu"] }));
  assert.equal(isEngineUse({ ...earlier, workspaceRequests: [{ what: "exec" }] }), false);
  assert.equal(isEngineUse({ ...earlier, roots: [1] }), false);
  assert.ok(isEngineUse({ ...earlier, workspaceWatchers: 1, workspaceQuiet: 5 }));
  for (const part of [{ workspaceWatchers: -1 }, { workspaceQuiet: "5" }]) {
    assert.equal(isEngineUse({ ...earlier, ...part }), false);
  }
  assert.equal(areWorkspaceUses({}), false);
});
