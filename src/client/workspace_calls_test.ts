import assert from "node:assert/strict";
import { fetchFrom, guardedApi, ORIGIN, STATUS, TOKEN } from "../../tests/fakes/api_fakes.ts";
import { FakeWorkspaces, OTHER_DISTRO, WORKSPACE } from "../../tests/fakes/fake_workspaces.ts";
import type { ApiDependencies } from "../api/create_api.ts";
import { WindlassClient } from "./windlass_client.ts";

/** A client of a whole API in memory. */
function clientOf(changes: Partial<ApiDependencies>): WindlassClient {
  return new WindlassClient({ url: ORIGIN, token: TOKEN, fetch: fetchFrom(guardedApi(changes)) });
}

Deno.test("WindlassClient.workspaces lists, checks, enables and disables", async () => {
  const workspaces = new FakeWorkspaces();
  const client = clientOf({ workspaces });
  assert.deepEqual(await client.workspaces.list(), { workspaces: [OTHER_DISTRO, WORKSPACE] });
  assert.deepEqual(await client.workspaces.check("Ubuntu"), WORKSPACE);
  assert.equal((await client.workspaces.enable("Debian")).workspace.enabled, true);
  assert.equal((await client.workspaces.disable("Debian")).workspace.enabled, false);
  await assert.rejects(client.workspaces.check("a/b c"), {
    code: "WL_WORKSPACE_UNKNOWN",
    message: "Cannot check the workspace 'a/b c': there is no such distro",
    remedy: "Run 'windlass workspace list' to see the distros of this machine.",
  });
});

Deno.test("WindlassClient.statusChanges() yields a change of the workspaces once", async () => {
  const client = clientOf({
    async *statusChanges() {
      yield STATUS;
      yield { ...STATUS, workspaces: [{ name: "Ubuntu", state: "running" as const }] };
    },
  });
  const seen = await Array.fromAsync(client.statusChanges(), ({ workspaces }) => workspaces?.length ?? 0);
  assert.deepEqual(seen, [0, 1]);
});
