import assert from "node:assert/strict";
import { fakeDependencies } from "../../../tests/fakes/api_fakes.ts";
import { FakeWorkspaces, OTHER_DISTRO, WORKSPACE } from "../../../tests/fakes/fake_workspaces.ts";
import { createApi } from "../create_api.ts";
import { ProblemDetails } from "../resources/problems.ts";
import { Workspace, WorkspaceChange, WorkspaceList } from "../resources/workspaces.ts";

async function request(method: string, path: string, workspaces?: FakeWorkspaces): Promise<Response> {
  const api = createApi(fakeDependencies({ workspaces }));
  return await api.fetch(new Request(`http://127.0.0.1:4000/v1/workspaces${path}`, { method }));
}

Deno.test("GET /v1/workspaces answers as its schema describes", async () => {
  const response = await request("GET", "", new FakeWorkspaces());
  assert.deepEqual(WorkspaceList.parse(await response.json()), { workspaces: [OTHER_DISTRO, WORKSPACE] });
});

Deno.test("GET /v1/workspaces/{name} checks one distro", async () => {
  const workspaces = new FakeWorkspaces();
  const response = await request("GET", "/Ubuntu", workspaces);
  assert.deepEqual(Workspace.parse(await response.json()), WORKSPACE);
  assert.deepEqual(workspaces.asked, ["check Ubuntu"]);
});

Deno.test("POST /v1/workspaces/{name}/enable and disable answer with what was done", async () => {
  const workspaces = new FakeWorkspaces();
  const enabled = WorkspaceChange.parse(await (await request("POST", "/Debian/enable", workspaces)).json());
  assert.equal(enabled.workspace.enabled, true);
  assert.equal(enabled.steps[0]?.why, "own");
  const disabled = WorkspaceChange.parse(await (await request("POST", "/Debian/disable", workspaces)).json());
  assert.deepEqual(disabled.steps, [{ path: "/usr/local/bin/docker", outcome: "removed" }]);
});

Deno.test("the routes of workspaces pass on each name as it was typed, and refuse what cannot be one", async () => {
  for (const name of ["Ubuntu 24", "a/b", "ü"]) {
    const workspaces = new FakeWorkspaces();
    const response = await request("POST", `/${encodeURIComponent(name)}/enable`, workspaces);
    const { code, detail } = ProblemDetails.parse(await response.json());
    assert.deepEqual([response.status, code, detail], [
      404,
      "WL_WORKSPACE_UNKNOWN",
      `Cannot check the workspace '${name}': there is no such distro`,
    ]);
  }
  const response = await request("GET", `/${"x".repeat(257)}`, new FakeWorkspaces());
  assert.deepEqual([response.status, ProblemDetails.parse(await response.json()).code], [
    400,
    "WL_API_INVALID",
  ]);
});

Deno.test("the routes of workspaces say when a host has none", async () => {
  const response = await request("GET", "");
  const { code, detail } = ProblemDetails.parse(await response.json());
  assert.deepEqual([response.status, code, detail], [
    409,
    "WL_NOT_SUPPORTED",
    "Cannot use the distros of this machine: this host does not support workspaces",
  ]);
});
