import assert from "node:assert/strict";
import { readText, writeText } from "../../tests/fakes/relay_fakes.ts";
import { RelayTrial } from "../../tests/fakes/relay_trial.ts";

const GET = "GET /info HTTP/1.1\r\nHost: d\r\n\r\n";
const START = "POST /v1.51/containers/web/start HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n";
const OK = "HTTP/1.1 204 No Content\r\n\r\n";
const MESSAGE = '{"message":"Cannot start the container \'web\': its workspace does not answer"}\n';
const REFUSAL =
  `HTTP/1.1 409 Conflict\r\nContent-Type: application/json\r\nContent-Length: ${MESSAGE.length}\r\n\r\n${MESSAGE}`;

Deno.test("RelayConnection refuses a start in dockerd's form, and the connection continues", async () => {
  const reasons = ["Cannot start the container 'web': its workspace does not answer", undefined];
  await using trial = new RelayTrial(undefined, () => Promise.resolve(reasons.shift()));
  const sent = writeText(trial.client.own, START);
  assert.equal(await readText(trial.client.own, REFUSAL.length), REFUSAL);
  await sent;
  await trial.send(START);
  await trial.answer(OK);
  await trial.send(GET);
});

Deno.test("RelayConnection stops asking about a start when its client leaves", async () => {
  const asked = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<string>();
  await using trial = new RelayTrial(undefined, (container, signal) => {
    asked.resolve();
    return new Promise((_, reject) =>
      signal.addEventListener("abort", () => {
        stopped.resolve(container);
        reject(signal.reason);
      })
    );
  });
  await writeText(trial.client.own, START);
  await asked.promise;
  trial.connection.close();
  assert.equal(await stopped.promise, "web");
});
