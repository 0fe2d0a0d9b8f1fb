import assert from "node:assert/strict";
import { FlowTable } from "./flow_table.ts";

Deno.test("FlowTable keeps a client that is heard of, and gives up one that is silent", () => {
  const table = new FlowTable<string>(10);
  table.add("a", "flow a", 0);
  table.add("b", "flow b", 0);
  assert.equal(table.touch("a", 50), "flow a");
  assert.equal(table.touch("c", 50), undefined);
  assert.deepEqual(table.takeSilent(90, 90), ["flow b"]);
  assert.deepEqual(table.takeSilent(139, 90), []);
  assert.deepEqual(table.takeSilent(140, 90), ["flow a"]);
  assert.equal(table.size, 0);
});

Deno.test("FlowTable makes room by giving up the client that is silent for longest", () => {
  const table = new FlowTable<string>(2);
  table.add("a", "flow a", 0);
  table.add("b", "flow b", 1);
  table.touch("a", 2);
  assert.equal(table.add("c", "flow c", 3), "flow b");
  assert.deepEqual(table.takeAll(), ["flow a", "flow c"]);
});

Deno.test("FlowTable.remove() leaves the successor of a flow that ends late", () => {
  const table = new FlowTable<string>(2);
  table.add("a", "second", 0);
  table.remove("a", "first");
  assert.equal(table.touch("a", 1), "second");
  table.remove("a", "second");
  assert.equal(table.size, 0);
});
