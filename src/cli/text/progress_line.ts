import type { EngineStatus } from "../../api/resources/engine.ts";
import type { CommandContext } from "../command.ts";

const BAR_CELLS = 30;
/** A shorter bar shows nothing that the percentage does not. */
const LEAST_BAR_CELLS = 5;
/** Without a terminal, a long step is reported again only after this many percent. */
const PLAIN_PERCENT = 25;

/**
 * Draws the state of the engine while a command waits: in place on a terminal, as plain lines elsewhere. It writes over
 * the old line with spaces, since not every console of Windows takes escape sequences.
 */
export class ProgressLine implements Disposable {
  readonly #context: Pick<CommandContext, "note" | "interactive" | "columns">;
  /** Characters that are drawn. */
  #width = 0;
  /** Lines that were printed: two imports report in turn, and each of their lines is printed once. */
  readonly #plain = new Set<string>();

  constructor(context: Pick<CommandContext, "note" | "interactive" | "columns">) {
    this.#context = context;
  }

  /** @param status The engine, or what else has stages; without one, nothing is drawn. */
  show(status: Pick<EngineStatus, "stage" | "progress">): void {
    if (status.stage === undefined) return;
    if (this.#context.interactive) {
      // A line that fills the last column moves the cursor down, and each redraw would start a new line.
      const text = describe(status.stage, status.progress, this.#context.columns() - 1);
      this.#context.note(`\r${text.padEnd(this.#width)}`);
      this.#width = text.length;
      return;
    }
    const plain = describePlainly(status.stage, status.progress);
    if (!this.#plain.has(plain)) this.#context.note(`${plain}\n`);
    this.#plain.add(plain);
  }

  /** Takes the drawn line away, so that what is printed next stands alone. */
  [Symbol.dispose](): void {
    if (this.#width > 0) this.#context.note(`\r${" ".repeat(this.#width)}\r`);
    this.#width = 0;
  }
}

type Progress = EngineStatus["progress"];

/**
 * The stage with a bar, if its size is known, in at most `columns` characters: the bar gives way first, then the
 * end of the stage. Pure.
 */
export function describe(stage: string, progress: Progress, columns: number): string {
  if (progress === undefined || progress.total === 0) return withEnding(stage, " ...", columns);
  const part = Math.min(progress.done / progress.total, 1);
  const percent = ` ${String(Math.floor(part * 100)).padStart(3)} %`;
  const room = columns - stage.length - " []".length - percent.length;
  const cells = Math.min(BAR_CELLS, room);
  if (cells < LEAST_BAR_CELLS) return withEnding(stage, percent, columns);
  const full = Math.round(part * cells);
  return `${stage} [${"#".repeat(full)}${".".repeat(cells - full)}]${percent}`;
}

/** Cuts the text so that its ending stays within the columns. */
function withEnding(text: string, ending: string, columns: number): string {
  return text.slice(0, Math.max(columns - ending.length, 0)) + ending;
}

function describePlainly(stage: string, progress: Progress): string {
  if (progress === undefined || progress.total === 0) return stage;
  const percent = Math.floor(progress.done / progress.total * 100 / PLAIN_PERCENT) * PLAIN_PERCENT;
  return percent === 0 ? stage : `${stage}: ${Math.min(percent, 100)} %`;
}
