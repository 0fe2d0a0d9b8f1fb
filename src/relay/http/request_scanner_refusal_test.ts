import assert from "node:assert/strict";
import fc from "fast-check";
import { anyHead } from "../../../tests/fakes/any_head.ts";
import {
  chunkedPost,
  CREATE_BODY,
  GET,
  newTrial,
  post,
  textOf,
  TRANSLATED_BODY,
} from "../../../tests/fakes/scanner_trial.ts";
import { RELAY_LIMITS } from "../relay_limits.ts";

Deno.test("RequestScanner refuses what is not HTTP/1 at once, and all that comes after it", () => {
  for (
    const [text, status] of [
      ["GET / HTTP/2.0\r\n\r\n", "505 HTTP Version Not Supported"],
      ["\x16\x03\x01", "400 Bad Request"],
      ["\r\n", "400 Bad Request"],
      ["GET /\r\n\r\n", "400 Bad Request"],
      ["SSH-2.0-a\r\n\r\n", "400 Bad Request"],
      [" ", "400 Bad Request"],
      [`GET${"T".repeat(RELAY_LIMITS.methodBytes)}`, "400 Bad Request"],
      ["POST /x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "400 Bad Request"],
      ["POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400 Bad Request"],
    ] as const
  ) {
    const { push, scanner, started } = newTrial();
    assert.deepEqual([push(GET + text), scanner.over], [[GET, `[${status}]`], true], JSON.stringify(text));
    assert.equal(started.length, 2);
    assert.deepEqual([push(GET), scanner.raw, scanner.end()], [[], false, []]);
  }
});

Deno.test("RequestScanner passes on HTTP/2, which the engine refuses", () => {
  const { push, scanner, started } = newTrial();
  const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  assert.deepEqual([push(preface), scanner.raw, started[0]?.kind], [[preface], true, "raw"]);
});

Deno.test("RequestScanner hands on a head of 1 MiB, and refuses one past the limit, in pieces of any size", () => {
  for (const size of [16, 1024 * 1024]) {
    const { push } = newTrial();
    const before = `GET / HTTP/1.1\r\nX: `;
    const after = "\r\n\r\n";
    const value = "x".repeat(1024 * 1024 - before.length - after.length);
    const text = before + value + after;
    let got = "";
    for (let at = 0; at < text.length; at += size) got += push(text.slice(at, at + size)).join("");
    assert.equal(got === text, true);
    assert.deepEqual(push(post("/containers/create", CREATE_BODY)), [
      post("/containers/create", TRANSLATED_BODY),
    ]);
  }
  for (const end of ["", "\r\n\r\n"]) {
    const long = `GET / HTTP/1.1\r\nX: ${"x".repeat(RELAY_LIMITS.headBytes)}${end}`;
    assert.deepEqual(newTrial().push(long), ["[431 Request Header Fields Too Large]"]);
  }
});

Deno.test("RequestScanner ends a connection with broken chunks", () => {
  const chunks = (target: string) => `POST ${target} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`;
  const build = newTrial();
  assert.deepEqual(build.push(chunks("/build") + GET), [chunks("/build").slice(0, -3)]);
  const create = newTrial();
  assert.deepEqual(create.push(chunks("/containers/create") + GET), ["[400 Bad Request]"]);
  for (const { push, scanner } of [build, create]) {
    assert.deepEqual([scanner.over, push(GET), scanner.end()], [true, [], []]);
  }
});

Deno.test("RequestScanner refuses a body past the limit", () => {
  const body = `{"HostConfig":{"Binds":["/home/x:/y"]},"Env":["${
    "x".repeat(RELAY_LIMITS.rewrittenBodyBytes)
  }"]}`;
  for (const text of [post("/containers/create", body), chunkedPost("/containers/create", body)]) {
    const { push } = newTrial();
    let got = "";
    for (let at = 0; at < text.length; at += 1 << 20) got += push(text.slice(at, at + (1 << 20))).join("");
    assert.equal(got, "[413 Request Entity Too Large]");
  }
});

Deno.test("RequestScanner refuses a compressed body that may hold paths", () => {
  const text = (target: string, encoding: string) =>
    post(target, CREATE_BODY, `Content-Encoding: ${encoding}\r\n`);
  assert.deepEqual(newTrial().push(text("/containers/create", "gzip")), ["[415 Unsupported Media Type]"]);
  assert.deepEqual(newTrial().push(text("/build", "gzip")), [text("/build", "gzip")]);
  assert.deepEqual(newTrial().push(text("/containers/create", "identity")), [
    post("/containers/create", TRANSLATED_BODY, "Content-Encoding: identity\r\n"),
  ]);
});

Deno.test("RequestScanner.end() drops a request of which a part is missing", () => {
  const partOfHead = newTrial();
  assert.deepEqual(partOfHead.push("GET /info HT"), []);
  assert.deepEqual([partOfHead.scanner.end(), partOfHead.scanner.atRest], [[], true]);
  // A decoder would take these: the value is complete.
  for (
    const part of [
      post("/containers/create", `${CREATE_BODY}  `).slice(0, -2),
      chunkedPost("/containers/create", CREATE_BODY).slice(0, -5),
    ]
  ) {
    const { push, scanner } = newTrial();
    assert.deepEqual(push(part), []);
    assert.deepEqual(scanner.end().map(textOf), ["[400 Bad Request]"]);
    assert.deepEqual(scanner.end(), []);
  }
});

Deno.test("RequestScanner hands on no byte that is not of a request", () => {
  const pieces = fc.array(
    fc.oneof(fc.string({ unit: "binary-ascii" }), fc.constantFrom(GET, "POST /build HTTP/1.1\r\n")),
  );
  fc.assert(fc.property(pieces, (texts) => {
    const { push, started } = newTrial();
    const got = texts.flatMap((text) => push(text)).filter((text) => !text.startsWith("["));
    assert.equal(texts.join("").startsWith(got.join("")), true);
    if (got.length > 0) assert.notEqual(started[0]?.method, "");
  }));
});

/** All that comes of the text when it arrives in pieces of these sizes, and then as a whole; no upgrade is agreed to. */
function outcome(text: string, sizes: readonly number[]) {
  const { scanner, started } = newTrial();
  const bytes = new TextEncoder().encode(text);
  let got = "";
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    got += scanner.push(bytes.subarray(at, at + size)).map(textOf).join("");
    while (scanner.undecided) {
      scanner.answered(started.at(-1)!);
      if (scanner.holdsBack) got += scanner.resume().map(textOf).join("");
    }
    at += size;
  }
  const { over, raw, atRest } = scanner;
  const requests = started.map(({ kind, method, path, mayTurnRaw }) => ({ kind, method, path, mayTurnRaw }));
  return { got, requests, over, raw, atRest };
}

Deno.test("RequestScanner makes the same of any requests in any pieces, and refuses the same at every cut", () => {
  const samples = fc.constantFrom(
    GET,
    post("/build", "tar"),
    post("/containers/create", CREATE_BODY),
    chunkedPost("/containers/create", CREATE_BODY),
    chunkedPost("/images/load", GET),
    `${"T".repeat(RELAY_LIMITS.methodBytes)} / HTTP/1.1\r\n\r\n`,
    `${"T".repeat(RELAY_LIMITS.methodBytes + 1)} / HTTP/1.1\r\n\r\n`,
    "G(T / HTTP/2.0\r\n\r\n",
    "\ufeffGET / HTTP/1.1\r\n\r\n",
  );
  const texts = fc.array(fc.oneof(samples, anyHead), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(texts, fc.array(fc.integer({ min: 1, max: 40 })), (parts, sizes) => {
      const text = parts.join("");
      const whole = outcome(text, []);
      assert.deepEqual(outcome(text, sizes), whole);
      assert.deepEqual(outcome(text, new Array(text.length).fill(1)), whole);
    }),
    { numRuns: 500 },
  );
});
