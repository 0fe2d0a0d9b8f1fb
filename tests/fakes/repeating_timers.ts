/** Takes the place of the repeating timers and counts those that are running, until it is disposed. None of them ticks. */
export class RepeatingTimers implements Disposable {
  readonly #real = { setInterval: globalThis.setInterval, clearInterval: globalThis.clearInterval };
  readonly #running = new Set<unknown>();

  constructor() {
    const setInterval = () => {
      const timer = {};
      this.#running.add(timer);
      return timer;
    };
    Object.assign(globalThis, {
      setInterval,
      clearInterval: (timer: unknown) => this.#running.delete(timer),
    });
  }

  get running(): number {
    return this.#running.size;
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#real);
  }
}
