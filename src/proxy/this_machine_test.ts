import assert from "node:assert/strict";
import { isLoopback } from "../platform/addresses.ts";
import { isThisMachine } from "./this_machine.ts";

Deno.test("isThisMachine() knows every text that leads to this machine", () => {
  for (
    const hostname of [
      "localhost",
      "a.localhost",
      "host.docker.internal",
      "gateway.docker.internal",
      "127.0.0.1",
      "127.255.1.2",
      "0.0.0.0",
      "::1",
      "::",
      "0:0:0:0:0:0:0:1",
      "::ffff:127.0.0.1",
      "::ffff:7f00:1",
      "::ffff:0.0.0.0",
      "::7f00:1",
      "::127.0.0.1",
      "::ffff:0:7f00:1",
      "::1%lo",
    ]
  ) assert.ok(isThisMachine(hostname), hostname);
});

Deno.test("isThisMachine() leaves all others alone", () => {
  for (
    const hostname of [
      "localhost.example.com",
      "notlocalhost",
      "128.0.0.1",
      "10.0.0.1",
      "127.example.com",
      "2001:db8::1",
      "fe80::1%eth0",
      "::ffff:10.0.0.1",
      "::2",
      "http.docker.internal",
    ]
  ) assert.ok(!isThisMachine(hostname), hostname);
  assert.ok(!isLoopback("not:an:address"));
});
