import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { encodeHello, type Hello, HelloReader, MAGIC } from "./handshake.ts";

const HELLO: Hello = {
  major: 1,
  minor: 0,
  role: "agent",
  capabilities: 0x8000_0001,
  initialWindow: 1_048_576,
};
const NOISE = new TextEncoder().encode("wsl: a warning that nobody asked for\r\n");
const REST = Uint8Array.of(1, 2, 3);

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

Deno.test("HelloReader.push() finds the hello after noise wherever the bytes are cut", () => {
  // A beginning of the magic within the noise must not mislead it.
  const noise = concat(NOISE, MAGIC.subarray(0, 9), Uint8Array.of(0, 0));
  const bytes = concat(noise, encodeHello(HELLO), REST);
  for (let cut = 0; cut < bytes.length - REST.length; cut++) {
    const reader = new HelloReader(1_000);
    equal(reader.push(bytes.subarray(0, cut)), null, `cut at ${cut}`);
    const received = reader.push(bytes.subarray(cut));
    deepEqual(received, { hello: HELLO, noise: noise.length, rest: REST }, `cut at ${cut}`);
  }
});

Deno.test("HelloReader.push() skips any noise that does not hold the magic", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
    const received = new HelloReader(1_000).push(concat(noise, encodeHello(HELLO), REST));
    deepEqual(received, { hello: HELLO, noise: noise.length, rest: REST });
  }));
});

Deno.test("HelloReader.push() ignores what a later minor version added", () => {
  const bytes = encodeHello({ ...HELLO, minor: 7 });
  const longer = concat(bytes, Uint8Array.of(9, 9), REST);
  longer[MAGIC.length + 1]! += 2;
  const received = new HelloReader(0).push(longer);
  deepEqual([received?.hello.minor, received?.rest], [7, REST]);
});

Deno.test("HelloReader.push() throws HANDSHAKE when there is too much noise, and quotes it", () => {
  throws(() => new HelloReader(10).push(NOISE), {
    code: "HANDSHAKE",
    message: "Cannot start the session: more than 10 bytes came that are not a hello: " +
      '"wsl: a warning that nobody asked for"',
  });
});

Deno.test("HelloReader.push() throws VERSION for another major version", () => {
  throws(() => new HelloReader(0).push(encodeHello({ ...HELLO, major: 2, minor: 3 })), {
    code: "VERSION",
    message: "Cannot start the session: the peer speaks version 2.3, this end 1.0",
  });
});

Deno.test("HelloReader.push() throws HANDSHAKE for a hello of impossible length", () => {
  throws(() => new HelloReader(0).push(concat(MAGIC, Uint8Array.of(0, 3))), {
    code: "HANDSHAKE",
    message: "Cannot start the session: the peer's hello has 3 bytes",
  });
});

Deno.test("HelloReader.ended() quotes what came instead of a hello, UTF-16 as well", () => {
  const reader = new HelloReader(1_000);
  reader.push(
    Uint8Array.from([..."There is no distribution\r\n"].flatMap((letter) => [letter.charCodeAt(0), 0])),
  );
  equal(reader.ended().message, 'Cannot start the session: the link ended after "There is no distribution"');
  equal(
    new HelloReader(0).ended().message,
    "Cannot start the session: the link ended before the peer sent anything",
  );
});
