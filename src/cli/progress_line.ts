import type { EngineStatus } from "../api/schemas.ts";
import type { CommandContext } from "./command.ts";

const BAR_CELLS = 30;
/** Without a terminal, a long step is told again only after this many percent. */
const PLAIN_PERCENT = 25;

/**
 * Draws the state of the engine while a command waits: in place on a terminal, as plain lines elsewhere. It writes over
 * the old line with spaces, since not every console of Windows takes escape sequences.
 */
export class ProgressLine implements Disposable {
  readonly #context: Pick<CommandContext, "note" | "interactive">;
  /** Characters that are drawn. */
  #width = 0;
  #lastPlain = "";

  constructor(context: Pick<CommandContext, "note" | "interactive">) {
    this.#context = context;
  }

  /** @param status The engine, or what else has stages; without one, nothing is drawn. */
  show(status: Pick<EngineStatus, "stage" | "progress">): void {
    if (status.stage === undefined) return;
    if (this.#context.interactive) {
      const text = describe(status.stage, status.progress);
      this.#context.note(`\r${text.padEnd(this.#width)}`);
      this.#width = text.length;
      return;
    }
    const plain = describePlainly(status.stage, status.progress);
    if (plain !== this.#lastPlain) this.#context.note(`${plain}\n`);
    this.#lastPlain = plain;
  }

  /** Takes the drawn line away, so that what is printed next stands alone. */
  [Symbol.dispose](): void {
    if (this.#width > 0) this.#context.note(`\r${" ".repeat(this.#width)}\r`);
    this.#width = 0;
  }
}

type Progress = EngineStatus["progress"];

/** The stage with a bar, if its size is known. Pure. */
export function describe(stage: string, progress: Progress): string {
  if (progress === undefined || progress.total === 0) return `${stage} ...`;
  const part = Math.min(progress.done / progress.total, 1);
  const cells = Math.round(part * BAR_CELLS);
  const percent = String(Math.floor(part * 100)).padStart(3);
  return `${stage} [${"#".repeat(cells)}${".".repeat(BAR_CELLS - cells)}] ${percent} %`;
}

function describePlainly(stage: string, progress: Progress): string {
  if (progress === undefined || progress.total === 0) return stage;
  const percent = Math.floor(progress.done / progress.total * 100 / PLAIN_PERCENT) * PLAIN_PERCENT;
  return percent === 0 ? stage : `${stage}: ${Math.min(percent, 100)} %`;
}
