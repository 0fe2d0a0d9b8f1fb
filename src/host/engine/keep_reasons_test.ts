import assert from "node:assert/strict";
import type { EngineUse } from "../../agent/protocol/rpc_messages.ts";
import type { ActiveRequest } from "../../relay/relay.ts";
import { keepsEngine, reasonsOfRequests, reasonsOfUse } from "./keep_reasons.ts";

const AT = Date.parse("2026-01-01T00:00:00.000Z");

function request(kind: ActiveRequest["kind"], method = "POST", since = AT): ActiveRequest {
  return { kind, method, path: "/", since };
}

const NOTHING: EngineUse = { containers: [], containerCount: 0, swarm: false, localClients: 0 };

Deno.test("keepsEngine() tells work from watching", () => {
  for (const kind of ["attach", "exec", "build", "wait", "image", "copy", "raw"] as const) {
    assert.equal(keepsEngine(request(kind, "GET")), true, kind);
  }
  for (const kind of ["events", "logs", "stats"] as const) {
    assert.equal(keepsEngine(request(kind, "GET")), false, kind);
  }
  assert.equal(keepsEngine(request("other", "GET")), false);
  assert.equal(keepsEngine(request("other", "HEAD")), false);
  assert.equal(keepsEngine(request("other", "DELETE")), true);
});

Deno.test("reasonsOfRequests() names each kind once, with its oldest", () => {
  const requests = [
    request("build", "POST", AT + 5_000),
    request("build", "POST", AT),
    request("events", "GET"),
    request("other"),
  ];
  assert.deepEqual(reasonsOfRequests(requests), [
    { what: "build", since: "2026-01-01T00:00:00.000Z" },
    { what: "request", since: "2026-01-01T00:00:00.000Z" },
  ]);
});

Deno.test("reasonsOfUse() names containers, swarm and local clients", () => {
  const running = (name: string) => ({ name, state: "running" });
  assert.deepEqual(reasonsOfUse(NOTHING), []);
  const what = (use: Partial<EngineUse>) => reasonsOfUse({ ...NOTHING, ...use }).map((reason) => reason.what);
  assert.deepEqual(what({ containers: [running("web")], containerCount: 1 }), ["container web"]);
  assert.deepEqual(
    what({ containers: [running("web"), { name: "db", state: "paused" }], containerCount: 2, swarm: true }),
    ["containers web, db (paused)", "swarm"],
  );
  assert.deepEqual(what({ containers: ["a", "b", "c", "d"].map(running), containerCount: 12 }), [
    "containers a, b, c and 9 more",
  ]);
  assert.deepEqual(what({ localClients: 1 }), ["Docker client in the distro"]);
});
