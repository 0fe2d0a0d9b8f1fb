import assert from "node:assert/strict";
import { NO_LOG } from "../../logging/log.ts";
import { LazyWorkspaces } from "./lazy_workspaces.ts";

Deno.test("LazyWorkspaces answers, rests and leaves without loading anything, while there is nothing to serve", async () => {
  const events: string[] = [];
  const never = new Promise<never>(() => {});
  const workspaces = new LazyWorkspaces({
    session: never,
    cleared: never,
    whenRunning: () => never,
    rest: () => Promise.resolve(void events.push("rest")),
    addsCertificates: () => false,
    isResting: () => false,
    maximumClients: 8,
    log: NO_LOG,
  });
  assert.deepEqual(workspaces.use(), { workspaceRequests: [], workspaceWatchers: 0, roots: [] });
  assert.equal(workspaces.openToDocker, 0);
  await workspaces.rest();
  await workspaces.closeSockets();
  await workspaces.close();
  assert.deepEqual(events, ["rest"]);
});
