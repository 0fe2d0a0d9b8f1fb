import assert from "node:assert/strict";
import { type PortPlace, PortTable } from "./port_table.ts";

const item = (address: string, port: number, protocol: PortPlace["protocol"] = "tcp") => ({
  entry: { protocol, address, port },
});

Deno.test("PortTable.on() finds what is open on a number, and reads nothing else", () => {
  const table = new PortTable<{ readonly entry: PortPlace }>();
  const wanted = [item("0.0.0.0", 8080), item("::", 8080)];
  for (const each of [...wanted, item("0.0.0.0", 8080, "udp")]) table.add(each);
  for (let port = 10_000; port < 11_000; port++) {
    const other = {
      get entry() {
        return isAdded ? assert.fail(`read port ${port}`) : { protocol: "tcp", address: "::", port } as const;
      },
    };
    let isAdded = false;
    table.add(other);
    isAdded = true;
  }
  assert.deepEqual(table.on({ protocol: "tcp", port: 8080 }), wanted);
  assert.deepEqual(table.on({ protocol: "tcp", port: 8081 }), []);
  assert.equal(table.all().length, 1_003);
});

Deno.test("PortTable.remove() leaves what has taken the place of an item", () => {
  const table = new PortTable<{ readonly entry: PortPlace }>();
  const [first, second] = [item("::", 80), item("::", 80)];
  table.add(first);
  table.add(second);
  table.remove(first);
  assert.deepEqual(table.all(), [second]);
  table.remove(second);
  table.remove(second);
  assert.deepEqual([table.all(), table.on({ protocol: "tcp", port: 80 })], [[], []]);
});
