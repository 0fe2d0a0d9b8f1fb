import assert from "node:assert/strict";
import type { PublishedPort } from "../../api/resources/ports.ts";
import { describePorts } from "./ports.ts";

Deno.test("describePorts() lines up what is open", () => {
  const port: PublishedPort = {
    protocol: "tcp",
    address: "0.0.0.0",
    port: 8080,
    container: { address: "172.17.0.2", port: 80 },
    source: "published",
    since: "2026-11-22T00:00:00.000Z",
    connections: { open: 1, total: 12 },
    bytes: { received: 900, sent: 1_234_567 },
  };
  const guest: PublishedPort = {
    ...port,
    protocol: "udp",
    address: "::1",
    port: 53,
    container: { address: "::1", port: 53 },
    source: "host-network",
  };
  assert.equal(
    describePorts([port, guest]),
    "PORT              TARGET                       CONNECTIONS  RECEIVED  SENT\n" +
      "0.0.0.0:8080/tcp  172.17.0.2:80                1 of 12      900 B     1.2 MB\n" +
      "[::1]:53/udp      [::1]:53       host network  1 of 12      900 B     1.2 MB\n",
  );
  assert.equal(describePorts([]), "No open ports\n");
});
