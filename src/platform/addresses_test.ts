import assert from "node:assert/strict";
import { isIP } from "node:net";
import { isIp, overlaps } from "./addresses.ts";

Deno.test("overlaps() knows which listeners get in each other's way", () => {
  for (
    const [held, wanted, expected] of [
      ["127.0.0.1", "127.0.0.1", true],
      ["127.0.0.1", "0.0.0.0", true],
      ["0.0.0.0", "127.0.0.1", true],
      ["127.0.0.1", "127.0.0.2", false],
      ["::", "0.0.0.0", true],
      ["::1", "::", true],
      ["::1", "0.0.0.0", false],
      ["0.0.0.0", "::", false],
      ["::ffff:10.0.0.1", "10.0.0.1", true],
    ] as const
  ) assert.equal(overlaps(held, wanted), expected, `${held} and ${wanted}`);
});

Deno.test("isIp() agrees with isIP() of node:net", () => {
  const texts = ["", "1.2.3.4", "0.0.0.0", "255.255.255.255", "256.1.1.1", "01.2.3.4", "1.2.3", "1.2.3.4.5"];
  texts.push(
    " 1.2.3.4",
    "1.2.3.4\n",
    "0x7f.0.0.1",
    "127.1",
    "localhost",
    "a:b",
    "::",
    "::1",
    "1::",
    ":::",
    "1::2::3",
  );
  texts.push(
    "fe80::1%eth0",
    "fe80::1%",
    "fe80::1%25",
    "::ffff:1.2.3.4",
    "::1.2.3",
    "::ffff:1.2.3.256",
    "12345::",
  );
  texts.push(
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::",
    "[::1]",
    "::1]",
    "::1/64",
  );
  texts.push("2001:DB8::A", "g::", "1:2:3:4:5:6:1.2.3.4", ":1", "1:", "::1:", "::1@x");
  for (const text of texts) assert.equal(isIp(text), isIP(text) !== 0, JSON.stringify(text));
});
