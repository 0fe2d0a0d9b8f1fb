import assert from "node:assert/strict";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Current } from "../../payload/current_file.ts";
import { NEVER } from "../../timing/sleep.ts";
import { type GuardianParts, guardTrial } from "./guardian.ts";
import type { FoundJournal } from "../records/journal.ts";

const NEW = "1".repeat(64);
const DIED = () =>
  new WindlassError("WL_HOST_START_FAILED", "Cannot start the host: it ended with exit code 7");
const SAID = () => new WindlassError("WL_SOCKET_BUSY", "Cannot listen: it is taken");

/** A machine whose hosts do what a test says, and what the guardian did. */
class FakeMachine implements GuardianParts {
  readonly did: string[] = [];
  named: Current | undefined = {
    embedded: "f".repeat(64),
    current: NEW,
    previous: "embedded",
    trial: true,
    tries: 0,
  };
  journal: FoundJournal;
  holder: number | undefined;
  clock = 0;
  /** Whether the lock is free for the guardian. */
  isFree = true;

  /** @param onLaunch What each launch comes to. @param onLook Called at each pause. */
  constructor(
    readonly onLaunch: (machine: FakeMachine) => void,
    readonly onLook: (machine: FakeMachine) => void,
  ) {}

  readCurrent() {
    return Promise.resolve(this.named);
  }

  readJournal() {
    return Promise.resolve(this.journal);
  }

  lockHolder() {
    return Promise.resolve(this.holder);
  }

  launch(): Promise<void> {
    this.did.push("launch");
    if (this.named?.trial) this.named = { ...this.named, tries: this.named.tries + 1 };
    try {
      this.onLaunch(this);
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  kill(pid: number): void {
    this.did.push(`kill ${pid}`);
    this.holder = undefined;
  }

  rollBack(reason: string): Promise<boolean> {
    this.did.push(`roll back: ${reason}`);
    if (this.isFree) this.named = undefined;
    return Promise.resolve(this.isFree);
  }

  sleep(milliseconds: number): Promise<void> {
    this.clock += milliseconds;
    this.onLook(this);
    return Promise.resolve();
  }

  now(): number {
    return this.clock;
  }

  note(): void {}
}

const confirm = (machine: FakeMachine) => machine.named = { ...machine.named!, trial: false, tries: 0 };
const runs = (machine: FakeMachine) => machine.holder = 42;
const dies = (machine: FakeMachine) => machine.holder = undefined;
const nothing = () => {};

Deno.test("guardTrial() ends when the new host has confirmed itself", async () => {
  const machine = new FakeMachine(runs, confirm);
  await guardTrial(NEW, machine, NEVER);
  assert.deepEqual(machine.did, ["launch"]);
});

Deno.test("guardTrial() ends when the new host has rolled back by itself, or everything was uninstalled", async () => {
  for (
    const named of [undefined, {
      embedded: "f".repeat(64),
      current: "embedded",
      previous: null,
      trial: false,
      tries: 0,
    }]
  ) {
    const machine = new FakeMachine(runs, (machine) => machine.named = named);
    await guardTrial(NEW, machine, NEVER);
    assert.deepEqual(machine.did, ["launch"]);
  }
});

Deno.test("guardTrial() launches a host that has died once more, then rolls back and launches the previous one", async () => {
  const machine = new FakeMachine((machine) => {
    if (machine.named?.trial) throw DIED();
  }, nothing);
  await guardTrial(NEW, machine, NEVER);
  assert.deepEqual(machine.did, [
    "launch",
    "launch",
    "roll back: Cannot start the host: it ended with exit code 7",
    "launch",
  ]);
});

Deno.test("guardTrial() sees a host that dies in its trial, and one that confirms at the second try", async () => {
  const machine = new FakeMachine(
    runs,
    (machine) => machine.did.length === 1 ? dies(machine) : confirm(machine),
  );
  await guardTrial(NEW, machine, NEVER);
  assert.deepEqual(machine.did, ["launch", "launch"]);
});

Deno.test("guardTrial() rolls back at once when the new host says why it cannot start", async () => {
  const machine = new FakeMachine((machine) => {
    if (machine.named?.trial) throw SAID();
  }, nothing);
  await guardTrial(NEW, machine, NEVER);
  assert.deepEqual(machine.did, ["launch", "roll back: Cannot listen: it is taken", "launch"]);
});

Deno.test("guardTrial() kills a host that neither confirms nor ends, after 480 s", async () => {
  const machine = new FakeMachine(runs, nothing);
  await guardTrial(NEW, machine, NEVER);
  assert.deepEqual(machine.did, [
    "launch",
    "kill 42",
    "roll back: it did not confirm itself within 480 s",
    "launch",
  ]);
  assert.ok(machine.clock >= 480_000 && machine.clock < 490_000, `${machine.clock}`);
});

Deno.test("guardTrial() does not count the time in which the machine slept", async () => {
  const machine = new FakeMachine(runs, (machine) => {
    if (machine.clock === 5_000) machine.clock += 8 * 3_600_000;
    if (machine.clock > 8 * 3_600_000 + 100_000) confirm(machine);
  });
  await guardTrial(NEW, machine, NEVER);
  assert.deepEqual(machine.did, ["launch"]);
});

Deno.test("guardTrial() leaves a host alone that was asked to stop", async () => {
  const machine = new FakeMachine(runs, (machine) => {
    dies(machine);
    machine.journal = {
      state: "trial",
      stopped: true,
      kind: "update",
      change: "6e1f1b0a-1111-4222-8333-444455556666",
      by: "user",
      since: "2026-01-02T03:04:05.000Z",
      version: "1.1.0",
      undo: true,
      from: { id: "embedded", version: "1.0.0", previous: null },
      id: NEW,
      switched: "2026-01-02T03:04:05.000Z",
      containers: [],
    };
  });
  await guardTrial(NEW, machine, NEVER);
  assert.deepEqual(machine.did, ["launch"]);
});

Deno.test("guardTrial() does not act while another process has the lock", async () => {
  const machine = new FakeMachine(() => {
    throw SAID();
  }, (machine) => machine.isFree = machine.clock >= 3_000);
  machine.isFree = false;
  await guardTrial(NEW, machine, NEVER);
  const rolledBack = machine.did.filter((step) => step.startsWith("roll back"));
  assert.equal(rolledBack.length, 4);
});

Deno.test("guardTrial() tries to launch the previous host three times", async () => {
  const machine = new FakeMachine(() => {
    throw SAID();
  }, nothing);
  await guardTrial(NEW, machine, NEVER);
  assert.equal(machine.did.filter((step) => step === "launch").length, 4);
});

Deno.test("guardTrial() does nothing once it is asked to end", async () => {
  const machine = new FakeMachine(runs, nothing);
  await guardTrial(NEW, machine, AbortSignal.abort());
  assert.deepEqual(machine.did, []);
});

Deno.test("guardTrial() launches nothing for a user who stops what was confirmed while it stood still", async () => {
  const machine = new FakeMachine((machine) => machine.holder = 7, () => {});
  const { named } = machine;
  let reads = 0;
  // All of it happens between two reads, whichever comes first.
  const thenStopped = <Read>(read: Read): Promise<Read> => {
    if (++reads === 1) Object.assign(machine, { holder: undefined, named: { ...named, trial: false } });
    return Promise.resolve(read);
  };
  machine.readCurrent = () => thenStopped(machine.named);
  machine.lockHolder = () => thenStopped(machine.holder);
  await guardTrial(NEW, machine, NEVER);
  assert.deepEqual(machine.did, ["launch"]);
});
