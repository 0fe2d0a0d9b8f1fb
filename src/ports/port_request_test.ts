import assert from "node:assert/strict";
import { endpoint, parsePort } from "../platform/addresses.ts";
import { containerTarget, parsePortRequest } from "./port_request.ts";

Deno.test("parsePortRequest() reads what port-proxy says", () => {
  assert.deepEqual(parsePortRequest("publish udp :: 5353 fd00::2 53"), {
    protocol: "udp",
    hostAddress: "::",
    hostPort: 5353,
    containerAddress: "fd00::2",
    containerPort: 53,
  });
});

Deno.test("parsePortRequest() knows nothing else", () => {
  for (
    const line of [
      "",
      "publish",
      "publish sctp 0.0.0.0 1 172.17.0.2 1",
      "publish tcp 0.0.0.0 0 172.17.0.2 1",
      "publish tcp 0.0.0.0 65536 172.17.0.2 1",
      "publish tcp localhost 80 172.17.0.2 80",
      "publish tcp 0.0.0.0 80 172.17.0.2 80 more",
      "publish tcp  0.0.0.0 80 172.17.0.2 80",
    ]
  ) assert.equal(parsePortRequest(line), undefined, line);
});

Deno.test("parsePort() takes 1 to 65535", () => {
  assert.deepEqual(["1", "65535", "0", "65536", "-1", "1e3", "", undefined].map(parsePort), [
    ...[1, 65_535, undefined, undefined, undefined, undefined, undefined, undefined],
  ]);
});

Deno.test("endpoint() and containerTarget() put IPv6 into brackets", () => {
  assert.equal(endpoint("127.0.0.1", 80), "127.0.0.1:80");
  assert.equal(containerTarget(parsePortRequest("publish tcp :: 80 fd00::2 81")!), "tcp:[fd00::2]:81");
});
