import type { EngineLife } from "./engine_life.ts";

/** The life that serves requests now, and those who wait for the next one. */
export class CurrentLife {
  #next = Promise.withResolvers<EngineLife>();
  #present: EngineLife | undefined;

  constructor() {
    this.#ignoreRejection();
  }

  /** The life that serves now, if there is one. */
  get present(): EngineLife | undefined {
    return this.#present;
  }

  /** From now on `life` serves; all that waited get it. */
  begin(life: EngineLife): void {
    this.#present = life;
    this.#next.resolve(life);
  }

  /** From now on nobody gets the present life any more. Those that already wait keep waiting for the next one. */
  end(): void {
    if (this.#present !== undefined) this.#renew();
  }

  /** Rejects everything that waits: no further life will come. */
  giveUp(reason: Error): void {
    this.#next.reject(reason);
    this.#renew();
  }

  /** The present life or the next one. */
  get next(): Promise<EngineLife> {
    return this.#next.promise;
  }

  #renew(): void {
    this.#present = undefined;
    this.#next = Promise.withResolvers();
    this.#ignoreRejection();
  }

  /** Nobody may be waiting. */
  #ignoreRejection(): void {
    this.#next.promise.catch(() => {});
  }
}
