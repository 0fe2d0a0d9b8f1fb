import assert from "node:assert/strict";
import { createMemoryDuplexPair } from "../../streams/memory_duplex.ts";
import { AskedPorts } from "./asked_ports.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("AskedPorts.follow() knows a port while any of its clients is open", async () => {
  const asked = new AskedPorts();
  const open = [];
  for (const address of ["0.0.0.0", "::"]) {
    const [ours, theirs] = createMemoryDuplexPair();
    const request = bytes(`publish tcp ${address} 8080 172.17.0.2 80\n`);
    const written = theirs.write(request);
    const following = asked.follow(ours);
    assert.deepEqual(await following.client.read(), request);
    await written;
    open.push(following);
  }
  const known = () => [asked.has("tcp", 8080), asked.has("udp", 8080), asked.has("tcp", 80)];
  assert.deepEqual(known(), [true, false, false]);
  open[0]![Symbol.dispose]();
  open[0]![Symbol.dispose]();
  assert.deepEqual(known(), [true, false, false]);
  open[1]![Symbol.dispose]();
  assert.deepEqual(known(), [false, false, false]);
});

Deno.test("AskedPorts.follow() passes on what is not a request, and looks at the first bytes only", async () => {
  const asked = new AskedPorts();
  const [ours, theirs] = createMemoryDuplexPair();
  using following = asked.follow(ours);
  for (const text of ["hello", "publish tcp 0.0.0.0 8080 172.17.0.2 80\n"]) {
    const written = theirs.write(bytes(text));
    assert.deepEqual(await following.client.read(), bytes(text));
    await written;
  }
  assert.equal(asked.has("tcp", 8080), false);
});
