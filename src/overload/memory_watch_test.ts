import assert from "node:assert/strict";
import { NO_LOG } from "../logging/log.ts";
import { ALWAYS_IN_USE_BYTES, type MemoryClock, MemoryWatch } from "./memory_watch.ts";

const PERIOD = 10_000;
const LEVEL = 60_000_000;

/** A process whose memory a test sets, and in which time passes when the test says so. */
class FakeProcess implements MemoryClock {
  bytes = 90_000_000;
  time = 0;
  readonly givenBack: number[] = [];
  readonly watch = new MemoryWatch({
    giveBack: () => {
      this.givenBack.push(this.time);
      this.bytes = LEVEL;
    },
    inUseBytes: ALWAYS_IN_USE_BYTES,
    log: NO_LOG,
  }, this);
  #timer: { readonly at: number; readonly call: () => void } | undefined;

  readonly resident = () => this.bytes;
  readonly now = () => this.time;

  readonly after = (milliseconds: number, call: () => void) => {
    assert.equal(this.#timer, undefined, "one timer at a time");
    this.#timer = { at: this.time + milliseconds, call };
  };

  get isWaiting(): boolean {
    return this.#timer !== undefined;
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    while (this.#timer !== undefined && this.#timer.at <= end) {
      const { at, call } = this.#timer;
      this.time = at;
      this.#timer = undefined;
      call();
      for (let turns = 0; turns < 10; turns++) await Promise.resolve();
    }
    this.time = end;
  }

  work(pieces: number): void {
    for (let piece = 0; piece < pieces; piece++) this.watch.worked();
  }
}

Deno.test("MemoryWatch gives memory back once when a load has ended, and then has no timer", async () => {
  const process = new FakeProcess();
  assert.equal(process.isWaiting, false);
  process.work(5_000);
  await process.pass(5 * PERIOD);
  assert.deepEqual(process.givenBack, [2 * PERIOD]);
  assert.equal(process.isWaiting, false);
});

Deno.test("MemoryWatch waits as long as the load lasts, but ten minutes at most", async () => {
  const process = new FakeProcess();
  const load = async (periods: number) => {
    for (let period = 0; period < periods; period++) {
      process.work(2_000);
      await process.pass(PERIOD);
    }
  };
  await load(60);
  assert.deepEqual(process.givenBack, [60 * PERIOD]);
  process.givenBack.length = 0;
  process.bytes = 200_000_000;
  await load(50);
  assert.deepEqual(process.givenBack, []);
  await process.pass(2 * PERIOD);
  assert.equal(process.givenBack.length, 1);
});

Deno.test("MemoryWatch takes a trickle of work for no load, and does nothing while memory has not grown", async () => {
  const process = new FakeProcess();
  for (let periods = 0; periods < 100; periods++) {
    process.work(20);
    await process.pass(PERIOD);
  }
  assert.deepEqual(process.givenBack, [PERIOD]);
});

Deno.test("MemoryWatch does not give back again what is in use all the time", async () => {
  const process = new FakeProcess();
  for (let periods = 0; periods < 100; periods++) {
    process.work(20);
    await process.pass(PERIOD / 2);
    process.bytes = Math.max(process.bytes, LEVEL + 15_000_000);
    await process.pass(PERIOD / 2);
  }
  assert.deepEqual(process.givenBack, [PERIOD]);
  process.bytes = LEVEL + 30_000_000;
  process.work(20);
  await process.pass(PERIOD);
  assert.equal(process.givenBack.length, 2);
});

Deno.test("MemoryWatch does not wake an idle process whose memory has come back by itself", async () => {
  const process = new FakeProcess();
  process.work(1);
  await process.pass(PERIOD);
  process.bytes = LEVEL * 2;
  await process.pass(PERIOD);
  assert.deepEqual([process.givenBack, process.isWaiting], [[PERIOD], false]);
});

Deno.test("MemoryWatch gives back what little work has left behind right after the last time", async () => {
  const process = new FakeProcess();
  process.work(1);
  await process.pass(PERIOD);
  process.bytes = LEVEL * 2;
  process.work(1);
  await process.pass(6 * PERIOD);
  assert.equal(process.givenBack.length, 2);
});

Deno.test("MemoryWatch gives back after each load, even if it takes no more than what comes back", async () => {
  const process = new FakeProcess();
  process.work(1);
  await process.pass(PERIOD);
  process.bytes = LEVEL + 15_000_000;
  process.work(1);
  await process.pass(10 * PERIOD);
  assert.equal(process.givenBack.length, 1);
  process.bytes = LEVEL + 16_000_000;
  process.work(1_000);
  await process.pass(6 * PERIOD);
  assert.equal(process.givenBack.length, 2);
});

Deno.test("MemoryWatch gives back within a minute after a load, even one that follows the last time at once", async () => {
  const process = new FakeProcess();
  process.work(1);
  await process.pass(PERIOD);
  for (let loads = 0; loads < 10; loads++) {
    process.bytes = 200_000_000;
    process.work(1_000);
    const ended = process.time;
    await process.pass(60_000);
    assert.equal(process.bytes, LEVEL);
    assert.ok(process.givenBack.at(-1)! > ended);
  }
  assert.equal(process.givenBack.length, 11);
});

Deno.test("MemoryWatch does not give back more often than every 30 s for short loads in a row", async () => {
  const process = new FakeProcess();
  for (let loads = 0; loads < 60; loads++) {
    process.bytes = 200_000_000;
    process.work(50);
    await process.pass(PERIOD);
  }
  const pauses = process.givenBack.slice(1).map((time, index) => time - process.givenBack[index]!);
  assert.ok(pauses.length > 5);
  assert.ok(pauses.every((pause) => pause >= 30_000), pauses.join());
});

Deno.test("MemoryWatch continues after a failure, which it logs", async () => {
  const process = new FakeProcess();
  const lines: string[] = [];
  const failing = new MemoryWatch({
    giveBack: () => Promise.reject(new Error("no libc")),
    inUseBytes: 0,
    log: (level, event, fields) => lines.push(`${level} ${event} ${fields?.["reason"]}`),
  }, process);
  failing.worked();
  await process.pass(2 * PERIOD);
  assert.deepEqual(lines, ["warn memory.give.back.failed no libc"]);
  assert.equal(process.isWaiting, false);
  failing.worked();
  assert.equal(process.isWaiting, true);
});
