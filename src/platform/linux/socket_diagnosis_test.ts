import assert from "node:assert/strict";
import { encodeQuery, type OpenSocket, readAnswer } from "./socket_diagnosis.ts";

/** A message of the kernel: type 20 is a socket, 2 an error, 3 the end. */
function message(type: number, payload: readonly number[]): number[] {
  const length = 16 + payload.length;
  return [length, 0, 0, 0, type, 0, 2, 0, ...new Array(8).fill(0), ...payload];
}

function socket(family: number, port: number, address: readonly number[], extra: number[] = []): number[] {
  const head = [family, 10, 0, 0, port >> 8, port & 255, 0, 0];
  return message(20, [...head, ...address, ...new Array(64 - address.length).fill(0), ...extra]);
}

function read(bytes: readonly number[], wants: (port: number) => boolean = () => true) {
  const found: OpenSocket[] = [];
  const end = readAnswer(Uint8Array.from(bytes), wants, (each) => found.push(each));
  return { end, found: found.map(({ address, port }) => `${address} ${port}`) };
}

Deno.test("encodeQuery() asks for listeners of TCP, and for sockets without a peer of UDP", () => {
  const parts = (query: Uint8Array) => [query.length, ...query.subarray(16, 24)];
  assert.deepEqual(parts(encodeQuery("tcp", "ipv4")), [72, 2, 6, 0, 0, 0, 4, 0, 0]);
  assert.deepEqual(parts(encodeQuery("udp", "ipv6")), [72, 10, 17, 0, 0, 128, 0, 0, 0]);
});

Deno.test("readAnswer() reads sockets of both families up to the end", () => {
  const sockets = [
    ...socket(2, 8080, [127, 0, 0, 1], [5, 0, 8, 0, 0]),
    ...[0, 0, 0], // up to a multiple of four
    ...socket(10, 53, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
  ];
  assert.deepEqual(read(sockets), { end: "more", found: ["127.0.0.1 8080", "::1 53"] });
  assert.deepEqual(read([...sockets, ...message(3, [0, 0, 0, 0])]).end, "done");
  assert.deepEqual(read(sockets, (port) => port !== 8080).found, ["::1 53"]);
});

Deno.test("readAnswer() sees that the kernel cannot answer, and that a message is cut", () => {
  assert.equal(read(message(2, [254, 255, 255, 255])).end, "failed");
  assert.equal(read(message(3, [254, 255, 255, 255])).end, "failed");
  assert.equal(read(socket(2, 80, [0, 0, 0, 0]).slice(0, -1)).end, "failed");
  assert.equal(read(new Array(16).fill(0)).end, "failed");
});
