import assert from "node:assert/strict";
import { Death, FakeUpdateWorld, NEW, OLD } from "../../tests/fakes/fake_update_world.ts";
import { NEVER } from "../timing/sleep.ts";
import { JOURNAL_STATES } from "./records/journal.ts";
import type { Updater } from "./updater.ts";

/** A change that is killed at each of its points, and what must hold in the end. */
interface Scenario {
  readonly name: string;
  /** Brings the machine to where the change begins. */
  readonly before: (world: FakeUpdateWorld) => Promise<void>;
  /** What the host is asked for. */
  readonly work: (world: FakeUpdateWorld) => Promise<void>;
  readonly newIsBroken?: string;
  /** The version that must run in the end, if the change is completed after the death. */
  readonly end: string;
  /** The version that runs if it is given up. */
  readonly givenUp: string;
}

const update = (world: FakeUpdateWorld) =>
  change(world, (updater) => updater.install({ when: "now" }, NEVER));
const rollback = (world: FakeUpdateWorld) => change(world, (updater) => updater.rollback({ when: "now" }));

/** One host is asked for a change, and the next, if it comes to that, makes it. */
async function change(world: FakeUpdateWorld, ask: (updater: Updater) => Promise<void>): Promise<void> {
  const isOver = await world.process(async () => {
    const { updater } = await world.startHost();
    await ask(updater);
    await updater.settled();
    return updater.status().step === "switching";
  });
  if (isOver) await world.process(() => world.startHost());
}

const SCENARIOS: readonly Scenario[] = [
  { name: "update", before: async () => {}, work: update, end: NEW, givenUp: OLD },
  {
    name: "update to a broken version",
    before: async () => {},
    work: update,
    newIsBroken: "dockerd does not answer",
    end: OLD,
    givenUp: OLD,
  },
  { name: "rollback on request", before: update, work: rollback, end: OLD, givenUp: NEW },
];

/** Every state of the journal that a process has died in. */
const diedIn = new Set<string>();

/**
 * Runs the scenario with one death at point number `first`, and another one, in what follows, at point number `second`
 * behind it. Returns whether there were so many points.
 */
async function dieAt(
  scenario: Scenario,
  first: number,
  second: number,
): Promise<{ first: boolean; second: boolean }> {
  let countdown = Infinity;
  const deaths: string[] = [];
  const world: FakeUpdateWorld = new FakeUpdateWorld({
    ...scenario.newIsBroken === undefined ? {} : { newIsBroken: scenario.newIsBroken },
    atPoint: (point) => {
      if (countdown-- > 0) return;
      countdown = Infinity;
      deaths.push(point);
      const { foundJournal } = world;
      if (typeof foundJournal === "object") diedIn.add(foundJournal.state);
      throw new Death(point);
    },
  });
  await scenario.before(world);
  countdown = first;
  await scenario.work(world);
  const wasFirst = deaths.length === 1;
  if (!wasFirst) return { first: false, second: false };
  countdown = second;
  let host: { running: string } | undefined;
  // As often as somebody starts it: two deaths more than one are not caused here.
  for (let starts = 0; starts < 3 && host === undefined; starts++) {
    host = await world.process(() => world.startHost());
  }
  countdown = Infinity;
  try {
    check(scenario, world, host?.running);
  } catch (error) {
    throw new assert.AssertionError({
      message: `${scenario.name}, died ${deaths.join(", then ")}: ${error}`,
    });
  }
  return { first: true, second: deaths.length === 2 };
}

/** One version runs, complete and not on trial, and everything says so. */
function check(
  { end, givenUp, newIsBroken }: Scenario,
  world: FakeUpdateWorld,
  running: string | undefined,
): void {
  assert.ok(running === end || running === givenUp, `it runs ${running}`);
  assert.ok(running === OLD || world.installed.has(running), "its files are gone");
  assert.ok(world.distros.has(running), "its engine is gone");
  assert.equal(world.current?.trial ?? false, false, "it is still on trial");
  assert.equal(world.launch(), running, "the next start runs another");
  const journal = world.foundJournal;
  if (journal !== undefined) {
    assert.ok(typeof journal === "object" && journal.state !== "confirming", `the journal is left`);
    assert.equal(journal.from.id, running);
    assert.equal(
      JOURNAL_STATES[journal.state] === "settle",
      false,
      `the journal is left in ${journal.state}`,
    );
  }
  const ends = world.entries.map(({ event }) => event);
  assert.equal(new Set(world.entries.map(({ change, event }) => `${change} ${event}`)).size, ends.length);
  if (newIsBroken === undefined) {
    // A version may have used up its starts by deaths, and be given up; then it is known why.
    if (running === end && running === NEW) assert.deepEqual(ends, ["updated"]);
    if (ends.includes("undone")) assert.ok(world.state.lastFailure !== null);
    else assert.equal(world.state.bad.length, 0);
  } else if (ends.length > 0) {
    assert.deepEqual(ends, ["undone"]);
    assert.deepEqual(world.state.bad.map(({ version }) => version), ["1.1.0"]);
    assert.ok(world.state.lastFailure !== null);
  }
}

for (const scenario of SCENARIOS) {
  Deno.test(`${scenario.name} ends in one complete version when a process dies at any point, and the next at any other`, async () => {
    let points = 0;
    for (let first = 0;; first++) {
      let second = 0;
      let died = await dieAt(scenario, first, Infinity);
      if (!died.first) break;
      points++;
      do died = await dieAt(scenario, first, second++); while (died.second);
    }
    assert.ok(points >= 20, `only ${points} points were tried`);
  });
}

Deno.test("every state of the journal was died in", () => {
  assert.deepEqual(Object.keys(JOURNAL_STATES).filter((state) => !diedIn.has(state)), []);
});
