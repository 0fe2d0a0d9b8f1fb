import assert from "node:assert/strict";
import { containerExemptions } from "./container_exemptions.ts";

Deno.test("containerExemptions() exempts the container, the machine, Docker's networks, and names without a dot", () => {
  const base = "localhost,127.0.0.1,::1,host.docker.internal,gateway.docker.internal,172.16.0.0/12";
  assert.equal(containerExemptions([]), base);
  assert.equal(
    containerExemptions([
      "api",
      "my_db",
      ".example.com",
      "*",
      "10.0.0.0/8",
      "a.b",
      "db:5432",
      "7",
      "x,y",
      "web-1",
    ]),
    `${base},api,my_db,web-1`,
  );
});
