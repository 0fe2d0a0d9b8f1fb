import assert from "node:assert/strict";
import { NO_LOG } from "../logging/log.ts";
import { connectionLimits } from "../overload/connection_limits.ts";
import { DataConnections } from "../overload/data_connections.ts";
import { HostServices, type HostServicesOptions } from "./host_service.ts";

/** A stream that notes why it was refused. */
function stream() {
  const refusals: string[] = [];
  const accept = () => assert.fail("nothing to accept");
  return { refusals, target: "", accept, refuse: (reason: string) => void refusals.push(reason) };
}

function services(options: Partial<HostServicesOptions> = {}): HostServices {
  const connections = new DataConnections(connectionLimits(undefined));
  return new HostServices({
    isOwnPort: () => false,
    isAllowed: () => true,
    connections,
    log: NO_LOG,
    isControlPort: () => Promise.resolve(false),
    ...options,
  });
}

Deno.test("HostServices connects to none of Windlass's own ports", async () => {
  const asked = stream();
  const connect = () => assert.fail("nothing to connect to");
  await services({ isOwnPort: (port) => port === 4000, connect }).serve(asked, 4000);
  assert.deepEqual(asked.refusals, ["Cannot connect: port 4000 is not for containers"]);
});

Deno.test("HostServices tries both loopback addresses and tells the first failure", async () => {
  const asked = stream();
  const tried: string[] = [];
  const connect = (hostname: string, port: number) => {
    tried.push(`${hostname} ${port}`);
    return Promise.reject(new Deno.errors.ConnectionRefused(`nobody on ${hostname}`));
  };
  await services({ connect }).serve(asked, 80);
  assert.deepEqual(tried, ["127.0.0.1 80", "::1 80"]);
  assert.deepEqual(asked.refusals, ["nobody on 127.0.0.1"]);
});

Deno.test("HostServices connects to no port that the user does not allow, as of each connection", async () => {
  let allowed = 80;
  const connect = () => Promise.reject(new Deno.errors.ConnectionRefused("nobody there"));
  const served = services({ isAllowed: (port) => port === allowed, connect });
  const asked = stream();
  await served.serve(asked, 80);
  allowed = 81;
  await served.serve(asked, 80);
  await served.serve(asked, 81);
  assert.deepEqual(asked.refusals, [
    "nobody there",
    "Cannot connect: port 80 is not for containers",
    "nobody there",
  ]);
});

Deno.test("HostServices refuses what one service has no room for, logs that once, and serves the others", async () => {
  const connections = new DataConnections(connectionLimits(256)); // 24 for each service
  const waiting = Promise.withResolvers<Deno.Conn>();
  const events: string[] = [];
  const served = services({
    connections,
    connect: () => waiting.promise,
    log: (level, event, fields) => events.push(`${level} ${event} ${fields?.["port"]}`),
  });
  const flood = stream();
  const all = Array.from({ length: 30 }, () => served.serve(flood, 80));
  const other = stream();
  all.push(served.serve(other, 81));
  await Promise.all(all.slice(24, 30));
  assert.deepEqual(
    flood.refusals,
    new Array(6).fill("Cannot connect: port 80 has as many connections of containers as it may"),
  );
  assert.deepEqual([events, other.refusals], [["warn ports.host.full 80"], []]);
  waiting.reject(new Error("over"));
  await Promise.all(all);
  assert.equal(connections.open, 0);
});

/** A connection that notes that it was closed. */
function connection() {
  const closed: string[] = [];
  return { closed, conn: { close: () => void closed.push("closed") } as unknown as Deno.Conn };
}

Deno.test("HostServices closes a connection to another Windlass, and gives its room back", async () => {
  const { closed, conn } = connection();
  const connections = new DataConnections(connectionLimits(undefined));
  const asked = stream();
  const isControlPort = () => Promise.resolve(true);
  await services({ connections, connect: () => Promise.resolve(conn), isControlPort }).serve(asked, 4000);
  assert.deepEqual(asked.refusals, ["Cannot connect: port 4000 is not for containers"]);
  assert.deepEqual([closed, connections.open], [["closed"], 0]);
});

Deno.test("HostServices.open() gives connection and room back together", async () => {
  const { closed, conn } = connection();
  const connections = new DataConnections(connectionLimits(undefined));
  {
    using service = await services({ connections, connect: () => Promise.resolve(conn) }).open(80);
    assert.deepEqual([service.connection, connections.open], [conn, 1]);
  }
  assert.deepEqual([closed, connections.open], [["closed"], 0]);
});

Deno.test("HostServices.check() allows no port that the user does not", async () => {
  const served = services({ isAllowed: (port) => port === 80 });
  await served.check(80);
  await assert.rejects(served.check(81), { code: "WL_SERVICE_FORBIDDEN" });
});
