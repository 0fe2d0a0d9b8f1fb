import type { AgentStart } from "../../agent/protocol/start_marks.ts";
import { AGENT_PHASES } from "../../agent/protocol/start_marks.ts";
import type { EngineStart, StartPhase, StartReport, TimedPhase } from "../../api/resources/start_report.ts";
import type { EngineState } from "./engine_state.ts";

/** In the order of `START_PHASES`, which is in a file with schemas: those are loaded after the engine has started. */
const PHASES: readonly StartPhase[] = ["command", "host", "distros", "wsl", ...AGENT_PHASES, "answer"];

/** A command of more than this ago has not asked for this start: some clock was set. */
const COMMAND_MILLISECONDS = 60_000;

/** The reason for a start. */
export interface StartOrigin {
  readonly cause: EngineStart["cause"];
  /** When the command was run that has launched this host for it; milliseconds since 1970. */
  readonly commandAt?: number;
}

/** The clocks; replaced in tests. */
export interface RecorderClock {
  /** Milliseconds since this process began; never goes back. */
  now(): number;
  /** When this process began; milliseconds since 1970. */
  readonly origin: number;
}

/**
 * Records where the time of the engine's last start goes. All times are of the host's monotonic clock. The agent counts
 * from the start of its own runtime. When its reports arrive gives the difference of the two clocks: the report that took
 * the shortest time is believed.
 */
export class StartRecorder {
  readonly #clock: RecorderClock;
  #cause: EngineStart["cause"] = "command";
  /** When it began, and each phase that is over ended, by the host's clock. */
  #begun: number | undefined;
  readonly #ends = new Map<StartPhase, number>();
  #agent: { readonly zero: number; readonly start: AgentStart } | undefined;
  #ended: { readonly at: number; readonly outcome: EngineStart["outcome"] } | undefined;
  #problem: string | null = null;
  /** The last request that has ended. */
  #requestEndedAt = -Infinity;

  constructor(clock: RecorderClock = { now: () => performance.now(), origin: performance.timeOrigin }) {
    this.#clock = clock;
  }

  /** A start begins; it takes the place of the one before. */
  begin({ cause, commandAt }: StartOrigin): void {
    const now = this.#clock.now();
    this.#cause = cause;
    this.#ends.clear();
    this.#agent = this.#ended = undefined;
    this.#problem = null;
    this.#requestEndedAt = -Infinity;
    this.#begun = now;
    if (commandAt === undefined) return;
    const before = this.#clock.origin - commandAt;
    const isKnown = before >= 0 && before <= COMMAND_MILLISECONDS;
    this.#begun = isKnown ? -before : 0;
    if (isKnown) this.#ends.set("command", 0);
    this.#ends.set("host", now);
  }

  /** The agent's program was handed to wsl. After an agent that has failed, this is another one. */
  launched(): void {
    if (this.#begun === undefined || this.#ended !== undefined) return;
    this.#agent = undefined;
    this.#ends.set("distros", this.#clock.now());
  }

  /** The agent has reported its own clock. */
  agentReports(start: AgentStart): void {
    if (this.#ended !== undefined) return;
    const zero = this.#clock.now() - start.sentAt;
    this.#agent = { start, zero: Math.min(zero, this.#agent?.zero ?? Infinity) };
    this.#checkAnswered();
  }

  /** A client's request has its whole answer, or an error of ours. */
  requestEnded(): void {
    this.#requestEndedAt = this.#clock.now();
    this.#checkAnswered();
  }

  /** Follows the engine: for a command, its start is over as soon as the host knows that dockerd answers. */
  entered(state: EngineState): void {
    switch (state.kind) {
      case "running":
        if (this.#cause === "command") this.#finish("answered");
        return;
      case "failed":
        if (this.#ended === undefined) this.#problem = state.problem.message;
        return this.#finish("failed");
      case "stopping":
      case "stopped":
        return this.#finish("stopped");
    }
  }

  /** What is known now. */
  report(): StartReport {
    const begun = this.#begun;
    if (begun === undefined) return { start: null };
    const end = this.#ended?.at ?? this.#clock.now();
    const phases: TimedPhase[] = [];
    let last = begun;
    let open = 0;
    for (const [phase, at] of this.#allEnds()) {
      // What the two clocks disagree about, a fraction of a millisecond, is the earlier phase's.
      const until = Math.min(Math.max(at, last), end);
      phases.push({ phase, startMs: rounded(last - begun), durationMs: rounded(until - last) });
      last = until;
      open = PHASES.indexOf(phase) + 1;
    }
    // At its beginning, a start without a command is with the distros.
    const phase = PHASES[phases.length === 0 ? PHASES.indexOf("distros") : open];
    if (phase !== undefined) {
      phases.push({ phase, startMs: rounded(last - begun), durationMs: rounded(end - last) });
    }
    return {
      start: {
        cause: this.#cause,
        since: new Date(this.#clock.origin + begun).toISOString(),
        outcome: this.#ended?.outcome ?? "running",
        problem: this.#problem,
        totalMs: rounded(end - begun),
        phases,
      },
    };
  }

  /** Each phase that is over with its end, in their order; one before another that is over is over as well. */
  #allEnds(): [StartPhase, number][] {
    const { zero = 0, start } = this.#agent ?? {};
    const ends = new Map<StartPhase, number>(this.#ends);
    if (start !== undefined) {
      ends.set("wsl", zero + start.begunAt);
      for (const phase of AGENT_PHASES) {
        const at = start.ends[phase];
        if (at !== undefined) ends.set(phase, zero + at);
      }
    }
    return PHASES.flatMap((phase): [StartPhase, number][] => {
      const at = ends.get(phase);
      return at === undefined ? [] : [[phase, at]];
    });
  }

  /**
   * The answer of dockerd may come before the agent's report that it answers, and seem to come before that moment itself
   * where the report was slow. A request that ended before dockerd was started had an error of ours.
   */
  #checkAnswered(): void {
    const { zero = 0, start } = this.#agent ?? {};
    if (start?.ends.dockerd === undefined) return;
    if (this.#requestEndedAt < zero + (start.ends.data ?? start.ends.dockerd)) return;
    this.#finish("answered", this.#requestEndedAt);
  }

  #finish(outcome: EngineStart["outcome"], at = this.#clock.now()): void {
    if (this.#begun !== undefined) this.#ended ??= { at, outcome };
  }
}

/** To a hundredth, of milliseconds. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
