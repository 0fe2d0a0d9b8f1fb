import assert from "node:assert/strict";
import { WindlassError } from "../../errors/windlass_error.ts";
import { NO_LOG } from "../../logging/log.ts";
import { aborted, NEVER } from "../../timing/sleep.ts";
import { RootKeeper } from "./root_keeper.ts";

/** A keeper on fakes, with what happens to each tree. */
function keepFakes() {
  const events: string[] = [];
  const ends = new Map<string, () => void>();
  const fakes = {
    now: 0,
    needed: new Set<string>() as Set<string> | Error,
    receiving: (_name: string, _signal: AbortSignal): Promise<void> => Promise.resolve(),
    unmounting: (_name: string): Promise<void> => Promise.resolve(),
    events,
    end: (name: string) => ends.get(name)?.(),
    /** Lets the next check happen. */
    check: () => {},
  };
  const keeper = new RootKeeper({
    receive: async (name, signal) => {
      events.push(`receive ${name}`);
      await fakes.receiving(name, signal);
      const ended = Promise.withResolvers<void>();
      ends.set(name, ended.resolve);
      return { ended: ended.promise, release: () => events.push(`release ${name}`) };
    },
    unmount: async (name) => {
      events.push(`unmount ${name}`);
      await fakes.unmounting(name);
    },
    findNeeded: () =>
      fakes.needed instanceof Error ? Promise.reject(fakes.needed) : Promise.resolve(fakes.needed),
    log: NO_LOG,
    sleep: (_milliseconds, signal) =>
      Promise.race([new Promise<void>((resolve) => fakes.check = resolve), aborted(signal)]),
    now: () => fakes.now,
  });
  return { keeper, fakes, events };
}

/** Lets everything happen that needs no time: a timer comes after all that is ready. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("RootKeeper.attach() receives a tree once, however many wait for it", async () => {
  const { keeper, fakes, events } = keepFakes();
  const arrived = Promise.withResolvers<void>();
  fakes.receiving = () => arrived.promise;
  const all = [1, 2, 3].map(() => keeper.attach("Ubuntu", NEVER));
  arrived.resolve();
  await Promise.all([...all, keeper.attach("Debian", NEVER)]);
  await keeper.attach("Ubuntu", NEVER);
  assert.deepEqual(events, ["receive Ubuntu", "receive Debian"]);
  await keeper.close();
  assert.deepEqual(events.slice(2).sort(), [
    "release Debian",
    "release Ubuntu",
    "unmount Debian",
    "unmount Ubuntu",
  ]);
});

Deno.test("RootKeeper.attach() says why there are no files, and tries again the next time", async () => {
  const { keeper, fakes } = keepFakes();
  fakes.receiving = () => Promise.reject(new Error("the distro does not start"));
  const failure = new WindlassError(
    "WL_WORKSPACE_FAILED",
    "Cannot reach the files of the distro 'Ubuntu': the distro does not start",
  );
  await assert.rejects(keeper.attach("Ubuntu", NEVER), failure);
  fakes.receiving = () => Promise.resolve();
  await keeper.attach("Ubuntu", NEVER);
  await keeper.close();
});

Deno.test("RootKeeper.attach() ends a client's wait without ending the work of others", async () => {
  const { keeper, fakes, events } = keepFakes();
  const arrived = Promise.withResolvers<void>();
  fakes.receiving = () => arrived.promise;
  const client = new AbortController();
  const left = keeper.attach("Ubuntu", client.signal);
  const stays = keeper.attach("Ubuntu", NEVER);
  client.abort(new Error("the client left"));
  await assert.rejects(left, /the client left/);
  arrived.resolve();
  await stays;
  assert.deepEqual(events, ["receive Ubuntu"]);
  await keeper.close();
});

Deno.test("RootKeeper detaches what no container needs, after a while, and nothing while that is not known", async () => {
  const { keeper, fakes, events } = keepFakes();
  await keeper.attach("Ubuntu", NEVER);
  await keeper.attach("Debian", NEVER);
  fakes.needed = new Set(["Ubuntu"]);
  fakes.check();
  await settle();
  assert.deepEqual(events, ["receive Ubuntu", "receive Debian"]); // just attached
  assert.deepEqual(keeper.needed, ["Ubuntu"]);
  fakes.now = 30_000;
  fakes.needed = new Error("Docker does not answer");
  fakes.check();
  await settle();
  assert.equal(events.length, 2);
  fakes.needed = new Set(["Ubuntu"]);
  fakes.check();
  await settle();
  assert.deepEqual(events.slice(2), ["unmount Debian", "release Debian"]);
  fakes.needed = new Set();
  fakes.check();
  await settle();
  assert.deepEqual(events.slice(4), ["unmount Ubuntu", "release Ubuntu"]);
  await keeper.close();
});

Deno.test("RootKeeper keeps a tree that is asked for during a check", async () => {
  const { keeper, fakes, events } = keepFakes();
  await keeper.attach("Ubuntu", NEVER);
  fakes.now = 30_000;
  const checking = keeper.check();
  await keeper.attach("Ubuntu", NEVER);
  await checking;
  assert.deepEqual(events, ["receive Ubuntu"]);
  await keeper.close();
});

Deno.test("RootKeeper.check() can detach at once what no container needs", async () => {
  const { keeper, fakes, events } = keepFakes();
  await keeper.attach("Ubuntu", NEVER);
  await keeper.attach("Debian", NEVER);
  fakes.needed = new Set(["Debian"]);
  await keeper.check(true);
  assert.deepEqual(events.slice(2), ["unmount Ubuntu", "release Ubuntu"]);
  await keeper.close();
});

Deno.test("RootKeeper detaches a tree whose distro was stopped, and attaches it again for the next client", async () => {
  const { keeper, fakes, events } = keepFakes();
  await keeper.attach("Ubuntu", NEVER);
  const unmounted = Promise.withResolvers<void>();
  fakes.unmounting = () => unmounted.promise;
  fakes.end("Ubuntu");
  await settle();
  const attached = keeper.attach("Ubuntu", NEVER);
  await settle();
  assert.deepEqual(events, ["receive Ubuntu", "unmount Ubuntu"]); // it waits
  unmounted.resolve();
  await attached;
  assert.deepEqual(events.slice(2), ["release Ubuntu", "receive Ubuntu"]);
  await keeper.close();
});

Deno.test("RootKeeper.renew() attaches the present tree, even if the old one cannot be unmounted", async () => {
  const { keeper, fakes, events } = keepFakes();
  await keeper.renew("Ubuntu", NEVER);
  fakes.unmounting = () => Promise.reject(new Error("it hangs"));
  await keeper.renew("Ubuntu", NEVER);
  assert.deepEqual(events, ["receive Ubuntu", "unmount Ubuntu", "release Ubuntu", "receive Ubuntu"]);
  await keeper.close();
});

Deno.test("RootKeeper.close() ends what is being attached, and attaches nothing afterwards", async () => {
  const { keeper, fakes, events } = keepFakes();
  fakes.receiving = (_name, signal) => aborted(signal).then(() => Promise.reject(signal.reason));
  const failure = new WindlassError(
    "WL_WORKSPACE_FAILED",
    "Cannot reach the files of the distro 'Ubuntu': the engine is stopping",
  );
  const attaching = assert.rejects(keeper.attach("Ubuntu", NEVER), failure);
  await settle();
  await keeper.close();
  await attaching;
  await assert.rejects(keeper.attach("Ubuntu", NEVER), failure);
  assert.deepEqual(events, ["receive Ubuntu"]);
});
