import { WORKSPACE_PROGRAM } from "../../agent/protocol/distro_paths.ts";
import { problemOf } from "../../errors/problem_of.ts";
import type { Log } from "../../logging/log.ts";
import { foreignOwner } from "../../workspaces/workspace_problems.ts";
import { WorkspaceRecord } from "../../workspaces/workspace_record.ts";
import { WorkspaceTool } from "../../workspaces/workspace_tool.ts";
import { WORKSPACE_LIMITS } from "../../workspaces/workspace_limits.ts";
import type { Wsl } from "../../wsl/wsl.ts";
import { findDistro } from "./wanted_workspaces.ts";

/** The engine distro may have to be started first. */
const COPY_MILLISECONDS = 120_000;

/** What an uninstallation has. The caller holds the lock of the home, so no host runs. */
export interface DisableAllOptions {
  readonly wsl: Pick<Wsl, "list" | "run" | "spawn">;
  /** The distro that has the tool. */
  readonly engineDistro: string;
  /** Name of this instance's shared folder. */
  readonly folder: string;
  readonly recordFile: string;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Takes what the user should know, as a sentence without a final period. */
  readonly note: (text: string) => void;
}

/**
 * Removes the files of this instance from every workspace. Needs no agent: the tool is copied to where all distros see
 * it. A distro that is gone or does not work is named and left; each has its own limit. Rejects only with the signal's
 * reason.
 */
export async function disableAllWorkspaces(options: DisableAllOptions): Promise<void> {
  const { wsl, engineDistro, recordFile, log, signal, note } = options;
  const record = await WorkspaceRecord.open(recordFile, log);
  const names = Object.keys(record.entries);
  if (names.length === 0) return;
  const folder = `windlass-disable-${crypto.randomUUID().slice(0, 8)}`;
  const run = (argv: readonly [string, ...string[]]) =>
    wsl.run({ distro: engineDistro, argv, timeoutMilliseconds: COPY_MILLISECONDS, signal });
  const queue = [...names];
  try {
    const target = `/mnt/wsl/${folder}${WORKSPACE_PROGRAM}`;
    await run(["/usr/bin/install", "-D", "-m", "755", WORKSPACE_PROGRAM, target]);
    const distros = await wsl.list({ signal, timeoutMilliseconds: WORKSPACE_LIMITS.listMilliseconds });
    const work = async () => {
      for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
        if (findDistro(name, distros)?.name !== name) note(`The workspace '${name}' is gone`);
        else await disableOne(name, folder, record, options);
      }
    };
    await Promise.all(Array.from({ length: WORKSPACE_LIMITS.checkedAtOnce }, work));
  } catch (error) {
    signal.throwIfAborted();
    note(`${problemOf(error).message}; the files of Windlass stay in the workspaces: ${queue.join(", ")}`);
  } finally {
    await run(["/bin/rm", "-rf", `/mnt/wsl/${folder}`]).catch((error) =>
      log("warn", "workspaces.tool.left", { folder, reason: problemOf(error).message })
    );
  }
}

async function disableOne(
  name: string,
  toolFolder: string,
  record: WorkspaceRecord,
  { wsl, folder, signal, note }: DisableAllOptions,
): Promise<void> {
  const tool = new WorkspaceTool({ wsl, folder: toolFolder, executable: "", home: undefined });
  const entry = record.get(name);
  try {
    const place = await tool.locate(name, entry?.automountRoot, signal);
    const probe = await tool.probe(place, entry?.token ?? "", signal);
    const owner = foreignOwner({ probe, folder });
    if (owner === undefined) {
      const { kept } = await tool.disable(place, signal);
      for (const { path, why } of kept) note(`Left '${path}' in the workspace '${name}': ${why}`);
      note(`Disabled the workspace '${name}'`);
    } else {
      note(`Left the workspace '${name}': it belongs to the instance '${owner}'`);
    }
    await record.set(name, null);
  } catch (error) {
    signal.throwIfAborted();
    note(`${problemOf(error).message}; the files of Windlass stay there`);
  }
}
