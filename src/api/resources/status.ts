import { z } from "zod";
import { EngineStatus } from "./engine.ts";
import { Warning } from "./problems.ts";
import { UpdateStatus } from "./updates.ts";
import { WorkspaceSummary } from "./workspaces.ts";

/** The status of Windlass: the output of `windlass status --json` and of `GET /v1/status`. */
export interface Status {
  /** Version of Windlass. */
  version: string;
  /** The host; its process id is `null` while none is running. */
  host: { pid: number | null };
  /** The Docker engine. */
  engine: EngineStatus;
  /** The engine distro; the id of its root file system is `null` before the first import. */
  distro: { name: string; rootfs: string | null };
  /** What does not work as well as it could, and what to do about it; each code at most once. */
  warnings: Warning[];
  /** The running version and available ones; left out while no host is running. */
  update?: UpdateStatus | undefined;
  /** The distros in which Windlass is enabled; left out while no host is running. */
  workspaces?: WorkspaceSummary[] | undefined;
}

export const Status: z.ZodType<Status> = z.object({
  version: z.string().describe("Version of Windlass"),
  host: z.object({ pid: z.int().nullable().describe("Process id; null while no host is running") }),
  engine: EngineStatus,
  distro: z.object({
    name: z.string(),
    rootfs: z.string().nullable().describe(
      "Id of the imported root file system; null before the first import",
    ),
  }),
  warnings: z.array(Warning).describe(
    "What does not work as well as it could, and what to do about it; each code at most once",
  ),
  update: UpdateStatus.optional().describe(
    "The running version and available ones; left out while no host is running",
  ),
  workspaces: z.array(WorkspaceSummary).optional().describe(
    "The distros in which Windlass is enabled; left out while no host is running",
  ),
}).meta({ id: "Status" });
