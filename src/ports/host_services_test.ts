import assert from "node:assert/strict";
import { NO_LOG } from "../logging/log.ts";
import { serveHostService } from "./host_services.ts";

/** A stream that notes why it was refused. */
function stream() {
  const refusals: string[] = [];
  const accept = () => assert.fail("nothing to accept");
  return { refusals, target: "", accept, refuse: (reason: string) => void refusals.push(reason) };
}

Deno.test("serveHostService() connects to none of Windlass's own ports", async () => {
  const asked = stream();
  const connect = () => assert.fail("nothing to connect to");
  await serveHostService(asked, "4000", { isOwnPort: (port) => port === 4000, log: NO_LOG, connect });
  assert.deepEqual(asked.refusals, ["port 4000 is not for containers"]);
});

Deno.test("serveHostService() tries both loopback addresses and tells the first failure", async () => {
  const asked = stream();
  const tried: string[] = [];
  const connect = (hostname: string, port: number) => {
    tried.push(`${hostname} ${port}`);
    return Promise.reject(new Deno.errors.ConnectionRefused(`nobody on ${hostname}`));
  };
  await serveHostService(asked, "80", { isOwnPort: () => false, log: NO_LOG, connect });
  assert.deepEqual(tried, ["127.0.0.1 80", "::1 80"]);
  assert.deepEqual(asked.refusals, ["nobody on 127.0.0.1"]);
});

Deno.test("serveHostService() takes numbers alone", async () => {
  for (const port of ["", "0", "65536", "80/tcp", "../1"]) {
    const asked = stream();
    await serveHostService(asked, port, { isOwnPort: () => false, log: NO_LOG });
    assert.deepEqual(asked.refusals, [`'${port}' is no port`]);
  }
});
