import assert from "node:assert/strict";
import { addressAnswer, failureAnswer, parseQuestion } from "./name_message.ts";

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

Deno.test("parseQuestion() reads name and type", () => {
  const { name, type } = parseQuestion(query("Host.Docker.Internal", 28))!;
  assert.deepEqual([name, type], ["host.docker.internal", 28]);
});

Deno.test("parseQuestion() refuses whatever is cut, an answer, or two questions", () => {
  const whole = query("a.example", 1);
  const { end } = parseQuestion(whole)!;
  for (let length = 0; length < end; length++) {
    assert.equal(parseQuestion(whole.subarray(0, length)), undefined);
  }
  assert.equal(parseQuestion(whole.with(2, 0x81)), undefined);
  assert.equal(parseQuestion(whole.with(5, 2)), undefined);
});

Deno.test("addressAnswer() gives the address to who asks for IPv4", () => {
  const asked = query("a.b", 1);
  const answer = addressAnswer(asked, parseQuestion(asked)!, "10.231.217.5", 60);
  assert.deepEqual([...answer], [
    ...[0xab, 0xcd, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0],
    ...[1, 97, 1, 98, 0, 0, 1, 0, 1],
    ...[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 231, 217, 5],
  ]);
});

Deno.test("addressAnswer() says that there is no IPv6 address", () => {
  const asked = query("a.b", 28);
  const answer = addressAnswer(asked, parseQuestion(asked)!, "10.231.217.5", 60);
  assert.deepEqual([...answer], [
    ...[0xab, 0xcd, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0],
    ...[1, 97, 1, 98, 0, 0, 28, 0, 1],
  ]);
});

Deno.test("failureAnswer() is a server failure with the question alone", () => {
  const asked = query("a.b", 1);
  const answer = failureAnswer(asked, parseQuestion(asked)!);
  assert.deepEqual([...answer.subarray(0, 12)], [0xab, 0xcd, 0x81, 0x82, 0, 1, 0, 0, 0, 0, 0, 0]);
  assert.equal(answer.length, 21);
});
