import assert from "node:assert/strict";
import { isWindlassError } from "../../errors/windlass_error.ts";
import type { ClientConnection } from "../../platform/listener.ts";
import { NEVER } from "../../timing/sleep.ts";
import { HostRequests } from "./docker_requests.ts";

const ENCODER = new TextEncoder();

/** Answers each connection with these texts, in turn, and returns what was asked. */
async function serve(requests: HostRequests, answers: readonly string[]): Promise<string[]> {
  const asked: string[] = [];
  for (const answer of answers) {
    const client = await requests.accept() as ClientConnection;
    asked.push(new TextDecoder().decode((await client.read())!));
    for (const piece of answer.split("|")) await client.write(ENCODER.encode(piece));
    await client.closeWrite();
  }
  return asked;
}

const OK = "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n";

async function failure(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "none",
    (error) => isWindlassError(error) ? `${error.code}: ${error.message}` : String(error),
  );
}

Deno.test("HostRequests asks in HTTP/1.0 and puts the pieces of an answer together", async () => {
  using requests = new HostRequests();
  const served = serve(requests, [`${OK}{"a":|1}`]);
  assert.deepEqual(await requests.get("/version", NEVER), { a: 1 });
  assert.deepEqual(await served, ["GET /version HTTP/1.0\r\nHost: docker\r\n\r\n"]);
});

Deno.test("HostRequests.find() has nothing for what does not exist", async () => {
  using requests = new HostRequests();
  const served = serve(requests, ['HTTP/1.1 404 Not Found\r\n\r\n{"message":"No such container: a"}']);
  assert.equal(await requests.find("/containers/a/json", NEVER), undefined);
  await served;
});

Deno.test("HostRequests fails with dockerd's own words, or says that there are none", async () => {
  using requests = new HostRequests();
  const served = serve(requests, [
    'HTTP/1.1 503 Service Unavailable\r\n\r\n{"message":"Cannot reach the engine"}',
    "HTTP/1.1 500 Oops\r\n\r\nno JSON",
    "",
  ]);
  const failures = [];
  for (let request = 0; request < 3; request++) failures.push(await failure(requests.get("/version", NEVER)));
  assert.deepEqual(failures, [
    "WL_ENGINE_FAILED: Cannot ask dockerd for /version: Cannot reach the engine",
    "WL_ENGINE_FAILED: Cannot ask dockerd for /version: it answered with 500",
    "WL_ENGINE_FAILED: Cannot ask dockerd for /version: the connection was closed",
  ]);
  await served;
});

Deno.test("HostRequests ends a request with its signal, and refuses new ones once it is closed", async () => {
  const requests = new HostRequests();
  const end = new AbortController();
  const asking = failure(requests.get("/version", end.signal));
  await requests.accept();
  end.abort(new Error("enough"));
  assert.equal(await asking, "Error: enough");
  requests.close();
  assert.equal(await requests.accept(), null);
  assert.equal(
    await failure(requests.get("/version", NEVER)),
    "WL_HOST_NOT_RUNNING: Cannot ask dockerd: Windlass is being stopped",
  );
});
