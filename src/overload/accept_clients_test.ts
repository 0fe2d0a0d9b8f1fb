import assert from "node:assert/strict";
import { NO_LOG } from "../logging/log.ts";
import { acceptClients } from "./accept_clients.ts";

/** A listener whose clients and failures are given; then it is closed. */
function listener(...results: (string | Error)[]) {
  const closed: string[] = [];
  const accept = () => {
    const result = results.shift();
    if (result === undefined) return Promise.resolve(null);
    if (typeof result !== "string") return Promise.reject(result);
    return Promise.resolve({ name: result, close: () => void closed.push(result) });
  };
  return { accept, closed };
}

const EMFILE = new Error("Too many open files (os error 24)");

Deno.test("acceptClients() continues after a failed accept, and logs a series of failures once", async () => {
  const events: string[] = [];
  const served: string[] = [];
  const { accept } = listener("one", EMFILE, EMFILE, "two");
  await acceptClients({
    accept,
    serve: ({ name }) => void served.push(name),
    log: (level, event, fields) =>
      events.push(`${level} ${event} ${fields?.["address"]} ${fields?.["reason"]}`),
    event: "x.accept.failed",
    fields: { address: "here" },
  });
  assert.deepEqual(served, ["one", "two"]);
  assert.deepEqual(events, ["warn x.accept.failed here Too many open files (os error 24)"]);
});

Deno.test("acceptClients() closes a client that cannot be served, and serves the next", async () => {
  const { accept, closed } = listener("thrown", "rejected", "good");
  const served: string[] = [];
  await acceptClients({
    accept,
    serve: ({ name }) => {
      if (name === "thrown") throw new Error("no stream");
      if (name === "good") served.push(name);
      return name === "good" ? Promise.resolve() : Promise.reject(new Error("no stream"));
    },
    log: NO_LOG,
    event: "x.accept.failed",
  });
  assert.deepEqual(served, ["good"]);
  assert.deepEqual(closed, ["thrown", "rejected"]);
});

Deno.test("acceptClients() ends with a closed listener and with its signal", async () => {
  const closed = listener(new Deno.errors.BadResource("Listener has been closed"), "never");
  const serve = () => assert.fail("nobody is served");
  await acceptClients({ accept: closed.accept, serve, log: NO_LOG, event: "x.accept.failed" });
  const stop = new AbortController();
  const accept = () => {
    stop.abort();
    return Promise.reject(EMFILE);
  };
  await acceptClients({ accept, serve, log: NO_LOG, event: "x.accept.failed", signal: stop.signal });
});
