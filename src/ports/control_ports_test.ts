import assert from "node:assert/strict";
import { ControlPorts } from "./control_ports.ts";

const RUNTIME = `/srv/other/components/${"a".repeat(64)}-deno`;
const address = (port: number, pid = 7) =>
  JSON.stringify({ url: `http://127.0.0.1:${port}`, token: "0".repeat(64), pid });

/** A machine where process 7 listens on every port. */
function machine(executable: string, files: Record<string, string>) {
  let looks = 0;
  let now = 0;
  const ports = new ControlPorts({
    find(_, isWanted) {
      looks++;
      return Promise.resolve(isWanted(executable) ? [{ processId: 7, executable }] : []);
    },
    readTextFile: (path) =>
      path in files ? Promise.resolve(files[path]!) : Promise.reject(new Deno.errors.NotFound()),
    now: () => now,
  });
  return { ports, looks: () => looks, pass: (milliseconds: number) => void (now += milliseconds) };
}

Deno.test("ControlPorts has the API's port of another instance, and not one that it publishes", async () => {
  for (const executable of [RUNTIME, `${RUNTIME} (deleted)`]) {
    const { ports } = machine(executable, { "/srv/other/api.json": address(4000) });
    assert.deepEqual([await ports.has(4000), await ports.has(18_080)], [true, false]);
  }
  const windows = machine(`C:\\Users\\b\\AppData\\Local\\Windlass\\components\\${"a".repeat(64)}-deno.exe`, {
    "C:\\Users\\b\\AppData\\Local\\Windlass\\api.json": address(4000),
  });
  assert.deepEqual([await windows.ports.has(4000), await windows.ports.has(18_080)], [true, false]);
});

Deno.test("ControlPorts has every port of a host whose address file is another one's, damaged or missing", async () => {
  for (const files of [{ "/srv/other/api.json": address(4001, 8) }, { "/srv/other/api.json": "{" }, {}]) {
    assert.equal(await machine(RUNTIME, files).ports.has(4000), true);
  }
});

Deno.test("ControlPorts has no port of any other program, a Deno of the user's included", async () => {
  for (const executable of ["/usr/bin/deno", "/usr/sbin/nginx", "/srv/components/deno"]) {
    assert.equal(await machine(executable, {}).ports.has(4000), false);
  }
});

Deno.test("ControlPorts looks once a second for a port, however often it is asked", async () => {
  const { ports, looks, pass } = machine(RUNTIME, { "/srv/other/api.json": address(4000) });
  await Promise.all(Array.from({ length: 1_000 }, () => ports.has(4000)));
  pass(999);
  await ports.has(4000);
  assert.equal(looks(), 1);
  pass(1);
  await ports.has(4000);
  assert.equal(looks(), 2);
});
