import assert from "node:assert/strict";
import { createMemoryDuplexPair } from "../../streams/memory_duplex.ts";
import { ByteInput } from "../http/byte_input.ts";
import type { Target } from "../way.ts";
import { askSocks4, askSocks5 } from "./socks.ts";

const CREDENTIALS = { username: "ab", password: "c" };

/** What is sent to a proxy that answers each request with the next of those bytes. */
async function asked(
  ask: typeof askSocks5,
  { hostname, credentials, answers }: {
    readonly hostname: string;
    readonly credentials?: typeof CREDENTIALS;
    readonly answers: readonly number[][];
  },
): Promise<number[][]> {
  const [ours, theirs] = createMemoryDuplexPair();
  const sent: number[][] = [];
  const serve = async () => {
    for (const answer of answers) {
      sent.push([...(await theirs.read())!]);
      // In two parts: nothing arrives as it was sent.
      for (const part of [answer.slice(0, 1), answer.slice(1)]) await theirs.write(Uint8Array.from(part));
    }
  };
  const target: Target = { scheme: "https", hostname, port: 443 };
  const input = new ByteInput(ours);
  const [result] = await Promise.allSettled([ask(ours, input, { target, credentials }), serve()]);
  ours.close();
  if (result.status === "rejected") throw result.reason;
  assert.equal(input.waits, false);
  return sent;
}

const CONNECTED = [5, 0, 0, 1, 10, 0, 0, 1, 0, 80];

Deno.test("askSocks5() passes the name on, and asks without a sign-in where none is known", async () => {
  assert.deepEqual(await asked(askSocks5, { hostname: "a.b", answers: [[5, 0], CONNECTED] }), [
    [5, 1, 0],
    [5, 1, 0, 3, 3, 97, 46, 98, 1, 187],
  ]);
});

Deno.test("askSocks5() signs in where the proxy wants it", async () => {
  const answers = [[5, 2], [1, 0], [5, 0, 0, 3, 1, 97, 0, 80]];
  assert.deepEqual(await asked(askSocks5, { hostname: "10.0.0.1", credentials: CREDENTIALS, answers }), [
    [5, 2, 0, 2],
    [1, 2, 97, 98, 1, 99],
    [5, 1, 0, 1, 10, 0, 0, 1, 1, 187],
  ]);
});

Deno.test("askSocks5() writes addresses of IPv6", async () => {
  const [, request] = await asked(askSocks5, {
    hostname: "2001:db8::ffff:10.0.0.1",
    answers: [[5, 0], [5, 0, 0, 4, ...new Array(18).fill(0)]],
  });
  assert.deepEqual(request, [
    5,
    1,
    0,
    4,
    0x20,
    1,
    0x0d,
    0xb8,
    0,
    0,
    0,
    0,
    0,
    0,
    0xff,
    0xff,
    10,
    0,
    0,
    1,
    1,
    187,
  ]);
});

const REFUSED5: readonly [what: string, answers: number[][], kind: string, message: string][] = [
  ["of another protocol", [[72, 84]], "invalid", "does not speak SOCKS5"],
  ["that wants a sign-in", [[5, 255]], "sign-in", "wants a sign-in"],
  ["that forbids the target", [[5, 0], [5, 2, 0, 1]], "refused", "its rules do not allow it"],
  ["with a code of its own", [[5, 0], [5, 99, 0, 1]], "refused", "code 99"],
];

for (const [what, answers, kind, message] of REFUSED5) {
  Deno.test(`askSocks5() refuses a proxy ${what}`, async () => {
    await assert.rejects(asked(askSocks5, { hostname: "a.b", answers }), {
      name: "SocksRefusal",
      kind,
      message,
    });
  });
}

Deno.test("askSocks5() says that the password is not accepted", async () => {
  const answers = [[5, 2], [1, 1]];
  await assert.rejects(asked(askSocks5, { hostname: "a.b", credentials: CREDENTIALS, answers }), {
    kind: "sign-in",
    message: "does not accept the user and password",
  });
});

Deno.test("askSocks4() passes the name on behind an address that says so", async () => {
  const answers = [[0, 90, 0, 0, 0, 0, 0, 0]];
  assert.deepEqual(await asked(askSocks4, { hostname: "a.b", credentials: CREDENTIALS, answers }), [
    [4, 1, 1, 187, 0, 0, 0, 1, 97, 98, 0, 97, 46, 98, 0],
  ]);
  assert.deepEqual(await asked(askSocks4, { hostname: "10.0.0.1", answers }), [[
    4,
    1,
    1,
    187,
    10,
    0,
    0,
    1,
    0,
  ]]);
});

Deno.test("askSocks4() says why it does not connect", async () => {
  const refusing = (code: number) =>
    asked(askSocks4, { hostname: "a.b", answers: [[0, code, 0, 0, 0, 0, 0, 0]] });
  await assert.rejects(refusing(91), { kind: "refused", message: "it refuses or has failed" });
  await assert.rejects(asked(askSocks4, { hostname: "::1", answers: [] }), { message: "SOCKS4 has no IPv6" });
});
