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

  /** From now on `life` serves; whoever waited gets it. */
  begin(life: EngineLife): void {
    this.#present = life;
    this.#next.resolve(life);
  }

  /** From now on nobody gets the present life any more. Who waits already goes on waiting for the next one. */
  end(): void {
    if (this.#present !== undefined) this.#renew();
  }

  /** Tells everybody who waits that there will be none. */
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
