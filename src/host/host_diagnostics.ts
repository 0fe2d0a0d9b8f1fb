import { arch, cpus, release, totalmem, version } from "node:os";
import { join } from "node:path";
import { collectDiagnostics, type DiagnosticSource } from "../diagnostics/diagnostics.ts";
import type { Redactor } from "../logging/redactor.ts";
import { VERSION } from "../version.ts";
import type { Wsl } from "../wsl/wsl.ts";
import type { Home } from "./home.ts";
import { textOf, updateSources } from "./updates/update_diagnostics.ts";

/** A wsl that hangs is a frequent reason for a report; it must not keep the report from being made. */
const WSL_MILLISECONDS = 10_000;

/** What the archive of an instance is made from. */
export interface HostDiagnosticsOptions {
  readonly home: Home;
  readonly wsl: Pick<Wsl, "list" | "version">;
  /** What runs, as the API tells it. */
  readonly status: () => unknown;
  /** What clients, link and agent are doing; absent without a running host. */
  readonly streams?: () => Promise<unknown>;
  /** Where the time of the engine's last start went; absent without a running host. */
  readonly start?: () => unknown;
  /** What is found in the user's own distros; absent without a running host. */
  readonly workspaces?: (signal: AbortSignal) => Promise<unknown>;
  /** Which way requests leave this machine; absent without a running host. */
  readonly network?: () => unknown;
  readonly redactor: Redactor;
}

/** Collects what helps to understand a problem of this instance. Reads only its own folder and asks wsl. */
export async function hostDiagnostics(options: HostDiagnosticsOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { home, wsl, redactor, streams, start, workspaces, network } = options;
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const call = { timeoutMilliseconds: WSL_MILLISECONDS };
  const sources: DiagnosticSource[] = [
    { name: "machine.json", about: "Versions and size of the machine", read: () => json(machine()) },
    { name: "status.json", about: "What runs, and warnings", read: () => json(options.status()) },
    ...streams === undefined ? [] : [{
      name: "streams.json",
      about: "What each request is waiting for, and the link to the engine",
      read: async () => json(await streams()),
    }],
    ...start === undefined ? [] : [{
      name: "start.json",
      about: "Where the time of the engine's last start went",
      read: () => json(start()),
    }],
    ...network === undefined ? [] : [{
      name: "network.json",
      about: "Which way requests leave this machine, and the hosts that were asked for",
      read: () => json(network()),
    }],
    { name: "wsl-version.json", about: "Version of WSL", read: async () => json(await wsl.version(call)) },
    {
      name: "wsl-distros.json",
      about: "Names and states of all distros",
      read: async () => json(await wsl.list(call)),
    },
    { name: "settings.json", about: "Your settings", read: () => textOf(home.settingsFile) },
    {
      name: "workspaces.json",
      about: "Your own distros that are enabled, and what was placed in them",
      read: () => textOf(home.workspaceRecord),
    },
    ...workspaces === undefined ? [] : [{
      name: "workspaces-found.json",
      about: "Your own distros, and what is found in those that run",
      read: async () => json(await workspaces(AbortSignal.timeout(WSL_MILLISECONDS))),
    }],
    { name: "distros.json", about: "What was imported", read: () => textOf(home.distroRecord) },
    ...updateSources(home),
    ...await logSources(home.logDirectory),
  ];
  return await collectDiagnostics(sources, redactor);
}

function machine(): Record<string, unknown> {
  return {
    windlass: VERSION,
    runtime: Deno.version.deno,
    system: `${Deno.build.target} ${version()} ${release()}`,
    architecture: arch(),
    processors: cpus().length,
    memoryBytes: totalmem(),
    time: new Date().toISOString(),
  };
}

async function logSources(folder: string): Promise<DiagnosticSource[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) if (entry.isFile) names.push(entry.name);
  return names.sort().map((name) => ({
    name: `logs/${name}`,
    about: "Log of Windlass, its agent and dockerd",
    read: () => Deno.readTextFile(join(folder, name)),
  }));
}
