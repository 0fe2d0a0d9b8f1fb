import assert from "node:assert/strict";
import { NO_LOG } from "../logging/log.ts";
import type { OpenPortOptions } from "./open_port.ts";
import type { PortRequest } from "./port_request.ts";
import { connectionLimits } from "../overload/connection_limits.ts";
import { DataConnections } from "../overload/data_connections.ts";
import { PublishedPorts, type PublishedPortsOptions } from "./published_ports.ts";

/** Ports in memory: at most one at a time on each address, and a close that takes as long as the test wants. */
class FakeMachine {
  readonly open = new Map<string, OpenPortOptions>();
  closing: Promise<void> = Promise.resolve();

  bind = (options: OpenPortOptions) => {
    const key = `${options.address} ${options.port}`;
    if (this.open.has(key)) throw new Deno.errors.AddrInUse("in use");
    this.open.set(key, options);
    return {
      close: async () => {
        await this.closing;
        this.open.delete(key);
      },
    };
  };

  ports(
    defaultAddress: "all" | "127.0.0.1" = "all",
    options: Partial<PublishedPortsOptions> = {},
  ): PublishedPorts {
    return new PublishedPorts({
      log: NO_LOG,
      defaultAddress: () => defaultAddress,
      open: { tcp: this.bind, udp: this.bind },
      findHolder: () => Promise.resolve({ kind: "process", processId: 7, name: "nginx" }),
      ...options,
    });
  }
}

const REQUEST: PortRequest = {
  protocol: "tcp",
  hostAddress: "0.0.0.0",
  hostPort: 8080,
  containerAddress: "172.17.0.2",
  containerPort: 80,
};
const openTarget = () => assert.fail("nobody connects");

Deno.test("PublishedPorts opens a port and lists it until it is given up", async () => {
  const machine = new FakeMachine();
  const ports = machine.ports();
  const unpublish = await ports.publish(REQUEST, openTarget);
  assert.equal(machine.open.get("0.0.0.0 8080")?.target, "tcp:172.17.0.2:80");
  const [{ since: _, ...entry }, ...others] = ports.list() as [ReturnType<PublishedPorts["list"]>[0]];
  assert.deepEqual(others, []);
  assert.deepEqual(entry, {
    protocol: "tcp",
    address: "0.0.0.0",
    port: 8080,
    container: { address: "172.17.0.2", port: 80 },
    source: "published",
    connections: { open: 0, total: 0 },
    bytes: { received: 0, sent: 0 },
  });
  assert.ok(ports.isPublished("tcp", 8080) && !ports.isPublished("udp", 8080));
  assert.deepEqual([ports.containersAt(8080), ports.containersAt(81)], [["172.17.0.2"], []]);
  await Promise.all([unpublish(), unpublish()]);
  assert.deepEqual([ports.list(), machine.open.size], [[], 0]);
});

Deno.test("PublishedPorts keeps to this machine where the setting says so", async () => {
  const machine = new FakeMachine();
  const ports = machine.ports("127.0.0.1");
  await ports.publish(REQUEST, openTarget);
  await ports.publish({ ...REQUEST, hostAddress: "::" }, openTarget);
  await ports.publish({ ...REQUEST, hostAddress: "192.168.1.5" }, openTarget);
  assert.deepEqual([...machine.open.keys()], ["127.0.0.1 8080", "::1 8080", "192.168.1.5 8080"]);
});

Deno.test("PublishedPorts says who holds a port that is taken", async () => {
  const machine = new FakeMachine();
  machine.open.set("0.0.0.0 8080", {} as OpenPortOptions);
  await assert.rejects(machine.ports().publish(REQUEST, openTarget), {
    code: "WL_PORT_BUSY",
    message: "Cannot publish 0.0.0.0:8080/tcp: 'nginx' (process id 7) holds the port",
  });
});

Deno.test("PublishedPorts waits for the last container's end of a port that dockerd has given to the next", async () => {
  const machine = new FakeMachine();
  const ports = machine.ports();
  const unpublish = await ports.publish(REQUEST, openTarget);
  const closing = Promise.withResolvers<void>();
  machine.closing = closing.promise;
  const next = ports.publish({ ...REQUEST, containerAddress: "172.17.0.3" }, openTarget);
  const closed = unpublish();
  closing.resolve();
  await Promise.all([closed, next]);
  assert.equal(machine.open.get("0.0.0.0 8080")?.target, "tcp:172.17.0.3:80");
});

Deno.test("PublishedPorts gives a published port precedence over what a program listens on", async () => {
  const machine = new FakeMachine();
  const ports = machine.ports();
  const local = { ...REQUEST, hostAddress: "127.0.0.1", containerAddress: "127.0.0.1" };
  const forget = await ports.publish(local, openTarget, "host-network");
  await ports.publish({ ...REQUEST, hostAddress: "127.0.0.1" }, openTarget);
  await forget(); // comes late, and finds nothing to close
  assert.deepEqual(ports.list().map(({ source, address }) => `${source} ${address}`), [
    "published 127.0.0.1",
  ]);
});

Deno.test("PublishedPorts publishes none of Windlass's own ports, on any address", async () => {
  const machine = new FakeMachine();
  const ports = machine.ports("all", { isOwnPort: (port) => port === 8080 });
  for (const hostAddress of ["0.0.0.0", "::", "127.0.0.1", "::1", "127.0.0.2", "192.168.1.5"]) {
    const shown = hostAddress.includes(":") ? `[${hostAddress}]` : hostAddress;
    await assert.rejects(ports.publish({ ...REQUEST, hostAddress }, openTarget), {
      code: "WL_PORT_BUSY",
      message: `Cannot publish ${shown}:8080/tcp: Windlass itself uses the port`,
    });
  }
  await ports.publish({ ...REQUEST, protocol: "udp" }, openTarget);
  assert.deepEqual([...machine.open.keys()], ["0.0.0.0 8080"]);
});

Deno.test("PublishedPorts publishes a bounded number, of which listeners take a quarter, and counts what it closes", async () => {
  const machine = new FakeMachine();
  const ports = machine.ports("all", { connections: new DataConnections(connectionLimits(64)) }); // 8 ports
  const publish = (hostPort: number, source: "published" | "host-network" = "published") =>
    ports.publish({ ...REQUEST, hostPort }, openTarget, source);
  const unpublish = await publish(1);
  for (let port = 2; port <= 8; port++) await publish(port);
  const full = {
    code: "WL_PORT_LIMIT",
    message: "Cannot publish 0.0.0.0:9/tcp: 8 ports are already open",
    remedy:
      "Publish fewer ports, or start Windlass where more open files are allowed ('ulimit -n', LimitNOFILE of systemd).",
  };
  await assert.rejects(publish(9), full);
  await unpublish();
  await publish(9);
  await publish(10, "host-network");
  await publish(11, "host-network");
  await assert.rejects(publish(12, "host-network"), {
    message: "Cannot publish 0.0.0.0:12/tcp: 2 ports are already open",
  });
});

Deno.test("PublishedPorts does not wait for a search for the holder that takes too long", async () => {
  const machine = new FakeMachine();
  machine.open.set("0.0.0.0 8080", {} as OpenPortOptions);
  const ports = machine.ports("all", {
    findHolder: () => new Promise(() => {}),
    findHolderMilliseconds: 1,
  });
  await assert.rejects(ports.publish(REQUEST, openTarget), {
    message: "Cannot publish 0.0.0.0:8080/tcp: another program holds the port",
  });
});
