import assert from "node:assert/strict";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Listener } from "../../platform/listener.ts";
import { openDockerEndpoints } from "./docker_endpoints.ts";
import type { Endpoint } from "../machine/machine.ts";

/** Endpoints that can be taken by others, and waits that end when the test says so. */
function fakeMachine() {
  const busy = new Set<string>();
  const events: string[] = [];
  let tick = Promise.withResolvers<void>();
  const listener = (address: string): Listener => ({
    address,
    accept: () => Promise.resolve(null),
    close: () => void events.push(`close ${address}`),
    [Symbol.dispose]() {},
  });
  const endpoint = (name: string): Endpoint => ({
    dockerHost: name,
    listen(again) {
      events.push(`listen ${name}${again ? " again" : ""}`);
      if (!busy.has(name)) return Promise.resolve(listener(name));
      const message = `Cannot listen on '${name}': another program owns it`;
      return Promise.reject(new WindlassError("WL_SOCKET_BUSY", message));
    },
  });
  return {
    busy,
    events,
    open: () =>
      openDockerEndpoints({
        endpoints: [endpoint("own"), endpoint("shared")],
        serve: (served) => ({
          [Symbol.asyncDispose]: () => Promise.resolve(served.close()),
        }),
        log: (level, event) => void events.push(`${level} ${event}`),
        onChange: () => void events.push("change"),
        wait: (_, signal) => {
          signal.addEventListener("abort", () => tick.resolve(), { once: true });
          return tick.promise;
        },
      }),
    /** Lets one wait end, and what follows it happen. */
    async nextTry() {
      const { resolve } = tick;
      tick = Promise.withResolvers();
      resolve();
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    },
  };
}

Deno.test("openDockerEndpoints() listens everywhere when everything is free, and closes it all", async () => {
  const machine = fakeMachine();
  {
    await using endpoints = await machine.open();
    assert.deepEqual(endpoints.listening, ["own", "shared"]);
    assert.deepEqual(endpoints.warnings, []);
  }
  assert.deepEqual(machine.events, ["listen own", "listen shared", "close shared", "close own"]);
});

Deno.test("openDockerEndpoints() warns once of an endpoint that others have, and takes it over", async () => {
  const machine = fakeMachine();
  machine.busy.add("shared");
  await using endpoints = await machine.open();
  assert.deepEqual(endpoints.listening, ["own"]);
  assert.deepEqual(endpoints.warnings, [{
    code: "WL_SOCKET_BUSY",
    message: "Cannot listen on 'shared': another program owns it",
    remedy: "Use 'docker context use windlass' or DOCKER_HOST=own, or end the other program: " +
      "Windlass takes over the address as soon as it is free.",
  }]);

  await machine.nextTry();
  machine.busy.clear();
  await machine.nextTry();
  assert.deepEqual(endpoints.listening, ["own", "shared"]);
  assert.deepEqual(endpoints.warnings, []);
  assert.deepEqual(machine.events, [
    "listen own",
    "listen shared",
    "warn endpoint.occupied",
    "listen shared again",
    "listen shared again",
    "info endpoint.taken.over",
    "change",
  ]);
});

Deno.test("openDockerEndpoints() ends while it waits for an endpoint", async () => {
  const machine = fakeMachine();
  machine.busy.add("shared");
  {
    await using _endpoints = await machine.open();
  }
  assert.deepEqual(machine.events, [
    "listen own",
    "listen shared",
    "warn endpoint.occupied",
    "close own",
  ]);
});

Deno.test("openDockerEndpoints() fails when its own endpoint is taken, and leaves the others alone", async () => {
  const machine = fakeMachine();
  machine.busy.add("own");
  await assert.rejects(machine.open(), {
    code: "WL_SOCKET_BUSY",
    message: "Cannot listen on 'own': another program owns it",
  });
  assert.deepEqual(machine.events, ["listen own"]);
});
