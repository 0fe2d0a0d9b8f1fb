import { WindlassClient } from "../../client/windlass_client.ts";
import type { Status } from "../../api/schemas.ts";
import { distroNames } from "../../distro/distro_names.ts";
import { openDistroRecord } from "../../distro/distro_record.ts";
import { chooseEngineName } from "../../distro/engine_names.ts";
import type { Home } from "../../host/home.ts";
import { NO_LOG } from "../../logging/log.ts";
import { VERSION } from "../../version.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { EXIT } from "../print_error.ts";
import { askHost } from "../running_host.ts";
import { updateLine } from "../update_text.ts";

/** `windlass status`: always an answer, also where no host runs. */
export async function status(input: CommandInput, context: CommandContext): Promise<number> {
  const home = context.home();
  using client = new WindlassClient({ addressFile: home.apiAddressFile });
  const found = await askHost(client) ?? await statusAtRest(home);
  context.print(input.flags["json"] ? `${JSON.stringify(found, null, 2)}\n` : describe(found));
  return EXIT.ok;
}

/** What can be said without a host. */
export async function statusAtRest(home: Home): Promise<Status> {
  const names = distroNames(home.instance);
  const { engines } = await openDistroRecord(home.distroRecord, names, NO_LOG);
  // Of two, the younger is one that was prepared for later.
  const name = chooseEngineName({ names, engines, rootfsId: undefined, keepOthers: false });
  return {
    version: VERSION,
    host: { pid: null },
    engine: {
      state: "stopped",
      dockerHost: home.dockerHost,
      listening: [],
      keptBy: [],
      stopsAt: null,
      dockerVersion: null,
      since: null,
    },
    distro: { name, rootfs: engines[name]?.rootfsId ?? null },
    warnings: [],
  };
}

/** The status for people. Pure. */
export function describe(found: Status): string {
  const { engine, host, distro } = found;
  const doing = engine.stage === undefined ? "" : ` (${engine.stage})`;
  const rows: [string, string][] = [
    ["Windlass", `${found.version}, ${host.pid === null ? "not running" : `process ${host.pid}`}`],
  ];
  const update = found.update === undefined ? undefined : updateLine(found.update);
  if (update !== undefined) rows.push(["Update", update]);
  rows.push(["Engine", `${engine.state}${doing}`]);
  if (engine.problem !== undefined) {
    rows.push(["", engine.problem.message], ["", `${engine.problem.code}: ${engine.problem.remedy}`]);
  }
  if (engine.dockerVersion !== null) rows.push(["Docker", `${engine.dockerVersion}, since ${engine.since}`]);
  for (const { what, since } of engine.keptBy) rows.push(["Kept up by", what + duration(since)]);
  if (engine.stopsAt !== null) {
    rows.push(["Idle", `stops at ${engine.stopsAt}, starts again when it is needed`]);
  }
  rows.push(["DOCKER_HOST", engine.dockerHost]);
  for (const other of engine.listening.filter((address) => address !== engine.dockerHost)) {
    rows.push(["", other]);
  }
  rows.push([
    "Distro",
    `${distro.name}, ${distro.rootfs === null ? "not imported yet" : distro.rootfs.slice(0, 12)}`,
  ]);
  for (const { code, message, remedy, dependsOn } of found.warnings) {
    rows.push(["Warning", message], ["", `${code}: ${remedy}`], ["", `Depends on ${dependsOn}.`]);
  }
  return rows.map(([label, text]) => `${label.padEnd(13)}${text}\n`).join("");
}

/** " for 3 min" for what has a beginning. */
function duration(since: string | null): string {
  if (since === null) return "";
  const minutes = Math.floor((Date.now() - Date.parse(since)) / 60_000);
  return minutes < 1 ? " since a moment ago" : ` for ${minutes} min`;
}
