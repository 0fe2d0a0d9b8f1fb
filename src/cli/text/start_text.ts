import type { EngineStart, StartPhase, StartReport } from "../../api/resources/start_report.ts";

/** What each phase is, for people. */
const PHASE_TEXTS: Readonly<Record<StartPhase, string>> = {
  "command": "windlass start launches the host",
  "host": "the host starts",
  "distros": "the distros are checked, or imported",
  "wsl": "wsl starts the distro and the agent's program",
  "network": "the engine's network is made",
  "modules": "the agent's code is loaded",
  "leftovers": "what an earlier engine has left is ended",
  "control-groups": "control groups are prepared",
  "data": "the data, dockerd's options and version are checked",
  "dockerd": "dockerd starts, until it answers",
  "answer": "the answer reaches the client",
};

const OUTCOMES: Readonly<Record<EngineStart["outcome"], string>> = {
  running: "is not over",
  answered: "has succeeded",
  failed: "has failed",
  stopped: "was stopped",
};

/** The time line of a start for people. Pure. */
export function describeStart({ start }: StartReport): string {
  if (start === null) return "The engine has not been started yet\n";
  const { cause, since, outcome, problem, totalMs, phases } = start;
  const lines = [`Start for a ${cause} at ${since} ${OUTCOMES[outcome]}: ${shown(totalMs)} ms`];
  if (problem !== null) lines.push(problem);
  lines.push("", `${"START".padStart(9)}  ${"TAKES".padStart(9)}  PHASE`);
  for (const { phase, startMs, durationMs } of phases) {
    const times = `${shown(startMs).padStart(9)}  ${shown(durationMs).padStart(9)}`;
    // A host of a later version may have more phases.
    lines.push(`${times}  ${phase.padEnd(14)}  ${PHASE_TEXTS[phase] ?? ""}`.trimEnd());
  }
  return lines.join("\n") + "\n";
}

function shown(milliseconds: number): string {
  return milliseconds.toFixed(1);
}
