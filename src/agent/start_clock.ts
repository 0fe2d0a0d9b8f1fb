import type { DockerdState } from "./protocol/dockerd_state.ts";
import type { AgentPhase, AgentStart } from "./protocol/start_marks.ts";

/** What the clock reads; replaced in tests. */
export interface StartClockSource {
  /** Milliseconds since this process's runtime began. */
  now(): number;
  /** Milliseconds from the start of the process to now. */
  processAge(): number;
}

/**
 * Notes when the phases of this agent's start end, up to the first dockerd that answers. After a failure, the next try
 * adds what is missing.
 */
export class StartClock {
  readonly #source: StartClockSource;
  readonly #begunAt: number;
  readonly #ends: Partial<Record<AgentPhase, number>> = {};
  #isOver = false;

  /** To be made when the modules are loaded. */
  constructor(source: StartClockSource = PROCESS) {
    this.#source = source;
    const now = source.now();
    // Rounded by the kernel, so it may seem to lie after the runtime's own start.
    this.#begunAt = Math.min(now - source.processAge(), 0);
    this.#end("network", 0);
    this.#end("modules", now);
  }

  /** Follows the supervisor. */
  entered(state: DockerdState): void {
    if (this.#isOver) return;
    const now = this.#source.now();
    switch (state.kind) {
      case "preparing":
        if (state.stage !== "leftovers") this.#end("leftovers", now);
        if (state.stage === "data") this.#end("control-groups", now);
        return;
      case "starting":
        return this.#end("data", now);
      case "running":
        this.#end("dockerd", now);
        this.#isOver = true;
        return;
      case "resting":
      case "stopping":
        this.#isOver = true; // a later start of dockerd is not the start of this agent
    }
  }

  /** What there is to report now. */
  report(): AgentStart {
    return { sentAt: this.#source.now(), begunAt: this.#begunAt, ends: { ...this.#ends } };
  }

  /** A second try of the same start does not move what the first has reached. */
  #end(phase: AgentPhase, at: number): void {
    this.#ends[phase] ??= at;
  }
}

/** Ticks of a second in /proc, the same on every machine that Linux runs on today. */
const TICKS = 100;

const PROCESS: StartClockSource = {
  now: () => performance.now(),
  processAge() {
    try {
      const uptime = Number(Deno.readTextFileSync("/proc/uptime").split(" ")[0]);
      // The name in brackets may hold anything; field 22 of the line, the 20th after it, is the start.
      const fields = Deno.readTextFileSync("/proc/self/stat").replace(/^.*\) /s, "").split(" ");
      const age = (uptime - Number(fields[19]) / TICKS) * 1000;
      return Number.isFinite(age) ? age : 0;
    } catch {
      return 0; // the part before the runtime is then missing
    }
  },
};
