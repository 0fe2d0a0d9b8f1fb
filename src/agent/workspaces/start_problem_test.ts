import assert from "node:assert/strict";
import {
  FakeWorkspace,
  WORKSPACE_ENTRIES,
  WORKSPACE_FOLDER,
  WORKSPACE_SOCKET,
} from "../../../tests/fakes/fake_workspace.ts";
import { NEVER } from "../../timing/sleep.ts";
import { startProblem } from "./start_problem.ts";

Deno.test("startProblem() says what has changed since a container was created", async () => {
  const workspace = new FakeWorkspace(WORKSPACE_ENTRIES);
  const sockets = new Set([WORKSPACE_SOCKET]);
  const files = {
    readLink: (path: string) => {
      if (!path.startsWith("/mnt/wsl/")) return workspace.readLink(path);
      return sockets.has(path) ? Promise.resolve(null) : Promise.reject(new Deno.errors.NotFound());
    },
  };
  const check = { shared: "/mnt/wsl/windlass", files, signal: NEVER };
  const fine = ["/mnt/c/Users", "/var/lib/x", `${WORKSPACE_FOLDER}/home/me/real`, WORKSPACE_SOCKET];
  assert.equal(await startProblem("web", fine, check), undefined);
  assert.equal(
    await startProblem("web", [...fine, `${WORKSPACE_FOLDER}/home/me/absolute`], check),
    "Cannot start the container 'web': '/home/me/absolute' of 'Ubuntu-24.04' leads to '/home/me/real' by now; " +
      "create the container again",
  );
  sockets.clear();
  assert.equal(
    await startProblem("web", fine, check),
    "Cannot start the container 'web': it mounts the socket of a workspace that was disabled since; " +
      "create the container again",
  );
});
