import assert from "node:assert/strict";
import { readText, writeText } from "../../tests/fakes/relay_fakes.ts";
import { REFUSED_ROOT, RelayTrial } from "../../tests/fakes/relay_trial.ts";
import { RELAY_LIMITS } from "./relay_limits.ts";

const GET = "GET /info HTTP/1.1\r\nHost: d\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const BODY = `{"HostConfig":{"Binds":["${REFUSED_ROOT}/ä:/y"]}}`;
const BODY_LENGTH = new TextEncoder().encode(BODY).length;
const MESSAGE = `{"message":"Cannot mount '${REFUSED_ROOT}/ä': it is not shared; share it"}\n`;

function create(headers = ""): string {
  return `POST /v1.51/containers/create HTTP/1.1\r\n${headers}Content-Length: ${BODY_LENGTH}\r\n\r\n${BODY}`;
}

function refusal(headers = ""): string {
  return "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n" +
    `Content-Length: ${new TextEncoder().encode(MESSAGE).length}\r\n${headers}\r\n${MESSAGE}`;
}

/** Sends what the engine gets nothing of. */
async function sendRefused(trial: RelayTrial, text: string, expected = refusal()): Promise<void> {
  const sent = writeText(trial.client.own, text);
  assert.equal(await readText(trial.client.own, expected.length), expected);
  await sent;
}

Deno.test("RelayConnection answers a refused request itself, and the connection continues", async () => {
  await using trial = new RelayTrial();
  await trial.send(GET);
  await trial.answer(OK);
  await sendRefused(trial, create());
  assert.deepEqual(trial.kinds, []);
  await trial.send(GET);
  await trial.answer(OK);
  await sendRefused(trial, create());
  await trial.send(GET);
});

Deno.test("RelayConnection answers a refused request in pieces of any size", async () => {
  const chunks = `POST /containers/create HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${
    BODY_LENGTH.toString(16)
  }\r\n${BODY}\r\n0\r\n\r\n`;
  for (const text of [create(), chunks]) {
    await using trial = new RelayTrial();
    for (const character of text.slice(0, -1)) await writeText(trial.client.own, character);
    await sendRefused(trial, text.slice(-1));
    await trial.send(GET);
  }
});

Deno.test("RelayConnection answers in order when requests are sent ahead of their answers", async () => {
  await using trial = new RelayTrial();
  const sent = writeText(trial.client.own, GET + create() + create() + GET);
  assert.equal(await readText(trial.engine, GET.length), GET);
  assert.deepEqual(trial.kinds.length, 4);
  await writeText(trial.engine, OK.slice(0, 10));
  assert.equal(await readText(trial.client.own, 10), OK.slice(0, 10));
  const rest = writeText(trial.engine, OK.slice(10));
  const expected = OK.slice(10) + refusal() + refusal();
  assert.equal(await readText(trial.client.own, expected.length), expected);
  await rest;
  assert.equal(await readText(trial.engine, GET.length), GET);
  await sent;
  await trial.answer(OK);
  assert.deepEqual(trial.kinds, []);
});

Deno.test("RelayConnection asks for the body of a request that it then refuses", async () => {
  await using trial = new RelayTrial();
  const text = create("Expect: 100-continue\r\n");
  const head = text.slice(0, -BODY.length);
  const sent = writeText(trial.client.own, head);
  assert.equal(await readText(trial.client.own, 1), "HTTP/1.1 100 Continue\r\n\r\n");
  await sent;
  await sendRefused(trial, BODY);
  await trial.send(GET);
});

Deno.test("RelayConnection ends the connection after a refusal where its client wants that", async () => {
  await using trial = new RelayTrial();
  await sendRefused(trial, create("Connection: close\r\n"), refusal("Connection: close\r\n"));
  assert.equal(await trial.client.own.read(), null);
  trial.client.own.close();
  await trial.ended;
  assert.equal(await trial.engine.read(), null);
});

Deno.test("RelayConnection ends when the engine does, with a refusal still waiting for its turn", async () => {
  await using trial = new RelayTrial();
  await writeText(trial.client.own, GET + create());
  assert.equal(await readText(trial.engine, GET.length), GET);
  trial.engine.close();
  assert.match(
    await readText(trial.client.own, Infinity),
    /^HTTP\/1\.1 503 .*"Cannot reach the Docker engine: it closed the connection without an answer"\}\n$/s,
  );
  trial.client.own.close();
  await trial.ended;
});

Deno.test("RelayConnection refuses a body past the limit, which its client is still sending", async () => {
  await using trial = new RelayTrial();
  const body = "x".repeat(RELAY_LIMITS.rewrittenBodyBytes + 1);
  const head = `POST /containers/create HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n`;
  const sent = writeText(trial.client.own, head + body);
  const message = "Cannot translate the host paths of this request: its body is larger than 4 MiB";
  const answer = `${JSON.stringify({ message })}\n`;
  assert.equal(
    await readText(trial.client.own, Infinity),
    "HTTP/1.1 413 Request Entity Too Large\r\nContent-Type: application/json\r\n" +
      `Content-Length: ${answer.length}\r\nConnection: close\r\n\r\n${answer}`,
  );
  await sent;
  trial.client.own.close();
  await trial.ended;
});
