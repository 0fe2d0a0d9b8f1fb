import assert from "node:assert/strict";
import { afterAwake, type AwakeClock } from "./awake_time.ts";

/** A clock whose timers come as late as a test says. */
class FakeClock implements AwakeClock {
  time = 0;
  next: (() => void) | undefined;
  #at = 0;

  now() {
    return this.time;
  }

  after(milliseconds: number, call: () => void) {
    this.#at = this.time + milliseconds;
    this.next = call;
    return () => this.next = undefined;
  }

  /** Goes to the next timer, and past it by so many milliseconds. */
  step(late = 0): void {
    const call = this.next;
    this.next = undefined;
    this.time = this.#at + late;
    call?.();
  }
}

Deno.test("afterAwake() calls back once after the time, even if each check comes a little late", () => {
  const clock = new FakeClock();
  let called = 0;
  afterAwake(5_500, () => called++, clock);
  for (let looks = 0; looks < 3; looks++) clock.step(500);
  assert.deepEqual([clock.time, called], [4_500, 0]);
  clock.step();
  assert.deepEqual([clock.time, called, clock.next], [5_500, 1, undefined]);
});

Deno.test("afterAwake() does not count the time in which the machine slept", () => {
  const clock = new FakeClock();
  let called = 0;
  afterAwake(3_000, () => called++, clock);
  clock.step(8 * 3_600_000);
  clock.step();
  assert.equal(called, 0);
  clock.step();
  assert.equal(called, 1);
});

Deno.test("afterAwake() does not call back once it is disposed", () => {
  const clock = new FakeClock();
  const timer = afterAwake(3_000, () => assert.fail("it was taken back"), clock);
  clock.step();
  timer[Symbol.dispose]();
  assert.equal(clock.next, undefined);
});
