import assert from "node:assert/strict";
import {
  addressAnswer,
  type DnsQuestion,
  errorAnswer,
  isAnswerTo,
  parseQuery,
  responseCode,
} from "./dns_message.ts";

/** A query of the name for records of the type, with an addition of 11 bytes as resolvers send it. */
function query(name: string, type: number): Uint8Array {
  const labels = name.split(".").flatMap((label) => [label.length, ...new TextEncoder().encode(label)]);
  return Uint8Array.from([
    ...[0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1],
    ...labels,
    ...[0, 0, type, 0, 1],
    ...[0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0],
  ]);
}

function questionOf(message: Uint8Array): DnsQuestion {
  const parsed = parseQuery(message);
  assert.equal(parsed.kind, "question");
  return (parsed as { question: DnsQuestion }).question;
}

Deno.test("parseQuery() reads name and type", () => {
  const { name, type } = questionOf(query("Host.Docker.Internal", 28));
  assert.deepEqual([name, type], ["host.docker.internal", 28]);
});

Deno.test("parseQuery() tells a dot in a label from one between labels", () => {
  const message = query("host-docker.internal", 1);
  message[12 + 5] = ".".charCodeAt(0);
  assert.equal(questionOf(message).name, "host\\.docker.internal");
});

Deno.test("parseQuery() refuses what is cut or has two questions, and ignores answers", () => {
  const whole = query("a.example", 1);
  const { end } = questionOf(whole);
  for (let length = 0; length < end; length++) {
    const expected = length < 12 ? { kind: "ignored" } : { kind: "refused", code: 1 };
    assert.deepEqual(parseQuery(whole.subarray(0, length)), expected, String(length));
  }
  assert.deepEqual(parseQuery(whole.with(5, 2)), { kind: "refused", code: 1 });
  assert.deepEqual(parseQuery(whole.with(2, 0x81)), { kind: "ignored" });
  assert.deepEqual(parseQuery(whole.with(2, 0x29)), { kind: "refused", code: 4 }); // an update
});

Deno.test("parseQuery() refuses compressed names, endless names and reserved lengths", () => {
  const loop = Uint8Array.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1]);
  assert.deepEqual(parseQuery(loop), { kind: "refused", code: 1 });
  assert.deepEqual(parseQuery(loop.with(12, 64)), { kind: "refused", code: 1 });
  const long = new Uint8Array(65_535).fill(1);
  long.set([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual(parseQuery(long), { kind: "refused", code: 1 });
  const longest = `${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(61)}`;
  assert.equal(questionOf(query(longest, 1)).name, longest);
  assert.deepEqual(parseQuery(query(`${longest}d`, 1)), { kind: "refused", code: 1 });
});

Deno.test("addressAnswer() gives the address to questions for IPv4 or for everything", () => {
  for (const type of [1, 255]) {
    const asked = query("a.b", type);
    const answer = addressAnswer(asked, questionOf(asked), "10.231.217.5", 60);
    assert.deepEqual([...answer], [
      ...[0xab, 0xcd, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0],
      ...[1, 97, 1, 98, 0, 0, type, 0, 1],
      ...[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 231, 217, 5],
    ]);
  }
});

Deno.test("addressAnswer() says that there is no other record, without denying the name", () => {
  for (const type of [28, 65, 16]) {
    const asked = query("a.b", type);
    const answer = addressAnswer(asked, questionOf(asked), "10.231.217.5", 60);
    assert.deepEqual([...answer], [
      ...[0xab, 0xcd, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0],
      ...[1, 97, 1, 98, 0, 0, type, 0, 1],
    ]);
  }
});

Deno.test("errorAnswer() has the code, and the question if it was read", () => {
  const asked = query("a.b", 1);
  const answer = errorAnswer(asked, 2, questionOf(asked));
  assert.deepEqual([...answer.subarray(0, 12)], [0xab, 0xcd, 0x81, 0x82, 0, 1, 0, 0, 0, 0, 0, 0]);
  assert.equal(answer.length, 21);
  assert.equal(responseCode(answer), 2);
  const update = query("a.b", 1).with(2, 0x28);
  assert.deepEqual([...errorAnswer(update, 4)], [0xab, 0xcd, 0xa8, 0x84, 0, 0, 0, 0, 0, 0, 0, 0]);
});

Deno.test("isAnswerTo() takes the same id and question only", () => {
  const asked = query("a.b", 1);
  const question = questionOf(asked);
  const is = (message: Uint8Array) => isAnswerTo(message, { query: asked, question });
  const answer = asked.with(2, 0x81).with(3, 0x80);
  assert.equal(is(answer), true);
  assert.equal(is(answer.with(13, "A".charCodeAt(0))), true); // names have no case
  assert.equal(is(answer.with(13, "x".charCodeAt(0))), false);
  assert.equal(is(answer.with(0, 0)), false);
  assert.equal(is(asked), false);
  assert.equal(is(answer.subarray(0, 11)), false);
  assert.equal(is(answer.subarray(0, 15)), false);
  const refusal = Uint8Array.from([0xab, 0xcd, 0x81, 0x85, 0, 0, 0, 0, 0, 0, 0, 0]);
  assert.equal(is(refusal), true);
  assert.equal(is(refusal.with(3, 0x80)), false);
});
