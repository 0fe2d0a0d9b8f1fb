import { hostClient } from "../../host/host_client.ts";
import type { Status } from "../../api/resources/status.ts";
import { distroNames } from "../../provisioning/distro_names.ts";
import { chooseEngineName } from "../../provisioning/engine_names.ts";
import type { Home } from "../../host/home.ts";
import { foreignPipe } from "../../host/clients/pipe_holder.ts";
import { NO_LOG } from "../../logging/log.ts";
import { VERSION } from "../../version.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { describeError, EXIT } from "../print_error.ts";
import { askHost } from "../running_host.ts";
import { printAnswer } from "../text/print_answer.ts";
import { timeText, untilText } from "../text/time_text.ts";
import { updateLine } from "../update/update_text.ts";

/** `windlass status`: answers even when no host is running. */
export async function status(input: CommandInput, context: CommandContext): Promise<number> {
  const home = context.home();
  using client = hostClient(home);
  const found = await askHost(client) ?? await statusAtRest(home);
  const taken = found.host.pid === null ? await foreignPipe(home) : undefined;
  printAnswer({ context, json: Boolean(input.flags["json"]) }, found, () => describe(found, Date.now()));
  if (taken !== undefined) context.note(describeError(taken).text);
  return EXIT.ok;
}

/** What can be said without a host. */
export async function statusAtRest(home: Home): Promise<Status> {
  // Its schemas take longer to load than a running host takes to answer.
  const { openDistroRecord } = await import("../../provisioning/distro_record.ts");
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

const SEVERITY_LABELS: Readonly<Partial<Record<string, string>>> = {
  info: "Note",
  warning: "Warning",
  error: "Error",
};

/** The status for people. Pure but for the machine's time zone. @param now Milliseconds since 1970. */
export function describe(found: Status, now: number): string {
  const { engine, host, distro } = found;
  const doing = engine.stage === undefined ? "" : ` (${engine.stage})`;
  const rows: [string, string][] = [
    ["Windlass", `${found.version}, ${host.pid === null ? "not running" : `process ${host.pid}`}`],
  ];
  const update = found.update === undefined ? undefined : updateLine(found.update);
  if (update !== undefined) rows.push(["Update", update]);
  const resting = engine.state === "resting" ? "; the next request starts Docker again" : "";
  rows.push(["Engine", `${engine.state}${doing}${resting}`]);
  if (engine.problem !== undefined) {
    rows.push(["", engine.problem.message], ["", `${engine.problem.code}: ${engine.problem.remedy}`]);
  }
  if (engine.dockerVersion !== null) {
    rows.push(["Docker", `${engine.dockerVersion}, since ${timeText(engine.since)}`]);
  }
  for (const { what, since } of engine.keptBy) rows.push(["In use by", what + duration(since, now)]);
  if (engine.stopsAt !== null) {
    rows.push(["Idle", `stops ${untilText(engine.stopsAt, now)}; starts again on demand`]);
  }
  rows.push(["DOCKER_HOST", engine.dockerHost]);
  for (const other of engine.listening.filter((address) => address !== engine.dockerHost)) {
    rows.push(["", other]);
  }
  for (const [index, { name, state }] of (found.workspaces ?? []).entries()) {
    const words = state === "missing" ? "there is no such distro" : state;
    rows.push([index === 0 ? "Workspaces" : "", `${name}, ${words}`]);
  }
  rows.push([
    "Distro",
    `${distro.name}, ${distro.rootfs === null ? "not imported yet" : distro.rootfs.slice(0, 12)}`,
  ]);
  for (const { code, message, remedy, severity, dependsOn } of found.warnings) {
    const label = SEVERITY_LABELS[severity] ?? "Warning"; // a host of an earlier version reports none
    rows.push([label, message], ["", `${code}: ${remedy}`], ["", `Depends on ${dependsOn}.`]);
  }
  return rows.map(([label, text]) => `${label.padEnd(13)}${text}\n`).join("");
}

/** " for 3 min" for what has a beginning. */
function duration(since: string | null, now: number): string {
  if (since === null) return "";
  const minutes = Math.floor((now - Date.parse(since)) / 60_000);
  return minutes < 1 ? " since a moment ago" : ` for ${minutes} min`;
}
