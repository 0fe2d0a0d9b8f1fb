import assert from "node:assert/strict";
import { portFailure } from "./port_failure.ts";

const TAKEN = { protocol: "tcp", address: "0.0.0.0", port: 8080 } as const;
const IN_USE = new Deno.errors.AddrInUse("in use");

Deno.test("portFailure() names who holds a port, as exactly as it is known", () => {
  const words = (holder: Parameters<typeof portFailure>[2]) => portFailure(TAKEN, IN_USE, holder).message;
  assert.equal(
    words({ kind: "process", processId: 12, name: "nginx" }),
    "Cannot publish 0.0.0.0:8080/tcp: 'nginx' (process id 12) holds the port",
  );
  assert.equal(
    words({ kind: "process", processId: 12 }),
    "Cannot publish 0.0.0.0:8080/tcp: the program with process id 12 holds the port",
  );
  assert.equal(
    words({ kind: "process", user: "user id 0" }),
    "Cannot publish 0.0.0.0:8080/tcp: a program of user id 0 holds the port",
  );
  assert.equal(
    words({ kind: "process", processId: Deno.pid, name: "deno" }),
    "Cannot publish 0.0.0.0:8080/tcp: Windlass itself uses the port",
  );
  assert.equal(words(undefined), "Cannot publish 0.0.0.0:8080/tcp: another program holds the port");
  assert.equal(portFailure(TAKEN, IN_USE, undefined).code, "WL_PORT_BUSY");
});

Deno.test("portFailure() names the range that Windows has reserved", () => {
  const denied = new Deno.errors.PermissionDenied("10013");
  const failure = portFailure(TAKEN, denied, { kind: "reserved", first: 8000, last: 8099 });
  assert.equal(failure.code, "WL_PORT_RESERVED");
  assert.equal(
    failure.message,
    "Cannot publish 0.0.0.0:8080/tcp: Windows has reserved the ports 8000 to 8099",
  );
});

Deno.test("portFailure() distinguishes permissions, addresses and the rest", () => {
  const failure = (error: Error, port = 80) => {
    const { code, message } = portFailure({ protocol: "udp", address: "::1", port }, error, undefined);
    return [code, message];
  };
  assert.deepEqual(failure(new Deno.errors.PermissionDenied("x")), [
    "WL_PORT_DENIED",
    "Cannot publish [::1]:80/udp: this user may not listen on ports below 1024",
  ]);
  assert.deepEqual(failure(new Deno.errors.PermissionDenied("x"), 5000), [
    "WL_PORT_DENIED",
    "Cannot publish [::1]:5000/udp: access is denied",
  ]);
  assert.deepEqual(failure(new Deno.errors.AddrNotAvailable("x")), [
    "WL_PORT_ADDRESS",
    "Cannot publish [::1]:80/udp: this machine has no address ::1",
  ]);
  assert.deepEqual(failure(new TypeError("odd")), ["WL_PORT_BUSY", "Cannot publish [::1]:80/udp: odd"]);
});
