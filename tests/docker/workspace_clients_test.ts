/**
 * The cases of the suite by a user in a distro that is switched on: its Docker CLI, on its own files, and clients on its socket.
 * See docker_clients_test.ts for what a difference means.
 */
import { join } from "node:path";
import { runChecked } from "../support/run_command.ts";
import { openTemporaryFolder } from "../support/temporary_folder.ts";
import { openWorkspaceClient } from "../support/user_distros/workspace_client.ts";
import { openWorkspace } from "../support/user_distros/workspace.ts";
import { startWindlass } from "../support/windlass_instance.ts";
import { CASES } from "./cases/all_cases.ts";
import { DEV_CONTAINER_CASES } from "./cases/dev_containers.ts";
import { compareCases, type EngineUnderTest } from "./compare_engines.ts";

/** That command line needs a runtime of its own in the distro: tests/end_to_end/workspaces/clients_test.ts runs it. */
const OUTSIDE = new Set(DEV_CONTAINER_CASES.map(({ name }) => name))
  // What is killed is the `wsl` in front of the client. That hangs up, and attach passes the signal on to its container.
  .add("clients killed while they attach are gone for dockerd too");

Deno.test(
  "Docker clients in a user's distro work as on a bare dockerd",
  (test) => compareCases(test, CASES.filter(({ name }) => !OUTSIDE.has(name)), openWorkspaceEngine),
);

/** The cases have folders in the distro, which the programs of this test see under the same path. */
async function openWorkspaceEngine(): Promise<EngineUnderTest> {
  Deno.umask(0o022); // the client is another user's, and has to read what the cases write
  await using owned = new AsyncDisposableStack();
  const instance = owned.use(await startWindlass());
  const distro = owned.use(await openWorkspace(instance, "debian"));
  const folder = owned.use(await openTemporaryFolder("windlass-workspace-cases")).path;
  const within = join(distro.files, folder);
  await Deno.mkdir(within, { recursive: true });
  await runChecked(["mount", "--bind", within, folder]);
  owned.defer(async () => {
    await runChecked(["umount", "--lazy", folder]);
  });
  const docker = owned.use(await openWorkspaceClient(instance, distro));
  const stack = owned.move();
  return {
    name: "windlass",
    docker,
    folder,
    logs: () => instance.logs(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
