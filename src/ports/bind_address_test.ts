import assert from "node:assert/strict";
import { bindAddress } from "./bind_address.ts";

Deno.test("bindAddress() follows the setting where no single address was asked for", () => {
  const asked = ["0.0.0.0", "::", "127.0.0.1", "192.168.1.5"];
  assert.deepEqual(asked.map((address) => bindAddress(address, "all")), asked);
  assert.deepEqual(
    asked.map((address) => bindAddress(address, "127.0.0.1")),
    ["127.0.0.1", "::1", "127.0.0.1", "192.168.1.5"],
  );
});
