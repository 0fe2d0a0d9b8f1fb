import { FakeEngineMachine } from "./fake_engine_machine.ts";
import type { DockerdState } from "../../src/agent/protocol/dockerd_state.ts";
import { EngineSupervisor } from "../../src/agent/engine/engine_supervisor.ts";
import { NO_LOG } from "../../src/logging/log.ts";

/** The time of every {@linkcode FakeEngineMachine}. */
export const FAKE_NOW = "2026-01-02T03:04:05.678Z";

/** A supervisor on a fake machine, with all states that it told. */
export function superviseFake(
  prepare: (machine: FakeEngineMachine) => void = () => {},
  startResting = false,
) {
  const machine = new FakeEngineMachine();
  prepare(machine);
  const states: DockerdState[] = [];
  const leave = new AbortController();
  const supervisor = new EngineSupervisor({
    machine,
    log: NO_LOG,
    onLine: () => {},
    onState: (state) => states.push(state),
    startResting,
  });
  const over = supervisor.run(leave.signal);
  return { machine, states, supervisor, stop: () => (leave.abort(), over) };
}

/** Lets everything happen that needs no time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
}
